// Counts over a window, compared with every event of a recorded week, counted one by one.

import type { StoredEvent } from '@plaintrail/event/event'
import { everything as everyEvent, type Query } from '@plaintrail/query/ast'
import { parseQuery } from '@plaintrail/query/parse-query'
import { everything, nothing } from '@plaintrail/query/scope'
import { parseMicroTime } from '@plaintrail/event/time'
import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { sql } from 'drizzle-orm'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { budgetOf } from './budget.ts'
import { addCluster } from './clusters.ts'
import { storeDeliveries } from './events-for-tests.ts'
import { countRequests } from './count-requests.ts'
import { findActors } from './find-actors.ts'
import { facetFields, findFacets, type FacetField } from './find-facets.ts'
import { findEvents } from './find-events.ts'
import {
  bucketsMax,
  findHistogram,
  histogramKeys,
  intervalFor,
  intervals,
  valuesCountedMax,
  type Histogram,
} from './find-histogram.ts'
import { migrate } from './migrate.ts'
import { openStore, type Store } from './open-store.ts'
import { storeCorpus } from './store-corpus-for-tests.ts'
import { tallyQuarters } from './tally-quarters.ts'

const everyTime = { sinceUs: Date.UTC(2026, 10, 20) * 1_000, untilUs: Date.UTC(2026, 10, 28) * 1_000 + 1 }
/** Begins and ends within a bucket. */
const minutes = {
  sinceUs: Date.UTC(2026, 10, 26, 14, 47, 20) * 1_000,
  untilUs: Date.UTC(2026, 10, 26, 14, 51, 7) * 1_000,
}

const resources = new AsyncDisposableStack()
let store: Store

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  await migrate(database.connection)
  store = resources.use(
    openStore(database.connection, { connectionsMax: 4, statementMs: 30_000, applicationName: 'test' }),
  )
  await storeCorpus(store, corpusVersions().map(corpusOf))
  await tallyQuarters(store, everyTime.untilUs + 86_400_000_000)
}, 60_000)

afterAll(() => resources.disposeAsync())

const texts = ['', 'is:write', 'ns:shop -verb:get', '-is:success', '"created"', 'verb:fly', 'stage:RequestReceived']
const queryOf = (text: string): Query => (text === '' ? everyEvent : parseQuery(text, 0))

describe('facets', () => {
  test.each(texts)('of "%s" have the values of the list, each as often', async (text) => {
    const query = queryOf(text)
    const events = await listOf(query, everyTime)
    const asked = { query, window: everyTime, fields: facetFields, limit: 100 }
    const { facets, requests, countedSinceUs } = await findFacets(store, everything, asked)
    const { facets: ofEvents } = await findFacets(store, everything, { ...asked, mayTally: false })
    expect(facets).toEqual(ofEvents)
    expect(countedSinceUs).toBe(everyTime.sinceUs)
    expect(requests).toBe(events.length)
    for (const { field, values, other, none, distinct } of facets) {
      const expected = countsOf(events, valueOf[field])
      expect(Object.fromEntries(values.map(({ value, count }) => [value, count])), field).toEqual(expected.counts)
      expect([other, none], field).toEqual([0, expected.none])
      expect(distinct).toEqual({ value: values.length, relation: 'eq' })
      expect(values.map(({ count }) => count)).toEqual(values.map(({ count }) => count).toSorted((a, b) => b - a))
    }
  })

  test('of no field tell how many requests there are', async () => {
    const asked = { query: everyEvent, window: everyTime, fields: [], limit: 1 }
    const { requests } = await findFacets(store, everything, asked)
    expect(requests).toBe((await listOf(everyEvent, everyTime)).length)
    expect(await findFacets(store, everything, { ...asked, mayTally: false })).toMatchObject({ requests })
  })

  test('tell how many have none of the values that are shown', async () => {
    const asked = { query: everyEvent, window: everyTime, fields: ['actor', 'code'] as const, limit: 2 }
    const { facets, requests } = await findFacets(store, everything, asked)
    for (const { values, other, none, distinct } of facets) {
      expect(values).toHaveLength(2)
      expect(values.reduce((total, { count }) => total + count, other + none)).toBe(requests)
      expect(distinct.value).toBeGreaterThan(2)
    }
  })
})

