// storeDeeds: very many events into the event table, by the store's own batches. What is left out of the real path is what
// stands before the store: HTTP, the scan, zstd and JSON.parse. Rows are normalize's; the segments hold no bytes, which no
// question of this bench reads.

import { randomBytes } from 'node:crypto'
import { normalize } from '@plaintrail/event/normalize'
import type { ReadSegment } from '@plaintrail/store/batch-plan'
import { logPositions } from '@plaintrail/store/log-positions'
import type { Store } from '@plaintrail/store/open-store'
import { createBatchWriter, type BatchWriter, type PreparedBatch } from '@plaintrail/store/store-batch'
import type { Deed } from './make-deeds.ts'

export interface StoreDeedsOptions {
  /** Uids of the clusters by their names. */
  readonly uids: ReadonlyMap<string, string>
  /** The events, in batches in the order of time. */
  readonly batches: Iterable<readonly Deed[]>
}

const topic = 'bench-ask'
const keyBytes = 16

/** Returns how many it stored. */
export async function storeDeeds(store: Store, { uids, batches }: StoreDeedsOptions): Promise<number> {
  // A segment's partition is that of the day on which it came: each batch comes when its last event happens.
  let nowUs = 0
  const writer = createBatchWriter(store, { nowUs: () => nowUs })
  await logPositions(store, topic, [...uids.keys()].keys().toArray())
  const offsets = new Map<string, number>()
  let stored = 0
  let ahead: Promise<PreparedBatch> | null = null
  const commit = async (writer_: BatchWriter, batch: Promise<PreparedBatch>): Promise<void> => {
    stored += (await writer_.commit(await batch)).stored
  }
  for (const deeds of batches) {
    nowUs = deeds.at(-1)?.timeUs ?? nowUs
    const prepared = writer.prepare(segmentsOf(deeds, uids, offsets))
    if (ahead) await commit(writer, ahead)
    ahead = prepared
  }
  if (ahead) await commit(writer, ahead)
  return stored
}

/** One a cluster. */
function segmentsOf(
  deeds: readonly Deed[],
  uids: ReadonlyMap<string, string>,
  offsets: Map<string, number>,
): readonly ReadSegment[] {
  return [...Map.groupBy(deeds, ({ cluster }) => cluster)].map(([cluster, own]) => {
    const after = offsets.get(cluster) ?? 0
    offsets.set(cluster, after + 1)
    return {
      position: { log: 'kafka', topic, partition: [...uids.keys()].indexOf(cluster), offset: after, after },
      envelope: Buffer.alloc(0),
      receivedUs: own.at(-1)?.timeUs ?? 0,
      clusterUid: uids.get(cluster) ?? '',
      laneName: 'main',
      items: own.length,
      events: own.flatMap(({ item }, index) => {
        const event = normalize(item)
        // The identity is a digest of the event's bytes: any other bytes are as random.
        return event ? [{ item: index, key: randomBytes(keyBytes), bytes: 0, event }] : []
      }),
      quarantined: [],
    }
  })
}
