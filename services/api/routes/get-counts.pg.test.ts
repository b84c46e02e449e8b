// Counts over HTTP: what they say beside their numbers, and what is refused.

import { addCluster } from '@plaintrail/store/clusters'
import { storeDeliveries } from '@plaintrail/store/events-for-tests'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { auditItem, nowText, nowUs, problemOf, startTestApi, type TestApi } from '../api-for-tests.ts'

const resources = new AsyncDisposableStack()
let api: TestApi

const at = (minutesAgo: number): string =>
  new Date(nowUs / 1_000 - minutesAgo * 60_000).toISOString().replace('Z', '000Z')

beforeAll(async () => {
  api = resources.use(await startTestApi(resources.use(await createTestDatabase()).connection))
  const { uid } = await addCluster(api.store, { name: 'east' })
  const items = ['get', 'patch', 'patch', 'delete'].map((verb, n) =>
    auditItem({ auditID: `one-${n}`, verb, requestReceivedTimestamp: at(n + 1) }),
  )
  await storeDeliveries(api.store, [{ cluster: uid, items, receivedAtUs: nowUs }])
})

afterAll(() => resources.disposeAsync())

async function ask(path: string): Promise<Readonly<Record<string, unknown>>> {
  const response = await api.get(path)
  if (response.status !== 200) throw new Error(await response.text())
  return (await response.json()) as Readonly<Record<string, unknown>>
}

test('facets have the fields asked for, and say how complete they are', async () => {
  const answer = await ask('/v1/events/facets?q=is:write&fields=verb&fields=ns,code&limit=1&since=1h')
  expect(answer).toMatchObject({
    data: [
      {
        field: 'verb',
        values: [{ value: 'patch', count: 2 }],
        other: 1,
        none: 0,
        distinct: { value: 2, relation: 'eq' },
      },
      { field: 'ns', values: [{ value: 'shop', count: 3 }], other: 0 },
      { field: 'code', values: [{ value: '200', count: 3 }], other: 0 },
    ],
    requests: 3,
    meta: { query: 'class:write', counted_since: at(60), stats: { partial: false }, coverage: { complete: true } },
  })
  expect((await ask('/v1/events/facets'))['data']).toHaveLength(6)
})

test('a histogram has empty buckets too, and says how long they are', async () => {
  const answer = await ask('/v1/events/histogram?since=6m&interval=1m&by=verb')
  expect(answer['interval']).toBe('1m')
  expect(answer['data']).toEqual(
    [{}, {}, { delete: 1 }, { patch: 1 }, { patch: 1 }, { get: 1 }].map((by, n) => ({
      from: at(6 - n),
      to: n === 5 ? nowText : at(5 - n),
      count: Object.keys(by).length,
      by,
    })),
  )
  expect(await ask('/v1/events/histogram?q=verb:get')).toMatchObject({ interval: '15m', meta: { query: 'verb:get' } })
})

test('what makes no sense is refused', async () => {
  for (const wrong of [
    'facets?fields=password',
    'facets?limit=101',
    'facets?cursor=c2.x.y',
    'facets?include=total',
    'histogram?interval=2m',
    'histogram?by=name',
    'histogram?limit=1',
    'histogram?since=2014-01-01&interval=1m',
    'histogram?since=1970-01-01',
    'histogram?nonsense=1',
  ])
    expect(await problemOf(await api.get(`/v1/events/${wrong}`)), wrong).toMatchObject({ status: 400 })
})
