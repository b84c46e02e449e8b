// GET /v1/events/{id}/neighbors: what happened shortly before and after one event.

import type { Request, Response } from 'express'
import { formatMicroTime } from '@plaintrail/event/time'
import { QueryError } from '@plaintrail/query/query-error'
import { parseTime } from '@plaintrail/query/window'
import { budgetOf } from '@plaintrail/store/budget'
import { findNeighbors, neighborHoursMax, type NeighborKey } from '@plaintrail/store/find-neighbors'
import { findGaps } from '@plaintrail/store/gaps'
import type { RouteParts } from '../api-parts.ts'
import type { Caller } from '../authenticate.ts'
import { answerMarginMs, boundedQuestion } from '../bounded-question.ts'
import { Problem } from '../problems.ts'
import { withLinks } from '../send-events.ts'

interface Asked {
  readonly window?: string | undefined
  readonly by?: NeighborKey | undefined
  readonly limit: number | undefined
}

export const spanDefault = '5m'
export const neighborsDefault = 50

export function getNeighbors(
  parts: RouteParts,
): (request: Request, response: Response, caller: Caller, input: { readonly query: Asked }) => Promise<void> {
  return async (request, response, caller, { query }) => {
    const { by = 'actor', window: span = spanDefault, limit = neighborsDefault } = query
    const spanUs = spanOf(span, parts.nowUs())
    const found = await boundedQuestion(response, parts.questionMsMax + answerMarginMs, async (signal) => {
      const budget = budgetOf(parts.questionMsMax, signal)
      return await findNeighbors(parts.store, caller.scope, String(request.params['id']), { by, spanUs, limit, budget })
    })
    if (found === null)
      throw new Problem('not_found', 'there is no such event, or it is past retention', 'Ids begin with evt_.')
    const { window, before, self, after } = found
    const gaps = await findGaps(parts.store, caller.scope, window)
    const placed = [
      ...before.map((event) => ({ place: 'before', event })),
      { place: 'self', event: self },
      ...after.map((event) => ({ place: 'after', event })),
    ]
    response.json({
      data: placed.map(({ place, event }) => ({ place, event: withLinks(event) })),
      meta: {
        window: { since: formatMicroTime(window.sinceUs), until: formatMicroTime(window.untilUs) },
        has_more: { before: found.hasMoreBefore, after: found.hasMoreAfter },
        coverage: { complete: gaps.length === 0, gaps },
      },
    })
  }
}

/** A time span as every time is written, without a sign. */
function spanOf(text: string, nowUs: number): number {
  const spanUs = /^(\d+[smhdw])+$/.test(text) ? nowUs - parseTime(text, nowUs, 'window') : 0
  if (spanUs > 0 && spanUs <= neighborHoursMax * 3_600_000_000) return spanUs
  throw new QueryError({
    message: `could not read window: "${text.slice(0, 40)}" is no time span of at most ${neighborHoursMax} hours`,
    parameter: 'window',
    hint: 'Send how far to look to either side, such as window=5m.',
  })
}
