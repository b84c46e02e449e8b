// The log in Kafka keeps the contract, on a real broker.

import { testKafka } from '@plaintrail/test/kafka-for-tests'
import { describe, expect, test, vi } from 'vitest'
import { eventLogContract } from './event-log-contract.ts'
import {
  makeTopic,
  messageBytesMax,
  silent,
  startTestReader,
  testKafkaClient,
  testPositions,
} from './kafka-log-for-tests.ts'
import { kafkaLogWriter } from './kafka-writer.ts'

const server = await testKafka()

describe.skipIf(server === null)('the log in Kafka', () => {
  eventLogContract(async () => {
    if (server === null) throw new Error('no Kafka')
    await using stack = new AsyncDisposableStack()
    const kafka = testKafkaClient(server.brokers)
    const topic = server.topic()
    await makeTopic(kafka, topic, 3)
    const positions = testPositions()
    const writer = stack.use(kafkaLogWriter({ kafka, topic, messageBytesMax, logger: silent }))
    const { reader } = await startTestReader({ kafka, topic, positions })
    stack.use(reader)
    const kept = stack.move()
    return {
      writer,
      reader,
      async commit(entries) {
        if (!positions.commit(entries)) throw new Error('the positions do not follow each other')
      },
      [Symbol.asyncDispose]: () => kept.disposeAsync(),
    }
  })

  test('a topic of an earlier generation is read until nothing is left in it, beside the one that is written', async () => {
    if (server === null) throw new Error('no Kafka')
    await using stack = new AsyncDisposableStack()
    const kafka = testKafkaClient(server.brokers)
    const before = server.topic()
    const topic = before.replace(/1$/, '2')
    await makeTopic(kafka, before, 2)
    await makeTopic(kafka, topic, 5)
    const writers = [before, topic].map((name) =>
      stack.use(kafkaLogWriter({ kafka, topic: name, messageBytesMax, logger: silent })),
    )
    const header = { cluster: 'c', lane: 'main', receivedAtUs: 1, bodyBytes: 1 }
    for (const [generation, writer] of writers.entries()) {
      for (const text of ['a', 'b', 'c']) await writer.append(Buffer.from(`${generation + 1}${text}`), header)
    }
    const positions = testPositions()
    const { reader } = await startTestReader({ kafka, topic, positions }, { topics: [topic, before] })
    stack.use(reader)
    const texts: string[] = []
    await vi.waitFor(
      async () => {
        const entries = await reader.read({ entries: 100, bytes: 1024 * 1024 })
        expect(positions.commit(entries)).toBe(true)
        reader.settled(entries.map(({ position }) => position))
        texts.push(...entries.map(({ envelope }) => Buffer.from(envelope).toString()))
        expect(texts.length).toBe(6)
      },
      { timeout: 30_000, interval: 100 },
    )
    // In the order of each topic; between the two none is promised.
    expect(texts.filter((text) => text.startsWith('1'))).toEqual(['1a', '1b', '1c'])
    expect(texts.filter((text) => text.startsWith('2'))).toEqual(['2a', '2b', '2c'])
  })
})
