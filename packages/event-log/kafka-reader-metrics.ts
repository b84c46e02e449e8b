// kafkaReaderMetrics: how far the worker is behind Kafka, in numbers.

import type { Counter, Metrics } from '@plaintrail/runtime/metrics'
import type { Partition, PartitionKey } from './kafka-partitions.ts'

export interface KafkaReaderMetrics {
  readonly rebalances: Counter
  readonly lost: Counter
  setLag(partition: Partition): void
  /** A partition that another has now is another's to tell of. */
  keepLagOf(partitions: readonly PartitionKey[]): void
}

export function kafkaReaderMetrics(metrics: Metrics): KafkaReaderMetrics {
  const lag = metrics.gauge<'topic' | 'partition'>({
    name: 'plaintrail_kafka_consumer_lag_entries',
    help: 'Messages in the partition, as last heard, after the last that was stored.',
    labels: ['topic', 'partition'],
  })
  let told: readonly PartitionKey[] = []
  return {
    rebalances: metrics.counter({
      name: 'plaintrail_kafka_rebalances_total',
      help: 'Times that the group gave this worker its partitions.',
    }),
    lost: metrics.counter({
      name: 'plaintrail_kafka_lost_entries_total',
      help: 'Messages that Kafka deleted before they were read.',
    }),
    setLag({ topic, partition, highWatermark, settledNext }) {
      lag.set({ topic, partition: String(partition) }, Math.max(0, highWatermark - settledNext))
    },
    keepLagOf(partitions) {
      const kept = new Set(partitions.map(({ topic, partition }) => `${topic}/${partition}`))
      for (const { topic, partition } of told) {
        if (!kept.has(`${topic}/${partition}`)) lag.remove({ topic, partition: String(partition) })
      }
      told = partitions.map(({ topic, partition }) => ({ topic, partition }))
    },
  }
}
