// What the log in Kafka does when brokers, groups and topics misbehave, on real brokers.

import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { startKafkaBroker } from '@plaintrail/test/kafka-broker'
import { testKafka } from '@plaintrail/test/kafka-for-tests'
import kafkajs, { type Kafka } from 'kafkajs'
import { describe, expect, test, vi } from 'vitest'
import { EnvelopeRefused, LogUnavailable, type LogEntry, type LogReader, type LogWriter } from './event-log.ts'
import {
  makeTopic,
  messageBytesMax,
  silent,
  startTestReader,
  testKafkaClient,
  testPositions,
  type TestPositions,
} from './kafka-log-for-tests.ts'
import { kafkaLogWriter } from './kafka-writer.ts'

const server = await testKafka()
const limit = { entries: 50, bytes: 64 * 1024 * 1024 }
const waitMs = { timeout: 60_000, interval: 50 }

interface Ground {
  readonly kafka: Kafka
  readonly topic: string
  readonly writer: LogWriter & AsyncDisposable
  readonly positions: TestPositions
}

async function open(stack: AsyncDisposableStack, partitions: number, brokers = server?.brokers): Promise<Ground> {
  if (brokers === undefined || server === null) throw new Error('no Kafka')
  const kafka = testKafkaClient(brokers)
  const topic = server.topic()
  await makeTopic(kafka, topic, partitions)
  const writer = stack.use(kafkaLogWriter({ kafka, topic, messageBytesMax, logger: silent }))
  return { kafka, topic, writer, positions: testPositions() }
}

function append(writer: LogWriter, lane: number, envelope: string | Buffer): Promise<void> {
  const bytes = Buffer.from(envelope)
  return writer.append(bytes, { cluster: 'c', lane: String(lane), receivedAtUs: 0, bodyBytes: bytes.length })
}

/** As the worker does it: what another has moved is not committed, and read again. */
async function work(reader: LogReader, positions: TestPositions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const entries = await reader.read(limit).catch(() => [])
    if (entries.length === 0) await sleep(20)
    else if (positions.commit(entries)) reader.settled(entries.map(({ position }) => position))
    else reader.rewind()
  }
}

/** Returns its end: aborts and waits. */
function startWork(reader: LogReader, positions: TestPositions): AsyncDisposable {
  const stop = new AbortController()
  const done = work(reader, positions, stop.signal)
  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await done
    },
  }
}

/** What retention does, at once. */
async function alterTopic(kafka: Kafka, topic: string, name: string, value: string): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  const resource = { type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configEntries: [{ name, value }] }
  await admin.alterConfigs({ validateOnly: false, resources: [resource] })
  await admin.disconnect()
}

async function deleteBefore(kafka: Kafka, topic: string, offset: number): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  // kafkajs deletes only in topics that it has looked at.
  await admin.fetchTopicOffsets(topic)
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] })
  await admin.disconnect()
}

async function offsetsOfGroup({ kafka, topic }: Ground, groupId: string): Promise<number> {
  const admin = kafka.admin()
  await admin.connect()
  const [offsets] = await admin.fetchOffsets({ groupId, topics: [topic] })
  await admin.disconnect()
  return offsets?.partitions.reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0) ?? 0
}

function textsOf(entries: readonly LogEntry[]): readonly string[] {
  return entries.map(({ envelope }) => Buffer.from(envelope).toString()).toSorted()
}

const numbered = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `e${index}`).toSorted()

