// keepLag: the lag of partitions is told also while nothing is fetched, because the buffer is full or Postgres is away.

import type { Kafka } from 'kafkajs'
import type { Logger } from '@plaintrail/runtime/logger'
import { logBounds } from './kafka-bounds.ts'
import type { KafkaPartitions } from './kafka-partitions.ts'
import type { KafkaReaderMetrics } from './kafka-reader-metrics.ts'

export interface LagParts {
  readonly kafka: Kafka
  readonly partitions: KafkaPartitions
  readonly metrics: KafkaReaderMetrics
  readonly logger: Logger
}

const askMs = 15_000

export function keepLag({ kafka, partitions, metrics, logger }: LagParts): Disposable {
  let isClosed = false
  const ask = async (): Promise<void> => {
    for (const topic of new Set(partitions.all().map((partition) => partition.topic))) {
      const bounds = await logBounds(kafka, topic, logger)
      for (const partition of partitions.all()) {
        const bound = partition.topic === topic ? bounds.get(partition.partition) : undefined
        if (bound === undefined) continue
        partition.highWatermark = bound.high
        metrics.setLag(partition)
      }
    }
  }
  const again = async (): Promise<void> => {
    try {
      await ask()
    } catch (error) {
      // Health says that Kafka is away; the figure is that of the last answer.
      logger.debug({ error }, 'could not ask Kafka how long its log is')
    }
    if (!isClosed) timer = setTimeout(() => void again(), askMs)
  }
  let timer = setTimeout(() => void again(), askMs)
  return {
    [Symbol.dispose]() {
      isClosed = true
      clearTimeout(timer)
    },
  }
}
