// takeSnapshot: how far each lane is stored now, so that later pages can leave out what came after the first.

import type { Query } from '@plaintrail/query/ast'
import type { Scope } from '@plaintrail/query/scope'
import { lanesInSnapshotMax, type Snapshot } from '@plaintrail/query/snapshot'
import { sql, type SQL } from 'drizzle-orm'
import type { Store } from './open-store.ts'
import { arrayOf, readRows } from './read-rows.ts'
import { inScope, isMeant } from './visible-clusters.ts'

/**
 * Of the lanes in which the query can find something. A lane's row is locked by who numbers its events until they are
 * committed, so what is read here is committed without a hole.
 */
export async function takeSnapshot(store: Store, scope: Scope, query?: Query): Promise<Snapshot> {
  const rows = await readRows<{ takenUs: number; id: number | null; last: number }>(
    store,
    // now() is when the transaction began, and it sees everything that was committed by then.
    sql`select (extract(epoch from now()) * 1000000)::int8 as "takenUs", l.id, l.next_seq - 1 as last
        from (select 1) one
        left join (lane l join cluster c on c.id = l.cluster_id)
          on l.next_seq > 1 and ${inScope(scope)} and ${isMeant(query)}
        order by l.id limit ${lanesInSnapshotMax + 1}`,
  )
  const lanes = rows.flatMap(({ id, last }) => (id === null ? [] : [[id, last] as const]))
  return { takenUs: rows[0]?.takenUs ?? 0, lanes: lanes.length > lanesInSnapshotMax ? null : new Map(lanes) }
}

/** A condition on `row`, which has a lane_id and a seq. */
export function isInSnapshot({ lanes }: Snapshot, row: 'e' | 'c' = 'e'): SQL {
  if (lanes === null) return sql`true`
  const [ids, lasts] = [arrayOf('int4', [...lanes.keys()]), arrayOf('int8', [...lanes.values()])]
  const [lane, seq] = [sql.raw(`${row}.lane_id`), sql.raw(`${row}.seq`)]
  // A lane that is not among them has no place, and comparing with null is not true. Nearly every row is in the snapshot:
  // of a bare comparison Postgres would expect a third, of this one 99.5 %, and so it keeps to the index on time.
  return sql`case when ${seq} <= (${lasts})[array_position(${ids}, ${lane})] then 1 else 0 end <> 0`
}
