// Back-tests whose jobrunner is killed in the middle of parts, on real Redis and Postgres: another goes on, and they end as one
// that nobody disturbed.

import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { itemWith } from '@plaintrail/formats/rows-for-tests'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { seededRandom } from '@plaintrail/test/random'
import { startRedis, testRedis } from '@plaintrail/test/redis-for-tests'
import type { BacktestResult } from '@plaintrail/store/backtest-result'
import { createBacktest, findBacktest, type Backtest, type BacktestTally } from '@plaintrail/store/backtests'
import { addCluster } from '@plaintrail/store/clusters'
import { listDeadJobs, retryJob } from '@plaintrail/store/dead-jobs'
import { storeDeliveries } from '@plaintrail/store/events-for-tests'
import { ruleText } from '@plaintrail/store/findings-for-tests'
import { migrate } from '@plaintrail/store/migrate'
import { openStore, type Store } from '@plaintrail/store/open-store'
import { describe, expect, test } from 'vitest'
import type { ChildInput } from './jobrunner-child-for-tests.ts'

const everything = { kind: 'everything' } as const
const seed = Number(process.env['PLAINTRAIL_TEST_SEED'] ?? 20261127)
const beginsUs = Date.UTC(2026, 10, 20) * 1_000
const window = { sinceUs: beginsUs - 1_000_000, untilUs: beginsUs + 86_400_000_000 }
const events = 600
/** Sixty pages and more, and a part is a few of them. */
const bounds = { pageRowsMax: 10, partHitsMax: 25, restShare: 4, busyEventsPerSecond: 0 }
const endedMs = 120_000
const redis = await testRedis()

describe.skipIf(redis === null)('a back-test', () => {
  test(`ends the same after its jobrunner was killed six times (seed ${seed})`, async () => {
    const random = seededRandom(seed)
    await using place = await startPlace()
    const whole = await place.undisturbed()
    const id = await place.ask()
    const seen: Progress[] = []
    let isEnded = false
    let kills = 0
    for (; kills < 6 && !isEnded; kills++) {
      using child = place.startChild()
      const before = (await place.look(id)).read
      // It has begun to judge, and dies wherever it is a moment later.
      isEnded = await place.watchUntil(id, seen, ({ read, state }) => read > before || state === 'done')
      await sleep(random.below(150))
      await child.kill()
    }
    expect(kills).toBeGreaterThan(3)
    using _last = place.startChild()
    await place.watchUntil(id, seen, ({ state }) => state === 'done')
    expect(told(await place.look(id))).toEqual(whole)
    neverBackwards(seen)
    await expect.poll(() => place.count('outbox'), { timeout: endedMs }).toBe(0)
    expect(await place.count('backtest_hit')).toBe(0)
  }, 300_000)

  test('ends the same where two jobrunners work at once, and the older of them is killed again and again', async () => {
    const random = seededRandom(seed + 1)
    await using place = await startPlace()
    const whole = await place.undisturbed()
    const [id, other] = [await place.ask(), await place.ask()]
    const [seen, others]: readonly [Progress[], Progress[]] = [[], []]
    await using children = new AsyncDisposableStack()
    const start = () => children.adopt(place.startChild(), (child) => child.kill())
    const running = [start(), start()]
    for (let kills = 0, isEnded = false; kills < 4 && !isEnded; kills++) {
      const { read } = await place.look(id)
      isEnded = await place.watchUntil(id, seen, (one) => one.read > read || one.state === 'done')
      others.push(await place.look(other))
      await sleep(random.below(150))
      running.push(start())
      await running.shift()?.kill()
    }
    await place.watchUntil(id, seen, ({ state }) => state === 'done')
    await place.watchUntil(other, others, ({ state }) => state === 'done')
    for (const one of [id, other]) expect(told(await place.look(one))).toEqual(whole)
    for (const one of [seen, others]) neverBackwards(one)
    expect(await place.count('backtest_hit')).toBe(0)
  }, 300_000)

  test('whose part ends its process every time fails, says why, and goes on once that is tried again', async () => {
    await using place = await startPlace()
    const whole = await place.undisturbed()
    const id = await place.ask()
    await using children = new AsyncDisposableStack()
    const start = (more: Partial<ChildInput>) => children.adopt(place.startChild(more), (child) => child.kill())
    // A part that takes for ever, so that it is met in the middle.
    const first = start({ attempts: 1, backtestBounds: { ...bounds, restShare: 1_000 } })
    await expect.poll(async () => (await place.look(id)).state, { timeout: endedMs }).toBe('running')
    await first.kill()
    const second = start({ attempts: 1 })
    await expect.poll(async () => (await place.look(id)).state, { timeout: endedMs }).toBe('failed')
    expect((await place.look(id)).error).toContain('its process ended, or stood still, in the middle of it')
    await second.kill()
    expect(await place.retryDead()).toEqual(['again'])
    start({})
    await place.watchUntil(id, [], ({ state }) => state === 'done')
    expect(told(await place.look(id))).toEqual(whole)
  }, 300_000)
})

