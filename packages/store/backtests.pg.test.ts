// Back-tests against the live engine: over the same events both find the same, whatever the rule and however what is stored came.

import { formatEventId } from '@plaintrail/event/identity'
import { everything } from '@plaintrail/query/scope'
import type { Window } from '@plaintrail/query/window'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BacktestFinding, BacktestResult } from './backtest-result.ts'
import { askBacktest, makeBacktest } from './backtests-for-tests.ts'
import { cancelBacktest, findBacktest } from './backtests.ts'
import { storeDeliveries } from './events-for-tests.ts'
import { addException } from './exceptions.ts'
import { openTestStore } from './history-for-tests.ts'
import {
  call,
  deliveriesOf,
  foundIn,
  freshCluster,
  judgeAll,
  laterUs,
  rulesOf,
  second,
  startUs,
  tickAt,
  type Call,
} from './judged-calls-for-tests.ts'
import type { Store } from './open-store.ts'
import { putRules } from './rules.ts'
import type { SlowCluster } from './slow-findings-for-tests.ts'

const specs = {
  each: `match: 'verb:delete', summary: '{{actor}} deleted {{object}}'`,
  'by-body': `match: 'verb:create', where: 'request.object.data.x == "1"'`,
  excepted: `match: 'verb:create,delete', exceptions: [{name: one, match: 'actor:u0 name:c1'}]`,
  started: `match: 'verb:get stage:ResponseStarted', groupBy: [object.name]`,
  said: `match: 'verb:delete "deleted"'`,
  many: `match: 'verb:get', condition: {count: 3, within: 2m}`,
  different: `match: 'verb:get', condition: {distinct: object.name, atLeast: 3, within: 3m}`,
  'in-order': `match: 'verb:get', condition: {then: [{match: 'verb:create'}, {match: 'verb:delete'}], within: 5m}`,
  'not-followed': `match: 'verb:create', condition: {without: {match: 'verb:delete'}, within: 2m}, lateness: 1m`,
  first: `match: 'verb:get,create', condition: {firstSeen: [object.name], within: 4m}`,
}
const rules = rulesOf(specs)
const own = new AsyncDisposableStack()
let store: Store

beforeAll(async () => {
  store = await openTestStore(own, await createTestDatabase())
  await putRules(store, { source: 'api', author: 'test', rules })
})
afterAll(() => own.disposeAsync())

const anyCalls: fc.Arbitrary<Call[]> = fc.array(
  fc.record({
    // Few times, so that many are at the ends of windows.
    second: fc.nat(24).map((at) => at * 30),
    actor: fc.nat(1),
    verb: fc.constantFrom('get', 'create', 'delete'),
    name: fc.nat(3),
    namespace: fc.nat(1),
    isStarted: fc.boolean(),
    lane: fc.nat(2),
    delivery: fc.nat(4),
  }),
  { minLength: 1, maxLength: 60 },
)

interface Asked {
  readonly rule: string
  readonly cluster: SlowCluster | null
  readonly text?: string
  readonly running?: string | null
  readonly window?: Window
}

const textOf = (name: string): string => rules.find(({ rule }) => rule.name === name)?.text ?? ''

const ask = async ({ cluster, text, ...asked }: Asked): Promise<string> =>
  await askBacktest(store, { ...asked, cluster: cluster?.name ?? null, text: text ?? textOf(asked.rule) })

const made = async (id: string, limit: number): Promise<BacktestResult> => await makeBacktest(store, id, () => limit)

const shown = ({ id, events, firstUs, lastUs, group, summary }: BacktestFinding): object => ({
  id,
  events,
  firstUs,
  lastUs,
  group,
  summary,
})

const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1)

test('a back-test finds what the live engine found, with the same counts', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyCalls,
      fc.constantFrom(...Object.keys(specs)),
      fc.integer({ min: 1, max: 40 }),
      async (calls, rule, limit) => {
        const cluster = await freshCluster(store)
        await storeDeliveries(store, deliveriesOf(cluster, calls))
        await judgeAll(store, cluster)
        await tickAt(store, laterUs)
        const live = (await foundIn(store, cluster)).filter((one) => one.rule === rule)
        const result = await made(await ask({ rule, cluster }), limit)
        expect(result.top.map(shown).toSorted(byId as never)).toEqual(
          live.map(({ rule: _rule, eventIds: _ids, ...one }) => one).toSorted(byId),
        )
        expect([result.findings, result.events]).toEqual([
          live.length,
          live.reduce((sum, { events }) => sum + events, 0),
        ])
        expect(result.days.reduce((sum, { opened }) => sum + opened, 0)).toBe(live.length)
      },
    ),
    { numRuns: 30, endOnFailure: true },
  )
}, 240_000)

