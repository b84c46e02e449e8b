// What of a batch is stored already: asked only after the unique key said that something is.

import { int4Array, int8Array, uuidArray } from './binary-arrays.ts'
import type { QuarantineRow } from './insert-batch.ts'
import type { Store } from './open-store.ts'
import { dayOfSegment, dayName } from './segment-id.ts'

/** Keys, as hex, of those events that are stored. */
export async function findStoredKeys(
  store: Store,
  events: readonly { readonly time: number; readonly key: Buffer }[],
): Promise<ReadonlySet<string>> {
  const { rows } = await store.pool.query<{ key: string }>({
    name: 'find-stored-keys',
    text: `select replace(i.key::text, '-', '') as key
           from unnest($1::int8[], $2::uuid[]) as i (time, key)
           where exists (select from event e where e.time = i.time and e.key = i.key)`,
    values: [int8Array(events.map((event) => event.time)), uuidArray(events.map((event) => event.key))],
  })
  return new Set(rows.map((row) => row.key))
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
