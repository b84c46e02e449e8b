// startKafkaReader: the worker's log in Kafka. A group shares the partitions; how far each was worked on is in Postgres.

import type { Batch, Kafka } from 'kafkajs'
import type { Health, HealthState } from '@plaintrail/runtime/health'
import type { Logger } from '@plaintrail/runtime/logger'
import type { Metrics } from '@plaintrail/runtime/metrics'
import { LogUnavailable, type LogReader, type Position } from './event-log.ts'
import { keepConsuming, type Consuming } from './kafka-consumer.ts'
import { keepLag } from './kafka-lag.ts'
import { kafkaPartitions, type KafkaPartitions, type Partition } from './kafka-partitions.ts'
import { kafkaPlacing, type KafkaLoss, type Placing } from './kafka-placing.ts'
import { kafkaReaderMetrics } from './kafka-reader-metrics.ts'

export interface KafkaReaderOptions {
  readonly kafka: Kafka
  /** The one that is written, and those of earlier generations. Each must be there. */
  readonly topics: readonly string[]
  readonly group: string
  /** The next offset to read of each of these partitions: an entry for each, 0 for a new one. */
  readonly loadPositions: (topic: string, partitions: readonly number[]) => Promise<ReadonlyMap<number, number>>
  /** Messages that Kafka deleted before they were read: from `fromOffset` up to and without `toOffset`. */
  readonly onLost: (loss: KafkaLoss) => void
  readonly logger: Logger
  readonly metrics: Metrics
  readonly health: Health
  readonly bufferBytesMax?: number
  /** After so long without a sign of life, the group gives its partitions to others. */
  readonly sessionMs?: number
  readonly heartbeatMs?: number
}

export interface KafkaReader extends LogReader, AsyncDisposable {}

/** Of envelopes; one answer of Kafka (8 MiB, or one message) may come on top. */
const bufferBytesMaxDefault = 32 * 1024 * 1024
const sessionMsDefault = 30_000
const heartbeatMsDefault = 3_000
/** Offsets of the group are for Kafka's own tools and nothing else. */
const groupCommitMs = 5_000

/** Returns at once: health says whether it could join its group. Unlike others of its kind it needs no Kafka to start. */
export async function startKafkaReader(options: KafkaReaderOptions): Promise<KafkaReader> {
  const { logger, sessionMs = sessionMsDefault, heartbeatMs = heartbeatMsDefault } = options
  const partitions = kafkaPartitions()
  const metrics = kafkaReaderMetrics(options.metrics)
  const flow = createFlow(partitions, () => consuming, options.bufferBytesMax ?? bufferBytesMaxDefault)
  const placing = kafkaPlacing(options, {
    metrics,
    changed: () => flow.apply('changes'),
    unplace: (partition) => partitions.unplace(partition),
    seek: (partition) => consuming.seek(partition, partition.fetchNext),
  })
  const consuming: Consuming = keepConsuming(
    { ...options, sessionMs, heartbeatMs },
    {
      assigned(keys) {
        metrics.rebalances.inc()
        const added = partitions.assign(keys)
        metrics.keepLagOf(partitions.all())
        // Those that stay go on where they are: had another moved their position meanwhile, the commit is fenced.
        for (const partition of partitions.all()) {
          if (partition.phase === 'placed') consuming.seek(partition, partition.fetchNext)
        }
        flow.apply('all')
        placing.place(added)
      },
      batch(batch) {
        const partition = takeBatch(batch, partitions, placing)
        if (partition === null) return false
        metrics.setLag(partition)
        flow.apply('changes')
        return true
      },
      passedOver(key, first, last) {
        const partition = partitions.get(key)
        if (partition?.phase === 'placed' && partition.fetchNext === first) partition.fetchNext = last + 1
      },
    },
  )
  const lag = keepLag({ kafka: options.kafka, partitions, metrics, logger })
  const groupCommit = createGroupCommit(partitions, consuming, logger)
  options.health.check('kafka', () => healthOf(partitions, consuming))
  return {
    async read(limit) {
      const fault = partitions.all().find(({ fault: text }) => text !== '')?.fault
      if (fault !== undefined) throw new LogUnavailable(`could not read the log: ${fault}`)
      const entries = partitions.read(limit)
      if (entries.length > 0) flow.apply('changes')
      return entries
    },
    isAtEnd: () =>
      consuming.trouble === null &&
      partitions.all().every(({ phase, fetchNext, highWatermark }) => phase === 'placed' && fetchNext >= highWatermark),
    settled(positions) {
      settle(positions, partitions)
      for (const partition of partitions.all()) metrics.setLag(partition)
      groupCommit.soon()
    },
    rewind: () => placing.place(partitions.all()),
    async [Symbol.asyncDispose]() {
      placing.close()
      groupCommit.close()
      lag[Symbol.dispose]()
      await consuming[Symbol.asyncDispose]()
      // Another reader has them now.
      partitions.assign([])
      metrics.keepLagOf([])
    },
  }
}

