// keepConsuming: one consumer of kafkajs at a time, and a new one whenever it crashed or stalled.

import type { Batch, Consumer, Kafka } from 'kafkajs'
import type { Logger } from '@plaintrail/runtime/logger'
import { disconnect } from './kafka-connection.ts'
import type { PartitionKey } from './kafka-partitions.ts'

export interface ConsumingOptions {
  readonly kafka: Kafka
  readonly topics: readonly string[]
  readonly group: string
  readonly sessionMs: number
  readonly heartbeatMs: number
  readonly logger: Logger
}

/** Called in order, and never at the same time: kafkajs reports and continues only when they have returned. */
export interface ConsumingEvents {
  /** The group gave it these; nothing is fetched before it returns. */
  assigned(keys: readonly PartitionKey[]): void
  /** True where its messages were taken: then the next fetch goes on after them. */
  batch(batch: Batch): boolean
  /** kafkajs passed over records that are not messages: markers of Kafka's own. */
  passedOver(key: PartitionKey, first: number, last: number): void
}

export interface Consuming extends AsyncDisposable {
  /** Null while it is a member of the group; else why it is not. */
  readonly trouble: string | null
  /** These do nothing while there is no consumer: the next assignment says all of it anew. */
  seek(key: PartitionKey, offset: number): void
  setPaused(key: PartitionKey, isPaused: boolean): void
  commit(offsets: readonly (PartitionKey & { readonly offset: number })[]): Promise<void>
}

/** Also how long a fetch of partitions that are all paused sleeps. */
const fetchWaitMsMax = 250
/** Of one answer, unless one message is larger. */
const fetchBytesMax = 8 * 1024 * 1024
const fetchPartitionBytesMax = 2 * 1024 * 1024
const restartMs = { first: 200, last: 5_000 }
/** Between two looks at the clock. */
const clockMs = 500

export function keepConsuming(options: ConsumingOptions, events: ConsumingEvents): Consuming {
  const { logger, sessionMs } = options
  const closing = new AbortController()
  /** A consumer that did not end in time may still speak: only this one is heard. */
  let current: Consumer | null = null
  /** The same, while it is in its group. */
  let member: Consumer | null = null
  let trouble: string | null = 'it has not joined its group yet'
  let pause = restartMs.first

  const run = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      const consumer = createConsumer(options)
      current = consumer
      const life = watchLife(consumer, sessionMs)
      consumer.on('consumer.group_join', ({ payload }) => {
        if (closing.signal.aborted || current !== consumer) return
        member = consumer
        trouble = null
        pause = restartMs.first
        events.assigned(keysOf(payload.memberAssignment))
      })
      consumer.on('consumer.stop', () => void (member = member === consumer ? null : member))
      try {
        await consume(consumer, options, { ...events, batch: (batch) => current === consumer && events.batch(batch) })
        trouble = (await Promise.race([life.ended, aborted(closing.signal)])) ?? trouble
      } catch (error) {
        trouble = error instanceof Error ? error.message : String(error)
      }
      life.stop()
      current = null
      member = null
      await disconnect(consumer, logger)
      if (closing.signal.aborted) return
      logger.warn({ trouble, pause }, 'could not read from Kafka; trying again')
      await aborted(closing.signal, pause)
      pause = Math.min(pause * 2, restartMs.last)
    }
  }
  const running = run()
  return {
    get trouble() {
      return trouble
    },
    seek: ({ topic, partition }, offset) => member?.seek({ topic, partition, offset: String(offset) }),
    setPaused({ topic, partition }, isPaused) {
      const one = [{ topic, partitions: [partition] }]
      if (isPaused) member?.pause(one)
      else member?.resume(one)
    },
    async commit(offsets) {
      await member?.commitOffsets(
        offsets.map(({ topic, partition, offset }) => ({ topic, partition, offset: String(offset) })),
      )
    },
    async [Symbol.asyncDispose]() {
      closing.abort()
      await running
    },
  }
}

function createConsumer({ kafka, group, sessionMs, heartbeatMs }: ConsumingOptions): Consumer {
  return kafka.consumer({
    groupId: group,
    sessionTimeout: sessionMs,
    // Nobody here holds a rebalance up: handing a batch over takes no time.
    rebalanceTimeout: sessionMs,
    heartbeatInterval: heartbeatMs,
    maxWaitTimeInMs: fetchWaitMsMax,
    maxBytes: fetchBytesMax,
    maxBytesPerPartition: fetchPartitionBytesMax,
    allowAutoTopicCreation: false,
    // Its own restart gives up for some errors and can hang for others: ours is the only one.
    retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1_000, restartOnFailure: async () => false },
  })
}

async function consume(consumer: Consumer, { topics }: ConsumingOptions, events: ConsumingEvents): Promise<void> {
  consumer.on('consumer.start_batch_process', ({ payload }) => {
    const { topic, partition, batchSize, firstOffset, lastOffset } = payload
    if (batchSize === 0) events.passedOver({ topic, partition }, Number(firstOffset), Number(lastOffset))
  })
  await consumer.connect()
  // Where there is no position at all, kafkajs must not begin at the end; every partition is sought anyway.
  await consumer.subscribe({ topics: [...topics], fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    async eachBatch(payload) {
      if (payload.isStale() || !events.batch(payload.batch)) return
      payload.resolveOffset(payload.batch.lastOffset())
    },
  })
}

interface Life {
  /** Resolves with the reason when it crashed, gave no sign of life for long, or will give none. */
  readonly ended: Promise<string>
  stop(): void
}

function watchLife(consumer: Consumer, sessionMs: number): Life {
  const stallMs = 2 * sessionMs + restartMs.last
  const ended = Promise.withResolvers<string>()
  const timer = setTimeout(() => ended.resolve(`the consumer gave no sign of life for ${stallMs} ms`), stallMs)
  for (const name of ['consumer.fetch', 'consumer.heartbeat', 'consumer.group_join', 'consumer.connect'] as const) {
    consumer.on(name, () => void timer.refresh())
  }
  consumer.on('consumer.crash', ({ payload }) => ended.resolve(payload.error.message))
  // kafkajs sends its heartbeats by the wall clock: set back by an hour, it sends none for an hour, and reads on.
  let ahead = Date.now() - performance.now()
  const clock = setInterval(() => {
    const before = ahead
    ahead = Date.now() - performance.now()
    if (before - ahead > sessionMs / 3) ended.resolve(`the clock was set back by ${Math.round(before - ahead)} ms`)
  }, clockMs)
  return {
    ended: ended.promise,
    stop() {
      clearTimeout(timer)
      clearInterval(clock)
    },
  }
}

function keysOf(assignment: Readonly<Record<string, readonly number[]>>): readonly PartitionKey[] {
  return Object.entries(assignment).flatMap(([topic, partitions]) =>
    partitions.map((partition) => ({ topic, partition })),
  )
}

/** Resolves when the signal aborts, or after the time where one is given. */
async function aborted(signal: AbortSignal, ms?: number): Promise<undefined> {
  if (signal.aborted) return
  const woken = Promise.withResolvers<void>()
  const wake = (): void => woken.resolve()
  const timer = ms === undefined ? undefined : setTimeout(wake, ms)
  signal.addEventListener('abort', wake, { once: true })
  await woken.promise
  clearTimeout(timer)
  signal.removeEventListener('abort', wake)
}
