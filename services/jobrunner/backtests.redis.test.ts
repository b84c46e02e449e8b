// Back-tests as jobs on real Redis and Postgres: in parts, by two at once, with the same result; cancelled and unreadable ones end,
// and what is changed or dropped beside them disturbs none.

import { randomUUID } from 'node:crypto'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { startRedis, testRedis } from '@plaintrail/test/redis-for-tests'
import { itemWith } from '@plaintrail/formats/rows-for-tests'
import { redisJobs } from '@plaintrail/jobs/redis-jobs'
import { createHealth } from '@plaintrail/runtime/health'
import { createLogger } from '@plaintrail/runtime/logger'
import { createMetrics } from '@plaintrail/runtime/metrics'
import { cancelBacktest, createBacktest, findBacktest, type Backtest } from '@plaintrail/store/backtests'
import { addCluster } from '@plaintrail/store/clusters'
import { storeDeliveries } from '@plaintrail/store/events-for-tests'
import { expire } from '@plaintrail/store/expire'
import { ruleText, seedRule } from '@plaintrail/store/findings-for-tests'
import { migrate } from '@plaintrail/store/migrate'
import { openStore } from '@plaintrail/store/open-store'
import { removeRule } from '@plaintrail/store/rules'
import { describe, expect, test } from 'vitest'
import { backtestBounds } from './backtest-part.ts'
import { jobrunnerConfig } from './config-for-tests.ts'
import { startJobrunner } from './jobrunner.ts'

const everything = { kind: 'everything' } as const
const beginsUs = Date.UTC(2026, 10, 20) * 1_000
const window = { sinceUs: beginsUs - 1_000_000, untilUs: beginsUs + 2 * 86_400_000_000 }
const maker = { id: '00000000-0000-4000-8000-000000000000', name: 'test' }
const redis = await testRedis()
const inSteps = { ...backtestBounds, pageRowsMax: 10, partHitsMax: 25 }

describe.skipIf(redis === null)('a back-test', () => {
  test('is made in parts by two runners at once, and counts every event once', async () => {
    await using place = await startPlace(200)
    const id = await place.ask()
    await using _one = await place.startRunner()
    await using _other = await place.startRunner()
    const ended = await place.untilEnded(id)
    expect(ended).toMatchObject({ state: 'done', read: 200, tally: { evaluated: 200, matched: 200 } })
    expect(ended.result).toMatchObject({ findings: 1, events: 200, reachedUs: null })
    await expect.poll(() => place.count('outbox')).toBe(0)
    expect(await place.count('backtest_hit')).toBe(0)
  })

  test('of a rule that matches too much stops, and says where', async () => {
    await using place = await startPlace(200)
    const id = await place.ask()
    await using _runner = await place.startRunner({ ...inSteps, hitsMax: 90 })
    const { state, result } = await place.untilEnded(id)
    expect([state, result?.reachedUs, result?.events]).toEqual(['done', beginsUs + 100_000, 99])
  })

  test('that is cancelled, or cannot be read any more, ends', async () => {
    await using place = await startPlace(200)
    const [id, other] = [await place.ask(), await place.ask('other')]
    await place.store.pool.query(`update backtest set text = 'kind: Nothing' where rule = 'other'`)
    await using _runner = await place.startRunner({ ...inSteps, restShare: 20, busyEventsPerSecond: 0 })
    expect(await cancelBacktest(place.store, everything, id)).toBe(true)
    expect((await place.untilEnded(other)).error).toContain('could not read the rule')
    await expect.poll(() => place.count('outbox'), { timeout: 20_000 }).toBe(0)
    expect(await findBacktest(place.store, everything, id)).toMatchObject({ state: 'cancelled', result: null })
    expect(await place.count('backtest_hit')).toBe(0)
  })
})

describe.skipIf(redis === null)('while a back-test runs', () => {
  test('whoever cancels it ends it, and the part that is being made changes nothing any more', async () => {
    await using place = await startPlace(200)
    const [id, other] = [await place.ask(), await place.ask()]
    await using runner = await place.startRunner(slowly)
    await place.untilRead(id, 20)
    expect(await cancelBacktest(place.store, everything, id)).toBe(true)
    const cancelled = await findBacktest(place.store, everything, id)
    expect(cancelled).toMatchObject({ state: 'cancelled', result: null })
    expect((await place.untilEnded(other)).state).toBe('done')
    await expect.poll(() => place.count('outbox'), { timeout: 20_000 }).toBe(0)
    expect(await findBacktest(place.store, everything, id)).toEqual(cancelled)
    expect(await place.count('backtest_hit')).toBe(0)
    expect(runner.log()).not.toContain('failed')
  }, 60_000)

  test('whoever cancels it, nobody judges it any longer', async () => {
    await using place = await startPlace(200)
    const id = await place.ask()
    // One part, of minutes.
    const oneByOne = { ...slowly, pageRowsMax: 1, partHitsMax: 1_000, msMax: 600_000, restShare: 100 }
    await using runner = await place.startRunner(oneByOne)
    await expect
      .poll(async () => (await findBacktest(place.store, everything, id))?.state, { timeout: 20_000 })
      .toBe('running')
    expect(await cancelBacktest(place.store, everything, id)).toBe(true)
    await expect.poll(() => place.count('outbox'), { timeout: 20_000 }).toBe(0)
    expect(await findBacktest(place.store, everything, id)).toMatchObject({ state: 'cancelled', read: 0 })
    expect(runner.log()).not.toContain('failed')
  }, 60_000)

  test('its rule may be changed and taken away: it is about what was asked, against what was in force then', async () => {
    await using place = await startPlace(200)
    const asked = { text: ruleText('one', { groupBy: ['object.name'] }), running: ruleText('one', { groupBy: [] }) }
    await seedRule(place.store, asked.running)
    const id = await place.ask('one', asked)
    await using runner = await place.startRunner(slowly)
    await place.untilRead(id, 20)
    await seedRule(place.store, ruleText('one', { match: 'verb:delete' }))
    await place.untilRead(id, 60)
    await removeRule(place.store, { name: 'one', source: 'api', who: maker })
    const { state, read, result } = await place.untilEnded(id)
    expect([state, read, result?.events, result?.findings]).toEqual(['done', 200, 200, 1])
    expect(result?.difference).toMatchObject({ version: 1, findings: 1, events: 200, starts: 1, stops: 1 })
    expect(runner.log()).not.toContain('failed')
  }, 60_000)

  test('retention may drop a day that it reads: it goes on with the next', async () => {
    await using place = await startPlace(200, 2)
    const id = await place.ask()
    await using runner = await place.startRunner(slowly)
    await place.untilRead(id, 20)
    await place.dropFirstDay()
    const { state, read, error, result } = await place.untilEnded(id)
    expect([state, error]).toEqual(['done', null])
    expect(read).toBeGreaterThanOrEqual(120)
    expect(read).toBeLessThan(200)
    // What was judged before the day went is in it.
    expect(result).toMatchObject({ findings: 1, events: read, reachedUs: null })
    expect(runner.log()).not.toContain('failed')
  }, 60_000)
})

