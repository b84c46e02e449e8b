// What rules read around an event, over a recorded week: as the query language and history have it, and nothing before these.

import { formatEventId } from '@plaintrail/event/identity'
import { parseQuery } from '@plaintrail/query/parse-query'
import { everything } from '@plaintrail/query/scope'
import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { expect, test } from 'vitest'
import { attributeBounds, createAttributor } from './attributor.ts'
import { findEvents } from './find-events.ts'
import { followAll, lanesOf, openTestStore } from './history-for-tests.ts'
import { rulesOf } from './judged-calls-for-tests.ts'
import type { Store } from './open-store.ts'
import { createRulesFollower } from './rules-follower.ts'
import { putRules } from './rules.ts'
import { storeCorpus } from './store-corpus-for-tests.ts'

const [version = ''] = corpusVersions()
const changed = 'changed:spec.replicas'
const people = 'verb:create kind:po initiator:*@*'

test('rules wait for history and attribution, and read what these know', async () => {
  await using own = new AsyncDisposableStack()
  const store = await openTestStore(own, await createTestDatabase())
  await storeCorpus(store, [{ version, lists: corpusOf(version).lists }])
  const rules = rulesOf({
    changed: `match: '${changed}'`,
    people: `match: '${people}'`,
    less: `match: 'kind:deploy verb:patch,update', where: 'oldObject.spec.replicas > object.spec.replicas'`,
    diff: `match: 'class:write', where: 'diff.exists(d, d.plain == "spec.replicas")'`,
    again: `match: 'class:write', where: event.auditIDReused`,
  })
  await putRules(store, { source: 'api', author: 'test', rules })
  expect(await judged(store)).toBe(0)
  await followAll(store)
  // One asks for the initiator, and who is behind events is not known yet.
  expect(await judged(store)).toBe(0)
  await attributeAll(store)
  expect(await judged(store)).toBeGreaterThan(1_000)
  const found = await hitsOf(store)
  const asked = await idsOf(store, changed)
  expect(found['changed']?.length).toBeGreaterThan(0)
  // A change that may be of a write that was not seen is found, and is not sure enough for a rule.
  expect((found['changed'] ?? []).filter((id) => !asked.includes(id))).toEqual([])
  expect(asked.length - (found['changed']?.length ?? 0)).toBeLessThanOrEqual(await insufficientOf(store, 'changed'))
  expect(found['diff']).toEqual(found['changed'])
  expect(found['people']).toEqual(await idsOf(store, people))
  expect(found['people']?.length).toBeGreaterThan(0)
  expect(found['less']?.length).toBeGreaterThan(0)
  expect((found['less'] ?? []).filter((id) => !asked.includes(id))).toEqual([])
  // The week has one of them.
  expect(found['again']).toHaveLength(1)
}, 240_000)

test('without history rules do not wait, and what it would know is not known', async () => {
  await using own = new AsyncDisposableStack()
  const store = await openTestStore(own, await createTestDatabase())
  await storeCorpus(store, [{ version, lists: corpusOf(version).lists.slice(0, 5) }])
  await putRules(store, { source: 'api', author: 'test', rules: rulesOf({ changed: `match: '${changed}'` }) })
  expect(await judged(store, false)).toBeGreaterThan(100)
  expect(await hitsOf(store)).toEqual({})
  expect(await insufficientOf(store, 'changed')).toBeGreaterThan(0)
}, 120_000)

/** How many events. */
async function judged(store: Store, isHistoryOn = true): Promise<number> {
  const follower = createRulesFollower(store, { isHistoryOn })
  let events = 0
  for (const lane of await lanesOf(store)) {
    for (;;) {
      const batch = await follower.judge(lane)
      if (batch.kind !== 'judged') break
      events += batch.events
    }
  }
  return events
}

async function attributeAll(store: Store): Promise<void> {
  const attributor = createAttributor(store)
  for (const lane of await lanesOf(store)) {
    for (let kind = ''; kind !== 'idle';) {
      kind = (await attributor.attribute(lane, { ...attributeBounds, settleUs: 0 }, Number.MAX_SAFE_INTEGER)).kind
    }
  }
}

async function hitsOf(store: Store): Promise<Readonly<Record<string, readonly string[]>>> {
  const { rows } = await store.pool.query<{ rule: string; time: number; key: string }>(
    `select r.name as rule, h.time, replace(h.key::text, '-', '') as key
     from rule_hit h join finding f on f.id = h.finding_id join rule r on r.id = f.rule_id where h.counts`,
  )
  const groups = Map.groupBy(rows, ({ rule }) => rule)
  return Object.fromEntries(
    [...groups].map(([rule, hits]) => [
      rule,
      hits.map(({ time, key }) => formatEventId(time, Buffer.from(key, 'hex'))).toSorted(),
    ]),
  )
}

async function idsOf(store: Store, text: string): Promise<readonly string[]> {
  const query = parseQuery(text, Date.now() * 1_000)
  const window = { sinceUs: Date.UTC(2026, 0) * 1_000, untilUs: Date.UTC(2028, 0) * 1_000 }
  const { events } = await findEvents(store, everything, {
    query,
    window,
    order: 'asc',
    limit: 1_000,
    after: null,
    snapshot: null,
  })
  return events.map(({ id }) => id).toSorted()
}

async function insufficientOf(store: Store, rule: string): Promise<number> {
  const { rows } = await store.pool.query<{ sum: number | null }>(
    `select sum(c.insufficient)::int8 as sum from rule_coverage c join rule r on r.id = c.rule_id where r.name = $1`,
    [rule],
  )
  return rows[0]?.sum ?? 0
}
