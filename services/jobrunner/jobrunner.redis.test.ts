// The jobrunner on real Redis and Postgres: what it must do once is done once, whatever dies or forgets on the way.

import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { everything as everyEvent } from '@plaintrail/query/ast'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { startRedis, testRedis, type RedisServer } from '@plaintrail/test/redis-for-tests'
import type { Jobs, JobsLimits } from '@plaintrail/jobs/jobs'
import { redisJobs } from '@plaintrail/jobs/redis-jobs'
import { createHealth } from '@plaintrail/runtime/health'
import { createLogger } from '@plaintrail/runtime/logger'
import { createMetrics } from '@plaintrail/runtime/metrics'
import { addCluster } from '@plaintrail/store/clusters'
import { listDeadJobs, retryJob } from '@plaintrail/store/dead-jobs'
import { storeDeliveries } from '@plaintrail/store/events-for-tests'
import { findGaps } from '@plaintrail/store/gaps'
import { migrate } from '@plaintrail/store/migrate'
import { listNotices, quarantineOutbox } from '@plaintrail/store/notices'
import { openStore, type Store } from '@plaintrail/store/open-store'
import { outboxInsert, outboxArrays, type NewOutboxRow } from '@plaintrail/store/outbox'
import { describe, expect, test } from 'vitest'
import { jobrunnerConfig } from './config-for-tests.ts'
import type { ChildInput } from './jobrunner-child-for-tests.ts'
import { startJobrunnerProcess } from './jobrunner-process.ts'
import { startJobrunner } from './jobrunner.ts'
import { relayRows, type RelayTiming } from './relay-outbox.ts'

const everything = { kind: 'everything' } as const
const always = { sinceUs: 0, untilUs: 4e15 }
const redis = await testRedis()

