// storeCorpus: the recorded week, stored in a cluster of its own a version.

import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { addCluster } from './clusters.ts'
import { storeDeliveries } from './events-for-tests.ts'
import type { Store } from './open-store.ts'

/** Names of clusters: `lab-1.37.2`. */
export async function storeCorpus(store: Store): Promise<readonly string[]> {
  const names: string[] = []
  for (const version of corpusVersions()) {
    const name = `lab-${version}`
    const { uid } = await addCluster(store, { name })
    const deliveries = corpusOf(version).lists.map((list, index) => ({
      cluster: uid,
      items: (JSON.parse(list) as { items: unknown[] }).items.map((item) => JSON.stringify(item)),
      receivedAtUs: Date.UTC(2026, 10, 27) * 1_000 + index,
    }))
    await storeDeliveries(store, deliveries)
    names.push(name)
  }
  // As autovacuum does within a minute, which is longer than tests wait.
  await store.pool.query('analyze')
  return names
}
