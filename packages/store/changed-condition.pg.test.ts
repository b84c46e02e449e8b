// What changed, asked of Postgres: by which index, in which partitions, and what is not told.

import type { Query } from '@plaintrail/query/ast'
import { parseQuery } from '@plaintrail/query/parse-query'
import { everything } from '@plaintrail/query/scope'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addCluster } from './clusters.ts'
import type { Stretch } from './event-stretches.ts'
import { storeDeliveries } from './events-for-tests.ts'
import { findEvents } from './find-events.ts'
import { recordsQuery } from './find-records.ts'
import { followAll, openTestStore } from './history-for-tests.ts'
import type { Store } from './open-store.ts'
import { makeChangedFieldDays } from './partitions.ts'
import { queryConditions } from './query-conditions.ts'
import { statementOf } from './read-rows.ts'

const dayUs = 86_400_000_000
const startUs = Date.UTC(2026, 10, 10) * 1000
const days = 4
const eventsADay = 5_000
/** Two of the four days. */
const stretch = { fromUs: startUs + dayUs, toUs: startUs + 3 * dayUs }
const partitionsInStretch = ['changed_field_20261111', 'changed_field_20261112', 'event_20261111', 'event_20261112']

const resources = new AsyncDisposableStack()
let store: Store

beforeAll(async () => {
  store = await openTestStore(resources, await createTestDatabase())
  const { uid } = await addCluster(store, { name: 'east' })
  const items = Array.from({ length: days * eventsADay }, (_, index) => item(index))
  await storeDeliveries(store, [{ cluster: uid, items, receivedAtUs: startUs }])
  await makeChangedFieldDays(
    store,
    Array.from({ length: days }, (_, day) => startUs / dayUs + day),
  )
  // Every second event changed something at one of 100 paths, and very few the replicas.
  await store.pool.query(`
    insert into field_path (digest, path, plain)
    select md5(n::text)::uuid, p, p from (
      select n, case when n = 0 then 'spec.replicas' else 'spec.some' || n end as p from generate_series(0, 100) n) x;
    insert into changed_field (time, object_id, path_id, cluster_id, part, key, op, is_sure, from_text, to_text)
    select e.time, e.name::int8, case when e.name::int8 % 1000 = 0 then 1 else 2 + e.name::int8 % 100 end, e.cluster_id, 0,
      e.key, 'r', true, 'a', e.name
    from event e where e.name::int8 % 2 = 0`)
  await store.pool.query('analyze')
})

afterAll(() => resources.disposeAsync())

describe('of what changed', () => {
  test.each([
    ['a field', 'changed:spec.replicas', 'path_id_time_idx'],
    ['a field and its value', 'changed:replicas -to:0 from_value:a', 'path_id_time_idx'],
    ['one field or another', '(changed:replicas to:2000) OR (changed:some7 to:7)', 'path_id_time_idx'],
    ['a field that did not change', '-changed:spec.replicas', 'path_id_time_idx'],
    ['a field, beside others', 'changed:replicas (verb:patch OR actor:nobody) kind:deploy', 'path_id_time_idx'],
  ])('%s is found by an index, in the partitions of the window alone', async (_, text, index) => {
    const plan = await planOf(parseQuery(text, 0))
    const scans = plan.filter(({ table }) => /^(event|changed_field)/.test(table))
    expect([...new Set(scans.map(({ table }) => table))].toSorted((a, b) => (a < b ? -1 : 1))).toEqual(
      partitionsInStretch,
    )
    expect(scans.filter(({ type }) => /Seq/.test(type))).toEqual([])
    expect(plan.filter((node) => node.index.endsWith(index)).length).toBeGreaterThan(1)
  })

  test('a value of any field is found by the time, of an hour without its day', async () => {
    const hour = { fromUs: stretch.fromUs, toUs: stretch.fromUs + dayUs / 24 }
    for (const text of ['to:5010', '-to:5010', 'to:5010 OR verb:delete']) {
      const plan = await planOf(parseQuery(text, 0), hour)
      const tables = new Set(plan.flatMap(({ table }) => (table.startsWith('changed') ? [table] : [])))
      expect([...tables]).toEqual(['changed_field_20261111'])
      expect(plan.some((node) => node.index === 'changed_field_20261111_time_idx')).toBe(true)
    }
  })

  test('few changes are read first, and their events after them', async () => {
    const { text, values } = statementOf(await asked(parseQuery('changed:replicas to:12000', 0)))
    const { rows } = await store.pool.query<{ 'QUERY PLAN': readonly { Plan: PlanNode }[] }>({
      text: `explain (analyze, format json) ${text}`,
      values,
    })
    const nodes = rows.flatMap((row) => row['QUERY PLAN'].flatMap(({ Plan }) => nodesIn(Plan)))
    const read = nodes.filter((node) => node['Relation Name'] !== undefined)
    const rowsRead = read.reduce((sum, node) => sum + node['Actual Rows'] * node['Actual Loops'], 0)
    expect(rowsRead).toBeLessThan(20)
  })

  test('nothing is read where no path is meant', async () => {
    expect(await queryConditions(store, everything, parseQuery('changed:nothing', 0))).toBeNull()
    expect(await queryConditions(store, everything, parseQuery('-changed:nothing', 0))).not.toBeNull()
  })
})

