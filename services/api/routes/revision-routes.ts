// The routes of what objects were, as data.

import * as z from 'zod'
import { limitDefault, limitMax } from '@plaintrail/query/page'
import { objectInPath } from '../named-object.ts'
import { json, route, type ApiRoute } from '../route.ts'
import {
  objectAtSchema,
  objectDiffSchema,
  objectUndoSchema,
  revisionPageSchema,
} from '../schemas/object-state-schemas.ts'
import { objectBlameSchema } from '../schemas/blame-schemas.ts'
import { nextHeader } from '../schemas/page-schemas.ts'
import {
  cursorParameter,
  oneOf,
  oneText,
  windowParameters,
  wholeNumber,
  yesOrNo,
} from '../schemas/parameter-schemas.ts'
import { getObjectAt, yamlType } from './get-object-at.ts'
import { getObjectBlame } from './get-object-blame.ts'
import { diffType, getObjectDiff } from './get-object-diff.ts'
import { getObjectRevisions } from './get-object-revisions.ts'
import { getObjectUndo } from './get-object-undo.ts'

const path = '/v1/objects/{cluster}/{group}/{resource}/{ns}/{name}'
const point = 'a time, the id of an event (`evt_…`: right after it) or a version (`rv:123`)'

export const revisionRoutes: readonly ApiRoute[] = [
  route({
    method: 'get',
    path: `${path}/revisions`,
    tag: 'objects',
    summary: 'Every state that an object had, newest first',
    description:
      'The chain of its states by resourceVersion, over all objects that had the name, with who made each and what it changed. Writes whose answers were not logged stand among them by their time.',
    inPath: objectInPath,
    query: {
      ...windowParameters,
      limit: wholeNumber(1, limitMax, null, `Items in the page, 1 to ${limitMax}; ${limitDefault} unless you say.`),
      cursor: cursorParameter,
      all: yesOrNo('Also what changed status alone, renewed a lease, or kept books.'),
    },
    answers: { 200: json('The page.', revisionPageSchema, nextHeader) },
    problems: ['query_syntax', 'not_found'],
    handler: getObjectRevisions,
  }),
  route({
    method: 'get',
    path: `${path}/at`,
    tag: 'objects',
    summary: 'An object as it was',
    description:
      'The manifest at a time, of objects that are gone too, with how far it is to be trusted. As YAML it has that in comments at its top. Secrets are `(hidden)`.',
    inPath: objectInPath,
    query: {
      time: oneText(`When: ${point}. Now, unless you say.`, 128),
      format: oneOf(['json', 'yaml'], 'What is answered; otherwise `Accept` says it.'),
    },
    answers: {
      200: {
        description: 'The state.',
        content: { 'application/json': objectAtSchema, [yamlType]: z.string() },
      },
    },
    problems: ['query_syntax', 'not_found', 'busy'],
    handler: getObjectAt,
  }),
  route({
    method: 'get',
    path: `${path}/diff`,
    tag: 'objects',
    summary: 'What is different between two states of an object',
    description:
      'By field path: items of lists go by their keys, amounts by value, and what nobody meant is left out. The values of secrets are `(hidden)`.',
    inPath: objectInPath,
    query: {
      from: oneText(
        `The first state: ${point}. Unless you say, the one before that of \`to\`; where \`to\` is a time, before the last change that is more than noise.`,
        128,
      ),
      to: oneText(`The second state, in the same way. Now, unless you say.`, 128),
      noise: yesOrNo('Also status, managedFields and the like.'),
      format: oneOf(['json', 'diff'], '`diff` is a unified diff of YAML; otherwise `Accept` says it.'),
    },
    answers: {
      200: {
        description: 'The difference.',
        content: { 'application/json': objectDiffSchema, [diffType]: z.string() },
      },
    },
    problems: ['query_syntax', 'not_found', 'busy'],
    handler: getObjectDiff,
  }),
  route({
    method: 'get',
    path: `${path}/blame`,
    tag: 'objects',
    summary: 'Who set each field of an object last',
    description:
      'For each field of the object as it was, the event that gave it its value. Where a write was not seen it is said between which two it happened. Fields that nobody meant are left out, and the values of secrets are `(hidden)`.',
    inPath: objectInPath,
    query: {
      at: oneText(`When: ${point}. Now, unless you say.`, 128),
      noise: yesOrNo('Also status, managedFields and the like, from the last 100 revisions.'),
    },
    answers: { 200: json('The fields.', objectBlameSchema) },
    problems: ['query_syntax', 'not_found', 'busy'],
    handler: getObjectBlame,
  }),
  route({
    method: 'get',
    path: `${path}/undo`,
    tag: 'objects',
    summary: 'What takes a change of an object back',
    description:
      'Patches and commands for the object as it is now. What somebody changed since is named and left alone, and a secret is not known to be written back. Nothing is done.',
    inPath: objectInPath,
    query: { event: z.string().max(128).describe('The id of the event that made the change: `evt_…`.') },
    answers: { 200: json('What takes it back.', objectUndoSchema) },
    problems: ['query_syntax', 'not_found', 'busy'],
    handler: getObjectUndo,
  }),
]
