// readSnapshot: the rows that a snapshot holds of a query, oldest first, as events: what a tail that begins in the past
// tells before what comes.

import type { StoredEvent } from '@plaintrail/event/event'
import type { Snapshot } from '@plaintrail/query/snapshot'
import { timeUsMax } from '@plaintrail/query/window'
import { sql } from 'drizzle-orm'
import { budgetOf } from './budget.ts'
import { knownEventDays } from './event-days.ts'
import { eventStretches } from './event-stretches.ts'
import { eventsOf, type Question } from './find-arrivals.ts'
import type { EventPosition } from './find-records.ts'
import type { Store } from './open-store.ts'
import { queryConditions } from './query-conditions.ts'
import { recordsInOrder } from './records-in-order.ts'
import { isInSnapshot } from './take-snapshot.ts'
import { thoseSaying } from './those-saying.ts'

export interface SnapshotQuestion extends Question {
  /** Microseconds since 1970. Events without a usable time are in no such window. */
  readonly sinceUs: number
  readonly after: EventPosition | null
  readonly snapshot: Snapshot
  /** Stops between two statements, with its reason. */
  readonly signal: AbortSignal
}

/** Rows in one piece. */
const rowsMax = 500
/** Of one look at the window; where it ends before the window does, the next one goes on. */
const lookMsMax = 10_000

/** Pieces of some rows or none, each with where it ends: the next piece begins after it. */
export async function* readSnapshot(
  store: Store,
  { scope, query, sinceUs, snapshot, signal, ...asked }: SnapshotQuestion,
): AsyncGenerator<{ readonly events: readonly StoredEvent[]; readonly end: EventPosition | null }> {
  let { after } = asked
  for (let isAtEnd = false; !isAtEnd;) {
    const conditions = await queryConditions(store, scope, query)
    if (conditions === null) return
    const fromUs = Math.max(sinceUs, after?.timeUs ?? 0)
    const reader = recordsInOrder(store, {
      where: (stretch) => sql`${conditions.where(stretch)} and ${isInSnapshot(snapshot)}`,
      answers: conditions.text?.answers ?? null,
      stretches: eventStretches(await knownEventDays(store), { sinceUs: fromUs, untilUs: timeUsMax }, 'asc'),
      order: 'asc',
      after,
      budget: budgetOf(lookMsMax, signal),
    })
    while (!reader.isAtEnd() && !reader.isSpent()) {
      const records = await reader.next(rowsMax)
      after = reader.position()
      yield { events: await eventsOf(store, await thoseSaying(store, records, conditions.text)), end: after }
    }
    isAtEnd = reader.isAtEnd()
  }
}
