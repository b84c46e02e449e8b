// Back-tests of the shipped rules and of random ones over a recorded week, history and attribution with it: what each matches is
// what the live engine matched, and so is what it could not judge.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { normalize } from '@plaintrail/event/normalize'
import { everything } from '@plaintrail/query/scope'
import { parseRules } from '@plaintrail/rules/parse-rules'
import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import type { Rule } from '@plaintrail/rules/rule'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { seededRandom } from '@plaintrail/test/random'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { joinedTallies, type BacktestHit } from './backtest-part.ts'
import { noTally } from './backtests.ts'
import { attributeAll, followAll, openTestStore } from './history-for-tests.ts'
import { createBacktestJudge } from './judge-backtest.ts'
import type { Store } from './open-store.ts'
import { randomSpec, ruleOf } from './random-rules-for-tests.ts'
import { putRules, replaceRules } from './rules.ts'
import { createRulesFollower, ruleLanes } from './rules-follower.ts'
import { storeCorpus } from './store-corpus-for-tests.ts'
import { takeSnapshot } from './take-snapshot.ts'

const packs = join(import.meta.dirname, '../rules/packs')
const files = readdirSync(packs, { recursive: true, encoding: 'utf8' }).filter((name) => /\.ya?ml$/.test(name))
const rules = files.flatMap((name) => parseRules(readFileSync(join(packs, name), 'utf8')).rules)
const own = new AsyncDisposableStack()
let store: Store

const seed = Number(process.env['PLAINTRAIL_TEST_SEED'] ?? 20261127)
const randomRules = 16

beforeAll(async () => {
  store = await openTestStore(own, await createTestDatabase())
  const [version = ''] = corpusVersions()
  await storeCorpus(store, [corpusOf(version)])
  await followAll(store)
  await attributeAll(store)
  await putRules(store, { source: 'pack', author: 'test', rules })
  await judgeAnew()
}, 240_000)
afterAll(() => own.disposeAsync())

/** All that is stored, by what is in force now. */
async function judgeAnew(): Promise<void> {
  await store.pool.query('delete from rule_position')
  const follower = createRulesFollower(store, { isHistoryOn: true })
  for (const { laneId } of await ruleLanes(store))
    for (let kind = ''; kind !== 'idle';) kind = (await follower.judge(laneId)).kind
}

interface Live {
  readonly rule: string
  readonly hits: readonly string[]
}

/** What matched, whether it counts or not. */
async function liveHits(): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows } = await store.pool.query<Live>(
    `select r.name as rule, array_agg(f.id || ' ' || h.time || ' ' || h.request || ' ' || h.step || ' ' || h.key || ' ' ||
       coalesce(h.value, '') order by 1) as hits
     from rule_hit h join finding f on f.id = h.finding_id join rule r on r.id = f.rule_id group by r.name`,
  )
  return new Map(rows.map(({ rule, hits }) => [rule, hits.toSorted()]))
}

async function liveCoverage(): Promise<ReadonlyMap<string, readonly number[]>> {
  const { rows } = await store.pool.query<{ rule: string; counts: readonly number[] }>(
    `select r.name as rule, array[sum(v.evaluated), sum(v.matched), sum(v.insufficient), sum(v.errors)]::int4[] as counts
     from rule_coverage v join rule r on r.id = v.rule_id group by r.name`,
  )
  return new Map(rows.map(({ rule, counts }) => [rule, counts]))
}

test('each shipped rule matches in a back-test what it matched as it came', async () => {
  const [hits, coverage] = [await liveHits(), await liveCoverage()]
  expect(hits.size).toBeGreaterThan(30)
  // Those that match nothing and concern nothing are many, and alike.
  for (const { rule } of rules.filter(({ rule: { name, on } }) => on === 'event' && coverage.has(name))) {
    const told = await backtested(rule, () => 2_000)
    expect(told.hits, rule.name).toEqual(hits.get(rule.name) ?? [])
    expect(told.counts, rule.name).toEqual(coverage.get(rule.name))
  }
}, 240_000)

test(`random rules match in a back-test what they matched as it came (seed ${seed})`, async () => {
  const random = seededRandom(seed)
  const [version = ''] = corpusVersions()
  const [first, ...more] = corpusOf(version)
    .lists.flatMap((list) => (JSON.parse(list) as { items: unknown[] }).items)
    .map((item) => normalize(item))
    .filter((event) => event !== null)
  if (first === undefined) throw new Error('there is a corpus')
  const specs = Array.from({ length: randomRules }, () => randomSpec(random, [first, ...more]))
  const own = specs.map((spec, index) => ruleOf(`random-${index}`, spec))
  await replaceRules(store, { source: 'pack', author: 'test', rules: own })
  await judgeAnew()
  const [hits, coverage] = [await liveHits(), await liveCoverage()]
  let matched = 0
  for (const [index, { rule }] of own.entries()) {
    const why = JSON.stringify([seed, specs[index]])
    const told = await backtested(rule, () => 200 + random.below(1_500))
    expect(told.hits, why).toEqual(hits.get(rule.name) ?? [])
    expect(told.counts, why).toEqual(coverage.get(rule.name) ?? [0, 0, 0, 0])
    matched += told.hits.length
  }
  expect(matched).toBeGreaterThan(100)
}, 240_000)

interface Told {
  readonly hits: readonly string[]
  /** Evaluated, matched, not evaluable, wrong. */
  readonly counts: readonly number[]
}

async function backtested(rule: Rule, limitOf: () => number): Promise<Told> {
  const asked = { uuid: '', id: '', scope: everything, rule: rule.name, text: '', running: null, cluster: null }
  const snapshot = await takeSnapshot(store, everything)
  const position = { snapshot, after: null, isRead: false, hits: 0, reachedUs: null }
  const window = { sinceUs: 0, untilUs: Date.UTC(2026, 11, 31) * 1_000 }
  const judge = await createBacktestJudge(store, { ...asked, ...position, window }, { rule, running: null })
  const found = new Map<string, BacktestHit>()
  let [after, tally]: [Parameters<typeof judge.page>[0], typeof noTally] = [null, noTally]
  do {
    const page = await judge.page(after, { limit: limitOf(), bytesMax: 8 * 1024 * 1024 })
    for (const hit of page.hits) keepLatest(found, hit)
    tally = joinedTallies(tally, page.tally)
    after = page.next
  } while (after !== null)
  const hits = [...found.values()].map(
    ({ findingId, timeUs, request, step, key, value }) =>
      `${findingId} ${timeUs} ${request} ${step} ${key ?? ''} ${value ?? ''}`,
  )
  return { hits: hits.toSorted(), counts: [tally.evaluated, tally.matched, tally.insufficient, tally.errors] }
}

function keepLatest(found: Map<string, BacktestHit>, hit: BacktestHit): void {
  const place = `${hit.findingId} ${hit.timeUs} ${hit.request} ${hit.step}`
  const before = found.get(place)
  const order = (one: BacktestHit): string => JSON.stringify([one.stageRank, one.stageTimeUs, one.key])
  if (before === undefined || order(hit) > order(before)) found.set(place, hit)
}
