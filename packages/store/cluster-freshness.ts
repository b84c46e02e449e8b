// clusterFreshness: one cluster, what it sent last, and lane by lane when.

import type { Scope } from '@plaintrail/query/scope'
import { sql } from 'drizzle-orm'
import type { ClusterSummary } from './clusters.ts'
import type { Store } from './open-store.ts'
import { readRows } from './read-rows.ts'
import { inScope } from './visible-clusters.ts'

export interface LaneFreshness {
  readonly name: string
  /** When its newest kept segment was received, in microseconds since 1970; null where none is kept. */
  readonly lastReceivedUs: number | null
  /** Events that it has numbered so far, past retention included. */
  readonly numbered: number
}

export interface ClusterFreshness extends ClusterSummary {
  /** requestReceivedTimestamp of the newest kept event, in microseconds since 1970. */
  readonly newestEventUs: number | null
  readonly lanes: readonly LaneFreshness[]
}

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

/** By uid or name, neither of which ever changes. Null where there is none in the scope. */
export async function clusterFreshness(
  store: Store,
  scope: Scope,
  uidOrName: string,
): Promise<ClusterFreshness | null> {
  // Postgres has no NUL in a text, and so no name has one.
  if (uidOrName.includes('\0')) return null
  const isAsked = uuid.test(uidOrName) ? sql`c.uid = ${uidOrName}::uuid` : sql`c.name = ${uidOrName}`
  const [found] = await readRows<Omit<ClusterFreshness, 'lanes'>>(
    store,
    sql`select c.id, c.uid::text as uid, c.name, c.created_at as "createdAt",
          s.received as "lastReceivedUs", s.newest as "newestEventUs", coalesce(s.stored, 0)::int8 as events,
          (select count(*)::int4 from ingest_credential k where k.cluster_id = c.id and k.revoked_at is null) as credentials
        from cluster c
        left join lateral (
          select max(received_us) as received, max(time_max) as newest, sum(stored) as stored
          from seal where cluster_id = c.id
        ) s on true
        where ${isAsked} and ${inScope(scope)}`,
  )
  return found ? { ...found, lanes: await lanesOf(store, found.id) } : null
}

/** The highest numbers of a lane are its newest segments, and the index of numbers finds them without reading the rest. */
async function lanesOf(store: Store, clusterId: number): Promise<readonly LaneFreshness[]> {
  return await readRows(
    store,
    sql`select l.name, s.received_us as "lastReceivedUs", l.next_seq - 1 as numbered
        from lane l
        left join lateral (
          select received_us from seal where lane_id = l.id order by first_seq desc, received_us desc limit 1
        ) s on true
        where l.cluster_id = ${clusterId}::int4 order by l.name`,
  )
}
