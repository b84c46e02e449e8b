// Tallies against the events: whatever comes, late and in any order, a count by tallies is the count without them.

import { setTimeout as sleep } from 'node:timers/promises'
import { everything as everyEvent, type Query } from '@plaintrail/query/ast'
import { parseQuery } from '@plaintrail/query/parse-query'
import { everything, type Scope } from '@plaintrail/query/scope'
import { lanesInSnapshotMax, type Snapshot } from '@plaintrail/query/snapshot'
import type { Window } from '@plaintrail/query/window'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { seededRandom, type Random } from '@plaintrail/test/random'
import { sql, type SQL } from 'drizzle-orm'
import type pg from 'pg'
import { describe, expect, test } from 'vitest'
import { addCluster } from './clusters.ts'
import { delivery, type CorpusDelivery } from './corpus-deliveries-for-tests.ts'
import { currentTallies } from './current-tallies.ts'
import { storeDeliveries } from './events-for-tests.ts'
import { expire } from './expire.ts'
import { facetFields, findFacets, type Facets } from './find-facets.ts'
import { findHistogram, histogramKeys, type Histogram } from './find-histogram.ts'
import { migrate } from './migrate.ts'
import { openStore, type Store } from './open-store.ts'
import { quarterOf, quarterStartUs } from './quarters.ts'
import { readTallies } from './read-tallies.ts'
import { dayName, dayOf } from './segment-id.ts'
import { slowAnswer, type SlowItem } from './slow-answer-for-tests.ts'
import { takeSnapshot } from './take-snapshot.ts'
import { tallyBounds, tallyQuarters } from './tally-quarters.ts'

const minuteUs = 60_000_000
const dayUs = 86_400_000_000
/** 50 minutes after a quarter began. */
const nowUs = Date.UTC(2026, 10, 20, 12, 50) * 1_000
const newest = quarterOf(nowUs) - 1

describe('whatever comes, and whenever tallies are made, a count is that of the events', () => {
  test.each([1, 2, 3])('in the story %i', { timeout: 120_000 }, async (seed) => {
    await using place = await startPlace()
    const random = seededRandom(seed)
    const story = createStory(random, [place.east, place.west])
    const items: SlowItem[] = []
    const held: Asked[] = []
    for (let step = 0; step < 8; step++) {
      const deliveries = story.next()
      const asked = await askedNow(place.store, random)
      held.push(asked)
      const [, , meanwhile] = await Promise.all([
        storeDeliveries(place.store, deliveries),
        random.below(3) > 0 ? tallyQuarters(place.store, nowUs) : null,
        answer(place.store, asked, true),
        random.below(4) === 0 ? tallyQuarters(place.store, nowUs) : null,
      ])
      items.push(...deliveries.flatMap(({ slow }) => slow))
      expect(meanwhile, 'while events are stored and tallies made').toEqual(await answer(place.store, asked, false))
      for (const one of [random.pick([asked, ...held]), await askedNow(place.store, random)]) {
        expect(await answer(place.store, one, true)).toEqual(await answer(place.store, one, false))
      }
    }
    await tallyQuarters(place.store, nowUs)
    const slow = slowAnswer(items, everyEvent, week, 'desc')
    const asked = { scope: everything, query: everyEvent, window: week, snapshot: null }
    const tallied = place.talliesRead()
    expect((await answer(place.store, asked, true)).facets.requests).toBe(slow.length)
    expect(place.talliesRead()).toBeGreaterThan(tallied)
    expect(tallied).toBeGreaterThan(5)
  })
})

