// What of a batch is stored already: asked only after the unique key said that something is.

import { int4Array, int8Array, uuidArray } from './binary-arrays.ts'
import type { QuarantineRow } from './insert-batch.ts'
import type { Store } from './open-store.ts'
import { dayName, dayOf, dayOfSegment } from './segment-id.ts'

interface Named {
  readonly time: number
  readonly key: Buffer
}

/** Keys, as hex, of those events that are stored. One statement a day, so that each locks one partition and not all. */
export async function findStoredKeys(store: Store, events: readonly Named[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  for (const own of Map.groupBy(events, (event) => dayOf(event.time)).values()) {
    for (const key of await findOfOneDay(store, own)) found.add(key)
  }
  return found
}

/** Unnamed: Postgres then plans with the two bounds and leaves out every other partition. */
async function findOfOneDay(store: Store, events: readonly Named[]): Promise<readonly string[]> {
  const times = events.map((event) => event.time)
  const { rows } = await store.pool.query<{ key: string }>(
    `select replace(i.key::text, '-', '') as key
     from unnest($1::int8[], $2::uuid[]) as i (time, key)
     where exists (
       select from event e where e.time = i.time and e.key = i.key and e.time >= $3::int8 and e.time <= $4::int8)`,
    [
      int8Array(times),
      uuidArray(events.map((event) => event.key)),
      times.reduce((a, b) => Math.min(a, b)),
      times.reduce((a, b) => Math.max(a, b)),
    ],
  )
  return rows.map((row) => row.key)
}

/** `clusterId/digest` of those rows that are in quarantine already. */
export async function findQuarantined(store: Store, items: readonly QuarantineRow[]): Promise<ReadonlySet<string>> {
  const { rows } = await store.pool.query<{ found: string }>({
    name: 'find-quarantined',
    text: `select q.cluster_id || '/' || replace(q.digest::text, '-', '') as found
           from unnest($1::int4[], $2::uuid[]) as i (cluster_id, digest)
           join quarantine q on q.cluster_id = i.cluster_id and q.digest = i.digest`,
    values: [int4Array(items.map((item) => item.clusterId)), uuidArray(items.map((item) => item.digest))],
  })
  return new Set(rows.map((row) => row.found))
}

/** By partition and id: the statement then locks one partition and not all of them. */
export async function dropSegments(store: Store, ids: readonly number[]): Promise<void> {
  for (const [day, own] of Map.groupBy(ids, dayOfSegment)) {
    await store.pool.query(`delete from segment_${dayName(day)} where id = any($1::int8[])`, [own])
  }
}
