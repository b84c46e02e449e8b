// kafkaLogWriter: the receiver's log in Kafka. An envelope is one message, acknowledged by every copy that is in sync.

import { CompressionTypes, Partitioners, type Kafka, type Message, type Producer } from 'kafkajs'
import type { Logger } from '@plaintrail/runtime/logger'
import { EnvelopeRefused, LogUnavailable, type AppendHeader, type LogWriter } from './event-log.ts'
import { disconnect } from './kafka-connection.ts'

export interface KafkaWriterOptions {
  readonly kafka: Kafka
  readonly topic: string
  /** What the topic takes, as ensureTopic found it. */
  readonly messageBytesMax: number
  readonly logger: Logger
  /** Until an append is given up. */
  readonly appendMsMax?: number
  readonly requestsInFlightMax?: number
}

/** An API server waits 30 s for an answer; a spool behind this writer has the rest. */
const appendMsMaxDefault = 5_000
/** Measured with envelopes of 200 KB and one broker on the same two cores: 1 gives 39 MB/s, 2 51, 4 54 to 64, 8 45. */
const requestsInFlightMaxDefault = 4
/** Of what one request carries, unless one envelope is larger: a broker writes it as one batch for each partition. */
const requestBytesMaxDefault = 1024 * 1024
/** Of what a message has beside its envelope in that batch: its key, which is a UUID and a lane, and its lengths. */
const recordOverheadBytes = 256
/** Of envelopes that wait for a request: above it Kafka is too slow, and waiting longer helps nobody. */
const waitingBytesMax = 128 * 1024 * 1024
/** Of a message beyond its envelope: 61 bytes of its batch, some 30 of its record, and its key. */
const messageOverheadBytes = 4 * 1024

interface Waiting {
  readonly message: Message & { readonly value: Buffer }
  readonly done: () => void
  readonly failed: (cause: unknown) => void
  isGivenUp: boolean
}

/** Connects at the first append, and again whenever it must: Kafka need not be there when the process starts. */
export function kafkaLogWriter(options: KafkaWriterOptions): LogWriter & AsyncDisposable {
  const { appendMsMax = appendMsMaxDefault } = options
  const sender = createSender(options)
  return {
    envelopeBytesMax: options.messageBytesMax - messageOverheadBytes,
    async append(envelope, header) {
      const settled = Promise.withResolvers<void>()
      const message = { key: keyOf(header), value: asBuffer(envelope) }
      const waiting: Waiting = { message, done: settled.resolve, failed: settled.reject, isGivenUp: false }
      const timer = setTimeout(() => {
        waiting.isGivenUp = true
        settled.reject(new Error(`Kafka did not acknowledge it within ${appendMsMax} ms`))
      }, appendMsMax)
      try {
        sender.push(waiting)
        await settled.promise
      } catch (cause) {
        throw failureOf(cause, options.topic, envelope.length)
      } finally {
        clearTimeout(timer)
      }
    },
    [Symbol.asyncDispose]: () => sender.close(),
  }
}

function failureOf(cause: unknown, topic: string, bytes: number): LogUnavailable | EnvelopeRefused {
  if (isTooLarge(cause)) {
    return new EnvelopeRefused(
      `could not append an envelope of ${bytes} bytes: the topic ${topic} takes smaller messages than PLAINTRAIL_KAFKA_MESSAGE_BYTES_MAX says; set max.message.bytes of the topic, or the variable, so that they agree`,
      { cause },
    )
  }
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new LogUnavailable(`could not append to the log: ${reason}`, { cause })
}

/** Of one message alone. Kafka measures the batch of a partition: of several, any may be the one. */
function isTooLarge(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { type, cause } = error as Error & { readonly type?: unknown }
  return type === 'MESSAGE_TOO_LARGE' || isTooLarge(cause)
}

