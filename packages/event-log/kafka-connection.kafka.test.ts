// Coming in to Kafka by each way that it has, on a real broker that asks who comes.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openCertificateAuthority } from '@plaintrail/runtime/certificate-authority'
import { readConfig } from '@plaintrail/runtime/config'
import { createLogger } from '@plaintrail/runtime/logger'
import { startKafkaBroker } from '@plaintrail/test/kafka-broker'
import { testKafka } from '@plaintrail/test/kafka-for-tests'
import { Partitioners } from 'kafkajs'
import { describe, expect, test, vi } from 'vitest'
import type { LogEntry } from './event-log.ts'
import { kafkaConnection, kafkaConnectionOf, type KafkaConnection } from './kafka-connection.ts'
import {
  makeTopic,
  messageBytesMax,
  silent,
  startTestReader,
  testKafkaClient,
  testPositions,
} from './kafka-log-for-tests.ts'
import { kafkaSettings } from './kafka-settings.ts'
import { kafkaToken } from './kafka-token.ts'
import { kafkaLogWriter } from './kafka-writer.ts'

const server = await testKafka()
const password = 'alice-secret'
const limit = { entries: 10, bytes: 1024 * 1024 }
const waitMs = { timeout: 60_000, interval: 50 }

/** There and back. */
async function passes(connection: KafkaConnection): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const kafka = kafkaConnection(connection, silent)
  const topic = `test-${Math.random()}.1`
  await makeTopic(kafka, topic, 1)
  const writer = stack.use(kafkaLogWriter({ kafka, topic, messageBytesMax, logger: silent }))
  const { reader } = await startTestReader({ kafka, topic, positions: testPositions() })
  stack.use(reader)
  await writer.append(Buffer.from('a'), { cluster: 'c', lane: 'l', receivedAtUs: 0, bodyBytes: 1 })
  const entries: LogEntry[] = []
  await vi.waitFor(async () => {
    entries.push(...(await reader.read(limit)))
    expect(entries).toHaveLength(1)
  }, waitMs)
}

describe.skipIf(server === null)('a connection to Kafka', () => {
  test('PLAIN, SCRAM and TLS get in, and a wrong password and an unknown authority do not', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'plaintrail-kafka-ca-'))
    await using stack = new AsyncDisposableStack()
    stack.defer(() => rm(folder, { recursive: true }))
    const authority = await openCertificateAuthority(join(folder, 'ca'))
    const certificate = await authority.serverCertificate(['127.0.0.1'])
    const broker = stack.use(await startKafkaBroker({ users: { alice: password }, certificate }))
    for (const mechanism of ['plain', 'scram-sha-256', 'scram-sha-512'] as const) {
      const sasl = { mechanism, username: 'alice', password }
      await passes({ brokers: broker.saslBrokers, clientId: 'test', tls: null, sasl })
    }
    await passes({ brokers: broker.tlsBrokers, clientId: 'test', tls: { ca: authority.certificatePem }, sasl: null })

    const lines: string[] = []
    const logger = createLogger('test', { level: 'debug', destination: { write: (line) => void lines.push(line) } })
    const wrong = { mechanism: 'plain', username: 'alice', password: 'wrong-secret' } as const
    for (const connection of [
      { brokers: broker.saslBrokers, clientId: 'test', tls: null, sasl: wrong },
      { brokers: broker.tlsBrokers, clientId: 'test', tls: {}, sasl: null },
    ]) {
      const kafka = kafkaConnection(connection, logger)
      await using writer = kafkaLogWriter({ kafka, topic: 'any.1', messageBytesMax, logger })
      const append = writer.append(Buffer.from('a'), { cluster: 'c', lane: 'l', receivedAtUs: 0, bodyBytes: 1 })
      await expect(append).rejects.toMatchObject({ code: 'log_unavailable', cause: expect.any(Error) })
    }
    expect(lines.join('')).not.toBe('')
    expect(lines.join('')).not.toContain('wrong-secret')
  })

  test('a writer and a reader that have nothing to do make few timers', async () => {
    await using stack = new AsyncDisposableStack()
    if (server === null) throw new Error('no Kafka')
    const kafka = testKafkaClient(server.brokers)
    const topic = server.topic()
    await makeTopic(kafka, topic, 1)
    const writer = stack.use(kafkaLogWriter({ kafka, topic, messageBytesMax, logger: silent }))
    const { reader, health } = await startTestReader({ kafka, topic, positions: testPositions() })
    stack.use(reader)
    await writer.append(Buffer.from('a'), { cluster: 'c', lane: 'l', receivedAtUs: 0, bodyBytes: 1 })
    await vi.waitFor(() => expect(health.snapshot().ok).toBe(true), waitMs)
    const timers = vi.spyOn(globalThis, 'setTimeout')
    stack.defer(() => timers.mockRestore())
    await sleep(3_000)
    // Not mended, they were 330 a second for each connection.
    expect(timers.mock.calls.length).toBeLessThan(60)
  })
})