/** Null where its messages were not taken. What kafkajs fetched from elsewhere than we are is dropped, and looked into. */
function takeBatch(batch: Batch, partitions: KafkaPartitions, placing: Placing): Partition | null {
  const { topic, partition: number, messages } = batch
  const partition = partitions.get({ topic, partition: number })
  if (partition?.phase !== 'placed') return null
  if (fetchedFrom(batch) !== partition.fetchNext) {
    placing.placeWhereItStands(partition)
    return null
  }
  partition.highWatermark = Number(batch.highWatermark)
  partitions.take(partition, messages, Number(batch.lastOffset()) + 1)
  return partition
}

/** kafkajs sets it on every batch and leaves it out of its types. */
function fetchedFrom(batch: Batch): number {
  return Number((batch as Batch & { readonly fetchedOffset: string }).fetchedOffset)
}

function settle(positions: readonly Position[], partitions: KafkaPartitions): void {
  for (const position of positions) {
    if (position.log !== 'kafka') continue
    const partition = partitions.get(position)
    if (partition) partition.settledNext = Math.max(partition.settledNext, position.offset + 1)
  }
}

function healthOf(partitions: KafkaPartitions, { trouble }: Consuming): HealthState {
  const all = partitions.all()
  const faulty = all.find(({ fault }) => fault !== '')
  if (faulty) return { ok: false, detail: faulty.fault }
  if (trouble !== null) return { ok: false, detail: `could not read from Kafka: ${trouble}. Trying again` }
  if (all.length === 0) return { ok: true, detail: 'in the group, and other workers have all partitions' }
  const unplaced = all.filter(({ phase }) => phase === 'unplaced').length
  return { ok: true, detail: `reads ${all.length - unplaced} of its ${all.length} partitions` }
}

interface Flow {
  /** Says to kafkajs which partitions to fetch: those that are placed, while the buffer has room. */
  apply(which: 'all' | 'changes'): void
}

function createFlow(partitions: KafkaPartitions, consuming: () => Consuming, bufferBytesMax: number): Flow {
  let isFull = false
  const paused = new Map<Partition, boolean>()
  return {
    apply(which) {
      // Half of it apart, or each read would pause and resume.
      isFull = partitions.heldBytes >= (isFull ? bufferBytesMax / 2 : bufferBytesMax)
      if (which === 'all') paused.clear()
      for (const partition of partitions.all()) {
        const isPaused = isFull || partition.phase !== 'placed'
        if (paused.get(partition) === isPaused) continue
        paused.set(partition, isPaused)
        consuming().setPaused(partition, isPaused)
      }
    },
  }
}

interface GroupCommit {
  /** At most once in `groupCommitMs`. */
  soon(): void
  close(): void
}

function createGroupCommit(partitions: KafkaPartitions, consuming: Consuming, logger: Logger): GroupCommit {
  const told = new Map<string, number>()
  let timer: NodeJS.Timeout | undefined
  const commit = async (): Promise<void> => {
    timer = undefined
    const moved = partitions
      .all()
      .map(({ topic, partition, settledNext }) => ({ topic, partition, offset: settledNext }))
      .filter(({ topic, partition, offset }) => offset > (told.get(`${topic}/${partition}`) ?? 0))
    try {
      if (moved.length > 0) await consuming.commit(moved)
      for (const { topic, partition, offset } of moved) told.set(`${topic}/${partition}`, offset)
    } catch (error) {
      // The next one says it again; nothing but a figure depends on it.
      logger.debug({ error }, 'could not tell Kafka how far the group came')
    }
  }
  return {
    soon: () => void (timer ??= setTimeout(() => void commit(), groupCommitMs)),
    close: () => clearTimeout(timer),
  }
}
