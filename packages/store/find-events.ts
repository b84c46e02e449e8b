// findEvents: one page of requests, newest or oldest first, each with its stages joined into one row.

import type { StoredEvent } from '@plaintrail/event/event'
import type { EventFilter } from '@plaintrail/query/filter'
import type { Order } from '@plaintrail/query/page'
import type { Scope } from '@plaintrail/query/scope'
import type { Window } from '@plaintrail/query/window'
import { eventConditions } from './event-conditions.ts'
import { stageCode } from './event-codes.ts'
import { knownEventDays } from './event-days.ts'
import { eventStretches } from './event-stretches.ts'
import { positionOf, type EventPosition, type EventRecord } from './find-records.ts'
import { joinStages } from './join-stages.ts'
import type { Store } from './open-store.ts'
import { readSiblings, type StageRecord } from './read-siblings.ts'
import { recordsInOrder, type RecordReader } from './records-in-order.ts'
import { storedEvents, type FoundEvent } from './stored-events.ts'

export interface EventQuestion {
  readonly filter: EventFilter
  readonly window: Window
  readonly order: Order
  /** At least 1. */
  readonly limit: number
  /** Where the page before ended; null for the first. */
  readonly after: EventPosition | null
  /** Stops reading between two statements. */
  readonly signal?: AbortSignal
}

export interface FoundEvents {
  readonly events: readonly StoredEvent[]
  /** Where the next page begins; null when there is none. */
  readonly next: EventPosition | null
}

/** Rows read beyond what a page needs, for those that turn out to be earlier stages of others. */
const spareRows = 10
const rowsMax = 2_000

/**
 * A request is shown once, as its last stage, and it is that stage which the filter must match; where the filter names
 * stages, as the last one of these. Rejects with the signal's reason, or with Postgres' error (57014: statement timeout).
 */
export async function findEvents(store: Store, scope: Scope, question: EventQuestion): Promise<FoundEvents> {
  const [where, days] = await Promise.all([eventConditions(store, scope, question.filter), knownEventDays(store)])
  if (where === null) return { events: [], next: null }
  const stretches = eventStretches(days, remaining(question), question.order)
  const reader = recordsInOrder(store, { ...question, where, stretches })
  // One more than the page holds says whether there is a next one.
  const found = await findRequests(store, reader, question.filter, question.limit + 1)
  const page = found.slice(0, question.limit)
  const last = page.at(-1)?.record
  const next = found.length > page.length && last ? positionOf(last) : null
  return { events: await storedEvents(store, page), next }
}

/** What is left of the window after the position. */
function remaining({ window, order, after }: EventQuestion): Window {
  if (after === null) return window
  return order === 'desc'
    ? { sinceUs: window.sinceUs, untilUs: Math.min(window.untilUs, after.timeUs + 1) }
    : { sinceUs: Math.max(window.sinceUs, after.timeUs), untilUs: window.untilUs }
}

async function findRequests(
  store: Store,
  reader: RecordReader,
  filter: EventFilter,
  wanted: number,
): Promise<readonly FoundEvent[]> {
  const found: FoundEvent[] = []
  let rows = wanted + spareRows
  for (;;) {
    const records = await reader.next(rows)
    const siblings = await readSiblings(store, records)
    for (const [index, record] of records.entries()) {
      const { stages = [], conflict = false } = siblings[index] ?? {}
      const joined = joinStages(record, stages)
      if (isShown(record, joined, filter)) found.push({ record, stages: joined, conflict })
    }
    if (records.length < rows || found.length >= wanted) return found
    // Where most rows are earlier stages, as of requests that are still running, small steps would be many.
    rows = Math.min(rows * 2, rowsMax)
  }
}

function isShown(record: EventRecord, joined: readonly StageRecord[], filter: EventFilter): boolean {
  const { any = [], not = [] } = filter.stage ?? {}
  const asked = joined.filter(({ stage }) => {
    const word = stageCode.word(stage)
    return (any.length === 0 || any.includes(word)) && !not.includes(word)
  })
  return asked.at(-1)?.key === record.key
}
