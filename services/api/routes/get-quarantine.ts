// GET /v1/quarantine: what was received and could not be read, newest first, with its bytes on request.

import { listQuarantined, type Quarantined } from '@plaintrail/store/quarantined'
import { rawBytesMax, rawReadBytes } from '../answer-memory.ts'
import type { RouteParts } from '../api-parts.ts'
import type { Route } from '../authenticate.ts'
import { echo, nextPage } from '../list-answer.ts'
import { cursorKeyFor, listQuestion, refuseOthers, urlParameters } from '../list-question.ts'

const parameterNames = ['cluster', 'not.cluster', 'since', 'until', 'limit', 'cursor', 'bytes']

/** Items are few and must not be overlooked, so the window is everything unless something else is asked for. */
export function getQuarantine(parts: RouteParts): Route {
  return async (request, response, caller) => {
    const parameters = urlParameters(request)
    refuseOthers(parameters, parameterNames)
    const cursorKey = cursorKeyFor(parts, caller)
    const question = listQuestion(parameters, cursorKey, {
      list: 'quarantine',
      nowUs: parts.nowUs(),
      sinceUs: 0,
    })
    const { window, limit, after, query, include } = question
    using memory = include.includes('raw') ? await parts.rawMemory.take(response, rawReadBytes) : null
    const found = await listQuarantined(parts.store, caller.scope, {
      window,
      limit,
      after,
      bytesMax: rawBytesMax,
      query,
      ...(include.includes('raw') ? { items: parts.segmentItems } : {}),
    })
    memory?.keepUntilSent(found.items.reduce((sum, { bytes }) => sum + (bytes?.length ?? 0), 0))
    response.json({
      data: found.items.map(answer),
      ...nextPage(response, question, found.next && { position: found.next }, cursorKey),
      meta: echo(question),
    })
  }
}

/** Bytes that could not be read may be anything, so they go as base64. */
function answer({ bytes, ...item }: Quarantined): object {
  return bytes === undefined ? item : { ...item, bytes: bytes === null ? null : bytes.toString('base64') }
}
