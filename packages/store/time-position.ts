// Positions in lists that are ordered by a timestamptz and an id: exact to the microsecond both ways.

import { sql, type SQL } from 'drizzle-orm'
import type { EventPosition } from './find-records.ts'

/** Microseconds since 1970. */
export function timeUs(column: SQL): SQL {
  return sql`(extract(epoch from ${column}) * 1000000)::int8`
}

/** After the position, in a list that has the newest first. */
export function isBefore(time: SQL, id: SQL, after: EventPosition | null): SQL {
  return after ? sql`(${time}, ${id}) < (${timestampOf(after.timeUs)}, ${after.key}::uuid)` : sql`true`
}

/** to_timestamp takes a double, which is not exact. */
export function timestampOf(us: number): SQL {
  return sql`(timestamptz 'epoch' + ${us}::int8 * interval '1 microsecond')`
}
