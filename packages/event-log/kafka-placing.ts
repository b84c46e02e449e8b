// kafkaPlacing: where reading a partition begins, by the position in Postgres and by where its log begins and ends.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Kafka } from 'kafkajs'
import type { Logger } from '@plaintrail/runtime/logger'
import { logBounds, type LogBounds } from './kafka-bounds.ts'
import type { Partition, PartitionKey } from './kafka-partitions.ts'
import type { KafkaReaderMetrics } from './kafka-reader-metrics.ts'

export interface KafkaLoss extends PartitionKey {
  readonly fromOffset: number
  readonly toOffset: number
}

export interface PlacingOptions {
  readonly kafka: Kafka
  readonly loadPositions: (topic: string, partitions: readonly number[]) => Promise<ReadonlyMap<number, number>>
  readonly onLost: (loss: KafkaLoss) => void
  readonly logger: Logger
}

export interface PlacingParts {
  readonly metrics: KafkaReaderMetrics
  readonly unplace: (partition: Partition) => void
  readonly seek: (partition: Partition) => void
  /** After the phase of some changed. */
  readonly changed: () => void
}

/** Goes on trying while Postgres or Kafka cannot be asked. What was begun in an earlier epoch of a partition is void. */
export interface Placing {
  /** Forgets what these hold and begins again at their positions. */
  place(partitions: readonly Partition[]): void
  /** kafkajs was somewhere else: it goes to the log's start by itself when we are not between its start and its end. */
  placeWhereItStands(partition: Partition): void
  close(): void
}

const retryMs = { first: 100, last: 5_000 }

export function kafkaPlacing(options: PlacingOptions, parts: PlacingParts): Placing {
  const closing = new AbortController()
  const begin = async (topic: string, begun: readonly Begun[], isFresh: boolean): Promise<void> => {
    for (let pause = retryMs.first; ; pause = Math.min(pause * 2, retryMs.last)) {
      const current = begun.filter(isCurrent)
      if (closing.signal.aborted || current.length === 0) return
      try {
        const places = await findPlaces(options, topic, current, isFresh)
        if (closing.signal.aborted) return
        for (const place of places.filter(isCurrent)) settlePlace(place, options, parts)
        parts.changed()
        return
      } catch (error) {
        options.logger.warn({ error, topic, pause }, 'could not find out where to read on; trying again')
        await sleep(pause, undefined, { signal: closing.signal }).catch(() => undefined)
      }
    }
  }
  return {
    place(all) {
      for (const partition of all) parts.unplace(partition)
      parts.changed()
      for (const [topic, some] of Map.groupBy(all, (partition) => partition.topic)) {
        void begin(topic, some.map(begunNow), true)
      }
    },
    placeWhereItStands(partition) {
      partition.epoch += 1
      partition.phase = 'unplaced'
      parts.changed()
      void begin(partition.topic, [begunNow(partition)], false)
    },
    close: () => closing.abort(),
  }
}

interface Begun {
  readonly partition: Partition
  readonly epoch: number
}

function begunNow(partition: Partition): Begun {
  return { partition, epoch: partition.epoch }
}

function isCurrent({ partition, epoch }: Begun): boolean {
  return partition.epoch === epoch && partition.phase === 'unplaced'
}

interface Place extends Begun {
  /** What to read next. */
  readonly next: number
  /** Whether `next` is the position in Postgres, and what was given before is forgotten. */
  readonly isFresh: boolean
  readonly bounds: LogBounds
}

async function findPlaces(
  { kafka, loadPositions, logger }: PlacingOptions,
  topic: string,
  begun: readonly Begun[],
  isFresh: boolean,
): Promise<readonly Place[]> {
  const numbers = begun.map(({ partition }) => partition.partition)
  const positions = isFresh ? await loadPositions(topic, numbers) : null
  const bounds = await logBounds(kafka, topic, logger)
  return begun.map(({ partition, epoch }) => {
    const next = positions === null ? partition.fetchNext : positions.get(partition.partition)
    const bound = bounds.get(partition.partition)
    if (next === undefined) throw new Error(`no position was loaded for ${topic}/${partition.partition}`)
    if (bound === undefined) throw new Error(`Kafka has no partition ${partition.partition} of ${topic}`)
    return { partition, epoch, next, isFresh, bounds: bound }
  })
}

function settlePlace({ partition, next, isFresh, bounds }: Place, options: PlacingOptions, parts: PlacingParts): void {
  const { topic, partition: number } = partition
  if (isFresh) Object.assign(partition, { after: next, settledNext: next })
  const before = partition.fault
  const outcome = placePartition(partition, next, bounds)
  parts.metrics.setLag(partition)
  if (outcome.kind === 'faulty') {
    // Whoever reads is told each time; here once is enough.
    if (partition.fault === before) return
    options.logger.error({ topic, partition: number }, partition.fault)
    return
  }
  parts.seek(partition)
  if (outcome.kind === 'placed') return
  const loss = { topic, partition: number, fromOffset: outcome.fromOffset, toOffset: outcome.toOffset }
  parts.metrics.lost.inc(loss.toOffset - loss.fromOffset)
  options.logger.error(loss, 'Kafka deleted messages before they were read: its retention is too short')
  options.onLost(loss)
}

type Outcome =
  | { readonly kind: 'placed' }
  /** These are gone for good. Reading goes on after them. */
  | { readonly kind: 'lost'; readonly fromOffset: number; readonly toOffset: number }
  | { readonly kind: 'faulty' }

/**
 * `next` is what to read next: the loaded position, or where reading stood when kafkajs jumped. The first entry keeps
 * `after`, so that the compare-and-set on the position holds across a loss.
 */
function placePartition(partition: Partition, next: number, { low, high }: LogBounds): Outcome {
  partition.highWatermark = high
  if (next > high) {
    partition.phase = 'faulty'
    partition.fault = endsBefore(partition, next, high)
    return { kind: 'faulty' }
  }
  partition.phase = 'placed'
  partition.fault = ''
  partition.fetchNext = Math.max(next, low)
  const fromOffset = Math.max(next, partition.lostBefore)
  if (low <= fromOffset) return { kind: 'placed' }
  partition.lostBefore = low
  return { kind: 'lost', fromOffset, toOffset: low }
}

function endsBefore({ topic, partition }: Partition, next: number, high: number): string {
  return (
    `nothing is read: the log ${topic}/${partition} ends at ${high}, before ${next}, which was stored already. ` +
    'The topic was deleted and made again, or lost its end. Bring the old one back, or make a topic with the next ' +
    'number at its end and name it in PLAINTRAIL_KAFKA_TOPIC'
  )
}