test('a key goes to the partition that Java chooses for it', () => {
  // The vectors of Kafka's own UtilsTest.
  const vectors: Readonly<Record<string, number>> = {
    '21': -973_932_308,
    foobar: -790_332_482,
    'a-little-bit-long-string': -985_981_536,
    'a-little-bit-longer-string': -1_486_304_829,
    lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8: -58_897_971,
  }
  const partition = { leader: 1, isr: [1], replicas: [1], partitionErrorCode: 0 }
  const partitionMetadata = Array.from({ length: 997 }, (_, partitionId) => ({ ...partition, partitionId }))
  for (const [key, hash] of Object.entries(vectors)) {
    const choose = Partitioners.DefaultPartitioner()
    const chosen = choose({ topic: 't', partitionMetadata, message: { key, value: null } })
    expect(chosen).toBe((hash & 0x7f_ff_ff_ff) % 997)
  }
})

test('settings become a connection, and what a mechanism lacks is named', async () => {
  const env = { PLAINTRAIL_KAFKA_BROKERS: 'a:9092, b:9092' }
  const config = readConfig(kafkaSettings, env)
  expect(kafkaConnectionOf(config, 'worker')).toEqual({
    brokers: ['a:9092', 'b:9092'],
    clientId: 'worker',
    tls: null,
    sasl: null,
  })
  expect(config).toMatchObject({ kafkaTopic: 'plaintrail.audit.1', kafkaMessageBytesMax: 16 * 1024 * 1024 })
  expect(() => readConfig(kafkaSettings, { ...env, PLAINTRAIL_KAFKA_TOPIC: 'audit' })).toThrow(/a number at the end/)
  const plain = readConfig(kafkaSettings, { ...env, PLAINTRAIL_KAFKA_SASL_MECHANISM: 'plain' })
  expect(() => kafkaConnectionOf(plain, 'worker')).toThrow(/PLAINTRAIL_KAFKA_SASL_USER/)
  const oauth = readConfig(kafkaSettings, { ...env, PLAINTRAIL_KAFKA_SASL_MECHANISM: 'oauthbearer' })
  expect(() => kafkaConnectionOf(oauth, 'worker')).toThrow(/_TOKEN_FILE/)
})

test('a token comes from its endpoint, or from its file as it is at the moment', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plaintrail-token-'))
  await using stack = new AsyncDisposableStack()
  stack.defer(() => rm(folder, { recursive: true }))
  const bodies: string[] = []
  const endpoint = createServer((request, response) => {
    void request.toArray().then((chunks) => {
      bodies.push(Buffer.concat(chunks).toString())
      if (request.url === '/denied') response.writeHead(401)
      response.end(JSON.stringify({ access_token: 'token-1', expires_in: 60 }))
    })
  })
  await once(endpoint.listen(0, '127.0.0.1'), 'listening')
  stack.defer(() => void endpoint.close())
  const address = endpoint.address()
  const url = new URL(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/token`)
  const source = { kind: 'endpoint', url, clientId: 'me', clientSecret: 'deep', scope: 'kafka' } as const
  expect(await kafkaToken(source)).toBe('token-1')
  expect(Object.fromEntries(new URLSearchParams(bodies[0]))).toEqual({
    grant_type: 'client_credentials',
    client_id: 'me',
    client_secret: 'deep',
    scope: 'kafka',
  })
  const denied = kafkaToken({ ...source, url: new URL('/denied', url) })
  await expect(denied).rejects.toThrow(/answered 401/)
  const path = join(folder, 'token')
  for (const token of ['first', 'second']) {
    await writeFile(path, `${token}\n`)
    expect(await kafkaToken({ kind: 'file', path })).toBe(token)
  }
})
