// unseenEnds: for requests whose end was not seen, what could have kept it from us. Where nothing could, they go on.

import { sql } from 'drizzle-orm'
import type { EventRecord } from './find-records.ts'
import { objectKey } from './object-key.ts'
import type { Store } from './open-store.ts'
import { arrayOf, readRows } from './read-rows.ts'
import type { UnseenReason } from './session.ts'

type Begun = Pick<EventRecord, 'clusterId' | 'time'>

/** A kubelet ends a stream that is idle for 4 hours (streamingConnectionIdleTimeout): few go on for a day. */
const openHoursMax = 24
const openUsMax = openHoursMax * 3_600_000_000

/** For each whose end could have come unseen, why. */
export async function unseenEnds<Record extends Begun>(
  store: Store,
  begun: readonly Record[],
  nowUs: number,
): Promise<ReadonlyMap<Record, UnseenReason>> {
  const isOld = ({ time }: Begun): boolean => time < nowUs - openUsMax
  const lasts = await readLasts(
    store,
    begun.filter((record) => !isOld(record)),
  )
  return new Map(
    begun.flatMap((record) => {
      const reason = isOld(record) ? 'too_old' : reasonOf(record, lasts.get(record.clusterId))
      return reason === null ? [] : [[record, reason] as const]
    }),
  )
}

function reasonOf({ time }: Begun, lasts: Lasts | undefined): UnseenReason | null {
  if ((lasts?.gapUs ?? 0) >= time) return 'gap'
  if ((lasts?.restartUs ?? 0) > time) return 'api_server_restarted'
  return (lasts?.unreadableUs ?? 0) >= time ? 'unreadable_event' : null
}

/** Of one cluster, when something last happened that can hide an event; microseconds since 1970. */
interface Lasts {
  readonly gapUs: number | null
  readonly restartUs: number | null
  readonly unreadableUs: number | null
}

async function readLasts(store: Store, records: readonly Begun[]): Promise<ReadonlyMap<number, Lasts>> {
  if (records.length === 0) return new Map()
  const ids = [...new Set(records.map(({ clusterId }) => clusterId))]
  const sinceUs = records.reduce((least, { time }) => Math.min(least, time), Infinity)
  const clusters = await readRows<{ id: number; uid: string }>(
    store,
    sql`select c.id, c.uid::text as uid from cluster c where c.id = any(${arrayOf('int4', ids)})`,
  )
  const keys = clusters.map(({ uid }) => objectKey({ cluster: uid, ...madeAtStart }))
  const rows = await readRows<{ id: number } & Lasts>(
    store,
    sql`select c.id, r.last as "restartUs",
          (select max(g.to_us) from gap g where g.cluster_id = c.id and g.to_us >= ${sinceUs}::int8) as "gapUs",
          (select max(q.received_us) from quarantine q
           where q.cluster_id = c.id and q.received_us >= ${sinceUs}::int8) as "unreadableUs"
        from unnest(${arrayOf(
          'int4',
          clusters.map(({ id }) => id),
        )}, ${arrayOf('int8', keys)}) as c (id, key)
        left join lateral (
          select max(e.time) as last from event e join actor a on a.id = e.actor_id
          where e.object_key = c.key and e.time >= ${sinceUs}::int8 and e.cluster_id = c.id
            and e.name = ${madeAtStart.name} and a.name = 'system:apiserver'
        ) r on true`,
  )
  return new Map(rows.map(({ id, ...lasts }) => [id, lasts]))
}

/**
 * What an API server asks for once, when it starts, and makes where it is missing (kubernetes
 * pkg/registry/scheduling/rest/storage_scheduling.go). A policy that leaves out all its reads hides that, and ours keeps
 * this one: without it a restart is seen only where a gap says so.
 */
const madeAtStart = {
  apiGroup: 'scheduling.k8s.io',
  resource: 'priorityclasses',
  namespace: '',
  name: 'system-node-critical',
} as const
