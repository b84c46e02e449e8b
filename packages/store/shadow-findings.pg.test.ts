// A rule that is tried out judges and counts as one that is in force for good, and what it finds is shown to whoever asks for it.

import { matches } from '@plaintrail/query/ast'
import { everything } from '@plaintrail/query/scope'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { storeDeliveries } from './events-for-tests.ts'
import { findEvents } from './find-events.ts'
import { findFinding, findFindings } from './find-findings.ts'
import { findingsOfEvents } from './findings-of-events.ts'
import { findingsOfRules } from './findings-of-rules.ts'
import { openTestStore } from './history-for-tests.ts'
import {
  call,
  deliveriesOf,
  foundIn,
  freshCluster,
  judgeAll,
  rulesOf,
  second,
  startUs,
} from './judged-calls-for-tests.ts'
import type { Store } from './open-store.ts'
import { putRules } from './rules.ts'

const own = new AsyncDisposableStack()
let store: Store
beforeAll(async () => {
  store = await openTestStore(own, await createTestDatabase())
})
afterAll(() => own.disposeAsync())

const window = { sinceUs: startUs - second, untilUs: startUs + 3_600 * second }
const put = (spec: string): Promise<unknown> =>
  putRules(store, { source: 'api', author: 'test', rules: rulesOf({ tried: `match: 'verb:delete'${spec}` }) })
const listed = async (hasShadow: boolean): Promise<readonly (readonly [string, boolean, number])[]> => {
  const page = { window, sort: 'last', limit: 10, after: null, asOfUs: null, hasShadow } as const
  const { items } = await findFindings(store, everything, { ...page, query: matches('rule', [['tried']]) })
  return items.map(({ rule, isShadow, events }) => [rule, isShadow, events])
}
const eventsBy = async (key: 'rule' | 'severity' | 'vio', value: string): Promise<number> => {
  const page = { window, order: 'asc', limit: 10, after: null, snapshot: null } as const
  return (await findEvents(store, everything, { ...page, query: matches(key, [[value]]) })).events.length
}

test('it is found, counted and kept, and left out of what nobody asked it for', async () => {
  const cluster = await freshCluster(store)
  await put(', state: shadow')
  await storeDeliveries(store, deliveriesOf(cluster, [call({ verb: 'delete' }), call({ verb: 'delete', second: 1 })]))
  await judgeAll(store, cluster)
  const [found] = await foundIn(store, cluster)
  expect(found).toMatchObject({ rule: 'tried', events: 2 })
  expect([await listed(false), await listed(true)]).toEqual([[], [['tried', true, 2]]])
  expect(await findFinding(store, everything, found?.id ?? '')).toMatchObject({ isShadow: true })
  expect(await findingsOfRules(store, everything, ['tried'], window)).toEqual([])
  const [id = ''] = found?.eventIds ?? []
  expect((await findingsOfEvents(store, everything, [{ id, stages: [] }])).size).toBe(0)
  expect([await eventsBy('severity', 'high'), await eventsBy('rule', 'tried')]).toEqual([0, 2])
  expect(await eventsBy('vio', found?.id ?? '')).toBe(2)

  await put('')
  await storeDeliveries(store, deliveriesOf(cluster, [call({ verb: 'delete', second: 2, delivery: 1, name: 1 })]))
  await judgeAll(store, cluster)
  expect(await listed(false)).toEqual([['tried', false, 3]])
  expect(await findingsOfRules(store, everything, ['tried'], window)).toMatchObject([{ findings: 1, events: 3 }])
  expect(await eventsBy('severity', 'high')).toBe(3)
})