describe('a histogram', () => {
  test.each(texts.flatMap((text) => [null, ...histogramKeys].map((by) => [text, by] as const)))(
    'of "%s" by %s has each request of the list in its bucket',
    async (text, by) => {
      const query = queryOf(text)
      for (const [window, interval] of [
        [everyTime, '1h'],
        [minutes, '1m'],
      ] as const) {
        const events = await listOf(query, window)
        const { buckets } = await findHistogram(store, everything, { query, window, interval, by })
        const lengthUs = intervals[interval]
        expect(buckets[0]?.fromUs).toBe(window.sinceUs)
        expect(buckets.at(-1)?.toUs).toBe(window.untilUs)
        expect(buckets.length).toBe(interval === '1h' ? 193 : 5)
        for (const [index, bucket] of buckets.entries()) {
          if (index > 0) expect(bucket.fromUs).toBe(buckets[index - 1]?.toUs)
          if (index > 0) expect(bucket.fromUs % lengthUs).toBe(0)
          const own = events.filter((event) => usOf(event) >= bucket.fromUs && usOf(event) < bucket.toUs)
          expect(bucket.count).toBe(own.length)
          expect(bucket.by).toEqual(by === null ? null : countsOf(own, valueOf[by]).counts)
        }
      }
    },
  )

  test('has an interval that suits its window, and not too many buckets', async () => {
    const sinceUs = 0
    expect(intervalFor({ sinceUs, untilUs: 3_600_000_000 })).toBe('1m')
    expect(intervalFor({ sinceUs, untilUs: 24 * 3_600_000_000 })).toBe('15m')
    expect(intervalFor({ sinceUs, untilUs: 365 * 24 * 3_600_000_000 })).toBe('1d')
    const window = { sinceUs, untilUs: (bucketsMax + 1) * 60_000_000 }
    const question = { query: everyEvent, window, interval: '1m', by: null } as const
    await expect(findHistogram(store, everything, question)).rejects.toThrow(String(bucketsMax))
  })
})

test('verbs that a client makes up are counted, and not all of them fetched', async () => {
  let rows = 0
  const question = { query: everyEvent, window: minutes, interval: '1m', by: 'verb' } as const
  const madeUp = async (own: Store): Promise<Histogram> => {
    const connect = async (): Promise<pg.PoolClient> => {
      const client = await own.pool.connect()
      const query = async (statement: pg.QueryConfig): Promise<pg.QueryResult> => {
        const result = await client.query(statement)
        rows += result.rows?.length ?? 0
        return result
      }
      return Object.assign(Object.create(client) as pg.PoolClient, { query, release: client.release.bind(client) })
    }
    const query = (statement: pg.QueryConfig): Promise<pg.QueryResult> => own.pool.query(statement)
    const told = { ...own, pool: Object.assign(Object.create(own.pool) as pg.Pool, { connect, query }) }
    return await findHistogram(told, everything, question)
  }
  const database = resources.use(await createTestDatabase())
  await migrate(database.connection)
  const own = resources.use(
    openStore(database.connection, { connectionsMax: 4, statementMs: 30_000, applicationName: 'test' }),
  )
  const { uid } = await addCluster(own, { name: 'east' })
  const verbs = Array.from({ length: 2 * valuesCountedMax }, (_, n) => (n % 4 === 0 ? 'get' : `made-up-${n}`))
  const time = new Date(minutes.sinceUs / 1_000).toISOString().replace('Z', '000Z')
  const items = verbs.map((verb) =>
    JSON.stringify({
      level: 'Metadata',
      auditID: crypto.randomUUID(),
      stage: 'ResponseComplete',
      requestURI: '/healthz',
      verb,
      user: { username: 'mallory' },
      requestReceivedTimestamp: time,
      stageTimestamp: time,
    }),
  )
  await storeDeliveries(own, [{ cluster: uid, items, receivedAtUs: minutes.sinceUs }])
  const [bucket] = (await madeUp(own)).buckets
  expect(bucket?.count).toBe(verbs.length)
  expect(bucket?.by?.['get']).toBe(verbs.length / 4)
  expect(rows).toBeLessThanOrEqual(valuesCountedMax + 1)
})

test('nobody is shown a count of anything outside his scope', async () => {
  const asked = { query: everyEvent, window: everyTime, fields: facetFields, limit: 100 }
  expect(await findFacets(store, nothing, asked)).toMatchObject({ requests: 0 })
  const { buckets } = await findHistogram(store, nothing, { ...asked, interval: '1d', by: null })
  expect(new Set(buckets.map(({ count }) => count))).toEqual(new Set([0]))
})

