// storeCorpus: recorded weeks, each stored in a cluster of its own.

import { addCluster } from './clusters.ts'
import { storeDeliveries } from './events-for-tests.ts'
import type { Store } from './open-store.ts'

/** As test/corpus.ts reads it: only tests know that room. */
interface Recorded {
  readonly version: string
  /** EventLists as they were posted. */
  readonly lists: readonly string[]
}

/** Clusters are named `lab-1.37.2`. */
export async function storeCorpus(store: Store, weeks: readonly Recorded[]): Promise<void> {
  for (const { version, lists } of weeks) {
    const { uid } = await addCluster(store, { name: `lab-${version}` })
    const deliveries = lists.map((list, index) => ({
      cluster: uid,
      items: (JSON.parse(list) as { items: unknown[] }).items.map((item) => JSON.stringify(item)),
      receivedAtUs: Date.UTC(2026, 10, 27) * 1_000 + index,
    }))
    await storeDeliveries(store, deliveries)
  }
  // As autovacuum does within a minute, which is longer than tests wait.
  await store.pool.query('analyze')
}
