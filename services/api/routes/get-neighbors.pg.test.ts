// Neighbors over HTTP: the event among them is marked, and what makes no sense is refused.

import { addCluster } from '@plaintrail/store/clusters'
import { storeDeliveries } from '@plaintrail/store/events-for-tests'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { auditItem, nowUs, pageOf, problemOf, startTestApi, type TestApi } from '../api-for-tests.ts'

const resources = new AsyncDisposableStack()
let api: TestApi
let ids: readonly string[]

beforeAll(async () => {
  api = resources.use(await startTestApi(resources.use(await createTestDatabase()).connection))
  const { uid } = await addCluster(api.store, { name: 'east' })
  const items = [10, 4, 3, 2, 1].map((minutes) =>
    auditItem({
      auditID: `ago-${minutes}`,
      user: { username: minutes === 4 ? 'bob' : 'alice' },
      requestReceivedTimestamp: new Date(nowUs / 1_000 - minutes * 60_000).toISOString().replace('Z', '000Z'),
    }),
  )
  await storeDeliveries(api.store, [{ cluster: uid, items, receivedAtUs: nowUs }])
  ids = (await pageOf(await api.get('/v1/events?order=asc'))).data.map(({ id }) => id)
})

afterAll(() => resources.disposeAsync())

async function places(parameters: string): Promise<readonly (readonly [string, number])[]> {
  const response = await api.get(`/v1/events/${ids[2]}/neighbors${parameters}`)
  if (response.status !== 200) throw new Error(await response.text())
  const { data } = (await response.json()) as { data: { place: string; event: { id: string } }[] }
  return data.map(({ place, event }) => [place, ids.indexOf(event.id)])
}

test('the event stands among its neighbors, which are alike and near', async () => {
  const self = ['self', 2] as const
  expect(await places('')).toEqual([self, ['after', 3], ['after', 4]])
  expect(await places('?by=cluster&limit=1')).toEqual([['before', 1], self, ['after', 3]])
  expect(await places('?by=object&window=10m')).toEqual([
    ['before', 0],
    ['before', 1],
    self,
    ['after', 3],
    ['after', 4],
  ])
  expect(await places('?by=session&window=59s')).toEqual([self])
})

test('what is not there is 404, and what makes no sense 400', async () => {
  expect(await problemOf(await api.get('/v1/events/evt_x/neighbors'))).toMatchObject({ status: 404 })
  for (const wrong of ['window=25h', 'window=0s', 'window=2026-11-20', 'window=now', 'by=rule', 'limit=501', 'q=a'])
    expect(await problemOf(await api.get(`/v1/events/${ids[2]}/neighbors?${wrong}`)), wrong).toMatchObject({
      status: 400,
    })
})
