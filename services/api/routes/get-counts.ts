// GET /v1/events/facets and /v1/events/histogram: how many requests match, by what they have and over time.

import type { Request, Response } from 'express'
import { formatMicroTime } from '@plaintrail/event/time'
import type { UrlParameters } from '@plaintrail/query/parameters'
import { findFacets, type FacetField } from '@plaintrail/store/find-facets'
import { findHistogram, intervalFor, type HistogramKey, type Interval } from '@plaintrail/store/find-histogram'
import type { RouteParts } from '../api-parts.ts'
import type { Caller } from '../authenticate.ts'
import { cursorKeyFor, listQuestion, urlParameters, type ListQuestion } from '../list-question.ts'
import { refuseParameters, sendCounted } from '../send-found.ts'

type Handler<Query> = (
  request: Request,
  response: Response,
  caller: Caller,
  input: { readonly query: Query },
) => Promise<void>

/** Those with few values, which most questions are narrowed by. */
const fieldsDefault: readonly FacetField[] = ['actor', 'verb', 'kind', 'ns', 'outcome', 'cluster']

export function getFacets(
  parts: RouteParts,
): Handler<{ readonly fields?: FacetField[] | undefined; readonly limit: number | undefined }> {
  return async (request, response, caller, input) => {
    const { fields: _fields, limit: _limit, ...parameters } = urlParameters(request)
    const question = questionOf(parts, caller, parameters)
    const { fields = fieldsDefault, limit = 20 } = input.query
    await sendCounted(parts, response, caller, question, async (budget) => {
      const asked = { query: question.query, window: question.window, fields, limit, budget }
      const { facets, requests, ...found } = await findFacets(parts.store, caller.scope, asked)
      return { ...found, data: facets, more: { requests } }
    })
  }
}

export function getHistogram(
  parts: RouteParts,
): Handler<{ readonly interval?: Interval | 'auto' | undefined; readonly by?: HistogramKey | undefined }> {
  return async (request, response, caller, input) => {
    const { interval: _interval, by: _by, ...parameters } = urlParameters(request)
    const question = questionOf(parts, caller, parameters)
    const { query, window } = question
    const { interval: sent = 'auto', by = null } = input.query
    const interval = sent === 'auto' ? intervalFor(window) : sent
    await sendCounted(parts, response, caller, question, async (budget) => {
      const asked = { query, window, interval, by, budget }
      const { buckets, ...found } = await findHistogram(parts.store, caller.scope, asked)
      const data = buckets.map(({ fromUs, toUs, ...counts }) => ({
        from: formatMicroTime(fromUs),
        to: formatMicroTime(toUs),
        ...counts,
      }))
      return { ...found, data, more: { interval } }
    })
  }
}

function questionOf(parts: RouteParts, caller: Caller, parameters: UrlParameters): ListQuestion {
  refuseParameters(parameters, ['include', 'fields', 'order', 'limit', 'cursor'])
  return listQuestion(parameters, cursorKeyFor(parts, caller), { list: 'events', nowUs: parts.nowUs() })
}
