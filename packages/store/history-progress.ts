// historyProgress: how far history, attribution and rules are behind what is stored of a cluster.

import type { Query } from '@plaintrail/query/ast'
import type { Scope } from '@plaintrail/query/scope'
import { sql, type SQL } from 'drizzle-orm'
import type { Store } from './open-store.ts'
import { readRows } from './read-rows.ts'
import { inScope, isMeant } from './visible-clusters.ts'

export interface HistoryProgress {
  /** Stored events that are not followed yet. */
  readonly behind: number
  readonly complete: boolean
  /**
   * All that was taken in before is followed, in microseconds since 1970. Null where all is, and where the bytes of what is
   * left are gone.
   */
  readonly untilUs: number | null
}

/** Seals of a lane, by number, of which the one taken in first counts: posts of one lane overtake each other by seconds. */
const sealsMax = 1_000
const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

/** By uid or name; complete where the scope has no such cluster. One row of a lane and one look-up of its seals each. */
export async function historyProgress(store: Store, scope: Scope, uidOrName: string): Promise<HistoryProgress> {
  const isAsked = uuid.test(uidOrName)
    ? sql`c.uid = ${uidOrName}::uuid`
    : sql`c.name = ${uidOrName.replaceAll('\0', '\u{fffd}')}`
  return await progressWhere(store, sql`${isAsked} and ${inScope(scope)}`, 'history_position')
}

/** The same of all clusters of the scope in which a query can find something. */
export async function historyProgressFor(store: Store, scope: Scope, query: Query): Promise<HistoryProgress> {
  return await progressWhere(store, sql`${isMeant(query)} and ${inScope(scope)}`, 'history_position')
}

/** How far the search for who is behind events has come, in the same clusters. */
export async function attributionProgressFor(store: Store, scope: Scope, query: Query): Promise<HistoryProgress> {
  return await progressWhere(store, sql`${isMeant(query)} and ${inScope(scope)}`, 'attribution_position')
}

/** How far rules have judged what is stored, in the same clusters. */
export async function rulesProgressFor(store: Store, scope: Scope, query: Query): Promise<HistoryProgress> {
  return await progressWhere(store, sql`${isMeant(query)} and ${inScope(scope)}`, 'rule_position')
}

/** `which` is a condition on `cluster c`. */
async function progressWhere(
  store: Store,
  which: SQL,
  positions: 'history_position' | 'attribution_position' | 'rule_position',
): Promise<HistoryProgress> {
  const [row] = await readRows<{ behind: number | null; untilUs: number | null }>(
    store,
    sql`select sum(l.next_seq - p.next)::int8 as behind, min(s.received)::int8 as "untilUs"
        from cluster c join lane l on l.cluster_id = c.id
        cross join lateral (
          select coalesce((select h.next_seq from ${sql.identifier(positions)} h where h.lane_id = l.id), 1) as next
        ) p
        cross join lateral (
          select coalesce((select q.first_seq from seal q where q.lane_id = l.id and q.first_seq <= p.next
            order by q.first_seq desc limit 1), 0) as first_seq
        ) f
        cross join lateral (
          select min(n.received_us) as received
          from (select q.received_us from seal q
            where q.lane_id = l.id and q.first_seq >= f.first_seq and q.first_seq + q.stored > p.next
            order by q.first_seq limit ${sealsMax}) n
        ) s
        where ${which} and p.next < l.next_seq`,
  )
  const behind = row?.behind ?? 0
  return { behind, complete: behind === 0, untilUs: row?.untilUs ?? null }
}
