import { randomUUID } from 'node:crypto'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addCluster } from './clusters.ts'
import { takeFoundHits, type FoundHit } from './findings-of-hits.ts'
import { openTestStore } from './history-for-tests.ts'
import { rulesOf, second, startUs } from './judged-calls-for-tests.ts'
import type { Store } from './open-store.ts'
import { makeRuleHitDays } from './partitions.ts'
import { createRuleBook } from './rule-book.ts'
import { keptRules, putRules } from './rules.ts'
import { dayOf } from './segment-id.ts'
import { transaction } from './transaction.ts'

const own = new AsyncDisposableStack()
let store: Store

beforeAll(async () => {
  store = await openTestStore(own, await createTestDatabase())
  const rules = rulesOf({
    first: `match: 'verb:get', condition: {firstSeen: [object.name], within: 30d}`,
    ordered: `match: 'verb:get', condition: {then: [{match: 'verb:create'}], within: 1h}`,
  })
  await putRules(store, { source: 'api', author: 'test', rules })
})
afterAll(() => own.disposeAsync())

/** Takes hits of one group, 4,000 at a time; answers with how many events it comes to. */
async function eventsOf(rule: string, hits: readonly Pick<FoundHit, 'step' | 'timeUs' | 'value'>[]): Promise<number> {
  const { uid } = await addCluster(store, { name: rule })
  const { rows } = await store.pool.query<{ id: number }>('select id from cluster where uid = $1', [uid])
  const clusterId = rows[0]?.id ?? 0
  const { ruleId = 0, version = 0 } = (await keptRules(store.pool)).find(({ name }) => name === rule) ?? {}
  const finding = {
    id: randomUUID(),
    ruleId,
    version,
    severity: 'low',
    controls: [],
    summary: '',
    group: {},
    fields: {},
  } as const
  const plain = { finding, version, gapId: null, stageRank: 3, stageTimeUs: 0, dueUs: null, fields: {} }
  const found = hits.map((hit) => ({ ...plain, ...hit, request: randomUUID(), key: randomUUID() }))
  await makeRuleHitDays(store, new Set(hits.map(({ timeUs }) => dayOf(timeUs))))
  const book = createRuleBook(() => null)
  for (let at = 0; at < found.length; at += 4_000) {
    await transaction(store, async (client) => {
      await takeFoundHits({ store, client, clusterId, book }, found.slice(at, at + 4_000))
    })
  }
  const counted = await store.pool.query<{ events: number }>('select events from finding where id = $1', [finding.id])
  return counted.rows[0]?.events ?? 0
}

test('what was seen before is not seen first, once more than is read of it came after', async () => {
  const hits = Array.from({ length: 14_000 }, (_, at) => ({
    timeUs: startUs + at * second,
    step: 0,
    value: at % 2 === 0 ? 'a' : 'b',
  }))
  expect(await eventsOf('first', hits)).toBe(2)
}, 120_000)

test('what followed something does not cease to, once more than is read of it came after', async () => {
  const hits = Array.from({ length: 14_000 }, (_, at) => ({
    timeUs: startUs + at * 120_000,
    step: at === 0 ? 0 : 1,
    value: null,
  }))
  // Those of the last part come too late to be judged with the first.
  expect(await eventsOf('ordered', hits)).toBe(12_000)
}, 120_000)
