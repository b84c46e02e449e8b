import { everything } from '@plaintrail/query/scope'
import { parseQuery } from '@plaintrail/query/parse-query'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addCluster } from './clusters.ts'
import { storeDeliveries } from './events-for-tests.ts'
import { findEvents } from './find-events.ts'
import { openTestStore } from './history-for-tests.ts'
import { call, deliveriesOf, freshCluster, judgeAll, rulesOf, second, startUs } from './judged-calls-for-tests.ts'
import { noiseOfRules } from './noisy-rules.ts'
import type { Store } from './open-store.ts'
import { currentRules, putRules } from './rules.ts'

const own = new AsyncDisposableStack()
let store: Store
beforeAll(async () => {
  store = await openTestStore(own, await createTestDatabase())
})
afterAll(() => own.disposeAsync())

const rules = rulesOf({
  named: `match: 'verb:delete', groupBy: [actor, object.namespace, object.name], noise: {findings: 2, within: 1d}`,
  quiet: `match: 'verb:delete', noise: {findings: 3, within: 1d}`,
  unnamed: `match: 'verb:delete', groupBy: [actor, object], noise: {findings: 0, within: 1h}`,
  'says-nothing': `match: 'verb:delete'`,
})

test('a rule that makes more findings than it may is noisy, and the busiest are proposed to be excepted', async () => {
  await putRules(store, { source: 'api', author: 'test', rules })
  const cluster = await freshCluster(store)
  await addCluster(store, { name: 'other' })
  const calls = [0, 1, 1, 2].map((name, at) => call({ verb: 'delete', name, second: at }))
  await storeDeliveries(store, deliveriesOf(cluster, calls))
  await judgeAll(store, cluster)
  const noise = await noiseOfRules(store, everything, await currentRules(store), startUs + 60 * second)
  expect([...noise].map(([name, { isNoisy, made }]) => [name, isNoisy, made])).toEqual([
    ['named', true, 3],
    ['quiet', false, 1],
    ['unnamed', true, 3],
  ])
  expect(noise.get('unnamed')?.proposals).toEqual([])
  const [first, ...others] = noise.get('named')?.proposals ?? []
  expect([first?.events, others.length]).toEqual([2, 2])
  const question = {
    window: { sinceUs: 0, untilUs: 4e15 },
    order: 'asc',
    limit: 10,
    after: null,
    snapshot: null,
  } as const
  const query = parseQuery(first?.match ?? '', 0)
  const { events } = await findEvents(store, everything, { ...question, query })
  expect(events.map(({ object }) => object?.name)).toEqual(['c1', 'c1'])
  // A day later nothing of it is new enough.
  const later = await noiseOfRules(store, everything, await currentRules(store), startUs + 2 * 86_400 * second)
  expect([...later.values()].map(({ isNoisy, made }) => [isNoisy, made])).toEqual([
    [false, 0],
    [false, 0],
    [false, 0],
  ])
})
