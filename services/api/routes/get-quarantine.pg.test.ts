// What is in quarantine, over HTTP.

import { addCluster } from '@plaintrail/store/clusters'
import { storeDeliveries } from '@plaintrail/store/events-for-tests'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { nowText, nowUs, problemOf, startTestApi, type TestApi } from '../api-for-tests.ts'

interface QuarantinePage {
  readonly data: readonly {
    readonly id: string
    readonly cluster: string | null
    readonly time: string
    readonly reason: string
    readonly detail: string
    readonly size: number
    readonly bytes?: string
  }[]
  readonly has_more: boolean
  readonly next_cursor: string | null
  readonly meta: object
}

const resources = new AsyncDisposableStack()
const garbage = ['{"depth":[[[', '\u0000\u0001 not JSON', 'x'.repeat(1_000), '42', '[]']
let api: TestApi

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  api = resources.use(await startTestApi(database.connection))
  const east = await addCluster(api.store, { name: 'east' })
  const west = await addCluster(api.store, { name: 'west' })
  const problems = [{ item: 0, reason: 'invalid_json', detail: 'at 3' }]
  await storeDeliveries(
    api.store,
    garbage.map((text, n) => ({
      cluster: n === 4 ? west.uid : east.uid,
      items: [text],
      receivedAtUs: nowUs - (n + 1) * 1_000_000,
      problems,
    })),
  )
})

afterAll(() => resources.disposeAsync())

/** The shape is what the first test looks at. */
async function ask(query: string): Promise<QuarantinePage> {
  const response = await api.get(`/v1/quarantine${query}`)
  expect(response.status).toBe(200)
  return (await response.json()) as QuarantinePage
}

test('lists what could not be read, newest first and of all time, without its bytes', async () => {
  const page = await ask('')
  expect(page.data.map(({ size }) => size)).toEqual(garbage.map((text) => text.length))
  expect(page.data[0]).toEqual({
    id: expect.any(String),
    cluster: 'east',
    time: '2026-11-20T11:59:59.000000Z',
    reason: 'invalid_json',
    detail: 'at 3',
    size: 12,
  })
  expect(page).toMatchObject({
    has_more: false,
    next_cursor: null,
    meta: { query: '', window: { since: '1970-01-01T00:00:00.000000Z', until: nowText }, order: 'desc' },
  })
})

test('gives the bytes on request, page by page, with a cursor that is sent alone', async () => {
  const walked: string[] = []
  let query = '?bytes=true&limit=2'
  for (;;) {
    const response = await api.get(`/v1/quarantine${query}`)
    const page = (await response.json()) as QuarantinePage
    walked.push(...page.data.map(({ bytes = '' }) => Buffer.from(bytes, 'base64').toString()))
    if (page.next_cursor === null) break
    query = `?cursor=${page.next_cursor}`
    expect(response.headers.get('link')).toBe(`</v1/quarantine${query}>; rel="next"`)
  }
  expect(walked).toEqual(garbage)
})

test('is narrowed by cluster and time of receipt, and by nothing else', async () => {
  expect((await ask('?cluster=west')).data.map(({ cluster }) => cluster)).toEqual(['west'])
  expect((await ask('?not.cluster=west')).data).toHaveLength(4)
  expect((await ask('?since=3s')).data).toHaveLength(3)
  for (const query of ['actor=alice', 'order=asc', 'bytes=maybe', 'bytes=true&bytes=true', 'include=raw', 'limit=0']) {
    const response = await api.get(`/v1/quarantine?${query}`)
    expect(response.status, query).toBe(400)
    expect((await problemOf(response)).parameter).toBe(query.split('=')[0])
  }
})

test('takes no cursor with anything beside it, nor one of a list of events', async () => {
  const { next_cursor: cursor } = await ask('?limit=1')
  const response = await api.get(`/v1/quarantine?cursor=${cursor}&bytes=true`)
  expect((await problemOf(response)).parameter).toBe('bytes')
  expect((await api.get(`/v1/events?cursor=${cursor}`)).status).toBe(400)
})
