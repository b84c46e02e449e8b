// GET /v1/quarantine: what was received and could not be read, newest first, with its bytes on request.

import { onlyValue } from '@plaintrail/query/parameters'
import { QueryError } from '@plaintrail/query/query-error'
import { listQuarantined, type Quarantined } from '@plaintrail/store/quarantined'
import type { RouteParts } from '../api.ts'
import type { Route } from '../authenticate.ts'
import { cursorAfter, listQuestion, refuseOthers, urlParameters } from '../list-question.ts'

const parameterNames = ['cluster', 'since', 'until', 'limit', 'cursor']
/** Of items in one page; a page that would have more has fewer items and a cursor. */
const bytesMax = 64 * 1024 * 1024

/** Items are few and must not be overlooked, so the window is everything unless something else is asked for. */
export function getQuarantine(parts: RouteParts): Route {
  return async (request, response, caller) => {
    const { bytes, ...parameters } = urlParameters(request)
    refuseOthers(parameters, [...parameterNames, 'bytes'])
    const withBytes = readBoolean('bytes', onlyValue('bytes', bytes))
    const question = listQuestion(parameters, parts.cursorKey, { nowUs: parts.nowUs(), sinceUs: 0 })
    const { window, limit, after, filter } = question
    const found = await listQuarantined(parts.store, caller.scope, {
      window,
      limit,
      after,
      bytesMax,
      ...(filter.cluster ? { clusters: filter.cluster } : {}),
      ...(withBytes ? { items: parts.segmentItems } : {}),
    })
    response.json({
      data: found.items.map(answer),
      has_more: found.next !== null,
      next_cursor: found.next && cursorAfter(question, found.next, parts.cursorKey),
    })
  }
}

/** Bytes that could not be read may be anything, so they go as base64. */
function answer({ bytes, ...item }: Quarantined): object {
  return bytes === undefined ? item : { ...item, bytes: bytes === null ? null : bytes.toString('base64') }
}

function readBoolean(parameter: string, text: string | undefined): boolean {
  if (text === undefined || text === 'false') return false
  if (text === 'true' || text === '') return true
  throw new QueryError({
    message: `could not read ${parameter}: it is neither true nor false`,
    parameter,
    hint: `Send ${parameter}=true.`,
  })
}
