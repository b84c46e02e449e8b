// What becomes of findings when rules are edited, fail, wait for what does not come, or judge gaps; and when days go.

import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { expect, test } from 'vitest'
import { storeDeliveries } from './events-for-tests.ts'
import { expire } from './expire.ts'
import { recordGap } from './gaps.ts'
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
  textsOf,
  tickAt,
  type Call,
} from './judged-calls-for-tests.ts'
import type { Store } from './open-store.ts'
import { ruleHitDays } from './partitions.ts'
import { createCoverageTally, errorBudget, missingTextsMax } from './rule-coverage.ts'
import { currentRule, putRules } from './rules.ts'
import { dayOf } from './segment-id.ts'
import { transaction } from './transaction.ts'
import { slowFindings, type SlowCluster } from './slow-findings-for-tests.ts'

interface Judged {
  readonly store: Store
  readonly cluster: SlowCluster
}

async function judged(own: AsyncDisposableStack, specs: Readonly<Record<string, string>>): Promise<Judged> {
  const store = await openTestStore(own, await createTestDatabase())
  await putRules(store, { source: 'api', author: 'test', rules: rulesOf(specs) })
  return { store, cluster: await freshCluster(store) }
}

async function send({ store, cluster }: Judged, calls: readonly Partial<Call>[]): Promise<void> {
  await storeDeliveries(store, deliveriesOf(cluster, calls.map(call)))
  await judgeAll(store, cluster)
}

async function rowsOf(store: Store, text: string): Promise<readonly unknown[]> {
  const { rows } = await store.pool.query<Record<string, unknown>>(text)
  return rows
}

test('an edited rule judges what comes from then on, and a finding has the version of its last event', async () => {
  await using own = new AsyncDisposableStack()
  const target = await judged(own, { a: `match: 'verb:get', summary: one` })
  const { store, cluster } = target
  await send(target, [{ second: 1 }, { second: 2, actor: 1 }])
  await putRules(store, { source: 'api', author: 'test', rules: rulesOf({ a: `match: 'verb:delete', summary: two` }) })
  await send(target, [
    { second: 3, name: 1 },
    { second: 4, verb: 'delete', name: 1, delivery: 1 },
  ])
  const found = await foundIn(store, cluster)
  expect(found.map(({ group, events, summary }) => [group, events, summary])).toEqual(
    expect.arrayContaining([
      [{ actor: 'u0' }, 2, 'two'],
      [{ actor: 'u1' }, 1, 'one'],
    ]),
  )
  expect(await rowsOf(store, 'select version, events from finding order by version')).toEqual([
    { version: 1, events: 1 },
    { version: 2, events: 2 },
  ])
})

test('windows of an edited rule hold what its own version matched', async () => {
  await using own = new AsyncDisposableStack()
  const target = await judged(own, { a: `match: 'verb:get', condition: {count: 3, within: 1m}` })
  const { store, cluster } = target
  await send(target, [{ second: 1 }, { second: 2, name: 1 }])
  const rules = rulesOf({ a: `match: 'verb:get', description: new, condition: {count: 3, within: 1m}` })
  await putRules(store, { source: 'api', author: 'test', rules })
  await send(target, [{ second: 3, name: 2 }])
  expect(await foundIn(store, cluster)).toEqual([])
  await send(target, [
    { second: 4, name: 3 },
    { second: 5, name: 4 },
  ])
  expect((await foundIn(store, cluster)).map(({ events }) => events)).toEqual([3])
})

test('a rule that fails on too much is asked no more, says why, and stops no other; mended it judges again', async () => {
  await using own = new AsyncDisposableStack()
  const target = await judged(own, {
    bad: `match: 'verb:get', where: 'request.object.spec.x == 1'`,
    good: `match: 'verb:get'`,
  })
  const { store, cluster } = target
  const many = Array.from({ length: errorBudget.errorsMin }, (_, at) => ({ second: at, name: at }))
  await send(target, many)
  const failing = (await currentRule(store, 'bad'))?.failing
  expect(failing?.says).toMatch(/^it failed on 100 of 100 events of a day, the last time: \d+:\d+: /)
  expect(
    await rowsOf(store, `select who, after ->> 'state' as state, comment from triage_step where did = 'rule-failing'`),
  ).toEqual([{ who: 'plaintrail', state: 'failing', comment: failing?.says }])
  await send(target, [{ second: 200, name: 500 }])
  expect((await foundIn(store, cluster)).map(({ rule, events }) => [rule, events])).toEqual([['good', 101]])
  expect(
    await rowsOf(store, 'select name, evaluated, errors from rule_coverage join rule on id = rule_id order by name'),
  ).toEqual([
    { name: 'bad', evaluated: 100, errors: 100 },
    { name: 'good', evaluated: 101, errors: 0 },
  ])
  await putRules(store, { source: 'api', author: 'test', rules: rulesOf({ bad: `match: 'verb:get'` }) })
  await send(target, [{ second: 300, name: 600 }])
  expect((await foundIn(store, cluster)).find(({ rule }) => rule === 'bad')?.events).toBe(1)
})

