// The history of one object over HTTP: what was done to it, and to nothing else of its name.

import { addCluster } from '@plaintrail/store/clusters'
import { storeDeliveries } from '@plaintrail/store/events-for-tests'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditItem, nowUs, pageOf, problemOf, startTestApi, type EventPage, type TestApi } from '../api-for-tests.ts'

const resources = new AsyncDisposableStack()
let api: TestApi

const at = (secondsAgo: number): string => new Date(nowUs / 1_000 - secondsAgo * 1_000).toISOString()
const done = (auditID: string, verb: string, objectRef: object, secondsAgo: number): string =>
  auditItem({ auditID, verb, requestURI: `/${auditID}`, objectRef, requestReceivedTimestamp: at(secondsAgo) })

const pod = { resource: 'pods', namespace: 'shop', name: 'web', apiVersion: 'v1' }
const podMetrics = { ...pod, apiGroup: 'metrics.k8s.io', apiVersion: 'v1beta1' }
const checkout = { resource: 'deployments', namespace: 'shop', name: 'checkout', apiGroup: 'apps', apiVersion: 'v1' }
const role = { resource: 'clusterroles', name: 'system:a,b', apiGroup: 'rbac.authorization.k8s.io', apiVersion: 'v1' }
const namespace = { resource: 'namespaces', namespace: 'shop', name: 'shop', apiVersion: 'v1' }
const items = [
  done('pod-deleted', 'delete', pod, 10),
  done('pod-read', 'get', pod, 11),
  done('pod-exec', 'get', { ...pod, subresource: 'exec' }, 12),
  done('metrics-deleted', 'delete', podMetrics, 13),
  done('metrics-read', 'get', podMetrics, 14),
  done('pod-elsewhere', 'delete', { ...pod, namespace: 'pay' }, 15),
  done('role-changed', 'update', role, 16),
  done('namespace-made', 'create', namespace, 17),
  ...[0, 1, 2, 3, 4].map((n) => done(`checkout-${n}`, 'patch', checkout, 40 * 86_400 * n + 20)),
]

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  api = resources.use(await startTestApi(database.connection))
  for (const name of ['east', 'west']) {
    const { uid } = await addCluster(api.store, { name })
    await storeDeliveries(api.store, [
      { cluster: uid, items: name === 'east' ? items : [items[0] ?? ''], receivedAtUs: nowUs },
    ])
  }
})

afterAll(() => resources.disposeAsync())

const ask = async (path: string): Promise<EventPage> => await pageOf(await api.get(`/v1/objects/${path}`))
const auditIds = ({ data }: EventPage): readonly string[] => data.map(({ audit }) => audit.id)
const refused = async (path: string) => {
  const response = await api.get(path)
  expect(response.status).toBe(400)
  return await problemOf(response)
}

describe('the history of an object', () => {
  test('is its changes and connects of all time, and neither those of another group, namespace nor cluster', async () => {
    const page = await ask('east/core/pods/shop/web/history')
    expect(auditIds(page)).toEqual(['pod-deleted', 'pod-exec'])
    expect(page.meta.window.since).toBe('1970-01-01T00:00:00.000000Z')
    expect(page.meta.query).toBe('cluster:east class:connect,write kind:pods.v1 ns:shop name:web')
    expect(auditIds(await ask('east/metrics.k8s.io/pods/shop/web/history'))).toEqual(['metrics-deleted'])
    expect(auditIds(await ask('west/core/pods/shop/web/history'))).toEqual(['pod-deleted'])
  })

  test('has its reads where they are asked for', async () => {
    expect(auditIds(await ask('east/core/pods/shop/web/history?class=read'))).toEqual(['pod-read'])
    expect(auditIds(await ask('east/metrics.k8s.io/pods/shop/web/history?class=read,write'))).toEqual([
      'metrics-deleted',
      'metrics-read',
    ])
    expect(auditIds(await ask('east/core/pods/shop/web/history?not.class=write'))).toEqual(['pod-read', 'pod-exec'])
  })

  test('is filtered further, but not by what the path says', async () => {
    expect(auditIds(await ask('east/core/pods/shop/web/history?sub=exec'))).toEqual(['pod-exec'])
    for (const key of ['cluster', 'kind', 'ns', 'name', 'not.name'])
      expect((await refused(`/v1/objects/east/core/pods/shop/web/history?${key}=x`)).hint).toBe('Leave it out.')
  })

  test('of an object in no namespace has _ in its place, and a name may hold anything', async () => {
    const name = encodeURIComponent(role.name)
    expect(auditIds(await ask(`east/rbac.authorization.k8s.io/clusterroles/_/${name}/history`))).toEqual([
      'role-changed',
    ])
    expect(auditIds(await ask('east/core/namespaces/_/shop/history'))).toEqual(['namespace-made'])
  })

  test('is where the link of each of its events leads', async () => {
    const everything = await pageOf(await api.get('/v1/events?since=1970-01-01&cluster=east'))
    expect(everything.data).toHaveLength(items.length)
    for (const event of everything.data) {
      const history = await pageOf(await api.get(`${event.links.history}?not.class=other`))
      expect(history.data.map(({ id }) => id)).toContain(event.id)
    }
  })

  test('is refused for a path that can name no object', async () => {
    const long = 'x'.repeat(600)
    expect((await refused('/v1/objects/east/core/pods/shop/a%00b/history')).parameter).toBe('name')
    expect((await refused(`/v1/objects/east/core/pods/shop/${long}/history`)).parameter).toBe('name')
    expect((await refused(`/v1/objects/${long}/core/pods/shop/web/history`)).parameter).toBe('cluster')
  })
})

describe('a cursor of a history', () => {
  const path = 'east/apps/deployments/shop/checkout/history'

  test('leads through all of it, also where the path has another spelling', async () => {
    for (const spelled of [path, path.replace('deployments', 'Deployments')]) {
      const walked: string[] = []
      let page = await ask(`${spelled}?limit=2`)
      for (;;) {
        walked.push(...auditIds(page))
        if (page.next_cursor === null) break
        page = await ask(`${spelled}?cursor=${page.next_cursor}`)
      }
      expect(walked).toEqual(['checkout-0', 'checkout-1', 'checkout-2', 'checkout-3', 'checkout-4'])
    }
  })

  test('stands in the header Link with the path as it was sent', async () => {
    const response = await api.get(`/v1/objects/${path.replace('deployments', 'Deployments')}?limit=2`)
    const [, next = ''] = /^<(.*)>; rel="next"$/.exec(response.headers.get('link') ?? '') ?? []
    expect(next).toContain('/Deployments/')
    expect(auditIds(await pageOf(await api.get(next)))).toEqual(['checkout-2', 'checkout-3'])
  })

  test('is refused at any other path', async () => {
    const { next_cursor: cursor } = await ask(`${path}?limit=2`)
    const others = ['/v1/events', '/v1/quarantine', `/v1/objects/${path.replace('checkout', 'cart')}`]
    for (const other of [...others, `/v1/objects/${path.replace('east', 'west')}`])
      expect(await refused(`${other}?cursor=${cursor}`)).toMatchObject({ parameter: 'cursor' })
  })
})