test('what does not fit the budget is said to be not counted', async () => {
  const asked = { query: queryOf('"created"'), window: everyTime, fields: facetFields, limit: 100 }
  const spent = await findFacets(store, everything, { ...asked, budget: budgetOf(-1) })
  expect(spent.countedSinceUs).toBeGreaterThan(everyTime.sinceUs)
  const stopped = { ...asked, budget: budgetOf(1_000, AbortSignal.abort()) }
  await expect(findFacets(store, everything, stopped)).rejects.toThrow('aborted')
})

test('what was found by its text and could not be counted in time is not said to be counted', async () => {
  const asked = { query: queryOf('"created"'), window: everyTime, fields: facetFields, limit: 100 }
  const { requests, countedSinceUs } = await findFacets(slowToCount(), everything, asked)
  expect(requests).toBe(0)
  const [newest] = await listOf(asked.query, everyTime)
  expect(countedSinceUs).toBeGreaterThan(newest === undefined ? Infinity : usOf(newest))
  const page = { limit: 10, after: null, snapshot: null }
  const found = await findActors(slowToCount(), everything, { ...asked, ...page })
  expect([found.actors, found.countedSinceUs]).toEqual([[], everyTime.untilUs])
})

/** The same store, where Postgres gives up what counts the rows that were found by their sentences. */
function slowToCount(): Store {
  const connect = async (): Promise<pg.PoolClient> => {
    const client = await store.pool.connect()
    const query = async (statement: string | pg.QueryConfig): Promise<unknown> => {
      const isCount = typeof statement !== 'string' && statement.text.includes('as k (time, key)')
      return await client.query(isCount ? 'set local statement_timeout = 1; select pg_sleep(5)' : statement)
    }
    return Object.assign(Object.create(client) as pg.PoolClient, { query, release: client.release.bind(client) })
  }
  const query = (statement: pg.QueryConfig): Promise<pg.QueryResult> => store.pool.query(statement)
  return { ...store, pool: Object.assign(Object.create(store.pool) as pg.Pool, { connect, query }) }
}

test('a count reads the partitions of its window and no others', async () => {
  const tables: string[] = []
  const asked = { query: everyEvent, window: minutes }
  await countRequests<{ 'QUERY PLAN': string }>(store, everything, asked, {
    count: (rows) => sql`explain ${rows(sql`e.time`)}`,
    take: (rows) => tables.push(...rows.flatMap((row) => row['QUERY PLAN'].match(/event_\d{8}|event_odd/g) ?? [])),
  })
  expect(new Set(tables.map((table) => table.slice(0, 14)))).toEqual(new Set(['event_20261126']))
})

async function listOf(query: Query, window: typeof everyTime): Promise<readonly StoredEvent[]> {
  const asked = { query, window, order: 'desc', limit: 100_000, after: null, snapshot: null } as const
  return (await findEvents(store, everything, asked)).events
}

const usOf = (event: StoredEvent): number => parseMicroTime(event.time ?? '') ?? 0

const valueOf: Readonly<Record<FacetField, (event: StoredEvent) => string | null>> = {
  actor: ({ actor }) => actor.name,
  verb: ({ verb }) => verb.toLowerCase(),
  ns: ({ object }) => object && object.namespace,
  kind: ({ object }) => object && `${object.resource}${object.group === '' ? '' : `.${object.group}`}`,
  outcome: ({ outcome }) => outcome,
  class: (event) => event.class,
  cluster: ({ cluster }) => cluster,
  client: ({ source }) => source.client.name,
  code: ({ code }) => (code === null ? null : String(code)),
  sub: ({ object }) => object && (object.subresource ?? ''),
  ip: ({ source }) => source.ip?.value ?? null,
  as: ({ actor }) => actor.as ?? '',
}

function countsOf(
  events: readonly StoredEvent[],
  valueIn: (event: StoredEvent) => string | null,
): { readonly counts: object; readonly none: number } {
  const values = events.map(valueIn)
  const found = values.filter((value) => value !== null)
  const counts = [...Map.groupBy(found, (value) => value)].map(([value, same]) => [value, same.length] as const)
  return { counts: Object.fromEntries(counts), none: values.length - found.length }
}
