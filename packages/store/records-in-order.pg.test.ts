// recordsInOrder: each row once and in order, also where a statement in the middle took too long.

import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { sql } from 'drizzle-orm'
import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { budgetOf } from './budget.ts'
import { addCluster } from './clusters.ts'
import { storeDeliveries } from './events-for-tests.ts'
import { migrate } from './migrate.ts'
import { openStore, type Store } from './open-store.ts'
import { recordsInOrder } from './records-in-order.ts'

const secondUs = 1_000_000
const startUs = Date.UTC(2026, 10, 20) * 1_000
const stretch = { fromUs: startUs, toUs: startUs + 1_000 * secondUs }
/** Most of them where the newest come first, so that a step is full long before the stretch is over. */
const timesUs = Array.from({ length: 40 }, (_, n) => startUs + (n < 10 ? n * 60 : 900 + n) * secondUs)

const resources = new AsyncDisposableStack()
let store: Store

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  await migrate(database.connection)
  store = resources.use(
    openStore(database.connection, { connectionsMax: 4, statementMs: 30_000, applicationName: 'test' }),
  )
  const { uid } = await addCluster(store, { name: 'east' })
  await storeDeliveries(store, [{ cluster: uid, items: timesUs.map(itemAt), receivedAtUs: startUs }])
})

afterAll(() => resources.disposeAsync())

function itemAt(us: number): string {
  const time = new Date(us / 1_000).toISOString().replace('Z', '000Z')
  return JSON.stringify({
    level: 'Metadata',
    auditID: crypto.randomUUID(),
    stage: 'ResponseComplete',
    requestURI: '/healthz',
    verb: 'get',
    user: { username: 'alice' },
    requestReceivedTimestamp: time,
    stageTimestamp: time,
  })
}

/** The same store, of whose reads within a time Postgres gives up those with these numbers, from 1. */
function slowAt(...numbers: readonly number[]): Store {
  let reads = 0
  const connect = async (): Promise<pg.PoolClient> => {
    const client = await store.pool.connect()
    const query = async (statement: string | pg.QueryConfig): Promise<unknown> => {
      if (typeof statement === 'string') return await client.query(statement)
      reads += 1
      return await client.query(
        numbers.includes(reads) ? 'set local statement_timeout = 1; select pg_sleep(5)' : statement,
      )
    }
    return Object.assign(Object.create(client) as pg.PoolClient, { query, release: client.release.bind(client) })
  }
  return { ...store, pool: Object.assign(Object.create(store.pool) as pg.Pool, { connect }) }
}

test.each([
  ['desc', [2]],
  ['asc', [2]],
  ['desc', [1, 3, 5]],
  ['asc', [1, 3, 5]],
  ['desc', [2, 3, 4]],
  ['asc', [2, 3, 4]],
] as const)('%s, where the reads %j take too long', async (order, slow) => {
  const reader = recordsInOrder(slowAt(...slow), {
    where: () => sql`true`,
    answers: null,
    stretches: [stretch],
    order,
    after: null,
    budget: budgetOf(60_000),
  })
  const found: number[] = []
  while (!reader.isAtEnd()) found.push(...(await reader.next(7)).map(({ time }) => time))
  expect(found).toEqual(order === 'asc' ? timesUs : timesUs.toReversed())
})