test('who makes a rule fail on events of his does not have it turned off', async () => {
  await using own = new AsyncDisposableStack()
  const target = await judged(own, {
    rare: `match: 'verb:get', where: 'event.name == "c0" || request.object.spec.x == 1'`,
  })
  const { store } = target
  await send(target, [{ second: 1, name: 0 }])
  await send(
    target,
    Array.from({ length: errorBudget.errorsMin }, (_, at) => ({ second: at + 2, name: at + 1 })),
  )
  expect(await rowsOf(store, 'select evaluated, errors from rule_coverage')).toEqual([{ evaluated: 101, errors: 100 }])
  expect((await currentRule(store, 'rare'))?.failing).toBeNull()
})

test('a rule that costs more than it may on many events is asked no more, though it judged others', async () => {
  await using own = new AsyncDisposableStack()
  const { store } = await judged(own, { dear: `match: 'verb:get'` })
  const { rows } = await store.pool.query<{ id: number }>('select id from rule')
  const tally = createCoverageTally()
  const event = { ruleId: rows[0]?.id ?? 0, version: 1, timeUs: startUs, key: '00000000-0000-4000-8000-000000000001' }
  tally.add(event, { kind: 'no-match' })
  for (let at = 0; at < errorBudget.errorsMin; at++)
    tally.add(event, { kind: 'error', says: 'it costs more', line: 1, column: 1, isCostly: true })
  const failing = await transaction(store, (client) => tally.write(client, 1))
  expect(failing.map(({ version }) => version)).toEqual([1])
})

test('what was not known is counted by what would have to be known, and no more texts than are shown', async () => {
  await using own = new AsyncDisposableStack()
  const specs = Object.fromEntries([['a', `match: 'verb:get', where: 'initiator.kind == "person"'`]])
  const target = await judged(own, specs)
  const { store } = target
  await send(target, [{ second: 1 }, { second: 2, name: 1 }])
  expect(await rowsOf(store, 'select what, count from rule_missing')).toEqual([
    { what: expect.stringContaining('initiator') as unknown, count: 2 },
  ])
  const key = '00000000-0000-4000-8000-000000000001'
  for (const from of [0, missingTextsMax - 5]) {
    const tally = createCoverageTally()
    for (let at = from; at < from + missingTextsMax; at++) {
      const missing = [{ what: `/n${at}`, because: 'it was not recorded' }]
      tally.add({ ruleId: 1, version: 7, timeUs: startUs, key }, { kind: 'insufficient', missing })
    }
    await transaction(store, (client) => tally.write(client, 1))
  }
  expect(
    await rowsOf(
      store,
      `select what = '' as others, count(*) as texts, sum(count)::int8 as events from rule_missing
      where version = 7 group by 1 order by 1`,
    ),
  ).toEqual([
    { others: false, texts: missingTextsMax, events: missingTextsMax + 5 },
    { others: true, texts: 1, events: missingTextsMax - 5 },
  ])
})

const waiting = { a: `match: 'verb:create', lateness: 1m, condition: {without: {match: 'verb:delete'}, within: 1m}` }

test('that nothing followed is said once it is too late by the time of events, on the lane that is furthest behind', async () => {
  await using own = new AsyncDisposableStack()
  const target = await judged(own, waiting)
  const { store, cluster } = target
  const nowUs = startUs + 1_010 * second
  await send(target, [{ verb: 'create' }, { second: 119, name: 1 }, { second: 60, lane: 1, name: 2 }])
  await tickAt(store, nowUs)
  expect(await foundIn(store, cluster)).toEqual([])
  await send(target, [{ second: 120, name: 3, delivery: 1 }])
  await tickAt(store, nowUs)
  expect(await foundIn(store, cluster)).toEqual([])
  await send(target, [{ second: 121, lane: 1, name: 4, delivery: 1 }])
  await tickAt(store, nowUs)
  expect((await foundIn(store, cluster)).map(({ events }) => events)).toEqual([1])
})