describe('a tally', () => {
  test('is dropped when a late stage comes, by another lane, and made again', async () => {
    await using place = await startPlace()
    const started = itemAt(nowUs - dayUs, { stage: 'ResponseStarted', verb: 'create' })
    await storeDeliveries(place.store, [delivery(place.east, [started, itemAt(nowUs - 2 * dayUs)], nowUs)])
    const before = await tallyQuarters(place.store, nowUs)
    expect(before.counted).toContain(quarterOf(nowUs - dayUs))
    expect(await outcomes(place.store)).toEqual({ pending: 1, success: 1 })
    const ended = JSON.stringify({ ...(JSON.parse(started) as Item), stage: 'ResponseComplete' })
    await storeDeliveries(place.store, [{ ...delivery(place.east, [ended], nowUs), lane: 'backfill' }])
    expect(await outcomes(place.store)).toEqual({ success: 2 })
    expect((await tallyQuarters(place.store, nowUs)).counted).toEqual([quarterOf(nowUs - dayUs)])
    const read = place.talliesRead()
    expect(await outcomes(place.store)).toEqual({ success: 2 })
    expect(place.talliesRead()).toBeGreaterThan(read)
  })

  test('is of quarters that are over for a while, the newest first, some in each run', async () => {
    await using place = await startPlace()
    await storeDeliveries(place.store, [delivery(place.east, [itemAt(nowUs)], nowUs)])
    const soon = quarterStartUs(newest + 1) + 14 * minuteUs
    const bounds = { ...tallyBounds, quartersMax: 2 }
    expect(await tallyQuarters(place.store, soon, { bounds })).toMatchObject({
      counted: [newest - 1, newest - 2],
      left: 3,
    })
    const later = soon + minuteUs
    expect(await tallyQuarters(place.store, later, { bounds })).toMatchObject({
      counted: [newest, newest - 3],
      left: 2,
    })
    expect(await tallyQuarters(place.store, later, { signal: AbortSignal.abort() })).toMatchObject({
      counted: [],
      left: 2,
    })
    expect(await tallyQuarters(place.store, later)).toMatchObject({ left: 0 })
  })

  test('is made once where runs meet', async () => {
    await using place = await startPlace()
    await storeDeliveries(place.store, [delivery(place.east, [itemAt(nowUs)], nowUs)])
    const runs = await Promise.all([1, 2, 3].map(() => tallyQuarters(place.store, nowUs)))
    const counted = runs.flatMap((run) => run.counted)
    expect(counted).toHaveLength(new Set(counted).size)
    await tallyQuarters(place.store, nowUs)
    const { rows } = await place.store.pool.query<{ tallies: number }>('select count(*)::int4 as tallies from tally')
    expect(rows).toEqual([{ tallies: 6 }])
  })

  test('goes with the day that retention drops', async () => {
    await using place = await startPlace()
    const old = nowUs - 40 * dayUs
    await storeDeliveries(place.store, [delivery(place.east, [itemAt(old)], old)])
    await storeDeliveries(place.store, [delivery(place.east, [itemAt(nowUs - dayUs)], nowUs)])
    await tallyQuarters(place.store, nowUs)
    const window = { sinceUs: nowUs - 50 * dayUs, untilUs: nowUs }
    expect(await outcomes(place.store, window)).toEqual({ success: 2 })
    expect((await expire(place.store, nowUs, 30)).eventDays).toContain(dayName(dayOf(old)))
    expect(await outcomes(place.store, window)).toEqual({ success: 1 })
    expect((await tallyQuarters(place.store, nowUs)).counted).toEqual([])
  })

  test('that is being made holds up retention, and retention nobody else meanwhile', async () => {
    await using place = await startPlace()
    const old = nowUs - 40 * dayUs
    await storeDeliveries(place.store, [delivery(place.east, [itemAt(old)], old)])
    await storeDeliveries(place.store, [delivery(place.east, [itemAt(nowUs - dayUs)], nowUs)])
    const counting = await place.store.pool.connect()
    await counting.query('begin')
    await counting.query('select from tally_state for update skip locked')
    await counting.query('select count(*) from event')
    const meanwhile = async (): Promise<number> => {
      await sleep(300)
      const from = performance.now()
      await outcomes(place.store)
      const tookMs = performance.now() - from
      // Longer than retention waits for a lock.
      await sleep(2_500)
      await counting.query('commit')
      counting.release()
      return tookMs
    }
    const [tookMs, { eventDays }] = await Promise.all([meanwhile(), expire(place.store, nowUs, 30)])
    expect(tookMs).toBeLessThan(1_000)
    expect(eventDays).toContain(dayName(dayOf(old)))
  })

  test('is not trusted where the seals of what came since are gone', async () => {
    await using place = await startPlace()
    await storeDeliveries(place.store, [delivery(place.east, [itemAt(nowUs - dayUs)], nowUs)])
    await tallyQuarters(place.store, nowUs)
    await storeDeliveries(place.store, [delivery(place.east, [itemAt(nowUs - dayUs)], nowUs - 9 * dayUs)])
    await place.store.pool.query(`drop table seal_${dayName(dayOf(nowUs - 9 * dayUs))}`)
    expect(await outcomes(place.store)).toEqual({ success: 2 })
    expect((await tallyQuarters(place.store, nowUs)).counted.length).toBeGreaterThan(10)
    const read = place.talliesRead()
    expect(await outcomes(place.store)).toEqual({ success: 2 })
    expect(place.talliesRead()).toBeGreaterThan(read)
  })

  test('is not used where more came since than is looked at', async () => {
    await using place = await startPlace()
    await storeDeliveries(place.store, [delivery(place.east, [itemAt(nowUs - dayUs)], nowUs)])
    await tallyQuarters(place.store, nowUs)
    const two = [1, 2].map((days) => delivery(place.east, [itemAt(nowUs - days * dayUs)], nowUs))
    await storeDeliveries(place.store, two)
    const { lanes } = await takeSnapshot(place.store, everything)
    const asked = { lanes: lanes ?? new Map(), scope: everything, from: 0, to: newest, needs: ['all'] }
    const client = await place.store.pool.connect()
    expect(await currentTallies(client, { ...asked, sealsMax: 2 })).toContain(quarterOf(nowUs - dayUs) + 1)
    expect(await currentTallies(client, { ...asked, sealsMax: 1 })).toEqual([])
    client.release()
  })

  test('keeps no more values than its bound, and those fields are counted from the events', async () => {
    await using place = await startPlace()
    const items = Array.from({ length: 5 }, (_, index) => itemAt(nowUs - dayUs, { verb: `made-up-${index}` }))
    await storeDeliveries(place.store, [delivery(place.east, items, nowUs)])
    await tallyQuarters(place.store, nowUs, { bounds: { ...tallyBounds, valuesMax: 4 } })
    const { rows } = await place.store.pool.query<{ kept: string[] }>('select kept from tally where quarter = $1', [
      quarterOf(nowUs - dayUs),
    ])
    expect(rows[0]?.kept).not.toContain('verb')
    expect(rows[0]?.kept).not.toContain('hour')
    expect(rows[0]?.kept).toContain('outcome')
    const asked = { scope: everything, query: everyEvent, window: week, snapshot: null }
    expect(await answer(place.store, asked, true)).toMatchObject({ facets: { requests: 5 } })
    const { facets } = await findFacets(place.store, everything, { ...asked, fields: ['verb'], limit: 10 })
    expect(facets[0]?.values).toHaveLength(5)
  })

  test('leaves a histogram of very many verbs as it is without it', async () => {
    await using place = await startPlace()
    const verbs = Array.from({ length: 130 }, (_, index) => `made-up-${index % 123}`)
    const items = verbs.flatMap((verb, index) => [
      itemAt(nowUs - dayUs - index * minuteUs, { verb }),
      itemAt(nowUs - (index % 3) * minuteUs, { verb: `now-${index % 110}` }),
    ])
    await storeDeliveries(place.store, [delivery(place.east, items, nowUs)])
    await tallyQuarters(place.store, nowUs)
    const asked = { query: everyEvent, window: week, interval: '6h', by: 'verb' } as const
    const { snapshot, ...tallied } = await findHistogram(place.store, everything, asked)
    expect(await findHistogram(place.store, everything, { ...asked, snapshot, mayTally: false })).toEqual({
      snapshot,
      ...tallied,
    })
  })

  test('is left out where it would take too long to make, and tried again after a day', async () => {
    await using place = await startPlace()
    await storeDeliveries(place.store, [delivery(place.east, [itemAt(nowUs - dayUs)], nowUs)])
    const blocker = await place.store.pool.connect()
    await blocker.query('begin')
    await blocker.query('lock table event in access exclusive mode')
    const bounds = { ...tallyBounds, quartersMax: 1, countMsMax: 50 }
    expect(await tallyQuarters(place.store, nowUs, { bounds })).toMatchObject({ counted: [], givenUp: [newest] })
    await blocker.query('rollback')
    blocker.release()
    expect((await tallyQuarters(place.store, nowUs)).counted).not.toContain(newest)
    expect(await outcomes(place.store)).toEqual({ success: 1 })
    await place.store.pool.query(`update tally set counted_at = now() - interval '25 hours' where kept = '{}'`)
    expect((await tallyQuarters(place.store, nowUs)).counted).toEqual([newest])
  })

  test('is not used where all that are asked together take too long', async () => {
    await using place = await startPlace()
    const apart = "insert into tally (quarter, kept) select n * 2, '{hour}' from generate_series(1, 32) n"
    await place.store.pool.query(apart)
    const window = { sinceUs: 0, untilUs: quarterStartUs(65) }
    const read = async (seconds: number): Promise<number> => {
      const asked = { scope: everything, query: everyEvent, where: sql`true`, lanes: new Map(), window, msMax: 1_000 }
      const sum = (): SQL => sql`select pg_sleep(${seconds}::float8)::text as slept`
      return (await readTallies(place.store, asked, { keys: new Set(), needs: ['hour'], sum })).length
    }
    expect(await read(0)).toBe(32)
    expect(await read(0.1)).toBe(0)
  })

  test('is not asked where a snapshot could not hold all lanes', async () => {
    await using place = await startPlace()
    await storeDeliveries(place.store, [delivery(place.east, [itemAt(nowUs - dayUs)], nowUs)])
    await place.store.pool.query(
      `insert into lane (cluster_id, name, next_seq) select $1, 'l' || n, 2 from generate_series(1, $2) n`,
      [place.west.id, lanesInSnapshotMax],
    )
    await tallyQuarters(place.store, nowUs)
    const read = place.talliesRead()
    expect(await outcomes(place.store)).toEqual({ success: 1 })
    expect(place.talliesRead()).toBe(read)
    const east = await findFacets(
      place.store,
      { kind: 'clusters', clusters: ['east'] },
      { query: everyEvent, window: week, fields: ['outcome'], limit: 10 },
    )
    expect(east.requests).toBe(1)
    expect(place.talliesRead()).toBeGreaterThan(read)
  })
})

