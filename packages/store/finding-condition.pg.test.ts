// What was found, asked of Postgres: the right events, in the partitions of the window alone.

import { parseQuery } from '@plaintrail/query/parse-query'
import { everything } from '@plaintrail/query/scope'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addCluster } from './clusters.ts'
import { storeDeliveries } from './events-for-tests.ts'
import { findRecords, recordsQuery } from './find-records.ts'
import { ruleText, seedRule } from './findings-for-tests.ts'
import { openTestStore } from './history-for-tests.ts'
import type { Store } from './open-store.ts'
import { makeRuleHitDays } from './partitions.ts'
import { queryConditions } from './query-conditions.ts'
import { statementOf } from './read-rows.ts'

const dayUs = 86_400_000_000
const startUs = Date.UTC(2026, 10, 10) * 1000
const days = 4
const eventsADay = 5_000
/** Two of the four days. */
const stretch = { fromUs: startUs + dayUs, toUs: startUs + 3 * dayUs }

const resources = new AsyncDisposableStack()
let store: Store

beforeAll(async () => {
  store = await openTestStore(resources, await createTestDatabase())
  const { uid } = await addCluster(store, { name: 'east' })
  const items = Array.from({ length: days * eventsADay }, (_, index) => item(index))
  await storeDeliveries(store, [{ cluster: uid, items, receivedAtUs: startUs }])
  await makeRuleHitDays(
    store,
    Array.from({ length: days }, (_, day) => startUs / dayUs + day),
  )
  for (const name of ['often', 'seldom'])
    await seedRule(store, ruleText(name, { controls: [`soc2:${name === 'often' ? 'CC6.1' : 'CC7.2'}`] }))
  // Every two hundredth event counts in one of 100 findings of a rule, and one of two thousand in one of another.
  await store.pool.query(`
    insert into finding (first_time, last_time, events, opened_at, id, cluster_id, rule_id, version, severity, controls, summary, "group", fields)
    select 0, 0, 1, now(), md5(r.name || n)::uuid, 1, r.id, 1, case r.name when 'often' then 'low' else 'critical' end,
      array['soc2:' || case r.name when 'often' then 'CC6.1' else 'CC7.2' end], '', '{}', '{}'
    from rule r, generate_series(0, 99) n;
    insert into rule_hit (time, stage_time, finding_id, request, key, cluster_id, version, step, stage_rank, counts, fields)
    select e.time, e.time, md5(r.name || e.name::int8 % 100)::uuid, e.key, e.key, e.cluster_id, 1, 0, 3, true, '{}'
    from event e join rule r on e.name::int8 % (case r.name when 'often' then 200 else 2000 end) = 0`)
  await store.pool.query('analyze')
}, 120_000)

afterAll(() => resources.disposeAsync())

describe('of what was found', () => {
  test.each([
    ['of one rule', 'rule:seldom', 5],
    ['of another', 'rule:often kind:cm', 50],
    ['as severe', 'severity:>=high', 5],
    ['about a control', 'control:soc2:CC7.2', 5],
    ['about controls', 'control:soc2:*', 50],
    ['or else', 'rule:seldom OR actor:nobody', 5],
    ['and not', 'rule:often -severity:critical', 45],
  ])('that %s is read in the partitions of the window alone', async (_, text, count) => {
    const { where, tables } = await planOf(text)
    const partitions = tables.filter((table) => /^(event|rule_hit)/.test(table))
    expect([...new Set(partitions)].toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      'event_20261111',
      'event_20261112',
      'rule_hit_20261111',
      'rule_hit_20261112',
    ])
    const found = await findRecords(store, { where, ...stretch, order: 'desc', after: null, limit: 2_000 })
    expect(found.length).toBe(count)
  })
})

type Plan = Readonly<Record<string, unknown>>

async function planOf(text: string) {
  const conditions = (await queryConditions(store, everything, parseQuery(text, 0))) ?? expect.fail()
  const where = conditions.where(stretch)
  const query = statementOf(recordsQuery({ where, ...stretch, order: 'desc', after: null, limit: 20 }))
  const { rows } = await store.pool.query<{ 'QUERY PLAN': readonly { readonly Plan: Plan }[] }>(
    `explain (format json) ${query.text}`,
    query.values,
  )
  const nodes = rows.flatMap((row) => row['QUERY PLAN'].flatMap(({ Plan: plan }) => nodesOf(plan)))
  return { where, tables: nodes.flatMap((node) => ('Relation Name' in node ? [String(node['Relation Name'])] : [])) }
}

function nodesOf(node: Plan): readonly Plan[] {
  const plans = node['Plans']
  return [node, ...(Array.isArray(plans) ? plans.flatMap((one: Plan) => nodesOf(one)) : [])]
}

function item(index: number): string {
  const us = startUs + index * (dayUs / eventsADay)
  const time = `${new Date(us / 1_000).toISOString().slice(0, -1)}000Z`
  return JSON.stringify({
    level: 'Metadata',
    auditID: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    stage: 'ResponseComplete',
    requestURI: '/api/v1/namespaces/shop/configmaps',
    verb: 'update',
    user: { username: 'alice', groups: [] },
    sourceIPs: ['10.0.3.7'],
    userAgent: 'kubectl/v1.33.3',
    objectRef: { resource: 'configmaps', namespace: 'shop', name: String(index), apiVersion: 'v1' },
    responseStatus: { metadata: {}, code: 200 },
    requestReceivedTimestamp: time,
    stageTimestamp: time,
    annotations: {},
  })
}
