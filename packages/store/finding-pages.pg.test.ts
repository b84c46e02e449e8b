// Pages of findings while others get events: none is lost, and a page is read by an index.

import { parseQuery } from '@plaintrail/query/parse-query'
import { everything } from '@plaintrail/query/scope'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addCluster } from './clusters.ts'
import { findFindings, findingsQuery, type FindingQuestion, type FindingSort } from './find-findings.ts'
import { ruleText, seedRule } from './findings-for-tests.ts'
import { openTestStore } from './history-for-tests.ts'
import type { Store } from './open-store.ts'
import { statementOf } from './read-rows.ts'
import { transaction } from './transaction.ts'

const startUs = Date.UTC(2026, 10, 20) * 1_000
const count = 3_000
const rules = 30
const resources = new AsyncDisposableStack()
let store: Store

beforeAll(async () => {
  store = await openTestStore(resources, await createTestDatabase())
  await addCluster(store, { name: 'east' })
  for (let n = 0; n < rules; n++) await seedRule(store, ruleText(`rule-${n}`))
  await store.pool.query(
    `insert into finding (first_time, last_time, events, opened_at, id, cluster_id, rule_id, version, severity, controls,
       summary, "group", fields)
     select $1::int8 + n, $1::int8 + n, 1, now() - interval '1 hour' + n * interval '1 ms', md5(n::text)::uuid, 1, 1 + n % $3::int, 1, 'high', '{}',
       'number ' || n, '{}', '{}'
     from generate_series(1, $2::int) n`,
    [startUs, count, rules],
  )
  await store.pool.query('analyze')
}, 60_000)
afterAll(() => resources.disposeAsync())

const everyTime = { sinceUs: 0, untilUs: startUs * 2 }
const asked = (sort: FindingSort, limit: number): FindingQuestion => ({
  query: parseQuery('', 0),
  window: everyTime,
  sort,
  limit,
  after: null,
  asOfUs: null,
})

interface Paged {
  /** Of those that are listed, and of those that come again. */
  readonly listed: readonly string[]
  readonly again: readonly string[]
}

/** All pages; `meanwhile` happens after each but the last, with the number of the page. */
async function pagesOf(first: FindingQuestion, meanwhile: (page: number) => Promise<unknown>): Promise<Paged> {
  const paged = { listed: [] as string[], again: [] as string[] }
  let question: FindingQuestion = first
  for (let page = 1; ; page++) {
    const { items, next, asOfUs } = await findFindings(store, everything, question)
    const told = items.map(({ summary }) => summary)
    if (question.after?.isAgain === true) paged.again.push(...told)
    else paged.listed.push(...told)
    if (next === null) return paged
    question = { ...first, after: next, asOfUs }
    await meanwhile(page)
  }
}

let latestUs = startUs + count
/** As a worker that judges: those of these numbers have another event now. */
const happen = (numbers: readonly number[]): Promise<unknown> =>
  store.pool.query(
    `update finding set last_time = $1, events = events + 1 where summary = any(array(select 'number ' || n from unnest($2::int[]) n))`,
    [++latestUs, numbers],
  )

const everySummary = Array.from({ length: count }, (_, n) => `number ${n + 1}`).toSorted()

describe('while findings get events,', () => {
  test('all of them are on a page, and those that moved come again', async () => {
    const { listed, again } = await pagesOf(asked('last', 700), async (page) => {
      // Of those that are still to come, of those that were there, and of one again and again.
      if (page < 5) await happen([10 + page, count - page, 5])
    })
    expect([...new Set([...listed, ...again])].toSorted()).toEqual(everySummary)
    expect(new Set(listed).size).toBe(listed.length)
    expect(listed.length).toBeLessThan(count)
    expect(again).toEqual(expect.arrayContaining(['number 5', 'number 11', 'number 14']))
    expect(again.length).toBeLessThan(20)
  })

  test('what was being written when the first page was read is not lost either', async () => {
    const gate = Promise.withResolvers<void>()
    const written = Promise.withResolvers<void>()
    const isDone = transaction(store, async (client) => {
      await client.query(`update finding set last_time = $1 where summary = 'number 7'`, [++latestUs])
      written.resolve()
      await gate.promise
    })
    await written.promise
    // One that began later and is over: it is not the last transaction that counts.
    await happen([count])
    const { listed, again } = await pagesOf(asked('last', 1_000), async (page) => {
      if (page !== 1) return
      gate.resolve()
      await isDone
    })
    expect([...new Set([...listed, ...again])].toSorted()).toEqual(everySummary)
    expect(again).toEqual(['number 7'])
  })

  test('those that come again are on pages, too, each once, though they change on', async () => {
    const numbers = Array.from({ length: 500 }, (_, n) => n + 1)
    const { again } = await pagesOf(asked('last', 400), () => happen(numbers))
    expect(new Set(again).size).toBe(again.length)
    expect(again.length).toBeGreaterThanOrEqual(500)
  }, 60_000)

  test('by when they were found each is on one page', async () => {
    const { listed, again } = await pagesOf(asked('opened', 700), (page) => happen([10 + page, count - page]))
    expect(listed.toSorted()).toEqual(everySummary)
    expect(again).toEqual([])
  })
})

test('by when they were found, one that was being written when the first page was read comes at the end', async () => {
  const gate = Promise.withResolvers<void>()
  const written = Promise.withResolvers<void>()
  const isDone = transaction(store, async (client) => {
    await client.query(
      `insert into finding (first_time, last_time, events, opened_at, id, cluster_id, rule_id, version, severity, controls,
         summary, "group", fields)
       values ($1::int8, $1::int8, 1, now(), md5('late')::uuid, 1, 1, 1, 'high', '{}', 'number late', '{}', '{}')`,
      [startUs],
    )
    written.resolve()
    await gate.promise
  })
  await written.promise
  const { listed, again } = await pagesOf(asked('opened', 1_000), async (page) => {
    if (page !== 1) return
    gate.resolve()
    await isDone
  })
  expect([listed.toSorted(), again]).toEqual([everySummary, ['number late']])
  await store.pool.query(`delete from finding where summary = 'number late'`)
})

test('nothing comes again where nothing changed', async () => {
  const { listed, again } = await pagesOf(asked('last', 700), async () => {})
  expect(listed.toSorted()).toEqual(everySummary)
  expect(again).toEqual([])
})

test.each([
  ['last', 'finding_last'],
  ['opened', 'finding_opened'],
] as const)('a page sorted by %s is read by an index, in its order', async (sort, index) => {
  const { items, next } = await findFindings(store, everything, asked(sort, 100))
  expect(items).toHaveLength(100)
  const statement = findingsQuery(everything, { ...asked(sort, 100), after: next }, Date.now() * 1_000)
  const { text, values } = statementOf(statement ?? expect.fail())
  const { rows } = await store.pool.query<{ 'QUERY PLAN': string }>({ text: `explain ${text}`, values })
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
  expect(plan).toContain(`Index Scan Backward using ${index} on finding f`)
  expect(plan).not.toMatch(/Sort|Seq Scan on finding/)
})
