// Compressed answers are the same answers, and what is kept of them has a name of its own.

import { request as httpRequest } from 'node:http'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApi, type TestApi } from './api-for-tests.ts'

const resources = new AsyncDisposableStack()
let api: TestApi

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  api = resources.use(await startTestApi(database.connection))
})

afterAll(() => resources.disposeAsync())

interface Sent {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: Buffer
}

/** fetch decompresses by itself. */
async function get(path: string, headers: Readonly<Record<string, string>>): Promise<Sent> {
  return await new Promise((resolve, reject) => {
    httpRequest(api.url + path, { headers: { authorization: `Bearer ${api.token}`, ...headers } }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      )
    })
      .on('error', reject)
      .end()
  })
}

test('an answer is sent in gzip or br where that is taken, and is the same', async () => {
  const plain = await get('/v1/openapi.json', {})
  expect(plain.headers['content-encoding']).toBeUndefined()
  const gzip = await get('/v1/openapi.json', { 'accept-encoding': 'gzip' })
  const br = await get('/v1/openapi.json', { 'accept-encoding': 'br, gzip' })
  expect([gzip.headers['content-encoding'], br.headers['content-encoding']]).toEqual(['gzip', 'br'])
  expect(gunzipSync(gzip.body).equals(plain.body)).toBe(true)
  expect(brotliDecompressSync(br.body).equals(plain.body)).toBe(true)
  expect(gzip.body.length).toBeLessThan(plain.body.length / 3)
  expect(gzip.headers['vary']).toBe('Accept-Encoding')
})

test('each encoding has its own strong ETag, and each of them is known again', async () => {
  const tags = await Promise.all(
    ['', 'gzip', 'br'].map(async (encoding) => {
      const { headers } = await get('/v1/openapi.json', { 'accept-encoding': encoding })
      return String(headers['etag'])
    }),
  )
  expect(new Set(tags).size).toBe(3)
  for (const tag of tags) {
    const again = await get('/v1/openapi.json', { 'if-none-match': tag, 'accept-encoding': 'gzip' })
    expect([again.status, again.headers['etag'], again.body.length]).toEqual([304, tag, 0])
  }
  expect((await get('/v1/openapi.json', { 'if-none-match': '"another"' })).status).toBe(200)
})

test('a short answer is sent as it is', async () => {
  const { headers } = await get('/v1/version', { 'accept-encoding': 'gzip' })
  expect(headers['content-encoding']).toBeUndefined()
})
