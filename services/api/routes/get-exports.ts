// GET /v1/exports, /{id}, /{id}/parts/{n} and /{id}/manifest: exports, how far they are, and their files.

import { hash } from 'node:crypto'
import type { Request } from 'express'
import { fileKindOf, isExportFormat } from '@plaintrail/formats/export-format'
import { exportParts, findPart, partContent, partReadBytes } from '@plaintrail/store/export-parts'
import { findExport, findManifest, listExports, type Export } from '@plaintrail/store/exports'
import type { RouteParts } from '../api-parts.ts'
import type { Caller, Route } from '../authenticate.ts'
import { exportAnswer, nameOfPart, partAnswer } from '../export-answer.ts'
import { nextPage } from '../list-answer.ts'
import { cursorKeyFor, listQuestion, urlParameters } from '../list-question.ts'
import { Problem } from '../problems.ts'
import { keptForGood, knownTag, sendTagged } from '../tagged-answer.ts'

export function getExports(parts: RouteParts): Route {
  return async (request, response, caller) => {
    const cursorKey = cursorKeyFor(parts, caller)
    const asked = { list: 'exports', nowUs: parts.nowUs(), sinceUs: 0 } as const
    const question = listQuestion(urlParameters(request), cursorKey, asked)
    const { items, next } = await listExports(parts.store, caller.scope, question)
    response.json({
      data: items.map(exportAnswer),
      ...nextPage(response, question, next && { position: next }, cursorKey),
    })
  }
}

export function getExport(parts: RouteParts): Route {
  return async (request, response, caller) => {
    const found = await findOrRefuse(parts, request, caller)
    const files = await exportParts(parts.store, caller.scope, found.id)
    response.json({ ...exportAnswer(found), parts: files.map((part) => partAnswer(found, part)) })
  }
}

export function getExportPart({ store, partMemory }: RouteParts): Route {
  return async (request, response, { scope }) => {
    const { id, n } = request.params
    const number = /^[1-9]\d{0,8}$/.test(String(n)) ? Number(n) : 0
    const part = await findPart(store, scope, String(id), number)
    if (part === null) throw noPart()
    const { format, sha256, bytes } = part
    const isKnown = knownTag(request, sha256) !== null
    using memory = isKnown ? null : await partMemory.take(response, bytes + partReadBytes)
    const content = isKnown ? Buffer.alloc(0) : await partContent(store, part)
    if (content === null) throw noPart()
    memory?.keepUntilSent(bytes)
    response.attachment(nameOfPart(String(id), number, format))
    sendTagged(request, response, {
      tag: sha256,
      // Its digest is of the file, so nobody may pack or unpack it on the way.
      cacheControl: `${keptForGood}, no-transform`,
      type: isExportFormat(format) ? fileKindOf(format).contentType : 'application/octet-stream',
      body: () => content,
    })
  }
}

function noPart(): Problem {
  return new Problem('not_found', 'there is no such part, or it has expired', 'GET /v1/exports/{id} lists them.')
}

export function getExportManifest(parts: RouteParts): Route {
  return async (request, response, caller) => {
    const { id, state } = await findOrRefuse(parts, request, caller)
    const manifest = await findManifest(parts.store, caller.scope, id)
    if (manifest === null)
      throw new Problem('conflict', `the export is ${state}: it has a manifest when it is done`, 'Look again later.')
    sendTagged(request, response, {
      tag: hash('sha256', manifest),
      cacheControl: keptForGood,
      type: 'application/json',
      body: () => manifest,
    })
  }
}

export async function findOrRefuse({ store }: RouteParts, request: Request, { scope }: Caller): Promise<Export> {
  const found = await findExport(store, scope, String(request.params['id']))
  if (found) return found
  throw new Problem('not_found', 'there is no such export, or it has expired', 'GET /v1/exports lists them.')
}