/** How many requests have each outcome. */
async function outcomes(store: Store, window: Window = week): Promise<object> {
  const asked = { query: everyEvent, window, fields: ['outcome'], limit: 10 } as const
  const { facets } = await findFacets(store, everything, asked)
  return Object.fromEntries((facets[0]?.values ?? []).map(({ value, count }) => [value, count]))
}

function itemAt(us: number, more: Item = {}): string {
  return JSON.stringify({
    level: 'Metadata',
    auditID: crypto.randomUUID(),
    stage: 'ResponseComplete',
    requestURI: '/healthz',
    verb: 'get',
    user: { username: 'alice' },
    ...(more['stage'] === 'ResponseStarted' ? {} : { responseStatus: { code: 200 } }),
    requestReceivedTimestamp: microTime(us),
    stageTimestamp: microTime(us),
    ...more,
  })
}

const week = { sinceUs: nowUs - 7 * dayUs, untilUs: nowUs }

interface Asked {
  readonly scope: Scope
  readonly query: Query
  readonly window: Window
  readonly snapshot: Snapshot | null
}

async function askedNow(store: Store, random: Random): Promise<Asked> {
  const scope = random.pick<Scope>([everything, everything, { kind: 'clusters', clusters: ['west'] }])
  const text = random.pick([
    '',
    '',
    'cluster:east',
    '-cluster:east',
    'is:write',
    '-is:denied',
    'verb:get,delete',
    'actor:bob',
  ])
  const query = text === '' ? everyEvent : parseQuery(text, 0)
  const sinceUs = nowUs - random.below(7 * 24 * 60) * minuteUs
  const window = { sinceUs, untilUs: random.pick([nowUs, sinceUs + random.below(7 * 24 * 60) * minuteUs]) }
  return { scope, query, window, snapshot: await takeSnapshot(store, scope, query) }
}

