// The receiver's part of the OpenAPI document, held against a real receiver: its routes, and every answer by TLS.

import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { request, type RequestOptions } from 'node:https'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { openApiDocument } from '@plaintrail/api/openapi-document'
import { routeTable } from '@plaintrail/api/route-table'
import { receiverSettings } from '@plaintrail/receiver/config'
import { startReceiver, type Receiver } from '@plaintrail/receiver/receiver'
import { openCertificateAuthority } from '@plaintrail/runtime/certificate-authority'
import { readConfig } from '@plaintrail/runtime/config'
import { createHealth } from '@plaintrail/runtime/health'
import { createLogger } from '@plaintrail/runtime/logger'
import { createMetrics } from '@plaintrail/runtime/metrics'
import { startOperationsServer } from '@plaintrail/runtime/operations-server'
import { addCluster } from '@plaintrail/store/clusters'
import { addApiToken, revokeApiToken } from '@plaintrail/store/api-tokens'
import { ensureApiToken } from '@plaintrail/store/api-tokens-for-tests'
import { migrate } from '@plaintrail/store/migrate'
import { openStore } from '@plaintrail/store/open-store'
import { makePartitionsAhead } from '@plaintrail/store/partitions'
import { tableLogWriter } from '@plaintrail/store/table-log'
import { makeToken, tokenDigest } from '@plaintrail/store/tokens'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from './postgres-for-tests.ts'
import { temporaryFolder } from './system.ts'

const document = openApiDocument(routeTable, '9.9.9')
const [ingestPath = '', ingest] =
  Object.entries(document.paths).find(([, methods]) => methods['post']?.operationId === 'postEventList') ?? []
const answers = ingest?.['post']?.responses ?? {}
const list = '{"kind": "EventList", "apiVersion": "audit.k8s.io/v1", "items": []}'
/** Of a body, and of all bodies at once. */
const bodyBytesMax = 4_096
const bytesInFlightMax = 6_000

const logger = createLogger('test', { level: 'silent', destination: { write: () => undefined } })
const tokens = {
  lab: makeToken('ingest'),
  west: makeToken('ingest'),
  api: makeToken('api'),
  expired: makeToken('api'),
  revoked: makeToken('api'),
}
const resources = new AsyncDisposableStack()
let receiver: Receiver
let ca = ''

beforeAll(async () => {
  const { connection } = resources.use(await createTestDatabase())
  await migrate(connection)
  const store = resources.use(
    openStore(connection, { connectionsMax: 4, statementMs: 10_000, applicationName: 'test' }),
  )
  await makePartitionsAhead(store, Date.now() * 1_000)
  for (const name of ['lab', 'west'] as const) {
    const credential = { kind: 'token', digest: tokenDigest(tokens[name]), laneName: 'default' } as const
    await addCluster(store, { name, credential })
  }
  await ensureApiToken(store, { name: 'admin', digest: tokenDigest(tokens.api) })
  for (const name of ['expired', 'revoked'] as const) {
    const expiresUs = name === 'expired' ? Date.now() * 1_000 : null
    const token = { name, digest: tokenDigest(tokens[name]), expiresUs }
    const added = await addApiToken(store, { name: 'admin', id: null }, token, 0)
    if (added.kind === 'added' && name === 'revoked') await revokeApiToken(store, { name: 'admin', id: null }, added.id)
  }
  const folder = await temporaryFolder()
  resources.defer(() => rm(folder, { recursive: true }))
  const certificateAuthority = await openCertificateAuthority(join(folder, 'ca'))
  ca = certificateAuthority.certificatePem
  const config = readConfig(receiverSettings, {
    PLAINTRAIL_INGEST_PORT: '0',
    PLAINTRAIL_INGEST_BODY_BYTES_MAX: `${bodyBytesMax}B`,
    PLAINTRAIL_INGEST_BYTES_IN_FLIGHT_MAX: `${bytesInFlightMax}B`,
  })
  receiver = resources.use(
    await startReceiver(config, {
      store,
      logger,
      certificateAuthority,
      log: tableLogWriter(store),
      metrics: createMetrics({ version: '9.9.9', processMetrics: false }),
      health: createHealth(),
      redactionKey: new Uint8Array(32),
    }),
  )
})

afterAll(() => resources.disposeAsync())

interface Post {
  readonly cluster?: string
  readonly token?: string | null
  readonly body?: string | Uint8Array
  readonly headers?: RequestOptions['headers']
}

function open({ cluster = 'lab', token = tokens.lab, headers = {} }: Post) {
  return request({
    host: '127.0.0.1',
    port: receiver.port,
    ca,
    method: 'POST',
    path: `${ingestPath.replace('{cluster}', cluster)}?timeout=30s`,
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
  })
}