type Progress = Pick<Backtest, 'isRead' | 'positionUs' | 'read' | 'state' | 'tally'>

function neverBackwards(seen: readonly Progress[]): void {
  const steps = seen.map(({ read, positionUs, tally, isRead }) => [
    read,
    positionUs ?? 0,
    tally.evaluated,
    isRead ? 1 : 0,
  ])
  for (const [index, step] of steps.entries())
    for (const [at, value] of step.entries()) expect(value).toBeGreaterThanOrEqual(steps[index - 1]?.[at] ?? 0)
}

interface Told {
  readonly read: number
  readonly tally: BacktestTally
  readonly result: BacktestResult | null
}

const told = ({ read, tally, result }: Backtest): Told => ({ read, tally, result })

async function startPlace() {
  await using stack = new AsyncDisposableStack()
  const server = stack.use(await startRedis())
  const { connection } = stack.use(await createTestDatabase())
  await migrate(connection)
  const store = stack.use(openStore(connection, { connectionsMax: 8, statementMs: 0, applicationName: 'test' }))
  const { uid } = await addCluster(store, { name: 'lab' })
  await storeDeliveries(store, [{ cluster: uid, items: items(), receivedAtUs: beginsUs }])
  const kept = stack.move()
  const input: ChildInput = { connection, redisUrl: server.url, stallMs: 1_500, backtestBounds: bounds }
  const startChild = (more: Partial<ChildInput> = {}) => childOf({ ...input, ...more })
  const look = (id: string): Promise<Backtest> => foundIn(store, id)
  const watchUntil = async (id: string, seen: Progress[], isThere: (one: Backtest) => boolean): Promise<boolean> => {
    let last: Backtest | undefined
    const isSo = async (): Promise<boolean> => {
      seen.push((last = await look(id)))
      return isThere(last) || last.state === 'failed'
    }
    await expect.poll(isSo, { timeout: endedMs, interval: 10 }).toBe(true)
    expect(last?.error).toBeNull()
    return last?.state === 'done'
  }
  const ask = async (): Promise<string> => {
    const maker = { id: randomUUID(), name: 'test' }
    const asked = {
      maker,
      rule: 'many',
      text: textOf(3),
      running: { version: 1, text: textOf(9) },
      cluster: null,
      window,
    }
    const id = await createBacktest(store, everything, asked)
    if (id === null) throw new Error('too many')
    return id
  }
  return {
    ask,
    look,
    startChild,
    watchUntil,
    async undisturbed(): Promise<Told> {
      using _child = startChild()
      const id = await ask()
      await watchUntil(id, [], ({ state }) => state === 'done')
      const whole = told(await look(id))
      expect(whole.read).toBe(events)
      expect(whole.result?.events).toBeGreaterThan(events / 10)
      expect(whole.result?.difference?.starts).toBeGreaterThan(0)
      return whole
    },
    async retryDead(): Promise<readonly string[]> {
      const { items: dead } = await listDeadJobs(store, everything, { limit: 10, after: null })
      const parts = dead.filter(({ kind }) => kind === 'backtest.part')
      return await Promise.all(parts.map(async (job) => await retryJob(store, everything, job.id)))
    },
    async count(table: 'backtest_hit' | 'outbox'): Promise<number> {
      const { rows } = await store.pool.query<{ n: number }>(`select count(*)::int4 as n from ${table}`)
      return rows[0]?.n ?? -1
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

/** What is counted depends on many events of several parts. */
const textOf = (count: number): string =>
  ruleText('many', { groupBy: ['object.name'], condition: { count, within: '20s' } })

function items(): readonly string[] {
  const random = seededRandom(seed)
  return Array.from({ length: events }, (_, at) => {
    const time = new Date(beginsUs / 1_000 + at * 500).toISOString().replace('Z', '000Z')
    const verb = 'create'
    const objectRef = { resource: 'pods', apiVersion: 'v1', namespace: 'shop', name: `p${random.below(25)}` }
    return itemWith({ auditID: random.uuid(), verb, objectRef, requestReceivedTimestamp: time, stageTimestamp: time })
  })
}

async function foundIn(store: Store, id: string): Promise<Backtest> {
  const found = await findBacktest(store, everything, id)
  if (!found) throw new Error('it is gone')
  return found
}

/** A jobrunner in a process of its own. */
function childOf(input: ChildInput) {
  const path = join(import.meta.dirname, 'jobrunner-child-for-tests.ts')
  const child = spawn(process.execPath, [path, JSON.stringify(input)], { stdio: ['ignore', 'inherit', 'inherit'] })
  const gone = once(child, 'exit')
  return {
    async kill(): Promise<void> {
      child.kill('SIGKILL')
      await gone
    },
    [Symbol.dispose]: () => void child.kill('SIGKILL'),
  }
}
