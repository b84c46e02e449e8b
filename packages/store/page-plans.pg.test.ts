// How Postgres reads a page: by an index, in the partitions of the window and no others.

import { everything as everyEvent, type Query } from '@plaintrail/query/ast'
import { queryOfParameters } from '@plaintrail/query/query-of-parameters'
import { everything } from '@plaintrail/query/scope'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { sql, type SQL } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addCluster } from './clusters.ts'
import { eventStretches, type Stretch } from './event-stretches.ts'
import { storeDeliveries } from './events-for-tests.ts'
import { findRecords, recordsQuery } from './find-records.ts'
import { migrate } from './migrate.ts'
import { openStore, type Store } from './open-store.ts'
import { knownEventDays } from './event-days.ts'
import { queryConditions } from './query-conditions.ts'
import { statementOf } from './read-rows.ts'
import { claimsQuery } from './read-siblings.ts'
import { isInSnapshot, takeSnapshot } from './take-snapshot.ts'

const dayUs = 86_400_000_000
const startUs = Date.UTC(2026, 10, 10) * 1000
const days = 4
const eventsADay = 2_000
/** Two of the four days. */
const window = { sinceUs: startUs + dayUs, untilUs: startUs + 3 * dayUs }
const wholeWindow = { fromUs: window.sinceUs, toUs: window.untilUs }
const partitionsInWindow = ['event_20261111', 'event_20261112']

const resources = new AsyncDisposableStack()
let store: Store

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  await migrate(database.connection)
  store = resources.use(openStore(database.connection, { connectionsMax: 2, statementMs: 0, applicationName: 'test' }))
  const { uid } = await addCluster(store, { name: 'east' })
  const items = Array.from({ length: days * eventsADay }, (_, index) => item(index))
  await storeDeliveries(store, [{ cluster: uid, items, receivedAtUs: startUs }])
  await store.pool.query('analyze')
})

afterAll(() => resources.disposeAsync())

test.each([
  ['an object', { kind: 'deploy', ns: 'ns-7', name: 'app-7' }],
  ['an actor', { actor: 'user-3' }],
  ['a namespace', { ns: 'ns-7' }],
  ['time alone', {}],
])('a page by %s is read by index scans in the partitions of the window alone', async (_, parameters) => {
  const where = await conditionOf(queryOfParameters(parameters, 0))
  for (const stretch of eventStretches(await knownEventDays(store), window, 'desc')) {
    const query = recordsQuery({ ...stretch, where, order: 'desc', after: null, limit: 51 })
    const scans = await scansOf(query)
    expect(scans.map(({ table }) => table).toSorted()).toEqual(partitionsInWindow)
    expect(scans.filter(({ type }) => !type.startsWith('Index'))).toEqual([])
  }
})

test('a page by a text is read in the order of time, also where hardly any event says it', async () => {
  const where = await conditionOf({ kind: 'says', text: ['nobody-ever in ns-7'] })
  const query = recordsQuery({ ...wholeWindow, where, order: 'desc', after: null, limit: 51 })
  const { text, values } = statementOf(query)
  const { rows } = await store.pool.query<{ 'QUERY PLAN': string }>({ text: `explain ${text}`, values })
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
  expect(plan).not.toMatch(/Sort|Seq Scan|Bitmap/)
  expect((await scansOf(query)).map(({ table }) => table).toSorted()).toEqual(partitionsInWindow)
})

test.each([
  ['of an address', { ip: '10.0.0.7' }, ['source']],
  [
    'in a namespace',
    { ns: 'ns-7', actor: 'user-7', kind: 'deploy', verb: 'patch' },
    ['namespace', 'resource', 'actor', 'verb'],
  ],
])('a few events %s are found by an index alone, and no other rows are read', async (_, parameters, columns) => {
  const where = await conditionOf(queryOfParameters(parameters, 0))
  const query = recordsQuery({ ...wholeWindow, where, order: 'desc', after: null, limit: 51 })
  const { text, values } = statementOf(query)
  const { rows } = await store.pool.query<{ 'QUERY PLAN': string }>({ text: `explain ${text}`, values })
  const conditions = rows.map((row) => row['QUERY PLAN']).filter((line) => line.includes('Index Cond: '))
  expect(conditions).toHaveLength(partitionsInWindow.length)
  for (const condition of conditions) for (const column of columns) expect(condition).toContain(`${column}_id = `)
})

