// readRequests: the requests that match, in order: rows joined with the other stages of theirs, without those whose last
// stage is another row.

import type { Stage } from '@plaintrail/event/event'
import type { Order } from '@plaintrail/query/page'
import type { Snapshot } from '@plaintrail/query/snapshot'
import type { Window } from '@plaintrail/query/window'
import { sql } from 'drizzle-orm'
import type { Budget } from './budget.ts'
import { stageCode } from './event-codes.ts'
import { knownEventDays } from './event-days.ts'
import { eventStretches } from './event-stretches.ts'
import type { EventPosition, EventRecord } from './find-records.ts'
import { joinStages } from './join-stages.ts'
import type { Store } from './open-store.ts'
import type { QueryConditions } from './query-conditions.ts'
import { readSiblings, type StageRecord } from './read-siblings.ts'
import { recordsInOrder, windowAfter } from './records-in-order.ts'
import type { FoundEvent } from './stored-events.ts'
import { isInSnapshot } from './take-snapshot.ts'
import { thoseSaying } from './those-saying.ts'

export interface RequestsAsked {
  readonly window: Window
  readonly order: Order
  readonly after: EventPosition | null
  readonly snapshot: Snapshot
  readonly budget: Budget
}

export interface RequestReader {
  /** The next requests, none or some of them. */
  next(): Promise<readonly FoundEvent[]>
  /** Up to where everything was read; null at the beginning. */
  position(): EventPosition | null
  isAtEnd(): boolean
  isSpent(): boolean
}

/** Rows read beyond what is needed, for those that turn out to be earlier stages of others. */
const spareRows = 10
const rowsMax = 2_000

/** `wanted` is how many requests will do: the first step is about as long. */
export async function readRequests(
  store: Store,
  { where, text, stages }: QueryConditions,
  asked: RequestsAsked,
  wanted: number,
): Promise<RequestReader> {
  const days = await knownEventDays(store)
  const reader = recordsInOrder(store, {
    ...asked,
    where: (stretch) => sql`${where(stretch)} and ${isInSnapshot(asked.snapshot)}`,
    answers: text && text.answers,
    stretches: eventStretches(days, windowAfter(asked.window, asked.after, asked.order), asked.order),
  })
  let rows = Math.min(wanted + spareRows, rowsMax)
  return {
    ...reader,
    async next() {
      // The stages of all that were found are looked up at once: each such statement plans two partitions a day.
      const saying: EventRecord[] = []
      do {
        const records = await reader.next(rows)
        // Where most rows are earlier stages, or say something else, small steps would be many.
        if (records.length === rows) rows = Math.min(rows * 2, rowsMax)
        saying.push(...(await thoseSaying(store, records, text)))
      } while (saying.length < Math.min(wanted, rowsMax) && !reader.isAtEnd() && !reader.isSpent())
      const siblings = await readSiblings(store, saying, asked.snapshot)
      return saying.flatMap((record, index) => {
        const { stages: others = [], conflict = false } = siblings[index] ?? {}
        const joined = joinStages(record, others)
        return isShown(record, joined, stages) ? [{ record, stages: joined, conflict }] : []
      })
    },
  }
}

function isShown(record: EventRecord, joined: readonly StageRecord[], stages: ReadonlySet<Stage>): boolean {
  return joined.filter(({ stage }) => stages.has(stageCode.word(stage))).at(-1)?.key === record.key
}
