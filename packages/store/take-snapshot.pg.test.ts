// takeSnapshot: what comes while a question is being asked is in its answer by its names, or not at all.

import { and, matches, not, type Query } from '@plaintrail/query/ast'
import { everything } from '@plaintrail/query/scope'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addCluster } from './clusters.ts'
import { storeDeliveries } from './events-for-tests.ts'
import { findActors } from './find-actors.ts'
import { findEvents } from './find-events.ts'
import { findSessions } from './find-sessions.ts'
import { migrate } from './migrate.ts'
import { openStore, type Store } from './open-store.ts'

const startUs = Date.UTC(2026, 10, 20) * 1_000
const window = { sinceUs: startUs, untilUs: startUs + 1_000_000 }

const resources = new AsyncDisposableStack()
let store: Store
let cluster: string

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  await migrate(database.connection)
  store = resources.use(
    openStore(database.connection, { connectionsMax: 4, statementMs: 30_000, applicationName: 'test' }),
  )
  cluster = (await addCluster(store, { name: 'east' })).uid
  await storeShellOf('alice')
})

afterAll(() => resources.disposeAsync())

async function storeShellOf(username: string): Promise<void> {
  const time = new Date(startUs / 1_000).toISOString().replace('Z', '000Z')
  const item = JSON.stringify({
    level: 'Metadata',
    auditID: crypto.randomUUID(),
    stage: 'ResponseComplete',
    requestURI: '/api/v1/namespaces/shop/pods/web/exec',
    verb: 'create',
    user: { username },
    objectRef: { apiVersion: 'v1', resource: 'pods', subresource: 'exec', namespace: 'shop', name: 'web' },
    responseStatus: { code: 101 },
    requestReceivedTimestamp: time,
    stageTimestamp: time,
  })
  await storeDeliveries(store, [{ cluster, items: [item], receivedAtUs: startUs }])
}

/** The same store, in which somebody who was never seen before asks just before a snapshot is taken. */
function storeMeeting(username: string): Store {
  const query = async (statement: pg.QueryConfig): Promise<unknown> => {
    if (statement.text.includes('l.next_seq')) await storeShellOf(username)
    return await store.pool.query(statement)
  }
  const connect = (): Promise<pg.PoolClient> => store.pool.connect()
  return { ...store, pool: Object.assign(Object.create(store.pool) as pg.Pool, { query, connect }) }
}

type Names = readonly string[]
const page = { window, order: 'desc', limit: 100, after: null, snapshot: null } as const
const asks: Readonly<Record<string, (store: Store, query: Query) => Promise<Names>>> = {
  events: async (met, query) =>
    (await findEvents(met, everything, { ...page, query })).events.map(({ actor }) => actor.name),
  sessions: async (met, query) =>
    (await findSessions(met, everything, { ...page, query, state: null, nowUs: startUs })).sessions.map(
      ({ actor }) => actor.name,
    ),
  actors: async (met, query) => (await findActors(met, everything, { ...page, query })).actors.map(({ name }) => name),
}

test.each(Object.entries(asks))('%s of nobody but whom the query means', async (list, ask) => {
  const [wanted, unwanted] = [`new-${list}`, `other-${list}`]
  expect(await ask(storeMeeting(wanted), matches('actor', [[wanted]]))).toEqual([wanted])
  const others = and([not(matches('actor', [[unwanted]])), matches('verb', [['create']])])
  expect(await ask(storeMeeting(unwanted), others)).not.toContain(unwanted)
})
