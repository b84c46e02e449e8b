import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { describe, expect, test, vi } from 'vitest'
import { addCluster } from './clusters.ts'
import { storeDeliveries } from './events-for-tests.ts'
import { migrate } from './migrate.ts'
import { openStore } from './open-store.ts'
import { watchArrivals } from './watch-arrivals.ts'

const nowUs = Date.now() * 1_000
let sent = 0
const item = (): string =>
  `{"auditID":"${(sent += 1)}","stage":"ResponseComplete","verb":"get","requestURI":"/x","user":{"username":"a"},` +
  `"requestReceivedTimestamp":"${new Date().toISOString()}"}`

describe('watchArrivals', () => {
  test('is told of stored events at once, also after its connection was cut, and keeps none when it ends', async () => {
    await using database = await createTestDatabase()
    await migrate(database.connection)
    const options = { statementMs: 10_000, connectionsMax: 4 }
    await using store = openStore(database.connection, { ...options, applicationName: 'test' })
    await using listening = openStore(database.connection, { ...options, applicationName: 'listener' })
    const { uid } = await addCluster(store, { name: 'east' })
    const onArrival = vi.fn<() => void>()
    const onBroken = vi.fn<(error: unknown) => void>()
    const watch = watchArrivals(listening, onArrival, onBroken)
    await vi.waitUntil(() => watch.isListening())
    const isTold = async (): Promise<void> => {
      onArrival.mockClear()
      await storeDeliveries(store, [{ cluster: uid, items: [item()], receivedAtUs: nowUs }])
      await vi.waitUntil(() => onArrival.mock.calls.length > 0)
    }
    await isTold()
    await store.pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'listener' and datname = current_database()",
    )
    await vi.waitUntil(() => onBroken.mock.calls.length > 0)
    expect(watch.isListening()).toBe(false)
    await vi.waitUntil(() => watch.isListening(), { timeout: 10_000 })
    await isTold()
    await watch[Symbol.asyncDispose]()
    expect(listening.pool.totalCount).toBe(0)
  })
})