async function answer(
  store: Store,
  { scope, ...asked }: Asked,
  mayTally: boolean,
): Promise<{ readonly facets: Facets; readonly histograms: readonly Histogram[] }> {
  const facets = await findFacets(store, scope, { ...asked, mayTally, fields: facetFields, limit: 100 })
  const histograms: Histogram[] = []
  for (const by of [null, ...histogramKeys]) {
    const interval = by === 'verb' ? '6h' : by === 'class' ? '1d' : '1h'
    histograms.push(await findHistogram(store, scope, { ...asked, mayTally, interval, by }))
  }
  return { facets, histograms }
}

interface Cluster {
  readonly uid: string
  readonly name: string
}

type Item = Readonly<Record<string, unknown>>

/** Requests of the last week in any order, some of whose later stages come much later, by another lane and on another day. */
function createStory(random: Random, clusters: readonly [Cluster, Cluster]) {
  const open: { readonly cluster: Cluster; readonly item: Item }[] = []
  const stages = ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'ResponseComplete', 'Panic'] as const
  const made = (): Item => {
    const us = nowUs - random.below(7 * 24 * 60) * minuteUs - random.below(dayUs) * random.below(2)
    const time = random.below(30) === 0 ? 'never' : microTime(us)
    return {
      level: 'Metadata',
      auditID: random.uuid(),
      stage: random.pick(stages),
      requestURI: '/api/v1/namespaces/shop/pods',
      verb: random.pick(['get', 'list', 'GET', 'delete', `made-up-${random.below(4)}`]),
      user: { username: random.pick(['alice', 'bob', 'system:node:n1']) },
      userAgent: random.pick(['kubectl/v1.37.0', '']),
      ...random.pick<object>([
        {},
        { objectRef: { resource: 'pods', namespace: random.pick(['shop', '']), name: 'a' } },
      ]),
      sourceIPs: random.pick([['10.0.0.1'], ['10.0.0.2'], []]),
      responseStatus: { code: random.pick([200, 403, 500]) },
      requestReceivedTimestamp: time,
      stageTimestamp: time,
    }
  }
  const deliveryOf = (): CorpusDelivery & { readonly lane: string } => {
    const cluster = random.pick(clusters)
    const items = Array.from({ length: 1 + random.below(12) }, made)
    for (const item of items) if (item['stage'] !== 'Panic' && random.below(3) === 0) open.push({ cluster, item })
    const later = open.filter((one) => one.cluster === cluster && random.below(4) === 0)
    for (const one of later) open.splice(open.indexOf(one), 1)
    const ends = later.map(({ item }) => ({
      ...item,
      stage: item['stage'] === 'ResponseComplete' ? 'Panic' : 'ResponseComplete',
      responseStatus: { code: random.pick([200, 409]) },
    }))
    // Some waited for days in the log, so that their segments are older than those of the last days.
    const receivedAtUs = nowUs - random.pick([0, 0, 1, 9]) * dayUs
    const texts = [...items, ...ends].map((item) => JSON.stringify(item))
    return { ...delivery(cluster, texts, receivedAtUs), lane: random.pick(['main', 'main', 'backfill']) }
  }
  return { next: (): readonly CorpusDelivery[] => Array.from({ length: 1 + random.below(3) }, deliveryOf) }
}

