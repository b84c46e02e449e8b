// laneHeads: the last number of every lane, which is all that who waits for new events has to ask for.

import { sql } from 'drizzle-orm'
import type { Store } from './open-store.ts'
import { readRows } from './read-rows.ts'

export interface LaneHeads {
  /** Microseconds since 1970, by Postgres' clock. What was committed by then is counted. */
  readonly takenUs: number
  /** By the lane's id; a lane that has no events yet is not here. */
  readonly last: ReadonlyMap<number, number>
}

/** A lane's row is locked from the numbering of its events until their commit: what is read here is whole. */
export async function laneHeads(store: Store): Promise<LaneHeads> {
  const rows = await readRows<{ takenUs: number; id: number | null; last: number }>(
    store,
    sql`select (extract(epoch from now()) * 1000000)::int8 as "takenUs", l.id, l.next_seq - 1 as last
        from (select 1) one left join lane l on l.next_seq > 1`,
  )
  return {
    takenUs: rows[0]?.takenUs ?? 0,
    last: new Map(rows.flatMap(({ id, last }) => (id === null ? [] : [[id, last] as const]))),
  }
}
