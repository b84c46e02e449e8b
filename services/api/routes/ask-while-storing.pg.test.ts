// Random questions over HTTP, page by page, while more of the recorded weeks is stored between the pages: each answer is
// what the slow way finds in what was there when it was first asked.

import { eventClasses, levels, outcomes, stages } from '@plaintrail/event/event'
import { queryText } from '@plaintrail/query/normal-form'
import { parseQuery } from '@plaintrail/query/parse-query'
import { addCluster } from '@plaintrail/store/clusters'
import { corpusDeliveries, delivery } from '@plaintrail/store/corpus-deliveries-for-tests'
import { storeDeliveries } from '@plaintrail/store/events-for-tests'
import { slowAnswer, type SlowItem } from '@plaintrail/store/slow-answer-for-tests'
import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApi, type TestApi } from '../api-for-tests.ts'

const window = { sinceUs: 0, untilUs: Date.UTC(2027, 0) * 1_000 }
const windowText = { since: '1970-01-01', until: '2027-01-01' }
/** Of the recorded items so many are stored before the first question. */
const storedFirst = 0.7
const itemsAPage = 4

interface Late {
  readonly text: string
  readonly cluster: { readonly uid: string; readonly name: string }
}

const resources = new AsyncDisposableStack()
let api: TestApi
const stored = new Map<string, SlowItem>()
const late: Late[] = []

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  api = resources.use(await startTestApi(database.connection))
  for (const [index, version] of corpusVersions().entries()) {
    const cluster = await addCluster(api.store, { name: `week-${index}` })
    const deliveries = corpusDeliveries([{ cluster, lists: corpusOf(version).lists }])
    const random = seeded(index)
    // Single items are late, so that often it is one stage of a request that was answered already.
    const kept = deliveries.map(({ items, receivedAtUs }) => {
      const isFirst = items.map(() => random() < storedFirst)
      late.push(...items.filter((_, at) => isFirst[at] === false).map((text) => ({ text, cluster })))
      return delivery(
        cluster,
        items.filter((_, at) => isFirst[at]),
        receivedAtUs,
      )
    })
    await storeDeliveries(api.store, kept)
    for (const item of kept.flatMap(({ slow }) => slow)) stored.set(item.id, item)
  }
  // As autovacuum does within a minute, which is longer than this test waits.
  await api.store.pool.query('analyze')
}, 120_000)

afterAll(() => resources.disposeAsync())

const firstLateUs = Date.UTC(2026, 10, 26, 18) * 1_000
let receivedUs = firstLateUs

async function storeMore(): Promise<void> {
  for (const { text, cluster } of late.splice(0, itemsAPage)) {
    receivedUs += 1_000
    const one = delivery(cluster, [text], receivedUs)
    await storeDeliveries(api.store, [one])
    for (const item of one.slow) if (!stored.has(item.id)) stored.set(item.id, item)
  }
}

test('an answer is that of its first moment on all its pages, whatever is stored meanwhile', async () => {
  const questions = fc.record({
    q: queriesOf([...stored.values()]),
    order: fc.constantFrom<'asc' | 'desc'>('asc', 'desc'),
    pages: fc.integer({ min: 1, max: 7 }),
  })
  await fc.assert(
    fc.asyncProperty(questions, async ({ q, order, pages }) => {
      const query = parseQuery(q, 0)
      const expected = slowAnswer([...stored.values()], query, window, order)
      const limit = Math.min(1_000, Math.max(1, Math.ceil(expected.length / pages)))
      const answer = await askAll({ q, order, limit })
      expect(answer.ids, q).toEqual(expected)
      expect(answer.query).toBe(queryText(query))
      expect(answer.total).toEqual({ value: expected.length, relation: 'eq' })
      expect(answer.pages).toBe(Math.max(1, Math.ceil(expected.length / limit)))
    }),
    { numRuns: 60, endOnFailure: true },
  )
  // What came meanwhile is in the answer to a new question, and something came.
  expect(receivedUs - firstLateUs).toBeGreaterThan(100_000)
  const now = slowAnswer([...stored.values()], parseQuery('', 0), window, 'desc')
  expect((await askAll({ q: '', order: 'desc', limit: 1_000 })).ids).toEqual(now)
}, 300_000)

interface Page {
  readonly data: readonly { readonly id: string }[]
  readonly next_cursor: string | null
  readonly meta: { readonly query: string; readonly total: unknown; readonly watermark: string }
}

/** By a body first, and then by GET and POST in turn: a cursor is one of both. */
async function askAll(asked: { readonly q: string; readonly order: string; readonly limit: number }) {
  const search = (body: object) => api.post('/v1/events/search', JSON.stringify(body))
  let page = await read(await search({ ...asked, ...windowText, fields: ['id'], include: ['total'] }))
  const first = page.meta
  const ids = page.data.map(({ id }) => id)
  let pages = 1
  while (page.next_cursor !== null) {
    await storeMore()
    const cursor = page.next_cursor
    page = await read(pages % 2 === 1 ? await api.get(`/v1/events?cursor=${cursor}`) : await search({ cursor }))
    expect(page.meta).toMatchObject({ query: first.query, total: first.total, watermark: first.watermark })
    ids.push(...page.data.map(({ id }) => id))
    pages += 1
  }
  return { ids, pages, query: first.query, total: first.total }
}

