// Texts out of sentences of events that nobody sends, asked for: the answer is that of slowAnswer.

import { and, matches, not, or, type Query } from '@plaintrail/query/ast'
import { parseQuery } from '@plaintrail/query/parse-query'
import { everything } from '@plaintrail/query/scope'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { seededRandom } from '@plaintrail/test/random'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { budgetOf } from './budget.ts'
import { addCluster } from './clusters.ts'
import { delivery } from './corpus-deliveries-for-tests.ts'
import { storeDeliveries } from './events-for-tests.ts'
import { findEvents } from './find-events.ts'
import { migrate } from './migrate.ts'
import { openStore, type Store } from './open-store.ts'
import { queryConditions } from './query-conditions.ts'
import { readRows } from './read-rows.ts'
import { slowAnswer, type SlowItem } from './slow-answer-for-tests.ts'

const startUs = Date.UTC(2026, 10, 26) * 1_000
const window = { sinceUs: startUs, untilUs: startUs + 86_400_000_000 }
const oddEvents = 800
/** More than the ids that a condition may name. */
const members = 1_100
const random = seededRandom(14)

const resources = new AsyncDisposableStack()
let store: Store
let items: readonly SlowItem[]

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  await migrate(database.connection)
  store = resources.use(
    openStore(database.connection, { connectionsMax: 2, statementMs: 30_000, applicationName: 'test' }),
  )
  const cluster = await addCluster(store, { name: 'odd' })
  const texts = [
    ...Array.from({ length: oddEvents }, oddItem),
    ...Array.from({ length: members }, (_, index) => itemOf({ user: { username: `member-${index}` } })),
  ]
  const stored = delivery(
    cluster,
    texts.map((item, index) =>
      JSON.stringify({ ...item, auditID: `a-${index}`, requestReceivedTimestamp: timeAt(index) }),
    ),
    startUs,
  )
  await storeDeliveries(store, [stored])
  await store.pool.query('analyze')
  items = stored.slow
}, 60_000)

afterAll(() => resources.disposeAsync())

const timeAt = (index: number): string => new Date(startUs / 1_000 + index * 1_000).toISOString()

const names = [
  '',
  'api',
  'checkout',
  'Checkout',
  'a b',
  'a"b\\c',
  'x, y; z',
  'tab\there',
  'zero\u{200b}width',
  '\u{1b}[31m',
  'Straße',
  '\u{212a}elvin',
  'İstanbul',
  'long-'.repeat(40),
  'pod:',
  '::',
  'a…b',
  '(x)',
  '{u}',
  '%_',
  '200b',
  '403',
] as const
const users = [
  ...names,
  'system:anonymous',
  'system:serviceaccount:shop:checkout',
  'system:serviceaccount:a/b:c',
  'system:node:worker-1',
  'oidc:bob',
  'oidc:bob/x:y',
] as const
const kinds = [
  'pods',
  'deployments',
  'ingresses',
  'policies',
  'widgets',
  'Statuses',
  '\u{212a}inds',
  'ÄRGERs',
  'a b',
  'selfsubjectaccessreviews',
  'nodes',
  'endpoints',
] as const
const verbs = [
  'get',
  'list',
  'watch',
  'create',
  'update',
  'patch',
  'delete',
  'deletecollection',
  'Odd verb',
  '',
] as const
const subresources = [
  '',
  '',
  '',
  'scale',
  'exec',
  'log',
  'token',
  'ephemeralcontainers',
  'approval',
  'odd,part',
] as const
const codes = [null, 200, 201, 400, 401, 403, 409, 422, 500, 503] as const
const stages = ['ResponseComplete', 'ResponseComplete', 'ResponseStarted', 'RequestReceived', 'Panic'] as const

type Item = Readonly<Record<string, unknown>>

function itemOf(item: Item): Item {
  return {
    level: 'Metadata',
    stage: 'ResponseComplete',
    verb: 'get',
    requestURI: '/x',
    responseStatus: { code: 200 },
    ...item,
  }
}

