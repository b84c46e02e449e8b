// The routes of exports, as data.

import { json, notModified, route, tagged, type ApiRoute } from '../route.ts'
import {
  exportPageSchema,
  exportSchema,
  exportWithPartsSchema,
  fileSchema,
  manifestSchema,
  newExportSchema,
} from '../schemas/export-schemas.ts'
import { nextHeader } from '../schemas/page-schemas.ts'
import { cursorParameter, limitParameter } from '../schemas/parameter-schemas.ts'
import { deleteExport } from './delete-export.ts'
import { getExport, getExportManifest, getExportPart, getExports } from './get-exports.ts'
import { postExports } from './post-exports.ts'

const inPath = { id: 'The id of an export: `exp_…`.' }

export const exportRoutes: readonly ApiRoute[] = [
  route({
    method: 'post',
    path: '/v1/exports',
    tag: 'exports',
    summary: 'Have many events written to files',
    description:
      'All that the question finds in what is stored now, oldest first, in files of at most 100,000 events. They are made one after the other; each can be fetched as soon as it is there, and all are kept for a week after the last. The window is the last 24 hours unless you say.',
    body: newExportSchema,
    answers: { 202: json('It is made soon.', exportSchema, { Location: 'The path of the export.' }) },
    problems: ['query_syntax', 'unavailable', 'conflict'],
    keepsAnswer: true,
    handler: postExports,
  }),
  route({
    method: 'get',
    path: '/v1/exports',
    tag: 'exports',
    summary: 'Exports, newest first',
    description: 'Those that were asked for with the same rights as yours; an administrator sees all.',
    query: { limit: limitParameter, cursor: cursorParameter },
    answers: { 200: json('The page.', exportPageSchema, nextHeader) },
    problems: ['query_syntax'],
    handler: getExports,
  }),
  route({
    method: 'get',
    path: '/v1/exports/{id}',
    tag: 'exports',
    summary: 'How far one export is, and its files',
    description: 'Ask every few seconds until `state` is `done`, `failed` or `cancelled`.',
    inPath,
    answers: { 200: json('The export.', exportWithPartsSchema) },
    problems: ['not_found'],
    handler: getExport,
  }),
  route({
    method: 'get',
    path: '/v1/exports/{id}/parts/{n}',
    tag: 'exports',
    summary: 'One file of an export',
    description:
      'A whole file by itself: a gzip file of lines, a CSV with its header, or a Parquet file. Its ETag is the SHA-256 of its bytes, as in the manifest.',
    inPath: { ...inPath, n: 'The number of a part, from 1.' },
    answers: {
      200: {
        description: 'The file.',
        content: { 'application/gzip': fileSchema, 'application/vnd.apache.parquet': fileSchema },
        headers: { ...tagged, 'Content-Disposition': 'A name for the file.' },
      },
      304: notModified,
    },
    problems: ['not_found', 'busy'],
    handler: getExportPart,
  }),
  route({
    method: 'get',
    path: '/v1/exports/{id}/manifest',
    tag: 'exports',
    summary: 'What proves the files of an export',
    description:
      'The question, the moment that it was asked of, what is known to be missing, and the digest of every file, with a digest over all of that: whoever has it can tell that no file was changed or left out. It never changes.',
    inPath,
    answers: { 200: json('The manifest.', manifestSchema, tagged), 304: notModified },
    problems: ['not_found', 'conflict'],
    handler: getExportManifest,
  }),
  route({
    method: 'delete',
    path: '/v1/exports/{id}',
    tag: 'exports',
    summary: 'End an export, and throw its files away',
    description: 'Whatever its state. It stays in the list as `cancelled` until it expires.',
    inPath,
    answers: { 200: json('It is cancelled.', exportSchema) },
    problems: ['not_found'],
    handler: deleteExport,
  }),
]
