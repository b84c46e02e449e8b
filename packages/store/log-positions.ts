// How far the partitions of a Kafka topic were worked on. They are moved in insert-batch.ts and nowhere else.

import type { Store } from './open-store.ts'

/** The next offset to read of each of these partitions; 0 for one that nobody has worked on, which is so remembered. */
export async function logPositions(
  store: Store,
  topic: string,
  partitions: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  // Two statements: one sees nothing of a row that another worker makes at the same moment.
  await store.pool.query(
    `insert into log_position (topic, partition) select $1, p from unnest($2::int4[]) as p order by p
     on conflict do nothing`,
    [topic, partitions],
  )
  const { rows } = await store.pool.query<{ partition: number; nextOffset: number }>(
    `select partition, next_offset as "nextOffset" from log_position where topic = $1 and partition = any($2::int4[])`,
    [topic, partitions],
  )
  return new Map(rows.map(({ partition, nextOffset }) => [partition, nextOffset]))
}