async function read(response: Response): Promise<Page> {
  if (response.status !== 200) throw new Error(await response.text())
  return (await response.json()) as Page
}

const quoted = (value: string): string => `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`

/** Of what occurs in the items, so that most of them find something. */
function queriesOf(items: readonly SlowItem[]): fc.Arbitrary<string> {
  const of = (texts: (item: SlowItem) => readonly (string | null | undefined)[]): fc.Arbitrary<string> => {
    const known = new Set(
      items.flatMap(texts).filter((text): text is string => typeof text === 'string' && text !== ''),
    )
    return fc.constantFrom(...known)
  }
  // In a glob some of the text stands as it is, in quotes.
  const named = (key: string, values: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc
      .array(fc.tuple(values, fc.constantFrom('exact', 'begin', 'end')), { minLength: 1, maxLength: 3 })
      .map((all) => all.map(([value, how]) => `${key}:${globbed(value, how)}`).join(' OR '))
      .map((text) => `(${text})`)
  const whole = (key: string, values: fc.Arbitrary<string>) => values.map((value) => `${key}:${quoted(value)}`)
  const words = of(({ sentence }) => sentence.split(' ').filter((word) => word.length > 2))
  const none = fc.constantFrom('ns:""', 'as:""', 'sub:""', 'name:""')
  const times = fc.constantFrom(...items.map(({ event }) => event.time).filter((us) => us > 0))
  const iso = (us: number): string => new Date(us / 1_000).toISOString()
  const term = fc.oneof(
    named(
      'actor',
      of(({ event }) => [event.actor.name]),
    ),
    named(
      'as',
      of(({ event }) => [event.impersonated?.name]),
    ),
    named(
      'group',
      of(({ event }) => event.actor.groups),
    ),
    named(
      'verb',
      of(({ event }) => [event.verb]),
    ),
    named(
      'ns',
      of(({ event }) => [event.object?.namespace]),
    ),
    named(
      'name',
      of(({ event }) => [event.object?.name]),
    ),
    named(
      'sub',
      of(({ event }) => [event.object?.subresource]),
    ),
    named(
      'client',
      of(({ event }) => [event.client.name]),
    ),
    named(
      'cluster',
      of(({ cluster }) => [cluster]),
    ),
    of(({ event }) => [event.object?.resource]).map((resource) => `kind:${resource}`),
    whole(
      'uid',
      of(({ event }) => [event.object?.uid]),
    ),
    whole(
      'audit',
      of(({ event }) => [event.auditID]),
    ),
    whole(
      'user-agent',
      of(({ event }) => event.client.userAgent.split(' ')),
    ),
    whole(
      'reason',
      of(({ event }) => event.reason.split(' ')),
    ),
    of(({ event }) => [event.source.peer]).map((ip) => `ip:${ip}`),
    of(({ event }) => event.source.claimed).map((ip) => `claimed:${ip}`),
    fc.constantFrom(...eventClasses.map((word) => `class:${word}`)),
    fc.constantFrom(...outcomes.map((word) => `outcome:${word}`)),
    fc.constantFrom(...stages.map((word) => `stage:${word}`)),
    fc.constantFrom(...levels.map((word) => `level:${word}`)),
    fc.constantFrom('is:human', 'is:bot', 'is:controller', 'is:node', 'is:impersonated', 'is:created', 'is:truncated'),
    fc.constantFrom('code:>=400', 'code:2xx', 'code:403,409', 'took:>5ms', 'took:<1ms', 'took:1ms..3ms'),
    fc.tuple(times, times).map(([a, b]) => `(created:${iso(Math.min(a, b))}..${iso(Math.max(a, b))} OR code:404)`),
    fc.constantFrom('seen:<2026-11-26T15:02:00Z', 'seen:>2026-11-26T17:59:59Z'),
    words.map(quoted),
    words.map((word) => `${quoted(word.slice(0, 3))}*${quoted(word.slice(-2))}`),
    none,
  )
  return fc.letrec<{ query: string }>((tie) => ({
    query: fc.oneof(
      { maxDepth: 2, withCrossShrink: true },
      { weight: 3, arbitrary: term },
      { weight: 1, arbitrary: tie('query').map((query) => `-(${query})`) },
      { weight: 2, arbitrary: fc.tuple(tie('query'), tie('query')).map(([a, b]) => `(${a}) (${b})`) },
      { weight: 2, arbitrary: fc.tuple(tie('query'), tie('query')).map(([a, b]) => `(${a}) OR (${b})`) },
    ),
  })).query
}

function globbed(value: string, how: 'exact' | 'begin' | 'end'): string {
  const half = Math.ceil(value.length / 2)
  if (how === 'exact') return quoted(value)
  return how === 'begin' ? `${quoted(value.slice(0, half))}*` : `*${quoted(value.slice(-half))}`
}

/** Numerical Recipes' linear congruential generator: the same items are late in every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
