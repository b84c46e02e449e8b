// recordsInOrder: the rows that meet a condition, across the stretches of a window, as many at a time as asked for.

import type { Order } from '@plaintrail/query/page'
import type { SQL } from 'drizzle-orm'
import type { Stretch } from './event-stretches.ts'
import { findRecords, positionOf, type EventPosition, type EventRecord } from './find-records.ts'
import type { Store } from './open-store.ts'

export interface RecordReader {
  /** The next rows, fewer than `limit` only at the end. */
  next(limit: number): Promise<readonly EventRecord[]>
}

export interface RecordsAsked {
  /** A condition on `event e`. */
  readonly where: SQL
  /** In the order of the page. */
  readonly stretches: readonly Stretch[]
  readonly order: Order
  readonly after: EventPosition | null
  /** Stops reading between two statements: `next` rejects with its reason. */
  readonly signal?: AbortSignal
}

export function recordsInOrder(store: Store, { where, stretches, order, after, signal }: RecordsAsked): RecordReader {
  let position = after
  let stretch = 0
  return {
    async next(limit) {
      const found: EventRecord[] = []
      while (found.length < limit) {
        const bounds = stretches[stretch]
        if (!bounds) break
        signal?.throwIfAborted()
        const wanted = limit - found.length
        const records = await findRecords(store, { ...bounds, where, order, after: position, limit: wanted })
        found.push(...records)
        const last = records.at(-1)
        if (last) position = positionOf(last)
        if (records.length < wanted) stretch += 1
      }
      return found
    },
  }
}