async function asked(query: Query, within: Stretch = stretch): Promise<ReturnType<typeof recordsQuery>> {
  const conditions = await queryConditions(store, everything, query)
  if (conditions === null) throw new Error('there are such events')
  return recordsQuery({ ...within, where: conditions.where(within), order: 'desc', after: null, limit: 51 })
}

interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly Plans?: readonly PlanNode[]
}

async function planOf(
  query: Query,
  within: Stretch = stretch,
): Promise<readonly { type: string; table: string; index: string }[]> {
  const { text, values } = statementOf(await asked(query, within))
  const { rows } = await store.pool.query<{ 'QUERY PLAN': readonly { Plan: PlanNode }[] }>({
    text: `explain (format json) ${text}`,
    values,
  })
  return rows
    .flatMap((row) => row['QUERY PLAN'].flatMap(({ Plan }) => nodesIn(Plan)))
    .map((node) => ({ type: node['Node Type'], table: node['Relation Name'] ?? '', index: node['Index Name'] ?? '' }))
}

const nodesIn = (node: PlanNode): readonly PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesIn)]

function item(index: number): string {
  const us = startUs + Math.floor((index * dayUs) / eventsADay)
  return JSON.stringify({
    level: 'Metadata',
    auditID: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    stage: 'ResponseComplete',
    requestURI: '/apis/apps/v1/made-up',
    verb: 'patch',
    user: { username: `user-${index % 20}` },
    objectRef: { apiGroup: 'apps', apiVersion: 'v1', resource: 'deployments', namespace: 'prod', name: String(index) },
    responseStatus: { code: 200 },
    requestReceivedTimestamp: `${new Date(us / 1000).toISOString().slice(0, -1)}000Z`,
  })
}

describe('a secret', () => {
  test('is not found by guessing what it was or is, whole or in part', async () => {
    await using own = new AsyncDisposableStack()
    const fresh = await openTestStore(own, await createTestDatabase())
    const { uid } = await addCluster(fresh, { name: 'east' })
    const items = [writeOf('create', '101', 'b2xk'), writeOf('update', '102', 'bmV3')]
    await storeDeliveries(fresh, [{ cluster: uid, items, receivedAtUs: startUs }])
    await followAll(fresh)
    const count = async (text: string): Promise<number> => {
      const window = { sinceUs: startUs, untilUs: startUs + dayUs }
      const ask = { query: parseQuery(text, 0), window, order: 'desc', limit: 10, after: null, snapshot: null } as const
      return (await findEvents(fresh, everything, ask)).events.length
    }
    expect(await count('changed:data.password')).toBe(1)
    expect(await count('changed:data.password to:"(hidden)" from_value:"(hidden)"')).toBe(1)
    for (const guess of ['bmV3', 'new', 'b*', '*V*', '*3', 'bmV3*', '"bmV3"'])
      for (const key of ['to', 'from_value', 'image']) expect(await count(`${key}:${guess}`), guess).toBe(0)
    for (const guess of ['b2xk', 'old', 'b2*', '*xk']) expect(await count(`from_value:${guess}`), guess).toBe(0)
  })
})

function writeOf(verb: 'create' | 'update', resourceVersion: string, password: string): string {
  const metadata = { name: 'db', namespace: 'prod', uid: '5f8d3c1e-0000-4000-8000-000000000001', resourceVersion }
  return JSON.stringify({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'RequestResponse',
    auditID: `8f0c3e1a-0000-4000-8000-000000000${resourceVersion}`,
    stage: 'ResponseComplete',
    requestURI: '/api/v1/namespaces/prod/secrets/db',
    verb,
    user: { username: 'alice' },
    objectRef: { resource: 'secrets', namespace: 'prod', name: 'db', apiVersion: 'v1' },
    responseStatus: { code: verb === 'create' ? 201 : 200 },
    responseObject: { kind: 'Secret', apiVersion: 'v1', metadata, data: { password } },
    requestReceivedTimestamp: `2026-11-10T00:00:00.000${resourceVersion}Z`,
    stageTimestamp: `2026-11-10T00:00:00.001${resourceVersion}Z`,
  })
}
