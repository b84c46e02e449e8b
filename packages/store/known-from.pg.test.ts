// What is called new is new since a rule knows what there was, and a finding says since when that is.

import { matches } from '@plaintrail/query/ast'
import { everything } from '@plaintrail/query/scope'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { storeDeliveries } from './events-for-tests.ts'
import { findFinding, findFindings } from './find-findings.ts'
import { openTestStore } from './history-for-tests.ts'
import { call, deliveriesOf, freshCluster, judgeAll, rulesOf, second, startUs } from './judged-calls-for-tests.ts'
import type { Store } from './open-store.ts'
import { putRules } from './rules.ts'

const dayS = 86_400
/** The midnight before the first event. */
const midnightUs = Math.floor(startUs / (dayS * second)) * dayS * second
const own = new AsyncDisposableStack()
let store: Store
beforeAll(async () => {
  store = await openTestStore(own, await createTestDatabase())
})
afterAll(() => own.disposeAsync())

const isNew = 'condition: {firstSeen: [object.name], within: 7d}'

/** Puts a version, as if it had been written at a time in microseconds since 1970. */
async function put(more: string, writtenUs: number): Promise<void> {
  const rules = rulesOf({ first: `match: 'verb:get', ${isNew}${more}`, each: `match: 'verb:get,create'` })
  await putRules(store, { source: 'api', author: 'test', rules })
  await store.pool.query(
    `update rule_version set created_at = timestamptz 'epoch' + $1::int8 * interval '1 microsecond'
     where number = (select max(number) from rule_version v where v.rule_id = rule_version.rule_id)`,
    [writtenUs],
  )
}

/** By actor, since when it is known what there was. */
async function told(cluster: string, rule = 'first'): Promise<readonly (readonly [string, number | null])[]> {
  const asked = {
    window: { sinceUs: 0, untilUs: startUs * 2 },
    sort: 'last',
    limit: 10,
    after: null,
    asOfUs: null,
  } as const
  const query = { kind: 'and', parts: [matches('rule', [[rule]]), matches('cluster', [[cluster]])] } as const
  const { items } = await findFindings(store, everything, { ...asked, query })
  for (const { id, knownFromUs } of items)
    expect((await findFinding(store, everything, id))?.knownFromUs).toBe(knownFromUs)
  const byActor = items.map(({ group, knownFromUs }) => [group.actor ?? '', knownFromUs] as const)
  return byActor.toSorted(([one], [other]) => (one < other ? -1 : 1))
}

test('since the cluster sends, until that is longer than the rule looks back', async () => {
  const cluster = await freshCluster(store)
  await put('', startUs - 100 * dayS * second)
  const calls = [call({}), call({ actor: 1, second: dayS }), call({ actor: 2, second: 8 * dayS })]
  await storeDeliveries(store, deliveriesOf(cluster, calls))
  await judgeAll(store, cluster)
  expect(await told(cluster.name)).toEqual([
    ['u0', midnightUs],
    ['u1', midnightUs],
    ['u2', null],
  ])
  expect(await told(cluster.name, 'each')).toEqual([
    ['u0', null],
    ['u1', null],
    ['u2', null],
  ])

  // A version knows nothing of what others judged.
  await put(', description: changed', startUs + 2_000 * second)
  await storeDeliveries(store, deliveriesOf(cluster, [call({ actor: 3, second: 10 * dayS, delivery: 2_000 })]))
  await judgeAll(store, cluster)
  expect(await told(cluster.name)).toContainEqual(['u3', midnightUs + 10 * dayS * second])
})

test('since the first delivery that the rule judged, whatever it looks at of that', async () => {
  const cluster = await freshCluster(store)
  await put(', description: seldom', startUs - second)
  const calls = [call({ verb: 'create' }), call({ verb: 'create', second: dayS }), call({ second: 5 * dayS })]
  await storeDeliveries(store, deliveriesOf(cluster, calls))
  await judgeAll(store, cluster)
  expect(await told(cluster.name)).toEqual([['u0', midnightUs]])
})

test('since the first event where a log of older days is sent later', async () => {
  const cluster = await freshCluster(store)
  await put(', description: later', startUs + 100 * dayS * second)
  await storeDeliveries(store, deliveriesOf(cluster, [call({}), call({ actor: 1, second: 8 * dayS })]))
  await judgeAll(store, cluster)
  expect(await told(cluster.name)).toEqual([
    ['u0', midnightUs],
    ['u1', null],
  ])
})
