// What rules found in a window is what their hits say, though hits are counted only at its edges; where that is too much it is
// said that there are more.

import { everything, type Scope } from '@plaintrail/query/scope'
import type { Window } from '@plaintrail/query/window'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addCluster } from './clusters.ts'
import { ruleText, seedRule } from './findings-for-tests.ts'
import { findingsOfRules, type CountBounds } from './findings-of-rules.ts'
import { openTestStore } from './history-for-tests.ts'
import type { Store } from './open-store.ts'
import { makeRuleHitDays } from './partitions.ts'

const dayUs = 86_400_000_000
const firstDay = 20_700
const days = 6
const names = ['busy', 'many', 'tried']
const resources = new AsyncDisposableStack()
let store: Store

beforeAll(async () => {
  store = await openTestStore(resources, await createTestDatabase())
  for (const name of ['east', 'west']) await addCluster(store, { name })
  for (const name of ['busy', 'many']) await seedRule(store, ruleText(name))
  await seedRule(store, ruleText('tried', { state: 'shadow' }))
  await makeRuleHitDays(
    store,
    Array.from({ length: days }, (_, day) => firstDay + day),
  )
  await seed('busy', 'east', { findings: 2, hits: 6_000, everyUs: (days * dayUs) / 6_000 })
  await seed('busy', 'west', { findings: 1, hits: 50, everyUs: (days * dayUs) / 50 })
  await seed('many', 'east', { findings: 300, hits: 900, everyUs: (days * dayUs) / 900 })
  await seed('tried', 'east', { findings: 1, hits: 5, everyUs: dayUs })
  // A request in two steps of a sequence is one; what does not count is none.
  await store.pool.query(`
    insert into rule_hit (time, stage_time, finding_id, request, cluster_id, version, step, stage_rank, counts, fields)
    select h.time, 0, h.finding_id, h.request, h.cluster_id, 1, 1, 3, true, '{}' from rule_hit h where h.time % 3 = 0;
    insert into rule_hit (time, stage_time, finding_id, request, cluster_id, version, step, stage_rank, counts, fields)
    select h.time + 1, 0, h.finding_id, gen_random_uuid(), h.cluster_id, 1, 0, 3, false, '{}' from rule_hit h where h.step = 0;
    update finding f set events = n.requests, first_time = n.first, last_time = n.last from (
      select h.finding_id, count(distinct (h.time, h.request)) as requests, min(h.time) as first, max(h.time) as last
      from rule_hit h where h.counts group by h.finding_id) n
    where n.finding_id = f.id`)
}, 60_000)
afterAll(() => resources.disposeAsync())

/** Hits of one finding after the other, at equal times apart. */
async function seed(
  rule: string,
  cluster: string,
  { findings, hits, everyUs }: { readonly findings: number; readonly hits: number; readonly everyUs: number },
): Promise<void> {
  await store.pool.query(
    `insert into finding (events, opened_at, id, cluster_id, rule_id, version, severity, controls, summary, "group", fields)
     select 1, now(), md5($1 || $2 || n)::uuid, c.id, r.id, 1, 'high', '{}', '', '{}', '{}'
     from rule r, cluster c, generate_series(0, $3::int - 1) n where r.name = $1 and c.name = $2`,
    [rule, cluster, findings],
  )
  await store.pool.query(
    `insert into rule_hit (time, stage_time, finding_id, request, cluster_id, version, step, stage_rank, counts, fields)
     select $5::int8 + n * $6::int8, 0, md5($1 || $2 || n % $3::int)::uuid, gen_random_uuid(), c.id, 1, 0, 3, true, '{}'
     from cluster c, generate_series(0, $4::int - 1) n where c.name = $2`,
    [rule, cluster, findings, hits, firstDay * dayUs, everyUs],
  )
}

const windowOf = (fromDay: number, toDay: number): Window => ({
  sinceUs: Math.round((firstDay + fromDay) * dayUs),
  untilUs: Math.round((firstDay + toDay) * dayUs),
})

