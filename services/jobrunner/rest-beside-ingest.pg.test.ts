import { addCluster } from '@plaintrail/store/clusters'
import { migrate } from '@plaintrail/store/migrate'
import { openStore, type Store } from '@plaintrail/store/open-store'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { restBesideIngest } from './rest-beside-ingest.ts'

const own = new AsyncDisposableStack()
let store: Store
beforeAll(async () => {
  const { connection } = own.use(await createTestDatabase())
  await migrate(connection)
  const options = { connectionsMax: 1, statementMs: 10_000, applicationName: 'plaintrail:test' }
  store = own.use(openStore(connection, options))
})
afterAll(() => own.disposeAsync())

const bounds = { restShare: 0.5, busyEventsPerSecond: 1_000 }

test('it rests the more the more is stored, and not at all where nothing is', async () => {
  const { uid } = await addCluster(store, { name: 'east' })
  await store.pool.query(
    `insert into lane (cluster_id, name, next_seq) select id, 'main', 101 from cluster where uid = $1::uuid`,
    [uid],
  )
  const stored = (events: number) => store.pool.query('update lane set next_seq = next_seq + $1::int8', [events])
  let nowMs = 0
  const rests = restBesideIngest(store, bounds, () => nowMs)
  const after = async (ms: number): Promise<number> => {
    nowMs += ms
    return await rests.after(100)
  }

  // What is stored already says nothing of now.
  expect(await after(0)).toBe(50)
  await stored(400)
  expect(await after(999)).toBe(50)
  expect(await after(1)).toBe(20)
  expect(await after(500)).toBe(20)
  await stored(10_000)
  expect(await after(1_500)).toBe(50)
  expect(await after(1_000)).toBe(0)
})

test('where it is told that anything is busy, it always rests', async () => {
  let nowMs = 0
  const rests = restBesideIngest(store, { restShare: 4, busyEventsPerSecond: 0 }, () => nowMs)
  for (nowMs = 0; nowMs < 5_000; nowMs += 1_000) expect(await rests.after(10)).toBe(40)
})