async function post(what: Post): Promise<{ readonly response: IncomingMessage; readonly body: string }> {
  const sent = open(what)
  sent.end(what.body ?? list)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  return { response, body: await text(response) }
}

/** A post that is being taken in: it holds most of what all may hold at once. */
async function whilePosting<T>(act: () => Promise<T>): Promise<T> {
  const held = open({ headers: { 'content-length': bodyBytesMax } })
  held.on('error', () => undefined)
  held.write('[')
  await once(held, 'socket')
  try {
    return await act()
  } finally {
    held.destroy()
  }
}

function expectDocumented({ response, body }: Awaited<ReturnType<typeof post>>): void {
  const { statusCode = 0, headers } = response
  const answer = answers[String(statusCode)]
  expect(answer, String(statusCode)).toBeDefined()
  const [type] = Object.keys(answer?.content ?? {})
  expect(headers['content-type']?.split(';')[0]).toBe(type)
  expect(body === '').toBe(type === undefined)
  expect('retry-after' in headers).toBe(Object.keys(answer?.headers ?? {}).includes('Retry-After'))
}

describe('the document of ingest', () => {
  test('has every route of the receiver, and no other', () => {
    const routes = receiver.router.stack.flatMap(({ route }) =>
      (route?.stack ?? []).map(({ method }) => `${method} ${route?.path}`),
    )
    const documented = Object.keys(ingest ?? {}).map(
      (method) => `${method} ${ingestPath.replace('{cluster}', ':cluster')}`,
    )
    expect(routes).toEqual(documented)
  })

  const packed = (body: string, encoding: string): Post => ({
    body: gzipSync(body),
    headers: { 'content-encoding': encoding },
  })
  const samples: readonly (readonly [status: number, what: string, Post])[] = [
    [200, 'a list', {}],
    [200, 'a list with an API token', { token: tokens.api }],
    [200, 'gzip', packed(list, 'gzip')],
    [200, 'x-gzip', packed(list, 'x-gzip')],
    [200, 'identity', { headers: { 'content-encoding': 'identity' } }],
    [200, 'another Content-Type', { headers: { 'content-type': 'text/plain' } }],
    [200, 'a list that is cut off', { body: '{"kind": "EventList", "items": [42' }],
    [200, 'nothing', { body: '' }],
    [401, 'no token', { token: null }],
    [401, 'a token that nobody knows', { token: 'pti_wrong' }],
    [401, 'an API token that has expired', { token: tokens.expired }],
    [401, 'an API token that was revoked', { token: tokens.revoked }],
    [403, "another cluster's token", { token: tokens.west }],
    [403, 'a cluster that nobody knows', { token: tokens.api, cluster: 'nowhere' }],
    [413, 'too long a body', { body: ' '.repeat(bodyBytesMax + 1) }],
    [413, 'a body that is too long unpacked', packed(' '.repeat(bodyBytesMax + 1), 'gzip')],
    [415, 'zstd', { headers: { 'content-encoding': 'zstd' } }],
  ]

  test.each(samples)('has the answer %i to %s, as it comes', async (status, _what, sample) => {
    const answered = await post(sample)
    expect(answered.response.statusCode).toBe(status)
    expectDocumented(answered)
  })

  test('has the answer 503, as it comes, to a post too much', async () => {
    const answered = await whilePosting(async () => {
      for (;;) {
        const one = await post({ body: list.padEnd(bodyBytesMax) })
        if (one.response.statusCode !== 200) return one
      }
    })
    expect(answered.response.statusCode).toBe(503)
    expectDocumented(answered)
  })

  test('has no status that was not asked for here', () => {
    expect(Object.keys(answers).map(Number)).toEqual([...new Set([...samples.map(([status]) => status), 503])])
  })

  test('says rightly that gzip which cannot be unpacked has no answer', async () => {
    await expect(post({ body: 'not gzip', headers: { 'content-encoding': 'gzip' } })).rejects.toThrow('socket hang up')
  })
})

test('what every process answers to machines that watch it is documented, and nothing else', async () => {
  const metrics = createMetrics({ version: '9.9.9', processMetrics: false })
  await using server = await startOperationsServer({
    host: '127.0.0.1',
    port: 0,
    logger,
    metrics,
    health: createHealth(),
  })
  for (const [path, { get }] of Object.entries(document.paths)) {
    if (get === undefined) continue
    const isWatched = get.servers?.some(({ url }) => url.endsWith(':7719')) === true
    const { status, headers } = await fetch(server.url + path)
    expect(status === 404, path).toBe(!isWatched)
    const types = Object.keys(get.responses[String(status)]?.content ?? {})
    if (isWatched) expect(types, path).toContain(headers.get('content-type')?.split(';')[0])
  }
})
