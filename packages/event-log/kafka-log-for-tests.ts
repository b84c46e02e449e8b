// What the tests of Kafka's log share: a log with everything it needs, and positions that move as the store moves them.

import { randomUUID } from 'node:crypto'
import type { Kafka } from 'kafkajs'
import { createHealth, type Health } from '@plaintrail/runtime/health'
import { createLogger, type Logger } from '@plaintrail/runtime/logger'
import { createMetrics, type Metrics } from '@plaintrail/runtime/metrics'
import type { LogEntry } from './event-log.ts'
import { kafkaConnection } from './kafka-connection.ts'
import type { KafkaLoss } from './kafka-placing.ts'
import { startKafkaReader, type KafkaReader, type KafkaReaderOptions } from './kafka-reader.ts'
import { ensureTopic } from './kafka-topics.ts'

export const silent: Logger = createLogger('test', { level: 'silent' })

/** Compare-and-set on each position, of all partitions of a batch or of none. */
export interface TestPositions {
  readonly load: KafkaReaderOptions['loadPositions']
  /** False where another was there before, and then nothing moved. */
  commit(entries: readonly LogEntry[]): boolean
  readonly committed: readonly LogEntry[]
  set(topic: string, partition: number, next: number): void
}

export function testPositions(): TestPositions {
  const positions = new Map<string, number>()
  const committed: LogEntry[] = []
  return {
    committed,
    set: (topic, partition, next) => void positions.set(`${topic}/${partition}`, next),
    load: async (topic, partitions) =>
      new Map(partitions.map((partition) => [partition, positions.get(`${topic}/${partition}`) ?? 0])),
    commit(entries) {
      const moved = new Map<string, number>()
      for (const { position } of entries) {
        if (position.log !== 'kafka') throw new Error('an entry of another log')
        const name = `${position.topic}/${position.partition}`
        if ((moved.get(name) ?? positions.get(name) ?? 0) !== position.after) return false
        moved.set(name, position.offset + 1)
      }
      for (const [name, next] of moved) positions.set(name, next)
      committed.push(...entries)
      return true
    },
  }
}

export function testKafkaClient(brokers: readonly string[], logger: Logger = silent): Kafka {
  return kafkaConnection({ brokers, clientId: `test-${randomUUID()}`, tls: null, sasl: null }, logger)
}

export const messageBytesMax = 16 * 1024 * 1024

export async function makeTopic(kafka: Kafka, topic: string, partitions: number): Promise<void> {
  await ensureTopic(kafka, { topic, partitions, replication: 1, retentionMs: 3_600_000, messageBytesMax }, silent)
}

export interface ReaderOfTests {
  readonly reader: KafkaReader
  readonly health: Health
  readonly metrics: Metrics
  readonly losses: readonly KafkaLoss[]
}

/** A group of its own. Sessions are short, so that what waits for their end takes seconds. */
export async function startTestReader(
  { kafka, topic, positions }: { readonly kafka: Kafka; readonly topic: string; readonly positions: TestPositions },
  edit: Partial<KafkaReaderOptions> = {},
): Promise<ReaderOfTests> {
  const losses: KafkaLoss[] = []
  const health = createHealth()
  const metrics = createMetrics({ version: null, processMetrics: false })
  const reader = await startKafkaReader({
    kafka,
    topics: [topic],
    group: randomUUID(),
    loadPositions: positions.load,
    onLost: (loss) => void losses.push(loss),
    logger: silent,
    metrics,
    health,
    sessionMs: 6_000,
    heartbeatMs: 500,
    ...edit,
  })
  return { reader, health, metrics, losses }
}