test('of a part of the time it counts what the live engine counts of it, with what is around it', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyCalls,
      fc.constantFrom(...Object.keys(specs)),
      fc.nat(24),
      fc.nat(24),
      async (calls, rule, from, length) => {
        const cluster = await freshCluster(store)
        await storeDeliveries(store, deliveriesOf(cluster, calls))
        await judgeAll(store, cluster)
        await tickAt(store, laterUs)
        const window = { sinceUs: startUs + from * 30 * second, untilUs: startUs + (from + length) * 30 * second }
        const { rows } = await store.pool.query<{ events: number }>(
          `select count(distinct (h.finding_id, h.time, h.request))::int4 as events
           from rule_hit h join finding f on f.id = h.finding_id join rule r on r.id = f.rule_id
             join cluster c on c.id = f.cluster_id
           where h.counts and r.name = $1 and c.uid = $2 and h.time >= $3 and h.time < $4`,
          [rule, cluster.uid, window.sinceUs, window.untilUs],
        )
        const result = await made(await ask({ rule, cluster, window }), 7)
        expect(result.events).toBe(rows[0]?.events)
      },
    ),
    { numRuns: 20, endOnFailure: true },
  )
}, 240_000)

test.each([
  ['many', [0, 0, 1, 1, 1], 3],
  ['different', [0, 1, 2, 3], 3],
  ['first', [0, 0, 1, 1], 1],
  ['each', [0, 1, 1], 2],
] as const)('what exceptions hide of the rule %s they hide of a back-test too', async (rule, names, events) => {
  const cluster = await freshCluster(store)
  const verb = rule === 'each' ? 'delete' : 'get'
  const calls = names.map((name, at) => call({ second: at, name, verb, delivery: at }))
  await storeDeliveries(store, deliveriesOf(cluster, calls))
  const match = `cluster:${cluster.name} name:c0`
  const who = { id: '00000000-0000-4000-8000-000000000000', name: 'test' }
  const added = await addException(store, who, { rule, match, reason: 'r', owner: null, expiresUs: null })
  expect(added.kind).toBe('added')
  await judgeAll(store, cluster)
  const live = (await foundIn(store, cluster)).filter((one) => one.rule === rule)
  const result = await made(await ask({ rule, cluster }), 10)
  const hidden = names.filter((name) => name === 0).length
  expect([live[0]?.events, result.events, result.hidden]).toEqual([events, events, hidden])
})

test('it tells what starts and what stops against the version in force', async () => {
  const cluster = await freshCluster(store)
  const calls = [0, 1, 2].map((actor): Call => ({
    second: actor,
    actor,
    verb: 'delete',
    name: actor,
    namespace: 0,
    isStarted: false,
    lane: 0,
    delivery: 0,
  }))
  await storeDeliveries(store, deliveriesOf(cluster, calls))
  const running = rulesOf({ each: `match: 'verb:delete actor:u0,u1'` })[0]?.text ?? ''
  const text = rulesOf({ each: `match: 'verb:delete actor:u1,u2'` })[0]?.text ?? ''
  const { difference, findings } = await made(await ask({ rule: 'each', cluster, text, running }), 10)
  expect(findings).toBe(2)
  expect(difference).toMatchObject({ version: 1, findings: 2, starts: 1, stops: 1 })
  expect(difference?.starting.map(({ group }) => group)).toEqual([{ actor: 'u2' }])
  expect(difference?.stopping.map(({ group }) => group)).toEqual([{ actor: 'u0' }])
})

test('what comes later is not in it, and what is cancelled has nothing', async () => {
  const cluster = await freshCluster(store)
  const call: Call = {
    second: 0,
    actor: 0,
    verb: 'delete',
    name: 0,
    namespace: 0,
    isStarted: false,
    lane: 0,
    delivery: 0,
  }
  await storeDeliveries(store, deliveriesOf(cluster, [call]))
  const [id, other] = [await ask({ rule: 'each', cluster }), await ask({ rule: 'each', cluster })]
  await storeDeliveries(store, deliveriesOf(cluster, [call, { ...call, second: 5, lane: 1 }]))
  expect((await made(id, 10)).events).toBe(1)
  expect(await findBacktest(store, everything, id)).toMatchObject({ state: 'done', read: 1, tally: { matched: 1 } })
  expect(await cancelBacktest(store, everything, other)).toBe(true)
  expect(await findBacktest(store, everything, other)).toMatchObject({ state: 'cancelled', result: null })
  expect(await findBacktest(store, { kind: 'clusters', clusters: [] }, id)).toBeNull()
})

