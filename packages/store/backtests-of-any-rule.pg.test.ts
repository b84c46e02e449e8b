// Back-tests of random rules, of every form that a file can say, against the live engine: over the same random events both match,
// find, count and fail to know the same.

import { formatEventId } from '@plaintrail/event/identity'
import { normalize } from '@plaintrail/event/normalize'
import { everything } from '@plaintrail/query/scope'
import type { ParsedRule } from '@plaintrail/rules/parse-rules'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { seededRandom } from '@plaintrail/test/random'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { askBacktest, makeBacktest } from './backtests-for-tests.ts'
import type { BacktestResult } from './backtest-result.ts'
import { findBacktest, type BacktestTally } from './backtests.ts'
import { storeDeliveries, type Delivery } from './events-for-tests.ts'
import { attributeAll, followAll, openTestStore } from './history-for-tests.ts'
import { foundIn, freshCluster, judgeAll, laterUs, second, startUs, tickAt } from './judged-calls-for-tests.ts'
import type { Store } from './open-store.ts'
import { randomEvents, stepSeconds, stepsMax, type RandomEvent } from './random-events-for-tests.ts'
import { editedSpec, randomSpec, ruleOf, type RandomSpec } from './random-rules-for-tests.ts'
import { putRules } from './rules.ts'
import type { SlowCluster, SlowFound } from './slow-findings-for-tests.ts'

const seed = Number(process.env['PLAINTRAIL_TEST_SEED'] ?? 20261127)
const rounds = 4
const rulesEach = 12
/** So few that no rule fails on as many events as turn it off: a back-test would go on. */
const callsMax = 80

const own = new AsyncDisposableStack()
/** One where history and attribution are kept, and one without. */
let [kept, bare]: Store[] = []

beforeAll(async () => {
  kept = await openTestStore(own, await createTestDatabase())
  bare = await openTestStore(own, await createTestDatabase())
}, 60_000)
afterAll(() => own.disposeAsync())

interface Round {
  readonly store: Store
  readonly isHistoryOn: boolean
  readonly cluster: SlowCluster
  readonly random: ReturnType<typeof seededRandom>
  readonly specs: readonly RandomSpec[]
  readonly rules: readonly ParsedRule[]
}

test.each([true, false])(
  `finds what the live engine found, whatever the rule (history kept: %s; seed ${seed})`,
  async (isHistoryOn) => {
    const store = isHistoryOn ? kept : bare
    if (store === undefined) throw new Error('there is no store')
    const told = { findings: 0, stay: 0, starts: 0, stops: 0, insufficient: 0, conditions: new Set<string>() }
    for (let number = 0; number < rounds; number++) {
      const round = await judged(store, isHistoryOn, seed + number)
      for (const [index, parsed] of round.rules.entries()) {
        const { result, tally } = await compared(round, index, parsed)
        const { starts = 0, stops = 0 } = result.difference ?? {}
        told.findings += result.findings
        told.stay += result.findings - starts
        told.starts += starts
        told.stops += stops
        told.insufficient += tally.insufficient
        if (result.findings > 0) told.conditions.add(parsed.rule.condition.kind)
      }
    }
    // It was about something.
    expect(told.conditions.size).toBeGreaterThan(2)
    for (const count of [told.findings, told.stay, told.starts, told.stops, told.insufficient])
      expect(count).toBeGreaterThan(0)
  },
  240_000,
)

