// sendFound: a page of what was found among events, such as sessions, with the question as it was understood.

import type { Response } from 'express'
import { formatMicroTime } from '@plaintrail/event/time'
import type { Gap, PageMeta } from '@plaintrail/query/page'
import { QueryError } from '@plaintrail/query/query-error'
import type { UrlParameters } from '@plaintrail/query/parameters'
import type { Snapshot } from '@plaintrail/query/snapshot'
import { budgetOf, type Budget } from '@plaintrail/store/budget'
import type { EventPosition } from '@plaintrail/store/find-records'
import { findGaps } from '@plaintrail/store/gaps'
import type { RouteParts } from './api-parts.ts'
import type { Caller } from './authenticate.ts'
import { answerMarginMs, boundedQuestion } from './bounded-question.ts'
import { historyMeta } from './history-meta.ts'
import { echo, nextPage } from './list-answer.ts'
import { cursorKeyFor, type ListQuestion } from './list-question.ts'

export interface FoundItems {
  readonly items: readonly object[]
  readonly next: EventPosition | null
  readonly snapshot: Snapshot
  readonly isPartial: boolean
  /** Of what is counted: from where to the end of the window everything was. */
  readonly countedSinceUs?: number
}

export async function sendFound(
  parts: RouteParts,
  response: Response,
  caller: Caller,
  question: ListQuestion,
  find: (budget: Budget) => Promise<FoundItems>,
): Promise<void> {
  const from = performance.now()
  const { query, window } = question
  const history = await historyMeta(parts.store, caller.scope, query)
  const [{ items, next, ...found }, gaps] = await boundedQuestion(
    response,
    parts.questionMsMax + answerMarginMs,
    (signal) =>
      Promise.all([find(budgetOf(parts.questionMsMax, signal)), findGaps(parts.store, caller.scope, window, query)]),
  )
  const meta = { ...metaOf(question, found, gaps, performance.now() - from), ...history }
  const end = next && { position: next, snapshot: found.snapshot }
  response.json({ data: items, ...nextPage(response, question, end, cursorKeyFor(parts, caller)), meta })
}

export interface CountedAnswer {
  readonly data: unknown
  readonly snapshot: Snapshot
  /** From here to the end of the window everything was counted. */
  readonly countedSinceUs: number
  /** Goes beside the data. */
  readonly more?: object
}

/** What was counted over a window, as one answer without pages. */
export async function sendCounted(
  parts: RouteParts,
  response: Response,
  caller: Caller,
  question: ListQuestion,
  count: (budget: Budget) => Promise<CountedAnswer>,
): Promise<void> {
  const from = performance.now()
  const { query, window } = question
  const history = await historyMeta(parts.store, caller.scope, query)
  const [{ data, snapshot, countedSinceUs, more }, gaps] = await boundedQuestion(
    response,
    parts.questionMsMax + answerMarginMs,
    (signal) =>
      Promise.all([count(budgetOf(parts.questionMsMax, signal)), findGaps(parts.store, caller.scope, window, query)]),
  )
  const isPartial = countedSinceUs > window.sinceUs
  const asked = metaOf(question, { snapshot, isPartial, countedSinceUs }, gaps, performance.now() - from)
  response.json({ data, ...more, meta: { ...asked, ...history } })
}

function metaOf(
  question: ListQuestion,
  { snapshot, isPartial, countedSinceUs }: Pick<FoundItems, 'snapshot' | 'isPartial' | 'countedSinceUs'>,
  gaps: readonly Gap[],
  tookMs: number,
): PageMeta & { readonly counted_since?: string } {
  return {
    ...echo(question),
    watermark: snapshot.lanes === null ? null : formatMicroTime(snapshot.takenUs),
    ...(countedSinceUs === undefined ? {} : { counted_since: formatMicroTime(countedSinceUs) }),
    coverage: { complete: gaps.length === 0, gaps },
    stats: { took_ms: Math.round(tookMs), partial: isPartial },
  }
}

/** Parameters of a list of events that make no sense for what is found among them. */
export function refuseParameters(parameters: UrlParameters, names: readonly string[]): void {
  const sent = names.find((name) => parameters[name] !== undefined)
  if (sent === undefined) return
  throw new QueryError({
    message: `could not read ${sent}: it is no parameter here`,
    parameter: sent,
    hint: 'Leave it out: it belongs to GET /v1/events.',
  })
}