test('where a cluster falls silent it is said by the clock, and taken back when something comes late after all', async () => {
  await using own = new AsyncDisposableStack()
  const target = await judged(own, waiting)
  const { store, cluster } = target
  await send(target, [{ verb: 'create' }])
  await tickAt(store, startUs + 1_059 * second)
  expect(await foundIn(store, cluster)).toEqual([])
  await tickAt(store, startUs + 1_061 * second)
  expect((await foundIn(store, cluster)).map(({ events }) => events)).toEqual([1])
  await send(target, [{ second: 30, verb: 'delete', delivery: 2 }])
  expect(await foundIn(store, cluster)).toEqual([])
})

test('hits go with the days of their events, and a finding still says how many there were, and since when', async () => {
  await using own = new AsyncDisposableStack()
  const specs = { a: `match: 'verb:get'`, b: `match: 'verb:get', condition: {count: 2, within: 1h}` }
  const target = await judged(own, specs)
  const { store, cluster } = target
  const day = 86_400
  await send(target, [{ second: 1 }, { second: 2, name: 1 }, { second: 3, actor: 1 }])
  await send(target, [{ second: day, name: 2 }])
  const before = await foundIn(store, cluster)
  await storeDeliveries(
    store,
    deliveriesOf(cluster, [call({ second: 10 * day, name: 9 })]).map((one) => ({
      ...one,
      receivedAtUs: startUs + 10 * day * second,
    })),
  )
  await judgeAll(store, cluster)
  expect(await ruleHitDays(store)).toHaveLength(3)
  await expire(store, startUs + 10 * day * second, 5)
  expect(await ruleHitDays(store)).toEqual([dayOf(startUs) + 10])
  const after = await rowsOf(
    store,
    `select r.name, f."group"->>'actor' as actor, f.events, f.expired, f.first_time from finding f join rule r on r.id = f.rule_id order by 1, 2`,
  )
  expect(after).toEqual([
    { name: 'a', actor: 'u0', events: 4, expired: 3, first_time: startUs + second },
    { name: 'a', actor: 'u1', events: 1, expired: 1, first_time: startUs + 3 * second },
    { name: 'b', actor: 'u0', events: 2, expired: 2, first_time: startUs + second },
  ])
  expect(before.map(({ rule, events }) => [rule, events])).toEqual(
    expect.arrayContaining([
      ['a', 3],
      ['a', 1],
      ['b', 2],
    ]),
  )
  // One a rule.
  expect(await rowsOf(store, 'select day from rule_coverage')).toHaveLength(2)
})

const silent = { gap: `on: gap, where: 'gap.kind == "cluster_silent" && gap.seconds >= 600', groupBy: [cluster]` }

test('a gap is a hit of rules on gaps, once however long it grows, and none when it turns out to be none', async () => {
  await using own = new AsyncDisposableStack()
  const store = await openTestStore(own, await createTestDatabase())
  await putRules(store, { source: 'api', author: 'test', rules: rulesOf(silent) })
  const { uid, name } = await freshCluster(store)
  const grow = async (seconds: number) => {
    const gap = { clusterUid: uid, cause: 'cluster_silent', detail: 'nothing was received' }
    await recordGap(store, { ...gap, fromUs: startUs, toUs: startUs + seconds * second })
    await tickAt(store, startUs + seconds * second)
    return await rowsOf(store, `select "group", events, first_time from finding where events > 0`)
  }
  expect(await grow(599)).toEqual([])
  const found = [{ group: { cluster: name }, events: 1, first_time: startUs }]
  expect(await grow(600)).toEqual(found)
  expect(await grow(630)).toEqual(found)
  await store.pool.query('delete from gap')
  await tickAt(store, startUs + 700 * second)
  expect(await rowsOf(store, 'select id from finding where events > 0')).toEqual([])
})

test('what is judged at once is judged like what is judged event by event', async () => {
  await using own = new AsyncDisposableStack()
  const target = await judged(own, waiting)
  const { store, cluster } = target
  const calls = Array.from({ length: 30 }, (_, at) =>
    call({ second: at * 20, verb: at % 3 === 0 ? 'create' : 'delete', name: at, actor: at % 2, isStarted: true }),
  )
  const deliveries = deliveriesOf(cluster, calls)
  await storeDeliveries(store, deliveries)
  await judgeAll(store, cluster, 1)
  await tickAt(store, laterUs)
  const rules = rulesOf(waiting).map(({ rule }) => rule)
  expect(await foundIn(store, cluster)).toEqual(slowFindings(rules, textsOf(cluster, deliveries)))
})
