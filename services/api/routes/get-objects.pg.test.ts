// Objects over HTTP: pages, and a path to the history of each.

import type { Page } from '@plaintrail/query/page'
import { addCluster } from '@plaintrail/store/clusters'
import { storeDeliveries } from '@plaintrail/store/events-for-tests'
import type { FoundObject } from '@plaintrail/store/find-objects'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { auditItem, nowUs, pageOf, problemOf, startTestApi, type TestApi } from '../api-for-tests.ts'

interface LinkedObject extends FoundObject {
  readonly links: { readonly history: string }
}

const resources = new AsyncDisposableStack()
let api: TestApi

const at = (minutesAgo: number): string =>
  new Date(nowUs / 1_000 - minutesAgo * 60_000).toISOString().replace('Z', '000Z')

const names = ['api', 'a/b %', 'node-1']

beforeAll(async () => {
  api = resources.use(await startTestApi(resources.use(await createTestDatabase()).connection))
  const { uid } = await addCluster(api.store, { name: 'east' })
  const items = names.flatMap((name, n) =>
    ['get', 'patch'].map((verb, m) =>
      auditItem({
        auditID: `${verb}-${n}`,
        verb,
        objectRef:
          name === 'node-1'
            ? { resource: 'nodes', name, apiVersion: 'v1' }
            : { resource: 'deployments', namespace: 'shop', name, apiGroup: 'apps', apiVersion: 'v1' },
        requestReceivedTimestamp: at(10 * n + m + 1),
      }),
    ),
  )
  await storeDeliveries(api.store, [{ cluster: uid, items, receivedAtUs: nowUs }])
})

afterAll(() => resources.disposeAsync())

test('pages have each object once, with a path to all that was done to it', async () => {
  const walked: LinkedObject[] = []
  let path = '/v1/objects?q=cluster:east&limit=1'
  for (;;) {
    const response = await api.get(path)
    expect(response.status).toBe(200)
    const { data, next_cursor, meta } = (await response.json()) as Page<LinkedObject>
    expect(meta).toMatchObject({ query: 'cluster:east', counted_since: expect.any(String) as string })
    walked.push(...data)
    if (next_cursor === null) break
    path = `/v1/objects?cursor=${next_cursor}`
  }
  expect(walked.map(({ name, changes, reads }) => [name, changes, reads])).toEqual(names.map((name) => [name, 1, 1]))
  for (const { name, links, last_change } of walked) {
    const { data } = await pageOf(await api.get(links.history))
    expect(data.map(({ object, verb }) => [object?.name, verb])).toEqual([[name, 'patch']])
    expect(data[0]?.links.history).toBe(links.history)
    expect(last_change).toEqual({ time: data[0]?.time, actor: data[0]?.actor.name, verb: 'patch' })
  }
})

test('what makes no sense is refused', async () => {
  for (const wrong of ['order=asc', 'include=raw', 'fields=id', 'nonsense=1', 'cursor=c2.x.y', 'limit=0'])
    expect(await problemOf(await api.get(`/v1/objects?${wrong}`)), wrong).toMatchObject({ status: 400 })
})