function oddItem(): Item {
  const [name, namespace, code] = [random.pick(names), random.pick(names), random.pick(codes)]
  const isThing = random.below(8) > 0
  const command = encodeURIComponent(random.pick(names))
  return itemOf({
    verb: random.pick(verbs),
    stage: random.pick(stages),
    user: { username: random.pick(users) },
    ...(random.below(4) === 0 ? { impersonatedUser: { username: random.pick(users) } } : {}),
    userAgent: random.pick(names),
    requestURI: `/${random.pick(names)}?command=sh&command=${command}&container=app&dryRun=${random.pick(['All', ''])}`,
    ...(isThing
      ? {
          objectRef: {
            resource: random.pick(kinds),
            apiGroup: '',
            namespace,
            name,
            subresource: random.pick(subresources),
          },
        }
      : {}),
    requestObject: { spec: { replicas: random.below(20), containers: [{ image: `x/${random.pick(names)}:1` }] } },
    ...(code === null ? {} : { responseStatus: { code, message: `because ${random.pick(names)}\n of it` } }),
    annotations: { 'authorization.k8s.io/reason': `RBAC: ${random.pick(names)}` },
  })
}

async function answered(query: Query): Promise<number> {
  const ask = { query, window, order: 'desc', limit: oddEvents + members, after: null, snapshot: null } as const
  const { events } = await findEvents(store, everything, { ...ask, budget: budgetOf(60_000) })
  const expected = slowAnswer(items, query, window, 'desc')
  expect(
    events.map(({ id }) => id),
    JSON.stringify(query),
  ).toEqual(expected)
  return expected.length
}

/** Of some sentence, in small letters as the language has it. */
function anySlice(): string {
  const { sentence } = items[random.below(oddEvents)] ?? { sentence: '' }
  const from = random.below(sentence.length)
  return sentence
    .slice(from, from + 1 + random.below(30))
    .toWellFormed()
    .replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
}

const says = (...pieces: readonly [string, ...string[]]): Query => ({ kind: 'says', text: pieces })

describe('a text', () => {
  test('out of any sentence finds all that say it', async () => {
    for (let asked = 0; asked < 150; asked++) expect(await answered(says(anySlice()))).toBeGreaterThan(0)
  })

  test('of several pieces finds all that say it', async () => {
    for (let asked = 0; asked < 30; asked++) await answered(says(anySlice(), anySlice()))
  })

  test('among other conditions finds all that match', async () => {
    const failed = matches('outcome', [['error'], ['rejected']])
    for (let asked = 0; asked < 12; asked++) {
      const [one, other] = [says(anySlice()), says(anySlice())]
      for (const query of [not(one), or([one, other]), and([one, failed]), or([and([not(one), failed]), other])])
        await answered(query)
      await answered(not(or([failed, and([not(one), not(other)])])))
    }
  })

  test.each(['oidc:bob', 'bob/x:y', 'shop/checkout', 'a/b/c', 'account a/b/'])(
    'of a name is the name as it is told: %s',
    async (text) => {
      expect(await answered(says(text))).toBeGreaterThan(0)
    },
  )

  test('that stands in very many names finds all of them', async () => {
    expect(await answered(says('member'))).toBe(members)
    expect(await answered(says('member-77'))).toBe(11)
  })
})

describe('a row that does not say the text', () => {
  test.each([
    ['member-77', 11],
    ['checkout forbidden member-1', 0],
    ['"nobody-ever-said-this"', 0],
    ['member-1 nothing-of-it* OR member-77', 11],
    ['-(-member-77)', 11],
    ['-(verb:get -member-77) verb:get', 11],
  ])('is not read for %s', async (text, count) => {
    expect(await rowsRead(text)).toBe(count)
  })

  test('is read where the text is not wanted, or most events may say it', async () => {
    const ofNoResource = items.filter(({ event }) => event.object === null).length
    expect(await rowsRead('-member-77')).toBe(ofNoResource)
    for (const text of ['"to"', 'member']) expect(await rowsRead(text)).toBe(ofNoResource)
  })
})

const always = { fromUs: 0, toUs: Number.MAX_SAFE_INTEGER }

/** Of those without a resource: one with a name of other letters than ASCII is always read. */
async function rowsRead(text: string): Promise<number> {
  const conditions = await queryConditions(store, everything, parseQuery(text, startUs))
  if (conditions === null) return 0
  const rows = await readRows<{ count: number }>(
    store,
    sql`select count(*)::int4 as count from event e where ${conditions.where(always)} and e.resource_id is null`,
  )
  return rows[0]?.count ?? 0
}