describe.skipIf(server === null)('the log in Kafka', () => {
  test('two readers of a group share the partitions, and what one leaves the other takes over', async () => {
    await using stack = new AsyncDisposableStack()
    const ground = await open(stack, 6)
    const { writer, positions } = ground
    const group = randomUUID()
    const first = await startTestReader(ground, { group })
    const leaving = new AsyncDisposableStack()
    leaving.use(first.reader)
    leaving.use(startWork(first.reader, positions))
    const second = await startTestReader(ground, { group })
    stack.use(second.reader)
    stack.use(startWork(second.reader, positions))
    for (const { health } of [first, second]) {
      await vi.waitFor(
        () => expect(health.snapshot().checks['kafka']?.detail).toBe('reads 3 of its 3 partitions'),
        waitMs,
      )
    }
    for (let number = 0; number < 300; number += 1) await append(writer, number % 20, `e${number}`)
    await leaving.disposeAsync()
    for (let number = 300; number < 400; number += 1) await append(writer, number % 20, `e${number}`)
    await vi.waitFor(() => expect(textsOf(positions.committed)).toEqual(numbered(400)), waitMs)
    // For Kafka's own tools, somewhat later.
    await vi.waitFor(async () => expect(await offsetsOfGroup(ground, group)).toBe(400), waitMs)
  })

  test('a rebalance every second under load neither loses nor doubles an entry', async () => {
    await using stack = new AsyncDisposableStack()
    const ground = await open(stack, 6)
    const { writer, positions } = ground
    const group = randomUUID()
    const steady = await startTestReader(ground, { group })
    stack.use(steady.reader)
    stack.use(startWork(steady.reader, positions))
    let appended = 0
    const isOver = new AbortController()
    const load = (async () => {
      while (!isOver.signal.aborted) await append(writer, appended % 20, `e${appended++}`)
    })()
    for (let round = 0; round < 8; round += 1) {
      await using passing = new AsyncDisposableStack()
      const other = await startTestReader(ground, { group })
      passing.use(other.reader)
      passing.use(startWork(other.reader, positions))
      await sleep(1_000)
    }
    isOver.abort()
    await load
    expect(appended).toBeGreaterThan(200)
    await vi.waitFor(() => expect(positions.committed.length).toBeGreaterThanOrEqual(appended), waitMs)
    expect(textsOf(positions.committed)).toEqual(numbered(appended))
    const [, rebalances] = /rebalances_total (\d+)/.exec(await steady.metrics.text()) ?? []
    expect(Number(rebalances)).toBeGreaterThan(5)
  })

  test('a broker that is killed loses nothing it acknowledged, and readers and writers find it again', async () => {
    await using stack = new AsyncDisposableStack()
    const broker = stack.use(await startKafkaBroker())
    const ground = await open(stack, 3, broker.brokers)
    const { writer, positions } = ground
    const { reader, health } = await startTestReader(ground)
    stack.use(reader)
    stack.use(startWork(reader, positions))
    const acknowledged: string[] = []
    const send = async (number: number): Promise<void> => {
      await append(writer, number % 7, `e${number}`)
      acknowledged.push(`e${number}`)
    }
    for (let number = 0; number < 50; number += 1) await send(number)
    const inFlight = Array.from({ length: 50 }, (_, index) => send(50 + index).catch(() => undefined))
    await broker.kill()
    await Promise.all(inFlight)
    const before = Date.now()
    await expect(append(writer, 1, 'while it is away')).rejects.toBeInstanceOf(LogUnavailable)
    expect(Date.now() - before).toBeLessThan(5_500)
    await vi.waitFor(() => expect(health.snapshot().ok).toBe(false), waitMs)
    await broker.start()
    await vi.waitFor(() => send(1_000), waitMs)
    await vi.waitFor(() => {
      const read = new Set(textsOf(positions.committed))
      expect(acknowledged.filter((text) => !read.has(text))).toEqual([])
    }, waitMs)
    await vi.waitFor(() => expect(health.snapshot().ok).toBe(true), waitMs)
  })

  test('a broker that hangs is noticed, and worked with again when it answers', async () => {
    await using stack = new AsyncDisposableStack()
    const broker = stack.use(await startKafkaBroker())
    const ground = await open(stack, 3, broker.brokers)
    const { writer, positions } = ground
    const { reader, health } = await startTestReader(ground)
    stack.use(reader)
    stack.use(startWork(reader, positions))
    await append(writer, 1, 'before')
    await vi.waitFor(() => expect(textsOf(positions.committed)).toContain('before'), waitMs)
    process.kill(broker.pid, 'SIGSTOP')
    const before = Date.now()
    await expect(append(writer, 1, 'while it hangs')).rejects.toBeInstanceOf(LogUnavailable)
    expect(Date.now() - before).toBeLessThan(5_500)
    await vi.waitFor(() => expect(health.snapshot().ok).toBe(false), waitMs)
    process.kill(broker.pid, 'SIGCONT')
    await vi.waitFor(() => append(writer, 1, 'after'), waitMs)
    await vi.waitFor(() => expect(textsOf(positions.committed)).toContain('after'), waitMs)
    await vi.waitFor(() => expect(health.snapshot().ok).toBe(true), waitMs)
  })

  test('an envelope that the topic does not take is refused by itself, and those that were sent with it are taken', async () => {
    await using stack = new AsyncDisposableStack()
    const ground = await open(stack, 1)
    const { kafka, topic, positions } = ground
    await alterTopic(kafka, topic, 'max.message.bytes', '100000')
    // It believes that the topic takes more, and has one request in flight, so that the others wait and go together.
    const options = { kafka, topic, messageBytesMax, logger: silent, requestsInFlightMax: 1 }
    const writer = stack.use(kafkaLogWriter(options))
    const texts = ['a', 'b', 'c'].map((text) => text.repeat(40_000))
    const appends = ['first', ...texts, 'x'.repeat(200_000), 'last'].map((text) => append(writer, 1, text))
    const outcomes = await Promise.allSettled(appends)
    expect(outcomes.map(({ status }) => status)).toEqual([...Array(4).fill('fulfilled'), 'rejected', 'fulfilled'])
    await expect(appends[4]).rejects.toBeInstanceOf(EnvelopeRefused)
    const { reader } = await startTestReader(ground)
    stack.use(reader)
    stack.use(startWork(reader, positions))
    const taken = () => textsOf(positions.committed).map((text) => text.slice(0, 5))
    await vi.waitFor(() => expect(taken()).toEqual(['aaaaa', 'bbbbb', 'ccccc', 'first', 'last']), waitMs)
  })

  test('a reader whose clock is set back by an hour goes on as a member of its group', async () => {
    await using stack = new AsyncDisposableStack()
    const ground = await open(stack, 1)
    const { reader, metrics } = await startTestReader(ground)
    stack.use(reader)
    const joined = async (): Promise<number> =>
      Number(/^plaintrail_kafka_rebalances_total (\d+)/m.exec(await metrics.text())?.[1])
    await vi.waitFor(async () => expect(await joined()).toBe(1), waitMs)
    const now = Date.now
    vi.spyOn(Date, 'now').mockImplementation(() => now() - 3_600_000)
    stack.defer(() => void vi.restoreAllMocks())
    await vi.waitFor(async () => expect(await joined()).toBe(2), { timeout: 15_000, interval: 50 })
    await append(ground.writer, 1, 'after')
    await vi.waitFor(async () => expect(textsOf(await reader.read(limit))).toEqual(['after']), waitMs)
  })

  test('nothing to read is told from nothing known, as while positions cannot be asked', async () => {
    await using stack = new AsyncDisposableStack()
    const ground = await open(stack, 2)
    let isAway = true
    const loadPositions: TestPositions['load'] = async (topic, partitions) => {
      if (isAway) throw new Error('Postgres is away')
      return await ground.positions.load(topic, partitions)
    }
    await append(ground.writer, 1, 'a')
    const { reader, metrics } = await startTestReader(ground, { loadPositions })
    stack.use(reader)
    expect(reader.isAtEnd?.()).toBe(false)
    await vi.waitFor(async () => expect(await metrics.text()).toContain('plaintrail_kafka_rebalances_total 1'), waitMs)
    expect([await reader.read(limit), reader.isAtEnd?.()]).toEqual([[], false])
    isAway = false
    await vi.waitFor(async () => expect(textsOf(await reader.read(limit))).toEqual(['a']), waitMs)
    expect([await reader.read(limit), reader.isAtEnd?.()]).toEqual([[], true])
    isAway = true
    reader.rewind()
    expect([await reader.read(limit), reader.isAtEnd?.()]).toEqual([[], false])
  })

  test('a log that ends before the position, as that of a topic made again does, is not read, and health says what to do', async () => {
    await using stack = new AsyncDisposableStack()
    const ground = await open(stack, 1)
    const { topic, writer, positions } = ground
    for (const text of ['a', 'b']) await append(writer, 1, text)
    positions.set(topic, 0, 5)
    const { reader, health } = await startTestReader(ground)
    stack.use(reader)
    await vi.waitFor(() => expect(health.snapshot().checks['kafka']?.detail).toContain('ends at 2, before 5'), waitMs)
    expect(health.snapshot().ok).toBe(false)
    await expect(reader.read(limit)).rejects.toThrow(/make a topic with the next number/)
    reader.rewind()
    await expect(reader.read(limit)).rejects.toBeInstanceOf(LogUnavailable)
    // Whoever brings the old log back, or moves the position, need not restart anything.
    positions.set(topic, 0, 1)
    reader.rewind()
    await vi.waitFor(async () => expect(textsOf(await reader.read(limit))).toEqual(['b']), waitMs)
  })

  test('what Kafka deleted before it was read is said to be lost, and reading goes on after it', async () => {
    await using stack = new AsyncDisposableStack()
    const ground = await open(stack, 1)
    const { kafka, topic, writer, positions } = ground
    for (let number = 0; number < 10; number += 1) await append(writer, 1, `e${number}`)
    positions.set(topic, 0, 2)
    await deleteBefore(kafka, topic, 6)
    const { reader, losses, metrics } = await startTestReader(ground)
    stack.use(reader)
    const entries: LogEntry[] = []
    await vi.waitFor(async () => {
      entries.push(...(await reader.read(limit)))
      expect(textsOf(entries)).toEqual(['e6', 'e7', 'e8', 'e9'])
    }, waitMs)
    expect(entries[0]?.position).toEqual({ log: 'kafka', topic, partition: 0, offset: 6, after: 2 })
    reader.rewind()
    await vi.waitFor(async () => expect(await reader.read(limit)).toHaveLength(4), waitMs)
    expect(losses).toEqual([{ topic, partition: 0, fromOffset: 2, toOffset: 6 }])
    expect(await metrics.text()).toContain('plaintrail_kafka_lost_entries_total 4')
    expect(positions.commit(entries)).toBe(true)
  })

  test('retention that overtakes a reader at work is a loss too', async () => {
    await using stack = new AsyncDisposableStack()
    const ground = await open(stack, 1)
    const { kafka, topic, writer, positions } = ground
    const envelope = randomBytes(1024 * 1024)
    for (let number = 0; number < 30; number += 1) await append(writer, 1, envelope)
    const { reader, losses } = await startTestReader(ground, { bufferBytesMax: 2 * 1024 * 1024 })
    stack.use(reader)
    const read = async (): Promise<LogEntry | undefined> => (await reader.read({ entries: 1, bytes: 1 }))[0]
    const entries: LogEntry[] = []
    await vi.waitFor(
      async () => expect(entries.push(...[await read()].filter((entry) => entry !== undefined))).toBe(1),
      waitMs,
    )
    await sleep(1_000)
    await deleteBefore(kafka, topic, 25)
    await vi.waitFor(async () => {
      for (let entry = await read(); entry !== undefined; entry = await read()) entries.push(entry)
      expect(entries.at(-1)?.position.offset).toBe(29)
    }, waitMs)
    expect(losses).toHaveLength(1)
    expect(losses[0]?.toOffset).toBe(25)
    expect(positions.commit(entries)).toBe(true)
  })

  test('an envelope of 12 MB goes through, and what is no envelope is given all the same', async () => {
    await using stack = new AsyncDisposableStack()
    const ground = await open(stack, 1)
    const { writer } = ground
    const large = randomBytes(12 * 1024 * 1024)
    await append(writer, 1, large)
    await append(writer, 1, '')
    const { reader } = await startTestReader(ground)
    stack.use(reader)
    const entries: LogEntry[] = []
    await vi.waitFor(async () => {
      entries.push(...(await reader.read(limit)))
      expect(entries).toHaveLength(2)
    }, waitMs)
    expect(Buffer.from(entries[0]?.envelope ?? []).equals(large)).toBe(true)
    expect(entries[1]?.envelope).toHaveLength(0)
  })

  test('a full buffer keeps its place in the group, and goes on when there is room', async () => {
    await using stack = new AsyncDisposableStack()
    const ground = await open(stack, 2)
    const { writer, positions } = ground
    const { reader, health, metrics } = await startTestReader(ground, {
      bufferBytesMax: 4,
      sessionMs: 2_000,
      heartbeatMs: 200,
    })
    stack.use(reader)
    for (let number = 0; number < 50; number += 1) await append(writer, number, `e${number}`)
    // Nobody reads for longer than a session.
    await sleep(5_000)
    expect(health.snapshot().ok).toBe(true)
    stack.use(startWork(reader, positions))
    await vi.waitFor(() => expect(textsOf(positions.committed)).toEqual(numbered(50)), waitMs)
    expect(await metrics.text()).toContain('plaintrail_kafka_rebalances_total 1')
  })

  test('a reader that starts before Kafka has its topic says so, and reads when it is there', async () => {
    await using stack = new AsyncDisposableStack()
    if (server === null) throw new Error('no Kafka')
    const ground = { kafka: testKafkaClient(server.brokers), topic: server.topic(), positions: testPositions() }
    const { reader, health } = await startTestReader(ground)
    stack.use(reader)
    await vi.waitFor(() => expect(health.snapshot().checks['kafka']?.detail).toContain('Trying again'), waitMs)
    expect(health.snapshot().ok).toBe(false)
    await makeTopic(ground.kafka, ground.topic, 2)
    const writer = stack.use(kafkaLogWriter({ ...ground, messageBytesMax, logger: silent }))
    await append(writer, 1, 'a')
    await vi.waitFor(async () => expect(textsOf(await reader.read(limit))).toEqual(['a']), waitMs)
    expect(health.snapshot().ok).toBe(true)
  })
})
