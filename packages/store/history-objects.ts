// lockHistoryObjects: the rows of the objects that a batch tells of, made where they are new, locked until the commit.

import type { Observation } from '@plaintrail/history/observation'
import type { PoolClient } from 'pg'
import { int8Array, textArray } from './binary-arrays.ts'
import { objectKey } from './object-key.ts'

export interface ClusterOfLane {
  readonly id: number
  /** A UUID. */
  readonly uid: string
}

export interface LockedObject {
  readonly id: number
  /** It was made here: it has no revisions. */
  readonly isNew: boolean
}

/**
 * By uid. Made and locked in the order of the uids, so that two who follow lanes of one cluster wait for each
 * other and never both.
 */
export async function lockHistoryObjects(
  client: PoolClient,
  cluster: ClusterOfLane,
  observations: ReadonlyMap<string, Observation>,
): Promise<ReadonlyMap<string, LockedObject>> {
  const uids = [...observations.keys()].toSorted()
  if (uids.length === 0) return new Map()
  const named = uids.flatMap((uid) => observations.get(uid) ?? [])
  const column = (of: (observation: Observation) => string): Buffer => textArray(named.map(of))
  const keyOf = ({ apiGroup, resource, namespace, name }: Observation): bigint =>
    objectKey({ cluster: cluster.uid, apiGroup, resource, namespace, name })
  const { rows: made } = await client.query<{ uid: string }>({
    name: 'make-history-objects',
    text: `
      insert into history_object (cluster_id, uid, object_key, api_group, resource, namespace, name)
      select $1, i.uid, i.object_key, i.api_group, i.resource, i.namespace, i.name
      from unnest($2::text[], $3::int8[], $4::text[], $5::text[], $6::text[], $7::text[])
        as i (uid, object_key, api_group, resource, namespace, name)
      order by i.uid collate "C"
      on conflict (cluster_id, uid) do nothing
      returning uid`,
    values: [
      cluster.id,
      textArray(uids),
      int8Array(named.map(keyOf)),
      column(({ apiGroup }) => apiGroup),
      column(({ resource }) => resource),
      column(({ namespace }) => namespace),
      column(({ name }) => name),
    ],
  })
  const { rows } = await client.query<{ id: number; uid: string }>({
    name: 'lock-history-objects',
    text: `select o.id, o.uid from history_object o where o.cluster_id = $1 and o.uid = any($2::text[])
           order by o.uid collate "C" for update`,
    values: [cluster.id, textArray(uids)],
  })
  const fresh = new Set(made.map(({ uid }) => uid))
  return new Map(rows.map(({ id, uid }) => [uid, { id, isNew: fresh.has(uid) }]))
}
