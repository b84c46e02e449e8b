// findEvents: one page of requests, newest or oldest first, each with its stages joined into one row.

import type { StoredEvent } from '@plaintrail/event/event'
import type { Query } from '@plaintrail/query/ast'
import type { Order, Total } from '@plaintrail/query/page'
import type { Scope } from '@plaintrail/query/scope'
import type { Snapshot } from '@plaintrail/query/snapshot'
import type { Window } from '@plaintrail/query/window'
import { budgetOf, type Budget } from './budget.ts'
import { positionOf, type EventPosition } from './find-records.ts'
import type { Store } from './open-store.ts'
import { queryConditions } from './query-conditions.ts'
import { readRequests, type RequestReader } from './read-requests.ts'
import { storedEvents, type FoundEvent } from './stored-events.ts'
import { takeSnapshot } from './take-snapshot.ts'

export interface EventQuestion {
  readonly query: Query
  readonly window: Window
  readonly order: Order
  /** At least 1. */
  readonly limit: number
  /** Where the page before ended; null for the first. */
  readonly after: EventPosition | null
  /** That of the first page; null to take one now. What was stored later is in no page. */
  readonly snapshot: Snapshot | null
  /** When it is spent the page ends as it is. Budget.msMax unless given. */
  readonly budget?: Budget
}

export interface FoundEvents {
  readonly events: readonly StoredEvent[]
  /** Where the next page begins; null when there is none. */
  readonly next: EventPosition | null
  readonly snapshot: Snapshot
  /** The budget was spent: there may be fewer events than could be, and even none, before the next page. */
  readonly isPartial: boolean
}

/** Of one page, in milliseconds. */
export const pageMsMax = 10_000

/**
 * A request is shown once, as its last stage, and it is that stage which the query must match; where the query names
 * stages, as the last one of these. Rejects with the reason of the budget's signal, with QuestionTooLong where not even
 * the first rows could be read, or with Postgres' error.
 */
export async function findEvents(store: Store, scope: Scope, question: EventQuestion): Promise<FoundEvents> {
  const budget = question.budget ?? budgetOf(pageMsMax)
  // Names are looked up after the snapshot is taken, which may hold the first event of one: an actor who is new in it
  // would be in the answer to -actor, and missing from his own.
  const snapshot = question.snapshot ?? (await takeSnapshot(store, scope, question.query))
  const conditions = await queryConditions(store, scope, question.query)
  if (conditions === null) return { events: [], next: null, snapshot, isPartial: false }
  // One more than the page holds says whether there is a next one.
  const wanted = question.limit + 1
  const reader = await readRequests(store, conditions, { ...question, snapshot, budget }, wanted)
  const found = await readUpTo(reader, wanted)
  const page = found.slice(0, question.limit)
  return { events: await storedEvents(store, page), snapshot, ...endOf(found, page, reader) }
}

/** How many requests are counted at most: one more than a person would page through. */
export const totalMax = 10_001

/** How many requests the whole window has: counted up to totalMax, and for as long as the budget lasts. */
export async function countEvents(
  store: Store,
  scope: Scope,
  question: Pick<EventQuestion, 'query' | 'window'> & { readonly snapshot: Snapshot; readonly budget: Budget },
): Promise<Total> {
  const conditions = await queryConditions(store, scope, question.query)
  if (conditions === null) return { value: 0, relation: 'eq' }
  const reader = await readRequests(store, conditions, { ...question, order: 'desc', after: null }, totalMax)
  let value = 0
  while (value < totalMax && !reader.isAtEnd() && !reader.isSpent()) value += (await reader.next()).length
  return { value: Math.min(value, totalMax), relation: reader.isAtEnd() && value < totalMax ? 'eq' : 'gte' }
}

/** Nothing at all could be read within the budget. */
export class QuestionTooLong extends Error {
  override readonly name = 'QuestionTooLong'
}

async function readUpTo(reader: RequestReader, wanted: number): Promise<readonly FoundEvent[]> {
  const begin = reader.position()
  const found: FoundEvent[] = []
  while (found.length < wanted && !reader.isAtEnd() && !reader.isSpent()) found.push(...(await reader.next()))
  if (reader.isAtEnd() || reader.position() !== begin) return found
  throw new QuestionTooLong('could not read even the first events in the time that a question has; narrow the window')
}

function endOf(
  found: readonly FoundEvent[],
  page: readonly FoundEvent[],
  reader: RequestReader,
): Pick<FoundEvents, 'next' | 'isPartial'> {
  const last = page.at(-1)?.record
  if (found.length > page.length && last) return { next: positionOf(last), isPartial: false }
  if (reader.isAtEnd()) return { next: null, isPartial: false }
  return { next: reader.position(), isPartial: true }
}
