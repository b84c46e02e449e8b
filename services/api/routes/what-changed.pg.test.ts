// What changed, asked over HTTP: lists, counts and words for who types, and how far history is.

import { addCluster } from '@plaintrail/store/clusters'
import { storeDeliveries } from '@plaintrail/store/events-for-tests'
import { followAll } from '@plaintrail/store/history-for-tests'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { auditItem, nowUs, pageOf, problemOf, startTestApi, type TestApi } from '../api-for-tests.ts'

const resources = new AsyncDisposableStack()
let api: TestApi

beforeAll(async () => {
  api = resources.use(await startTestApi(resources.use(await createTestDatabase()).connection))
  const { uid } = await addCluster(api.store, { name: 'east' })
  await addCluster(api.store, { name: 'west' })
  const items = [writeOf(1, 'create', 5, '1.8'), writeOf(2, 'update', 0, '1.8'), writeOf(3, 'update', 0, '1.9')]
  await storeDeliveries(api.store, [{ cluster: uid, items, receivedAtUs: nowUs }])
})

afterAll(() => resources.disposeAsync())

test('is known when history has followed, and until then the answer says how far it is', async () => {
  const before = await pageOf(await api.get('/v1/events?q=changed:spec.replicas+to:0'))
  expect(before.data).toEqual([])
  expect(before.meta.history).toMatchObject({ complete: false, behind: 3 })
  expect((await pageOf(await api.get('/v1/events?image=*&cluster=west'))).meta.history).toMatchObject({ behind: 0 })
  await followAll(api.store)
  const after = await pageOf(await api.get('/v1/events?changed=replicas&to=0'))
  expect(after.data.map(({ audit }) => audit.id)).toEqual(['write-2'])
  expect(after.meta).toMatchObject({
    query: 'changed:replicas to:0',
    history: { complete: true, behind: 0, until: null },
  })
  expect((await pageOf(await api.get('/v1/events?q=is:write'))).meta).not.toHaveProperty('history')
})

test('is asked in every list, and goes on by a cursor', async () => {
  await followAll(api.store)
  const first = await pageOf(await api.get('/v1/events?q=image:*/api:*&limit=1'))
  expect(first.data.map(({ audit }) => audit.id)).toEqual(['write-3'])
  const second = await pageOf(await api.get(`/v1/events?cursor=${first.next_cursor}`))
  expect(second.data.map(({ audit }) => audit.id)).toEqual(['write-1'])
  expect(second.meta.history).toMatchObject({ complete: true })
  const facets = await json('/v1/events/facets?q=changed:image&fields=verb')
  expect(facets).toMatchObject({
    requests: 1,
    data: [{ field: 'verb', values: [{ value: 'update', count: 1 }] }],
    meta: { history: { behind: 0 } },
  })
  expect(await json('/v1/events/histogram?q=-changed:*')).toMatchObject({ meta: { history: { behind: 0 } } })
  for (const path of ['objects', 'actors', 'sessions'])
    expect(await json(`/v1/${path}?q=changed:spec`)).toMatchObject({ meta: { history: { complete: true } } })
  const named = '/v1/objects/east/apps/deployments/shop/api/history?q=changed:spec.replicas'
  expect((await pageOf(await api.get(named))).data).toHaveLength(1)
})

test('is explained, and completed by the paths that changed', async () => {
  await followAll(api.store)
  expect(await json('/v1/queries/explain?q=changed:spec.replicas+to:0')).toMatchObject({
    query: 'changed:spec.replicas to:0',
  })
  const { candidates } = (await json('/v1/queries/complete?q=changed:repl')) as { candidates: unknown }
  expect(candidates).toEqual([{ text: 'spec.replicas', description: '' }])
})

test.each(['changed=spec', 'q=to:0', 'q=ns:a+OR+-image:x', 'not.from_value=5'])(
  'cannot be followed live, which is said: %s',
  async (asked) => {
    const response = await api.get(`/v1/events/stream?${asked}`)
    expect(response.status).toBe(422)
    expect(await problemOf(response)).toMatchObject({ code: 'unavailable' })
  },
)

async function json(path: string): Promise<unknown> {
  const response = await api.get(path)
  expect(response.status, path).toBe(200)
  return await response.json()
}

function writeOf(version: number, verb: 'create' | 'update', replicas: number, tag: string): string {
  const at = `${new Date((nowUs - (10 - version) * 1_000_000) / 1_000).toISOString().slice(0, -1)}000Z`
  return auditItem({
    auditID: `write-${version}`,
    level: 'RequestResponse',
    verb,
    requestURI: '/apis/apps/v1/namespaces/shop/deployments/api',
    objectRef: { apiGroup: 'apps', apiVersion: 'v1', resource: 'deployments', namespace: 'shop', name: 'api' },
    responseStatus: { code: verb === 'create' ? 201 : 200 },
    responseObject: {
      kind: 'Deployment',
      apiVersion: 'apps/v1',
      metadata: {
        name: 'api',
        namespace: 'shop',
        uid: '5f8d3c1e-0000-4000-8000-000000000001',
        resourceVersion: String(100 + version),
        generation: version,
      },
      spec: {
        replicas,
        template: { spec: { containers: [{ name: 'api', image: `registry.acme.example/api:${tag}` }] } },
      },
    },
    requestReceivedTimestamp: at,
    stageTimestamp: at,
  })
}
