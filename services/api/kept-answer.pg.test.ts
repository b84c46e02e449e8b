// An Idempotency-Key: what is asked again is not done again.

import { randomUUID } from 'node:crypto'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { ensureApiToken } from '@plaintrail/store/api-tokens-for-tests'
import { listIngestCredentials } from '@plaintrail/store/credentials'
import { makeToken, tokenDigest } from '@plaintrail/store/tokens'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { problemOf, startTestApi, type TestApi } from './api-for-tests.ts'

const resources = new AsyncDisposableStack()
let api: TestApi

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  api = resources.use(await startTestApi(database.connection))
})

afterAll(() => resources.disposeAsync())

async function add(body: object, key: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return await api.post('/v1/clusters', JSON.stringify(body), { 'idempotency-key': key, ...headers })
}

const clustersNow = async (): Promise<number> => (await listIngestCredentials(api.store)).length

describe('a request with an Idempotency-Key', () => {
  test('is done once, and answered the same again, credential included', async () => {
    const key = randomUUID()
    const first = await add({ name: 'once' }, key)
    const before = await clustersNow()
    const again = await add({ credential: 'token', name: 'once' }, key)
    expect([first.status, again.status]).toEqual([201, 201])
    expect([first.headers.get('idempotent-replayed'), again.headers.get('idempotent-replayed')]).toEqual([null, 'true'])
    const body = await first.text()
    expect(await again.text()).toBe(body)
    expect(JSON.parse(body)).toMatchObject({ name: 'once', ingest: { token: expect.stringMatching(/^pti_/) } })
    expect(await clustersNow()).toBe(before)
  })

  test('is 409 with another body, whatever the first was answered', async () => {
    const key = randomUUID()
    expect((await add({ name: 'first' }, key)).status).toBe(201)
    const response = await add({ name: 'second' }, key)
    expect(response.status).toBe(409)
    expect((await problemOf(response)).code).toBe('idempotency_mismatch')
  })

  test('that was refused may be mended and sent again', async () => {
    const key = randomUUID()
    await add({ name: 'taken' }, randomUUID())
    expect((await add({ name: 'taken' }, key)).status).toBe(409)
    expect((await add({ name: 'Not A Name' }, key)).status).toBe(422)
    expect((await add({ name: 'mended' }, key)).status).toBe(201)
  })

  test('is done once of many at the same moment', async () => {
    const key = randomUUID()
    const responses = await Promise.all(Array.from({ length: 8 }, () => add({ name: 'racing' }, key)))
    const statuses = new Set(responses.map(({ status }) => status))
    expect(statuses.has(201)).toBe(true)
    expect([...statuses].every((status) => status === 201 || status === 409)).toBe(true)
    for (const response of responses)
      if (response.status === 409) expect(await problemOf(response)).toMatchObject({ code: 'conflict' })
    expect((await listIngestCredentials(api.store)).filter(({ clusterName }) => clusterName === 'racing')).toHaveLength(
      1,
    )
    expect((await add({ name: 'racing' }, key)).headers.get('idempotent-replayed')).toBe('true')
  })

  test('is 409 at another path', async () => {
    const key = randomUUID()
    expect((await add({ name: 'at-its-path' }, key)).status).toBe(201)
    const response = await api.post(`/v1/jobs/${randomUUID()}/retry`, '', { 'idempotency-key': key })
    expect((await problemOf(response)).code).toBe('idempotency_mismatch')
  })

  test("is the caller's own: another with the same key is not answered his answer", async () => {
    const key = randomUUID()
    const token = makeToken('api')
    await ensureApiToken(api.store, { name: 'another', digest: tokenDigest(token) })
    expect((await add({ name: 'mine' }, key)).status).toBe(201)
    const other = await add({ name: 'mine' }, key, { authorization: `Bearer ${token}` })
    expect(await problemOf(other)).toMatchObject({ code: 'conflict', detail: expect.stringContaining('mine') })
  })

  test('is forgotten after a day, and a claim that was left behind after a minute', async () => {
    const key = randomUUID()
    await add({ name: 'old' }, key)
    await api.store.pool.query(`update kept_answer set created_at = created_at - interval '25 hours'`)
    expect((await add({ name: 'new' }, key)).status).toBe(201)
    await api.store.pool.query(`update kept_answer set sealed = null, created_at = created_at - interval '61 seconds'`)
    expect((await add({ name: 'newer' }, key)).status).toBe(201)
  })

  test('has a key of 1 to 255 printable characters', async () => {
    for (const key of ['x'.repeat(256), 'a b', 'ü']) {
      const response = await add({ name: 'nobody' }, key)
      expect(await problemOf(response)).toMatchObject({ status: 400, code: 'bad_request' })
    }
  })

  test('leaves nothing in the database by which its answer can be read', async () => {
    const response = await add({ name: 'secret' }, 'add-secret')
    const { ingest } = (await response.json()) as { ingest: { token: string } }
    const { rows } = await api.store.pool.query<{ text: string }>(
      `select encode(sealed, 'escape') || encode(key_digest, 'escape') as text from kept_answer`,
    )
    expect(rows.length).toBeGreaterThan(0)
    for (const { text } of rows)
      for (const part of [ingest.token, 'secret', 'kubeconfig']) expect(text).not.toContain(part)
  })
})
