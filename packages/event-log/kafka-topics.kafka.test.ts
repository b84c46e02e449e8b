// The topic of the log, on a real broker.

import { testKafka } from '@plaintrail/test/kafka-for-tests'
import { createLogger } from '@plaintrail/runtime/logger'
import kafkajs from 'kafkajs'
import { describe, expect, test } from 'vitest'
import { testKafkaClient } from './kafka-log-for-tests.ts'
import { ensureTopic } from './kafka-topics.ts'

const server = await testKafka()

describe.skipIf(server === null)('the topic of the log', () => {
  test('is made as it is wanted, once, and never changed', async () => {
    if (server === null) throw new Error('no Kafka')
    const lines: string[] = []
    const logger = createLogger('test', { level: 'error', destination: { write: (line) => void lines.push(line) } })
    const kafka = testKafkaClient(server.brokers)
    const topic = server.topic()
    const wanted = { topic, partitions: 4, replication: 1, retentionMs: 3_600_000, messageBytesMax: 4_000_000 }
    const found = await Promise.all(Array.from({ length: 3 }, () => ensureTopic(kafka, wanted, logger)))
    expect(found).toEqual(Array.from({ length: 3 }, () => ({ partitions: 4, messageBytesMax: 4_000_000 })))
    expect(lines).toEqual([])

    const admin = kafka.admin()
    await admin.connect()
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic }],
    })
    await admin.disconnect()
    const configs = resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]) ?? []
    expect(Object.fromEntries(configs)).toMatchObject({
      'cleanup.policy': 'delete',
      'compression.type': 'producer',
      'max.message.bytes': '4000000',
      'message.timestamp.type': 'LogAppendTime',
      'min.insync.replicas': '1',
      'retention.ms': '3600000',
    })

    const other = { ...wanted, partitions: 8, messageBytesMax: 5_000_000 }
    expect(await ensureTopic(kafka, other, logger)).toEqual({ partitions: 4, messageBytesMax: 4_000_000 })
    expect(lines).toHaveLength(2)
    expect(lines.join('')).toMatch(/another number of partitions.*smaller messages/s)
  })
})