function microTime(us: number): string {
  return `${new Date(Math.floor(us / 1_000)).toISOString().slice(0, 23)}${String(us % 1_000).padStart(3, '0')}Z`
}

/** A database with two clusters, and how often tallies were read of it. */
async function startPlace() {
  await using stack = new AsyncDisposableStack()
  const { connection } = stack.use(await createTestDatabase())
  await migrate(connection)
  const own = stack.use(openStore(connection, { connectionsMax: 8, statementMs: 0, applicationName: 'test' }))
  let read = 0
  const connect = async (): Promise<pg.PoolClient> => {
    const client = await own.pool.connect()
    const query = async (statement: string | pg.QueryConfig, values: unknown[] = []): Promise<unknown> => {
      if (typeof statement === 'string')
        return await (values.length === 0 ? client.query(statement) : client.query(statement, values))
      if (/from tally_(value|hour)/.test(statement.text)) read += 1
      return await client.query(statement)
    }
    return Object.assign(Object.create(client) as pg.PoolClient, { query, release: client.release.bind(client) })
  }
  const query = (...statement: Parameters<pg.Pool['query']>) => own.pool.query(...statement)
  const store = { ...own, pool: Object.assign(Object.create(own.pool) as pg.Pool, { connect, query }) }
  const [east, west] = [await addCluster(own, { name: 'east' }), await addCluster(own, { name: 'west' })]
  const kept = stack.move()
  return {
    store,
    east,
    west,
    talliesRead: () => read,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}