/** Some rules in force over some events of a cluster of their own. */
async function judged(store: Store, isHistoryOn: boolean, roundSeed: number): Promise<Round> {
  const random = seededRandom(roundSeed)
  const cluster = await freshCluster(store)
  const events = randomEvents(random, 30 + random.below(callsMax - 29))
  const [first, ...more] = events.map(({ text }) => normalize(JSON.parse(text))).filter((event) => event !== null)
  if (first === undefined) throw new Error('there are events')
  const specs = Array.from({ length: rulesEach / 2 }, () => {
    const spec = randomSpec(random, [first, ...more])
    return [spec, editedSpec(random, [first, ...more], spec)]
  }).flat()
  const rules = specs.map((spec, index) => ruleOf(`r${index}`, spec))
  await putRules(store, { source: 'api', author: 'test', rules })
  const deliveries = deliveriesOf(cluster, events)
  const half = Math.ceil(deliveries.length / 2)
  // Late ones are known to a back-test from the beginning: of what rules read around an event they change what is known, so
  // where that is kept all is stored before anything is judged.
  for (const some of isHistoryOn ? [deliveries] : [deliveries.slice(0, half), deliveries]) {
    await storeDeliveries(store, some)
    if (isHistoryOn) await followAll(store)
    if (isHistoryOn) await attributeAll(store)
    await judgeAll(store, cluster, 1 + random.below(random.pick([4, 40, 40])), isHistoryOn)
    await tickAt(store, startUs + random.below(1_300) * second)
  }
  await tickAt(store, laterUs)
  return { store, isHistoryOn, cluster, random, specs, rules }
}

function deliveriesOf(cluster: SlowCluster, events: readonly RandomEvent[]): readonly Delivery[] {
  return [...Map.groupBy(events, ({ lane, delivery }) => `${delivery} ${lane}`)].map(([key, items]) => ({
    cluster: cluster.uid,
    lane: `lane${key.split(' ')[1]}`,
    items: items.map(({ text }) => text),
    receivedAtUs: startUs + (1_000 + Number(key.split(' ')[0])) * second,
  }))
}

/** A back-test of all of it against the rule after it, and one of a part of the time. */
async function compared(
  { store, cluster, random, specs, rules }: Round,
  index: number,
  { rule, text }: ParsedRule,
): Promise<{ readonly result: BacktestResult; readonly tally: BacktestTally }> {
  const why = JSON.stringify([seed, cluster.name, specs[index]])
  const found = await foundIn(store, cluster)
  const live = found.filter((one) => one.rule === rule.name)
  const next = rules[(index + 1) % rules.length]
  const asked = { rule: rule.name, text, cluster: cluster.name }
  const running = ruleOf(rule.name, specs[(index + 1) % specs.length] ?? {}).text
  const pageMax = random.pick([4, 40, 40])
  const limitOf = (): number => 1 + random.below(pageMax)
  const id = await askBacktest(store, { ...asked, running })
  const result = await makeBacktest(store, id, limitOf)
  const others = found.filter((one) => one.rule === next?.rule.name)
  const eventIds = await countingEvents(store, cluster, rule.name)
  expect(shown(result), why).toEqual(expected(live, others, result))
  for (const { event } of result.top) expect(eventIds, why).toContain(event)
  const tally = (await findBacktest(store, everything, id))?.tally
  if (tally === undefined) throw new Error('it is gone')
  expect(shownTally(tally), why).toEqual(await liveTally(store, cluster, rule.name))

  const [from, length] = [random.below(stepsMax), random.below(stepsMax)]
  const [sinceUs, untilUs] = [from, from + length].map((at) => startUs + at * stepSeconds * second)
  const window = { sinceUs: sinceUs ?? 0, untilUs: untilUs ?? 0 }
  const part = await makeBacktest(store, await askBacktest(store, { ...asked, window }), limitOf)
  expect([part.findings, part.events], why).toEqual(await countedIn(store, cluster, rule.name, window))
  return { result, tally }
}

/** Of the result as far as it can be told of what was found live. */
function shown({ findings, events, days, difference, top }: BacktestResult): object {
  return {
    findings,
    events,
    opened: days.reduce((sum, { opened }) => sum + opened, 0),
    starts: difference?.starts,
    stops: difference?.stops,
    other: [difference?.findings, difference?.events],
    top: top
      .map(({ id, events: count, firstUs, lastUs, group, summary }) => ({ id, count, firstUs, lastUs, group, summary }))
      .toSorted(byId),
  }
}

const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1)

