// The log in Kafka keeps the contract, on a real broker.

import { testKafka } from '@plaintrail/test/kafka-for-tests'
import { describe } from 'vitest'
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
})