/** By every hit there is. */
async function slowly({ sinceUs, untilUs }: Window, clusters: readonly string[]): Promise<readonly object[]> {
  const { rows } = await store.pool.query<object>(
    `select r.name as rule, c.name as cluster, count(distinct f.id)::int8 as findings,
       count(distinct (f.id, h.time, h.request))::int8 as events, max(h.time) as "lastUs"
     from finding f join rule r on r.id = f.rule_id join cluster c on c.id = f.cluster_id
       join rule_hit h on h.finding_id = f.id and h.counts and h.time >= $1 and h.time < $2
     where r.name <> 'tried' and c.name = any($3) group by 1, 2 order by 1, 2`,
    [sinceUs, untilUs, clusters],
  )
  return rows.map((row) => ({ ...row, findingsRelation: 'eq', eventsRelation: 'eq' }))
}

const everyWindow: readonly (readonly [string, Window])[] = [
  ['of all of it', windowOf(-1, days + 1)],
  ['of its end', windowOf(2, days)],
  ['of its beginning', windowOf(-1, 2.5)],
  ['of its middle', windowOf(1.3, 4.1)],
  ['of little', windowOf(2, 2.01)],
  ['of nothing', windowOf(days + 1, days + 2)],
]

describe('what rules found in a window', () => {
  test.each(everyWindow)('%s is what every hit says', async (_, window) => {
    expect(await findingsOfRules(store, everything, names, window)).toEqual(await slowly(window, ['east', 'west']))
    const west: Scope = { kind: 'clusters', clusters: ['west'] }
    expect(await findingsOfRules(store, west, names, window)).toEqual(await slowly(window, ['west']))
  })

  test.each(everyWindow)('%s is never less than there is where it says so, and never more', async (_, window) => {
    const bounds: CountBounds = { hitsMax: 300, findingsMax: 0 }
    const whole = new Map((await findingsOfRules(store, everything, names, window)).map((one) => [keyOf(one), one]))
    const found = await findingsOfRules(store, everything, names, window, bounds)
    for (const one of found) {
      const all = whole.get(keyOf(one))
      expect(all, keyOf(one)).toBeDefined()
      for (const what of ['findings', 'events'] as const)
        if (one[`${what}Relation`] === 'eq') expect([keyOf(one), one[what]]).toEqual([keyOf(one), all?.[what]])
        else expect(one[what]).toBeLessThanOrEqual(all?.[what] ?? 0)
    }
  })

  test('says that there are more where the hits at the edges are too many to count', async () => {
    const window = windowOf(1.3, 4.1)
    const [east, west, many] = await findingsOfRules(store, everything, names, window, {
      hitsMax: 400,
      findingsMax: 1_000,
    })
    expect(east).toMatchObject({ rule: 'busy', findingsRelation: 'eq', eventsRelation: 'gte' })
    // What needs little has it, and leaves the rest to the others.
    expect(west).toMatchObject({ cluster: 'west', eventsRelation: 'eq' })
    expect(many).toMatchObject({ rule: 'many', findingsRelation: 'eq', eventsRelation: 'gte' })
    const [, , looked] = await findingsOfRules(store, everything, names, window, { hitsMax: 1e6, findingsMax: 103 })
    expect(looked).toMatchObject({ findings: expect.any(Number), findingsRelation: 'gte', eventsRelation: 'eq' })
  })

  test('does not count what lies within the window', async () => {
    const found = await findingsOfRules(store, everything, names, windowOf(-1, days + 1), {
      hitsMax: 0,
      findingsMax: 0,
    })
    expect(found.every(({ eventsRelation }) => eventsRelation === 'eq')).toBe(true)
  })
})

const keyOf = ({ rule, cluster }: { readonly rule: string; readonly cluster: string }): string => `${rule}/${cluster}`