test('the stages of a page are looked up by index, with a day to both sides for other claims to the same stage', async () => {
  const where = await conditionOf(everyEvent)
  const ask = {
    fromUs: window.sinceUs,
    toUs: window.sinceUs + dayUs / 2,
    order: 'desc',
    after: null,
    limit: 51,
  } as const
  const scans = await scansOf(
    claimsQuery(
      await findRecords(store, { ...ask, where }),
      // As ten days later, when these have statistics and many come after them.
      [(startUs + 10 * dayUs) / dayUs],
      await takeSnapshot(store, everything),
    ),
  )
  expect(new Set(scans.map(({ table }) => table))).toEqual(
    new Set(['event_20261110', 'event_20261111', 'event_20261112']),
  )
  expect(scans.filter(({ type }) => !type.startsWith('Index'))).toEqual([])
})

test('a day that has no statistics yet is read by the auditID alone', async () => {
  await using database = await createTestDatabase()
  await migrate(database.connection)
  await using fresh = openStore(database.connection, { connectionsMax: 2, statementMs: 0, applicationName: 'test' })
  const { uid } = await addCluster(fresh, { name: 'east' })
  await storeDeliveries(fresh, [
    { cluster: uid, items: Array.from({ length: 2_000 }, (_, index) => item(index)), receivedAtUs: startUs },
  ])
  const conditions = await queryConditions(fresh, everything, everyEvent)
  const bounds = { fromUs: startUs, toUs: startUs + dayUs, order: 'desc', after: null, limit: 51 } as const
  const found = await findRecords(fresh, { ...bounds, where: conditions?.where(bounds) ?? sql`false` })
  const { text, values } = statementOf(claimsQuery(found, await knownEventDays(fresh)))
  const { rows } = await fresh.pool.query<{ 'QUERY PLAN': string }>({ text: `explain ${text}`, values })
  expect(found.length).toBe(51)
  expect(rows.map((row) => row['QUERY PLAN']).filter((line) => line.includes('BitmapAnd'))).toEqual([])
})

/** With the snapshot, as findEvents asks. */
async function conditionOf(query: Query, stretch: Stretch = wholeWindow): Promise<SQL> {
  const conditions = await queryConditions(store, everything, query)
  if (!conditions) throw new Error('there are such events')
  return sql`${conditions.where(stretch)} and ${isInSnapshot(await takeSnapshot(store, everything))}`
}

interface Scan {
  readonly type: string
  readonly table: string
}

async function scansOf(query: ReturnType<typeof recordsQuery>): Promise<readonly Scan[]> {
  const { text, values } = statementOf(query)
  const { rows } = await store.pool.query<{ 'QUERY PLAN': readonly { Plan: PlanNode }[] }>({
    text: `explain (format json) ${text}`,
    values,
  })
  return rows.flatMap((row) => row['QUERY PLAN'].flatMap(({ Plan }) => scansIn(Plan)))
}

interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly Plans?: readonly PlanNode[]
}

function scansIn(node: PlanNode): readonly Scan[] {
  const table = node['Relation Name']
  const own = table === undefined ? [] : [{ type: node['Node Type'], table }]
  return [...own, ...(node.Plans ?? []).flatMap(scansIn)]
}

function item(index: number): string {
  const us = startUs + Math.floor((index * dayUs) / eventsADay)
  const object = index % 10
  return JSON.stringify({
    level: 'Metadata',
    auditID: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    stage: 'ResponseComplete',
    requestURI: '/apis/apps/v1/made-up',
    verb: 'patch',
    user: { username: `user-${index % 20}` },
    sourceIPs: [`10.0.0.${index % 100}`],
    objectRef: {
      apiGroup: 'apps',
      apiVersion: 'v1',
      resource: 'deployments',
      namespace: `ns-${object}`,
      name: `app-${object}`,
    },
    responseStatus: { code: 200 },
    requestReceivedTimestamp: `${new Date(us / 1000).toISOString().slice(0, -1)}000Z`,
  })
}
