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
  /** Which transactions were over by then, as Postgres writes a pg_snapshot: what they wrote was there for all to see. */
  readonly seen: string
}

/** Characters that a cursor has room for; 300 transactions under way. With more, those after the first of them count as such. */
const seenCharsMax = 4_000

export async function listMoment(store: Store): Promise<ListMoment> {
  const [row] = await readRows<ListMoment & Record<string, unknown>>(
    store,
    sql`select ${timeUs(sql`clock_timestamp()`)} as "asOfUs",
          case when length(s.text) <= ${seenCharsMax} then s.text else concat(s.first, ':', s.first, ':') end as seen
        from (select pg_current_snapshot()::text as text, pg_snapshot_xmin(pg_current_snapshot()) as first) s`,
  )
  if (row === undefined) throw new Error('could not ask Postgres what time it is')
  return row
}

/**
 * A condition on `finding f`. A row has the last 32 bits of its transaction's number: they are taken for those of the latest
 * such number. Of a row that is older by all these bits that may be wrong, and then it is taken for changed. Never the other way.
 */
export function isChangedSince({ seen }: Pick<ListMoment, 'seen'>): SQL {
  const latest = sql`(select pg_snapshot_xmax(pg_current_snapshot())::text::int8)`
  const first = sql`(select pg_snapshot_xmin(${seen}::pg_snapshot)::text::int8)`
  const wrote = sql`(${latest} - ((${latest} - f.xmin::text::int8) & 4294967295))`
  return sql`case when ${wrote} < ${first} then false
    else not pg_visible_in_snapshot(${wrote}::text::xid8, ${seen}::pg_snapshot) end`
}