test('what was not recorded is counted, and told with an event', async () => {
  const cluster = await freshCluster(store)
  const [delivery] = deliveriesOf(cluster, [
    { second: 0, actor: 0, verb: 'create', name: 1, namespace: 0, isStarted: false, lane: 0, delivery: 0 },
  ])
  const items = (delivery?.items ?? []).map((text) =>
    JSON.stringify({ ...(JSON.parse(text) as object), level: 'Metadata', requestObject: undefined }),
  )
  if (delivery) await storeDeliveries(store, [{ ...delivery, items }])
  const id = await ask({ rule: 'by-body', cluster })
  expect((await made(id, 10)).findings).toBe(0)
  expect((await findBacktest(store, everything, id))?.tally).toMatchObject({
    evaluated: 1,
    matched: 0,
    insufficient: 1,
    missing: [{ cluster: cluster.name, isError: false, count: 1, event: expect.stringMatching(/^evt_/) as unknown }],
  })
})

test.each([
  [
    'name:c*',
    { verb: 'create', responseStatus: { code: 201 }, objectRef: { resource: 'configmaps', apiVersion: 'v1' } },
  ],
  ['-(-name:c*)', { verb: 'create', responseStatus: { code: 201 }, objectRef: { resource: 'configmaps' } }],
  ['is:dryrun', { verb: 'delete' }],
  ['uid:3e3406e0-c14f-416d-a109-bc56c5c519db', { verb: 'get' }],
])('what a row leaves open of %s is counted too', async (match, over) => {
  const cluster = await freshCluster(store)
  const [delivery] = deliveriesOf(cluster, [call({})])
  const items = (delivery?.items ?? []).map((text) =>
    JSON.stringify({ ...(JSON.parse(text) as object), level: 'Metadata', requestObject: undefined, ...over }),
  )
  if (delivery) await storeDeliveries(store, [{ ...delivery, items }])
  const id = await ask({ rule: 'open', cluster, text: rulesOf({ open: `match: '${match}'` })[0]?.text ?? '' })
  await made(id, 10)
  expect((await findBacktest(store, everything, id))?.tally).toMatchObject({ evaluated: 1, insufficient: 1 })
})

test('a request that is several steps at several stages is told by the last of them', async () => {
  const cluster = await freshCluster(store)
  await storeDeliveries(
    store,
    deliveriesOf(
      cluster,
      [0, 1, 2, 3].map((name) => call({ name, isStarted: true })),
    ),
  )
  const steps = `[{match: 'verb:get stage:ResponseComplete'}]`
  const spec = `match: 'verb:get stage:ResponseStarted', groupBy: [object.name], condition: {with: ${steps}, within: 1m}`
  const [parsed] = rulesOf({ several: `${spec}, summary: '{{audit}} {{object}}'` })
  if (parsed === undefined) throw new Error('there is a rule')
  await putRules(store, { source: 'api', author: 'test', rules: [parsed] })
  await judgeAll(store, cluster)
  const live = (await foundIn(store, cluster)).filter(({ rule }) => rule === 'several')
  const { top } = await made(await ask({ rule: 'several', cluster, text: parsed.text }), 3)
  expect(top.map(({ event }) => event).toSorted()).toEqual(await lastEvents(cluster, 'several'))
  expect(top.map(shown).toSorted(byId as never)).toEqual(live.map(({ rule: _r, eventIds: _i, ...one }) => one))
})

/** The events that findings are told by. */
async function lastEvents({ uid }: SlowCluster, rule: string): Promise<readonly string[]> {
  const { rows } = await store.pool.query<{ time: number; key: string }>(
    `select distinct on (h.finding_id) h.time, replace(h.key::text, '-', '') as key
     from rule_hit h join finding f on f.id = h.finding_id join rule r on r.id = f.rule_id
       join cluster c on c.id = f.cluster_id
     where h.counts and r.name = $1 and c.uid = $2 order by h.finding_id, h.time desc, h.key desc`,
    [rule, uid],
  )
  return rows.map(({ time, key }) => formatEventId(time, Buffer.from(key, 'hex'))).toSorted()
}
