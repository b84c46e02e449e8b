// Who is behind events, asked of Postgres: by which index, in which partitions, and what is not looked for yet.

import { parseQuery } from '@plaintrail/query/parse-query'
import { everything } from '@plaintrail/query/scope'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addCluster } from './clusters.ts'
import { storeDeliveries } from './events-for-tests.ts'
import { findEvents } from './find-events.ts'
import { recordsQuery } from './find-records.ts'
import { openTestStore } from './history-for-tests.ts'
import type { Store } from './open-store.ts'
import { makeInitiatorDays } from './partitions.ts'
import { queryConditions } from './query-conditions.ts'
import { statementOf } from './read-rows.ts'

const dayUs = 86_400_000_000
const startUs = Date.UTC(2026, 10, 10) * 1000
const days = 4
const eventsADay = 5_000
/** Two of the four days. */
const stretch = { fromUs: startUs + dayUs, toUs: startUs + 3 * dayUs }
const partitionsInStretch = ['event_20261111', 'event_20261112', 'event_initiator_20261111', 'event_initiator_20261112']

const resources = new AsyncDisposableStack()
let store: Store

beforeAll(async () => {
  store = await openTestStore(resources, await createTestDatabase())
  const { uid } = await addCluster(store, { name: 'east' })
  const items = Array.from({ length: days * eventsADay }, (_, index) => item(index))
  await storeDeliveries(store, [{ cluster: uid, items, receivedAtUs: startUs }])
  await makeInitiatorDays(
    store,
    Array.from({ length: days }, (_, day) => startUs / dayUs + day),
  )
  // Half of what the controller does goes back to somebody, to one of 200 people.
  await store.pool.query(`
    insert into event_initiator (time, key, kind, confidence, name, looked, chain, considered)
    select e.time, e.key, 'person', 'certain', 'user-' || (e.name::int8 / 4 % 200), '{}', '[]', '[]'
    from event e where e.name::int8 % 4 = 0`)
  await store.pool.query('insert into attribution_position (lane_id, next_seq) select id, next_seq from lane')
  await store.pool.query('analyze')
}, 60_000)

afterAll(() => resources.disposeAsync())

test.each([
  ['a person', 'initiator:user-7'],
  ['one of two', 'initiator:user-7,user-9'],
  ['a person, beside others', 'initiator:user-7 (verb:patch OR actor:nobody) kind:deploy'],
  ['a commit, which is no actor', 'initiator:f00ba4'],
])('what %s is behind is found by indexes, in the partitions of the window alone', async (_, text) => {
  const plan = await planOf(text)
  const scans = plan.filter((node) => node['Relation Name']?.startsWith('event') === true)
  const tables = [...new Set(scans.map((node) => node['Relation Name'] ?? ''))]
  expect(tables.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(partitionsInStretch)
  expect(scans.filter((node) => node['Node Type'].includes('Seq'))).toEqual([])
  expect(plan.filter((node) => node['Index Name']?.endsWith('_left_time_idx'))).toHaveLength(2)
  const read = scans.reduce((sum, node) => sum + node['Actual Rows'] * node['Actual Loops'], 0)
  expect(read).toBeLessThan(eventsADay / 4)
})

test('what nobody is behind is read in the order of time', async () => {
  const plan = await planOf('initiator:""')
  expect(plan.filter((node) => /Seq Scan|Sort/.test(node['Node Type']) && isEvents(node))).toEqual([])
})

test('of an account nothing is told that was not looked for, of a person what he does himself', async () => {
  const count = async (text: string): Promise<number> => {
    const window = { sinceUs: startUs, untilUs: startUs + dayUs }
    const page = { window, order: 'desc', limit: 5_000, after: null, snapshot: null } as const
    return (await findEvents(store, everything, { ...page, query: parseQuery(text, 0) })).events.length
  }
  const all = [await count('initiator:sa:ci/builder'), await count('initiator:user-7'), await count('initiator:""')]
  expect(all).toEqual([eventsADay / 4, 7 + 7, eventsADay / 4])
  await store.pool.query('update attribution_position set next_seq = 1')
  expect(await count('initiator:sa:ci/builder')).toBe(0)
  expect(await count('initiator:user-7')).toBe(7 + 7)
  expect(await count('initiator:""')).toBe(eventsADay / 2)
  await store.pool.query('update attribution_position p set next_seq = l.next_seq from lane l where l.id = p.lane_id')
})

interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly Plans?: readonly PlanNode[]
}

const isEvents = (node: PlanNode): boolean => node['Relation Name']?.startsWith('event') === true

async function planOf(asked: string): Promise<readonly PlanNode[]> {
  const conditions = await queryConditions(store, everything, parseQuery(asked, 0))
  if (conditions === null) throw new Error('there are such events')
  const where = conditions.where(stretch)
  const { text, values } = statementOf(recordsQuery({ ...stretch, where, order: 'desc', after: null, limit: 51 }))
  const { rows } = await store.pool.query<{ 'QUERY PLAN': readonly { Plan: PlanNode }[] }>({
    text: `explain (analyze, format json) ${text}`,
    values,
  })
  return rows.flatMap((row) => row['QUERY PLAN'].flatMap(({ Plan }) => nodesIn(Plan)))
}

function nodesIn(node: PlanNode): readonly PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesIn)]
}

/** By turns: a controller, a person, a controller, an account. */
function item(index: number): string {
  const us = startUs + Math.floor((index * dayUs) / eventsADay)
  const person = `user-${Math.floor(index / 4) % 200}`
  const users = [controller, person, controller, 'system:serviceaccount:ci:builder']
  return JSON.stringify({
    level: 'Metadata',
    auditID: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    stage: 'ResponseComplete',
    requestURI: '/apis/apps/v1/made-up',
    verb: 'patch',
    user: { username: users[index % 4], groups: ['system:authenticated'] },
    objectRef: { apiGroup: 'apps', apiVersion: 'v1', resource: 'deployments', namespace: 'shop', name: String(index) },
    responseStatus: { code: 200 },
    requestReceivedTimestamp: `${new Date(us / 1000).toISOString().slice(0, -1)}000Z`,
  })
}

const controller = 'system:serviceaccount:kube-system:replicaset-controller'
