// Lanes: the unit of order. A lane is made when its first segment comes, and its id is then remembered.

import type { Store } from './open-store.ts'

export interface Lane {
  readonly id: number
  readonly clusterId: number
  readonly clusterName: string
}

export interface Lanes {
  /** Null when no such cluster exists. */
  find(clusterUid: string, lane: string): Promise<Lane | null>
}

export function createLanes(store: Store): Lanes {
  const known = new Map<string, Lane>()
  return {
    async find(clusterUid, name) {
      const key = `${clusterUid}/${name}`
      const lane = known.get(key) ?? (await findOrMake(store, clusterUid, name))
      if (lane) known.set(key, lane)
      return lane
    },
  }
}

/**
 * Two statements, since one sees nothing of a lane that another worker makes at the same moment: a lane that is not found
 * after the attempt to make it has no cluster.
 */
async function findOrMake(store: Store, clusterUid: string, name: string): Promise<Lane | null> {
  await store.pool.query(
    `insert into lane (cluster_id, name)
     select c.id, $2 from cluster c
     where c.uid = $1::uuid and not exists (select from lane l where l.cluster_id = c.id and l.name = $2)
     on conflict do nothing`,
    [clusterUid, name],
  )
  const { rows } = await store.pool.query<Lane>(
    `select l.id, l.cluster_id as "clusterId", c.name as "clusterName"
     from lane l join cluster c on c.id = l.cluster_id where c.uid = $1::uuid and l.name = $2`,
    [clusterUid, name],
  )
  return rows[0] ?? null
}