function expected(live: readonly SlowFound[], others: readonly SlowFound[], { top }: BacktestResult): object {
  // Groups of two rules are one where their values are, however the fields are named.
  const groupsOf = (found: readonly SlowFound[]): ReadonlySet<string> =>
    new Set(found.map(({ group }) => JSON.stringify(Object.values(group))))
  const [groups, otherGroups] = [groupsOf(live), groupsOf(others)]
  const eventsOf = (found: readonly SlowFound[]): number => found.reduce((sum, { events }) => sum + events, 0)
  const busiest = live.map(({ events }) => events).toSorted((a, b) => b - a)
  expect(top.map(({ events }) => events)).toEqual(busiest.slice(0, 20))
  const told = new Set(top.map(({ id }) => id))
  return {
    findings: live.length,
    events: eventsOf(live),
    opened: live.length,
    starts: [...groups].filter((group) => !otherGroups.has(group)).length,
    stops: [...otherGroups].filter((group) => !groups.has(group)).length,
    other: [others.length, eventsOf(others)],
    top: live
      .filter(({ id }) => told.has(id))
      .map(({ id, events: count, firstUs, lastUs, group, summary }) => ({ id, count, firstUs, lastUs, group, summary }))
      .toSorted(byId),
  }
}

interface ShownTally {
  readonly counts: readonly number[]
  readonly missing: readonly string[]
}

/** Where it was so is told of one event of several, whichever was judged first. */
function shownTally({ evaluated, matched, insufficient, errors, missing }: BacktestTally): ShownTally {
  const told = missing.map(({ isError, what, because, count }) => JSON.stringify([isError, what, because, count]))
  return { counts: [evaluated, matched, insufficient, errors], missing: told.toSorted() }
}

async function liveTally(store: Store, { uid }: SlowCluster, rule: string): Promise<ShownTally> {
  const of = 'join rule r on r.id = v.rule_id join cluster c on c.id = v.cluster_id where c.uid = $1 and r.name = $2'
  const { rows: counts } = await store.pool.query<{ counts: readonly number[] }>(
    `select array[coalesce(sum(v.evaluated), 0), coalesce(sum(v.matched), 0), coalesce(sum(v.insufficient), 0),
       coalesce(sum(v.errors), 0)]::int4[] as counts
     from rule_coverage v ${of}`,
    [uid, rule],
  )
  const { rows: missing } = await store.pool.query<{ isError: boolean; what: string; because: string; count: number }>(
    `select v.is_error as "isError", v.what, v.because, v.count::int4 as count from rule_missing v ${of}`,
    [uid, rule],
  )
  const told = missing.map(({ isError, what, because, count }) => JSON.stringify([isError, what, because, count]))
  return { counts: counts[0]?.counts ?? [], missing: told.toSorted() }
}

/** Ids: a request that is several steps may be several events. */
async function countingEvents(store: Store, { uid }: SlowCluster, rule: string): Promise<ReadonlySet<string>> {
  const { rows } = await store.pool.query<{ time: number; key: string }>(
    `select h.time, replace(h.key::text, '-', '') as key
     from rule_hit h join finding f on f.id = h.finding_id join rule r on r.id = f.rule_id
       join cluster c on c.id = f.cluster_id
     where h.counts and r.name = $1 and c.uid = $2`,
    [rule, uid],
  )
  return new Set(rows.map(({ time, key }) => formatEventId(time, Buffer.from(key, 'hex'))))
}

/** Findings with a request of the window that counts, and such requests. */
async function countedIn(
  store: Store,
  { uid }: SlowCluster,
  rule: string,
  { sinceUs, untilUs }: { readonly sinceUs: number; readonly untilUs: number },
): Promise<readonly number[]> {
  const { rows } = await store.pool.query<{ findings: number; events: number }>(
    `select count(distinct h.finding_id)::int4 as findings, count(distinct (h.finding_id, h.time, h.request))::int4 as events
     from rule_hit h join finding f on f.id = h.finding_id join rule r on r.id = f.rule_id
       join cluster c on c.id = f.cluster_id
     where h.counts and r.name = $1 and c.uid = $2 and h.time >= $3 and h.time < $4`,
    [rule, uid, sinceUs, untilUs],
  )
  return [rows[0]?.findings ?? -1, rows[0]?.events ?? -1]
}
