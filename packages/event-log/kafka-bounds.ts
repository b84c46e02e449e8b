// logBounds: where the partitions of a topic begin and end.

import type { Kafka } from 'kafkajs'
import type { Logger } from '@plaintrail/runtime/logger'
import { disconnect } from './kafka-connection.ts'

export interface LogBounds {
  /** The first offset that is there. */
  readonly low: number
  /** The offset after the last. */
  readonly high: number
}

/** By partition. Asked over a connection of its own: this is seldom, and nothing of it can be stale. */
export async function logBounds(kafka: Kafka, topic: string, logger: Logger): Promise<ReadonlyMap<number, LogBounds>> {
  const admin = kafka.admin()
  try {
    await admin.connect()
    const offsets = await admin.fetchTopicOffsets(topic)
    return new Map(offsets.map(({ partition, low, high }) => [partition, { low: Number(low), high: Number(high) }]))
  } finally {
    await disconnect(admin, logger)
  }
}