describe.skipIf(redis === null)('the jobrunner', () => {
  test('tells of what a batch put in quarantine, once, with the reasons', async () => {
    await using place = await startPlace()
    await using runner = await place.startRunner()
    const { id: clusterId } = await addCluster(place.store, { name: 'lab' })
    await place.add(
      quarantineOutbox([
        { clusterId, reason: 'no_json' },
        { clusterId: null, reason: 'unknown_cluster' },
        { clusterId, reason: 'no_verb' },
        { clusterId, reason: 'no_verb' },
      ]),
    )
    await place.untilDone()
    const notices = await place.notices()
    expect(notices.map(({ kind, cluster, detail }) => ({ kind, cluster, detail }))).toEqual(
      expect.arrayContaining([
        {
          kind: 'quarantine.noticed',
          cluster: 'lab',
          detail: '3 items could not be read and went to quarantine: no_verb 2, no_json 1',
        },
        {
          kind: 'quarantine.noticed',
          cluster: null,
          detail: '1 item could not be read and went to quarantine: unknown_cluster 1',
        },
      ]),
    )
    expect(notices).toHaveLength(2)
    await expect.poll(() => runner.log().match(/something could not be read/g)).toHaveLength(2)
    expect(runner.log()).toContain('"cluster":"lab","count":3')
    expect(await runner.metrics()).toMatch(/plaintrail_jobs_done_total\{kind="quarantine.noticed"\} 2/)
  })

  test('as a process of its own it starts without Postgres, and says that it is not ready', async () => {
    const health = createHealth()
    const logger = createLogger('test', { level: 'silent' })
    const metrics = createMetrics({ version: null, processMetrics: false })
    const places = { databaseUrl: 'postgresql://nobody@127.0.0.1:1/none', redisUrl: new URL(redis?.url ?? '') }
    await using _runner = await startJobrunnerProcess(
      { ...places, redisPrefix: randomUUID(), ...jobrunnerConfig },
      { logger, metrics, health, version: 'test' },
    )
    await expect.poll(() => health.snapshot().checks['store']?.detail).toContain('could not write to Postgres')
    expect(health.snapshot().ok).toBe(false)
  })

  test('a job whose process is killed in the middle of its transaction is done once by another', async () => {
    await using place = await startPlace()
    await place.add([aNotice('lab')])
    const blocker = await place.store.pool.connect()
    await blocker.query('begin')
    await blocker.query('lock table notice in exclusive mode')
    await killedWhileWaiting(place, { connection: place.connection, redisUrl: place.redis.url, stallMs: 500 })
    await blocker.query('rollback')
    blocker.release()
    expect(await place.notices()).toEqual([])
    await using _runner = await place.startRunner({ limits: { stallMs: 500 } })
    await place.untilDone()
    expect(await place.notices()).toHaveLength(1)
  })

  test('a Redis that forgets everything between relay and work costs time and nothing else', async () => {
    await using place = await startPlace()
    await place.add([aNotice('a'), aNotice('b')])
    await place.relayed()
    await place.redis.flush()
    await using _runner = await place.startRunner({ relay: { everyMs: 50, againAfterMs: 1_000 } })
    await place.untilDone()
    expect(await place.notices()).toHaveLength(2)
  })

  test('jobs that are relayed again and again while they wait are done once', async () => {
    await using place = await startPlace()
    await place.add(Array.from({ length: 30 }, (_, index) => aNotice(String(index))))
    await using _runner = await place.startRunner({ relay: { everyMs: 5, againAfterMs: 0 } })
    await using _other = await place.startRunner({ relay: { everyMs: 5, againAfterMs: 0 } })
    await place.untilDone()
    expect(await place.notices()).toHaveLength(30)
  })

  test('starts while Redis is away, and does what waited when it is back', async () => {
    await using place = await startPlace()
    await place.redis.kill()
    await using runner = await place.startRunner()
    await place.add([aNotice('a')])
    await expect.poll(() => runner.health().degraded, { timeout: 10_000 }).toBe(true)
    await place.redis.start()
    await place.untilDone()
    expect(await place.notices()).toHaveLength(1)
    await expect.poll(() => runner.health(), { timeout: 10_000 }).toMatchObject({ ok: true, degraded: false })
  })

  test('a job that cannot be done is dead with its error, and is done when a person has it tried again', async () => {
    await using place = await startPlace()
    const [id] = await place.add([{ ...aNotice('a'), payload: { count: 'many' } }])
    await using runner = await place.startRunner({ limits: { attempts: 2, firstRetryMs: 20 } })
    await expect
      .poll(() => place.dead(), { timeout: 10_000 })
      .toMatchObject([
        { id, kind: 'quarantine.noticed', attempts: 2, error: expect.stringMatching(/could not read the payload/) },
      ])
    expect(runner.log()).toContain('plaintrail jobs list')
    expect(await retryJob(place.store, everything, id ?? '')).toBe('again')
    await expect.poll(() => place.dead(), { timeout: 10_000 }).toMatchObject([{ id, attempts: 4 }])
    await place.store.pool.query('update outbox set payload = $1', [aNotice('a').payload])
    await retryJob(place.store, everything, id ?? '')
    await place.untilDone()
    expect(await place.notices()).toHaveLength(1)
    expect(await runner.metrics()).toMatch(/plaintrail_jobs_dead_total\{kind="quarantine.noticed"\} 2/)
  })

  test('has looked for silent clusters when its start returns, and soon makes the days of the store', async () => {
    await using place = await startPlace()
    const lastUs = Date.parse('2026-11-20T00:00:00Z') * 1_000
    const logOfStart = async (hours: number) => {
      await using runner = await place.startRunner({ nowUs: () => lastUs + hours * 3_600_000_000 })
      const log = runner.log()
      await expect
        .poll(() => runner.metrics(), { timeout: 10_000 })
        .toMatch(/plaintrail_jobs_done_total\{kind="days.keep"\} 1/)
      return log
    }
    await logOfStart(0)
    await sealed(place.store, lastUs)
    expect(await logOfStart(1)).toContain('a cluster has fallen silent')
    expect(await logOfStart(2)).not.toContain('a cluster has fallen silent')
    expect(await findGaps(place.store, everything, always)).toEqual([
      {
        cluster: 'lab',
        cause: 'cluster_silent',
        from: '2026-11-20T00:00:00.000000Z',
        to: '2026-11-20T02:00:00.000000Z',
      },
    ])
  })

  test('counts the quarters of days that are over soon after its start, and every five minutes', async () => {
    await using place = await startPlace()
    const nowUs = Date.parse('2026-11-20T12:50:00Z') * 1_000
    const { uid } = await addCluster(place.store, { name: 'lab' })
    const item = { auditID: randomUUID(), stage: 'ResponseComplete', verb: 'get', requestURI: '/healthz', user: {} }
    const items = [JSON.stringify({ ...item, requestReceivedTimestamp: '2026-11-20T05:00:00.000000Z' })]
    await storeDeliveries(place.store, [{ cluster: uid, items, receivedAtUs: nowUs }])
    const periods = new Map<string, number>()
    const wrapJobs = (jobs: Jobs): Jobs => {
      const schedule: Jobs['schedule'] = (kind, everyMs) => {
        periods.set(kind, everyMs)
        return jobs.schedule(kind, everyMs)
      }
      return Object.assign(Object.create(jobs) as Jobs, { schedule })
    }
    await using runner = await place.startRunner({ nowUs: () => nowUs, wrapJobs })
    await expect
      .poll(() => runner.metrics(), { timeout: 10_000 })
      .toMatch(/plaintrail_jobs_done_total\{kind="tallies.keep"\} 1/)
    const { rows } = await place.store.pool.query<object>(
      `select t.quarter, v.counts::text as counts from tally t join tally_value v on v.quarter = t.quarter and v.field = 'all'`,
    )
    expect(rows).toEqual([{ quarter: Date.parse('2026-11-20') / 21_600_000, counts: '{1}' }])
    expect(periods.get('tallies.keep')).toBe(300_000)
    await expect
      .poll(() => runner.metrics(), { timeout: 10_000 })
      .toMatch(/plaintrail_jobs_done_total\{kind="blame.keep"\} 1/)
    expect(periods.get('blame.keep')).toBe(300_000)
    await expect
      .poll(() => runner.metrics(), { timeout: 10_000 })
      .toMatch(/plaintrail_jobs_done_total\{kind="findings.reopen"\} \d/)
    expect(periods.get('findings.reopen')).toBe(15_000)
  })

  test('runs as a process of its own that says when it is ready, works, and stops when it is told to', async () => {
    await using place = await startPlace()
    await place.add([aNotice('a')])
    const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
      env: {
        ...process.env,
        DATABASE_URL: place.connection,
        PLAINTRAIL_REDIS_URL: place.redis.url,
        PLAINTRAIL_OPERATIONS_PORT: '0',
        PLAINTRAIL_LOG_LEVEL: 'error',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const gone = once(child, 'exit')
    const [said] = await Promise.race([once(child.stdout, 'data'), gone])
    const url = /(http:\S+)\/readyz/.exec(String(said))?.[1]
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    await place.untilDone()
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('plaintrail_outbox_relayed_total 1')
    child.kill('SIGTERM')
    expect(await gone).toEqual([0, null])
  })
})

interface RunnerOptions {
  readonly limits?: Partial<JobsLimits>
  readonly relay?: RelayTiming
  readonly nowUs?: () => number
  readonly wrapJobs?: (jobs: Jobs) => Jobs
}

/** A Redis and a database of the test's own. */
async function startPlace() {
  await using stack = new AsyncDisposableStack()
  const redis: RedisServer = stack.use(await startRedis())
  const { connection } = stack.use(await createTestDatabase())
  await migrate(connection)
  const store = stack.use(openStore(connection, { connectionsMax: 8, statementMs: 0, applicationName: 'test' }))
  const kept = stack.move()
  return {
    redis,
    connection,
    store,
    async add(rows: readonly NewOutboxRow[]): Promise<readonly string[]> {
      const { rows: added } = await store.pool.query<{ id: string }>(`${outboxInsert(1)} returning id::text as id`, [
        ...outboxArrays(rows),
      ])
      return added.map(({ id }) => id)
    },
    notices: async () =>
      (await listNotices(store, everything, { query: everyEvent, window: always, limit: 100, after: null })).items,
    dead: async () => (await listDeadJobs(store, everything, { limit: 100, after: null })).items,
    async untilDone(): Promise<void> {
      await expect.poll(() => rowsLeft(store), { timeout: 15_000 }).toBe(0)
    },
    /** Relays everything to Redis, where nobody works. */
    async relayed(): Promise<void> {
      const logger = createLogger('test', { level: 'silent' })
      await using jobs = redisJobs({ url: redis.url, logger })
      await using _relay = relayRows({
        store,
        jobs,
        logger,
        health: createHealth(),
        onRelayed: () => undefined,
        everyMs: 10,
      })
      await expect.poll(() => rowsLeft(store, 'and relayed_at is null')).toBe(0)
    },
    startRunner: (options: RunnerOptions = {}) => startRunner(redis.url, store, options),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

async function startRunner(url: string, store: Store, options: RunnerOptions) {
  await using stack = new AsyncDisposableStack()
  const lines: string[] = []
  const logger = createLogger('test', { level: 'info', destination: { write: (line) => void lines.push(line) } })
  const metrics = createMetrics({ version: null, processMetrics: false })
  const health = createHealth()
  const { wrapJobs = (own: Jobs) => own } = options
  const jobs = wrapJobs(stack.use(redisJobs({ url, logger, limits: options.limits ?? {} })))
  stack.use(
    await startJobrunner(jobrunnerConfig, { store, jobs, logger, metrics, health, relay: { everyMs: 50 }, ...options }),
  )
  const kept = stack.move()
  return {
    log: () => lines.join(''),
    metrics: () => metrics.text(),
    health: () => {
      const { ok, status } = health.snapshot()
      return { ok, degraded: status === 'degraded' }
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

/** Returns when the child stood in the middle of the job's transaction, and was then killed. */
async function killedWhileWaiting(place: { readonly store: Store }, input: ChildInput): Promise<void> {
  const path = join(import.meta.dirname, 'jobrunner-child-for-tests.ts')
  const child = spawn(process.execPath, [path, JSON.stringify(input)], { stdio: ['ignore', 'inherit', 'inherit'] })
  const gone = once(child, 'exit')
  await expect
    .poll(() => count(place.store, `pg_locks where relation = 'notice'::regclass and not granted`), { timeout: 10_000 })
    .toBe(1)
  child.kill('SIGKILL')
  await gone
}

function aNotice(reason: string): NewOutboxRow {
  return {
    id: Buffer.from(randomUUID().replaceAll('-', ''), 'hex'),
    kind: 'quarantine.noticed',
    payload: { clusterId: null, count: 1, reasons: { [reason]: 1 } },
  }
}

function rowsLeft(store: Store, condition = ''): Promise<number> {
  return count(store, `outbox where true ${condition}`)
}

async function count(store: Store, from: string): Promise<number> {
  const { rows } = await store.pool.query<{ number: number }>(`select count(*)::int4 as number from ${from}`)
  return rows[0]?.number ?? -1
}

/** A segment of the cluster `lab`, as far as silence is about it. */
async function sealed(store: Store, receivedUs: number): Promise<void> {
  const { id } = await addCluster(store, { name: 'lab' })
  await store.pool.query(
    `with l as (insert into lane (cluster_id, name) values ($1, 'main') returning id)
     insert into seal (segment_id, received_us, cluster_id, lane_id, items, stored, first_seq)
     select $2::int8 / 86400000000 * 4294967296, $2, $1, l.id, 1, 1, 1 from l`,
    [id, receivedUs],
  )
}
