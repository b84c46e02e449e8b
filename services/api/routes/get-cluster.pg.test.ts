// One cluster: what it sent last, lane by lane, and what is known to be missing.

import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { addCluster } from '@plaintrail/store/clusters'
import { storeDeliveries } from '@plaintrail/store/events-for-tests'
import { recordGap } from '@plaintrail/store/gaps'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { auditItem, nowText, nowUs, problemOf, startTestApi, type TestApi } from '../api-for-tests.ts'

const resources = new AsyncDisposableStack()
const hourUs = 3_600_000_000
let api: TestApi
let uid: string

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  api = resources.use(await startTestApi(database.connection))
  const cluster = await addCluster(api.store, { name: 'east' })
  uid = cluster.uid
  await addCluster(api.store, { name: 'silent' })
  const earlier = auditItem({ auditID: 'earlier', requestReceivedTimestamp: '2026-11-20T11:00:00.000000Z' })
  await storeDeliveries(api.store, [
    { cluster: uid, items: [earlier], receivedAtUs: nowUs - hourUs },
    { cluster: uid, items: [auditItem({})], receivedAtUs: nowUs - 1_000_000 },
  ])
  const gap = { clusterUid: uid, cause: 'body_too_large', detail: 'one' }
  await recordGap(api.store, { ...gap, fromUs: nowUs - 2 * hourUs, toUs: nowUs - hourUs })
  await recordGap(api.store, { ...gap, fromUs: nowUs - 50 * hourUs, toUs: nowUs - 49 * hourUs })
})

afterAll(() => resources.disposeAsync())

test('is found by its id and by its name, with its lanes and the gaps of 24 hours', async () => {
  for (const id of [uid, uid.toUpperCase(), 'east'])
    expect(await (await api.get(`/v1/clusters/${id}`)).json(), id).toEqual({
      id: uid,
      name: 'east',
      created_at: expect.any(String),
      last_event_at: '2026-11-20T11:59:59.000000Z',
      events: 2,
      credentials: 0,
      newest_event: nowText,
      lanes: [{ name: 'main', last_event_at: '2026-11-20T11:59:59.000000Z', numbered: 2 }],
      gaps: [
        {
          cluster: 'east',
          from: '2026-11-20T10:00:00.000000Z',
          to: '2026-11-20T11:00:00.000000Z',
          cause: 'body_too_large',
        },
      ],
    })
})

test('that never sent anything says so', async () => {
  expect(await (await api.get('/v1/clusters/silent')).json()).toMatchObject({
    last_event_at: null,
    newest_event: null,
    events: 0,
    lanes: [],
    gaps: [],
  })
})

test('is 404 where there is none', async () => {
  for (const id of ['west', '00000000-0000-4000-8000-000000000000', '%00', 'ea*', "'"])
    expect(await problemOf(await api.get(`/v1/clusters/${id}`)), id).toMatchObject({ status: 404, code: 'not_found' })
})
