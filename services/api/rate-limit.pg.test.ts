// How often one caller may ask.

import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { ensureApiToken } from '@plaintrail/store/api-tokens-for-tests'
import { makeToken, tokenDigest } from '@plaintrail/store/tokens'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { problemOf, startTestApi, type TestApi } from './api-for-tests.ts'

const resources = new AsyncDisposableStack()
let api: TestApi

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  api = resources.use(await startTestApi(database.connection, { requestsPerMinute: 3 }))
})

afterAll(() => resources.disposeAsync())

test('a caller is told what is left, then 429 and when to go on; others and what watches the process go on', async () => {
  for (const left of [2, 1, 0]) {
    const { status, headers } = await api.get('/v1/version')
    expect(status).toBe(200)
    expect(headers.get('ratelimit-policy')).toBe('"caller";q=3;w=60')
    expect(headers.get('ratelimit')).toMatch(new RegExp(`^"caller";r=${left};t=\\d+$`))
    expect(headers.get('x-ratelimit-remaining')).toBe(String(left))
    expect(Number(headers.get('x-ratelimit-reset')) * 1_000 - Date.now()).toBeLessThan(61_000)
  }
  const refused = await api.get('/v1/events')
  expect(refused.status).toBe(429)
  const seconds = Number(refused.headers.get('retry-after'))
  expect(seconds).toBeGreaterThan(0)
  expect(seconds).toBeLessThan(61)
  expect(await problemOf(refused)).toMatchObject({ code: 'rate_limited', hint: expect.stringContaining('Go on in') })

  const token = makeToken('api')
  await ensureApiToken(api.store, { name: 'another', digest: tokenDigest(token) })
  expect((await api.get('/v1/version', { authorization: `Bearer ${token}` })).status).toBe(200)
  for (const path of ['/healthz', '/metrics', '/readyz']) {
    const response = await fetch(api.url + path)
    expect(response.status).toBe(200)
    expect(response.headers.get('ratelimit')).toBeNull()
  }
})

test('wrong tokens are counted by the address that they come from', async () => {
  const statuses: number[] = []
  for (let n = 0; n < 5; n++)
    statuses.push((await api.get('/v1/version', { authorization: `Bearer ${makeToken('api')}` })).status)
  expect(statuses).toEqual([401, 401, 401, 429, 429])
  expect((await fetch(`${api.url}/v1/openapi.json`)).status).toBe(429)
})