/** Of the lane: murmur2 of it names the partition, as Java's default does. It is so for good, or lanes lose their order. */
function keyOf({ cluster, lane }: AppendHeader): string {
  return `${cluster}/${lane}`
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

interface Sender {
  push(waiting: Waiting): void
  close(): Promise<void>
}

/**
 * Sends at once while a request is free, and together what came meanwhile: no append waits for others to come. One
 * connection carries the requests in order, and the broker answers in order.
 */
function createSender(options: KafkaWriterOptions): Sender {
  const { requestsInFlightMax = requestsInFlightMaxDefault, messageBytesMax, logger } = options
  // A topic of a service may take no more than that in one batch.
  const requestBytesMax = Math.min(requestBytesMaxDefault, messageBytesMax - messageOverheadBytes)
  const queue: Waiting[] = []
  let waitingBytes = 0
  let inFlight = 0
  let connection = createConnection(options)

  const take = (): readonly Waiting[] => {
    const taken: Waiting[] = []
    let bytes = 0
    for (let next = queue[0]; next !== undefined; next = queue[0]) {
      const { length } = next.message.value
      if (taken.length > 0 && bytes + length + recordOverheadBytes > requestBytesMax) break
      queue.shift()
      waitingBytes -= length
      if (next.isGivenUp) continue
      taken.push(next)
      bytes += length + recordOverheadBytes
    }
    return taken
  }
  const pump = (): void => {
    while (inFlight < requestsInFlightMax) {
      const taken = take()
      if (taken.length === 0) return
      inFlight += 1
      void deliver(taken).finally(() => {
        inFlight -= 1
        pump()
      })
    }
  }
  /** Rejects never: each append is told by itself. */
  const deliver = async (taken: readonly Waiting[]): Promise<void> => {
    const used = connection
    try {
      await used.send(taken.map(({ message }) => message))
      for (const { done } of taken) done()
    } catch (error) {
      if (taken.length > 1 && isTooLarge(error)) {
        // Each by itself, so that one that the topic never takes does not take the others with it.
        for (const one of taken) await deliver([one])
        return
      }
      for (const { failed } of taken) failed(error)
      // A connection that never answers is not one: those that come after get another.
      if (error instanceof NoAnswer && used === connection) {
        connection = createConnection(options)
        void used.close()
      }
    }
  }
  return {
    push(waiting) {
      const { length } = waiting.message.value
      if (waitingBytes + length > waitingBytesMax) throw new Error(`${waitingBytes} bytes wait for Kafka already`)
      queue.push(waiting)
      waitingBytes += length
      pump()
    },
    async close() {
      if (inFlight > 0 || queue.length > 0) logger.warn({ inFlight }, 'the log is closed while appends wait')
      await connection.close()
    },
  }
}

/** kafkajs should have given up long before: its requests and retries have bounds of their own. */
const answerMsMax = 20_000

class NoAnswer extends Error {
  override name = 'NoAnswer'
}

interface Connection {
  send(messages: Message[]): Promise<void>
  close(): Promise<void>
}

function createConnection({ kafka, topic, logger, appendMsMax = appendMsMaxDefault }: KafkaWriterOptions): Connection {
  const producer: Producer = kafka.producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    allowAutoTopicCreation: false,
  })
  let connected: Promise<void> | undefined
  const sendAll = async (messages: Message[]): Promise<void> => {
    connected ??= producer.connect()
    try {
      await connected
    } catch (error) {
      connected = undefined
      throw error
    }
    // No compression here: an envelope is zstd already, and a second one costs time and gains nothing.
    await producer.send({ topic, acks: -1, timeout: appendMsMax, compression: CompressionTypes.None, messages })
  }
  return {
    async send(messages) {
      const late = Promise.withResolvers<never>()
      const timer = setTimeout(() => late.reject(new NoAnswer('Kafka did not answer')), answerMsMax)
      try {
        await Promise.race([sendAll(messages), late.promise])
      } finally {
        clearTimeout(timer)
      }
    },
    close: () => disconnect(producer, logger),
  }
}