/** A part takes long enough to be met in the middle. */
const slowly = { ...inSteps, restShare: 20, busyEventsPerSecond: 0 }

async function startPlace(events: number, days = 1) {
  await using stack = new AsyncDisposableStack()
  const server = stack.use(await startRedis())
  const { connection } = stack.use(await createTestDatabase())
  await migrate(connection)
  const store = stack.use(openStore(connection, { connectionsMax: 8, statementMs: 0, applicationName: 'test' }))
  const { uid } = await addCluster(store, { name: 'lab' })
  for (let day = 0; day < days; day++) {
    const dayUs = beginsUs + day * 86_400_000_000
    await storeDeliveries(store, [{ cluster: uid, items: itemsFrom(dayUs, events / days), receivedAtUs: dayUs }])
  }
  const kept = stack.move()
  return {
    store,
    async ask(rule = 'one', said: Asked = { text: ruleText(rule, { groupBy: [] }), running: null }): Promise<string> {
      const running = said.running === null ? null : { version: 1, text: said.running }
      const asked = { maker, rule, text: said.text, running, cluster: null, window }
      const id = await createBacktest(store, everything, asked)
      if (id === null) throw new Error('too many')
      return id
    },
    async untilEnded(id: string): Promise<Backtest> {
      const found = (): Promise<Backtest | null> => findBacktest(store, everything, id)
      await expect.poll(async () => (await found())?.state, { timeout: 60_000 }).toMatch(/done|failed|cancelled/)
      const ended = await found()
      if (!ended) throw new Error('it is gone')
      return ended
    },
    async untilRead(id: string, read: number): Promise<void> {
      const isThere = async (): Promise<number> => (await findBacktest(store, everything, id))?.read ?? -1
      await expect.poll(isThere, { timeout: 60_000, interval: 5 }).toBeGreaterThanOrEqual(read)
    },
    /** As retention does it, which gives up where a reader holds it up, and comes again. */
    async dropFirstDay(): Promise<void> {
      const isGone = async (): Promise<boolean> => {
        await expire(store, beginsUs + 3 * 86_400_000_000, 1).catch(() => undefined)
        const { rows } = await store.pool.query<{ gone: boolean }>(
          `select to_regclass('event_20261120') is null and to_regclass('segment_20261120') is null as gone`,
        )
        return rows[0]?.gone ?? false
      }
      await expect.poll(isGone, { timeout: 30_000 }).toBe(true)
    },
    async count(table: 'backtest_hit' | 'outbox'): Promise<number> {
      const { rows } = await store.pool.query<{ n: number }>(`select count(*)::int4 as n from ${table}`)
      return rows[0]?.n ?? -1
    },
    startRunner: (bounds = inSteps) => startRunner(server.url, store, bounds),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

interface Asked {
  readonly text: string
  readonly running: string | null
}

function itemsFrom(fromUs: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => {
    const time = new Date(fromUs / 1_000 + at + 1).toISOString().replace('Z', '000Z')
    return itemWith({ auditID: randomUUID(), verb: 'create', requestReceivedTimestamp: time, stageTimestamp: time })
  })
}

async function startRunner(url: string, store: ReturnType<typeof openStore>, bounds: typeof backtestBounds) {
  await using stack = new AsyncDisposableStack()
  const lines: string[] = []
  const logger = createLogger('test', { level: 'info', destination: { write: (line) => void lines.push(line) } })
  const jobs = stack.use(redisJobs({ url, logger, limits: { stallMs: 30_000 } }))
  const metrics = createMetrics({ version: null, processMetrics: false })
  const relay = { everyMs: 5, againAfterMs: 0 }
  const parts = { store, jobs, logger, metrics, health: createHealth(), relay, backtestBounds: bounds }
  stack.use(await startJobrunner(jobrunnerConfig, parts))
  const kept = stack.move()
  return { log: () => lines.join(''), [Symbol.asyncDispose]: () => kept.disposeAsync() }
}
