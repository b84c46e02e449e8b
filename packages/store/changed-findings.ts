// isChangedSince: findings whose row was written after a moment, by what Postgres keeps of each row anyway: which transaction
// wrote it. No column and no index has to be written for it with every hit.

import { sql, type SQL } from 'drizzle-orm'
import type { Store } from './open-store.ts'
import { readRows } from './read-rows.ts'
import { timeUs } from './time-position.ts'

/** When a list was begun. */
export interface ListMoment {
  /** Microseconds since 1970. */
  readonly asOfUs: number
  /** No transaction before this one was under way: what they wrote was there for all to see. */
  readonly unseenFrom: number
}

export async function listMoment(store: Store): Promise<ListMoment> {
  const [row] = await readRows<{ asOfUs: number; unseenFrom: number }>(
    store,
    sql`select ${timeUs(sql`clock_timestamp()`)} as "asOfUs", pg_snapshot_xmin(pg_current_snapshot())::text::int8 as "unseenFrom"`,
  )
  return row ?? { asOfUs: 0, unseenFrom: 0 }
}

/**
 * A condition on `finding f`. A row has the last 32 bits of its transaction's number: they are those of the latest such
 * number, or of an earlier one, and then the row is taken for changed that is not. Never the other way.
 */
export function isChangedSince({ unseenFrom }: Pick<ListMoment, 'unseenFrom'>): SQL {
  const latest = sql`(select pg_snapshot_xmax(pg_current_snapshot())::text::int8)`
  return sql`${latest} - ((${latest} - f.xmin::text::int8) & 4294967295) >= ${unseenFrom}::int8`
}
