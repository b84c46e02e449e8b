// A rule has no more findings in a cluster than it may, and no hit is lost by that.

import { randomUUID } from 'node:crypto'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { withinFindingsMax } from './bounded-findings.ts'
import { addCluster } from './clusters.ts'
import { lockFindings, type NewFinding } from './finding-rows.ts'
import { openTestStore } from './history-for-tests.ts'
import { rulesOf } from './judged-calls-for-tests.ts'
import type { Store } from './open-store.ts'
import { keptRules, putRules } from './rules.ts'
import { transaction } from './transaction.ts'

const own = new AsyncDisposableStack()
let store: Store
let clusters: readonly number[]
let rules: readonly number[]

beforeAll(async () => {
  store = await openTestStore(own, await createTestDatabase())
  await putRules(store, {
    source: 'api',
    author: 'test',
    rules: rulesOf({ a: `match: 'verb:get'`, b: `match: 'verb:get'` }),
  })
  for (const name of ['east', 'west']) await addCluster(store, { name })
  clusters = (await store.pool.query<{ id: number }>('select id from cluster order by id')).rows.map(({ id }) => id)
  rules = (await keptRules(store.pool)).map(({ ruleId }) => ruleId)
})
afterAll(() => own.disposeAsync())

const findingsMax = 3
const ids = Array.from({ length: 12 }, () => randomUUID())

function findingOf(at: number, ruleId: number): NewFinding {
  const told = { version: 1, severity: 'low', controls: [], summary: '', fields: {} } as const
  return { ...told, id: ids[at] ?? '', ruleId, group: { actor: `u${at}`, ip: '192.0.2.1' } }
}

/** Takes hits of these findings, and says which findings they come to. */
async function taken(cluster: number, findings: readonly NewFinding[]): Promise<readonly NewFinding[]> {
  return await transaction(store, async (client) => {
    const clusterId = clusters[cluster] ?? 0
    const hits = await withinFindingsMax(
      client,
      clusterId,
      findings.map((finding) => ({ finding })),
      findingsMax,
    )
    const bounded = hits.map(({ finding }) => finding)
    await lockFindings(client, clusterId, bounded)
    return bounded
  })
}

test('there are as many as there is room for, and one more for all others', async () => {
  const [a = 0, b = 0] = rules
  const first = await taken(0, [findingOf(0, a), findingOf(1, a)])
  expect(first.map(({ id }) => id)).toEqual([ids[0], ids[1]])
  const then = await taken(
    0,
    [0, 2, 3, 4, 2].map((at) => findingOf(at, a)),
  )
  const together = then.filter(({ group }) => group.actor === null)
  // One of the three new ones had room; it is there twice or once.
  expect(new Set(then.map(({ id }) => id)).size).toBe(3)
  expect(new Set(together.map(({ id }) => id)).size).toBe(1)
  expect(together[0]?.group).toEqual({ actor: null, ip: null })
  // What is there stays, what is new is with the others, and again the same.
  const again = await taken(0, [findingOf(1, a), findingOf(5, a), findingOf(6, a)])
  expect(again.map(({ id }) => id)).toEqual([ids[1], together[0]?.id, together[0]?.id])
  // Other rules and clusters have room of their own.
  expect((await taken(0, [findingOf(7, b)]))[0]?.id).toBe(ids[7])
  expect((await taken(1, [findingOf(8, a)]))[0]?.id).toBe(ids[8])
  const { rows } = await store.pool.query<{ findings: number }>(
    'select count(*)::int4 as findings from finding where cluster_id = $1 and rule_id = $2',
    [clusters[0], a],
  )
  expect(rows).toEqual([{ findings: findingsMax + 1 }])
})
