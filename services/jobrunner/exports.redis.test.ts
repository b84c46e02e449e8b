// Exports as jobs on real Redis and Postgres: whoever dies on the way, the files are the same, and they prove it.

import { spawn } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { startRedis, testRedis } from '@plaintrail/test/redis-for-tests'
import { canonicalJson } from '@plaintrail/formats/manifest'
import { itemWith } from '@plaintrail/formats/rows-for-tests'
import { redisJobs } from '@plaintrail/jobs/redis-jobs'
import { parseQuery } from '@plaintrail/query/parse-query'
import { createHealth } from '@plaintrail/runtime/health'
import { createLogger } from '@plaintrail/runtime/logger'
import { createMetrics } from '@plaintrail/runtime/metrics'
import { addCluster } from '@plaintrail/store/clusters'
import { storeDeliveries } from '@plaintrail/store/events-for-tests'
import { exportParts, partContent } from '@plaintrail/store/export-parts'
import { cancelExport, createExport, findExport, findManifest, type Export } from '@plaintrail/store/exports'
import { recordGap } from '@plaintrail/store/gaps'
import { migrate } from '@plaintrail/store/migrate'
import { openStore } from '@plaintrail/store/open-store'
import { jobrunnerConfig } from './config-for-tests.ts'
import type { JobrunnerConfig } from './config.ts'
import type { ChildInput } from './jobrunner-child-for-tests.ts'
import { startJobrunner } from './jobrunner.ts'
import { partBounds, type PartBounds } from './make-part.ts'

const redis = await testRedis()
const everything = { kind: 'everything' } as const
const seenUs = Date.UTC(2026, 10, 20, 12) * 1_000
const window = { sinceUs: 0, untilUs: Date.UTC(2100, 0) * 1_000 }
const inSteps: PartBounds = { ...partBounds, pageRowsMax: 5, rowsMax: 10 }

describe.skipIf(redis === null)('an export', () => {
  test('ends with its parts, their digests and a manifest that names them and itself', async () => {
    await using place = await startPlace()
    await place.deliver(35)
    await recordGap(place.store, { clusterUid: place.uid, cause: 'log_expired', detail: 'x', fromUs: 10, toUs: 20 })
    const id = await place.create('verb:patch')
    await using _runner = await place.startRunner()
    const done = await place.untilEnded(id)
    expect(done).toMatchObject({ state: 'done', rows: 35, parts: 4, error: null })
    const parts = await exportParts(place.store, everything, id)
    const contents = await place.contents(id)
    expect(parts.map(({ rows }) => rows)).toEqual([10, 10, 10, 5])
    for (const [at, { bytes, sha256 }] of parts.entries()) {
      const content = contents[at] ?? Buffer.alloc(0)
      expect([content.length, createHash('sha256').update(content).digest('hex')]).toEqual([bytes, sha256])
    }
    const manifest = JSON.parse((await findManifest(place.store, everything, id)) ?? '') as Record<string, unknown>
    const { sha256, ...rest } = manifest
    expect(createHash('sha256').update(canonicalJson(rest)).digest('hex')).toBe(sha256)
    expect(rest).toMatchObject({
      id,
      query: 'verb:patch',
      rows: 35,
      coverage: { complete: false, gaps: expect.arrayContaining([expect.objectContaining({ cause: 'log_expired' })]) },
      snapshot: { exact: true },
      parts: parts.map((part) => ({ ...part, name: `${id}-0000${part.number}.ndjson.gz` })),
    })
  })

  test('whose worker is killed in the middle goes on in another, and ends the same', async () => {
    await using place = await startPlace()
    await place.deliver(400)
    const whole = await place.create()
    const id = await place.create()
    await place.childKilledAfter(id, 3)
    const before = await findExport(place.store, everything, id)
    expect(before).toMatchObject({ state: 'running' })
    expect(before?.rows).toBeLessThan(400)
    // What comes in between is in neither: both are of what was stored when they were asked for.
    await place.deliver(50)
    await using _runner = await place.startRunner({ stallMs: 500 })
    expect(await place.untilEnded(id)).toMatchObject({ state: 'done', rows: 400, parts: 40 })
    expect(await place.untilEnded(whole)).toMatchObject({ state: 'done', rows: 400 })
    const text = await place.text(id)
    expect(text.split('\n').filter(Boolean)).toHaveLength(400)
    expect(text).toBe(await place.text(whole))
  })

  test('that two workers are told of again and again has each part once', async () => {
    await using place = await startPlace()
    await place.deliver(100)
    const id = await place.create()
    await using _one = await place.startRunner({ relay: { everyMs: 5, againAfterMs: 0 } })
    await using _other = await place.startRunner({ relay: { everyMs: 5, againAfterMs: 0 } })
    expect(await place.untilEnded(id)).toMatchObject({ state: 'done', rows: 100, parts: 10 })
    const ids = (await place.text(id)).split('\n').filter(Boolean)
    expect(new Set(ids).size).toBe(100)
  })

  test('does not wait between its parts for the next turn of the relay', async () => {
    await using place = await startPlace()
    await place.deliver(50)
    const id = await place.create()
    await using _runner = await place.startRunner({ relay: { everyMs: 600_000 } })
    expect(await place.untilEnded(id)).toMatchObject({ state: 'done', rows: 50, parts: 5 })
  })

  test('that is cancelled stops, and nothing of it is left', async () => {
    await using place = await startPlace()
    await place.deliver(400)
    const id = await place.create()
    await using _runner = await place.startRunner()
    await expect.poll(async () => (await findExport(place.store, everything, id))?.parts).toBeGreaterThan(1)
    expect(await cancelExport(place.store, everything, id)).toBe(true)
    await expect.poll(() => place.rowsLeft()).toBe(0)
    expect(await findExport(place.store, everything, id)).toMatchObject({ state: 'cancelled', parts: 0, bytes: 0 })
    expect(await exportParts(place.store, everything, id)).toEqual([])
  })

  test('that would take more than all may fails, and says which setting it is', async () => {
    await using place = await startPlace()
    await place.deliver(100)
    const id = await place.create()
    await using runner = await place.startRunner({ config: { ...jobrunnerConfig, exportBytesMax: 4_000 } })
    const failed = await place.untilEnded(id)
    expect(failed).toMatchObject({ state: 'failed', bytes: 0 })
    expect(failed.error).toContain('PLAINTRAIL_EXPORT_BYTES_MAX')
    await expect.poll(() => runner.log()).toContain('there is no room')
    expect(await place.rowsLeft()).toBe(0)
  })

  test('that another version wrote and this one cannot read fails with the reason', async () => {
    await using place = await startPlace()
    const [query, format, snapshot] = [await place.create(), await place.create(), await place.create()]
    await place.store.pool.query(`update export set query = 'colour:red' where maker = 'm1'`)
    await place.store.pool.query(`update export set format = 'avro' where maker = 'm2'`)
    await place.store.pool.query(`update export set snapshot = '!' where maker = 'm3'`)
    await using _runner = await place.startRunner()
    expect((await place.untilEnded(query)).error).toContain('could not read the query')
    expect((await place.untilEnded(format)).error).toContain('could not write avro')
    expect((await place.untilEnded(snapshot)).error).toContain('could not read the snapshot')
  })
})

interface RunnerOptions {
  readonly stallMs?: number
  readonly relay?: { readonly everyMs: number; readonly againAfterMs?: number }
  readonly config?: JobrunnerConfig
}

async function startPlace() {
  await using stack = new AsyncDisposableStack()
  const server = stack.use(await startRedis())
  const { connection } = stack.use(await createTestDatabase())
  await migrate(connection)
  const store = stack.use(openStore(connection, { connectionsMax: 8, statementMs: 0, applicationName: 'test' }))
  const { uid } = await addCluster(store, { name: 'lab' })
  const kept = stack.move()
  let made = 0
  let delivered = 0
  const contents = async (id: string): Promise<readonly Buffer[]> => {
    const parts = await exportParts(store, everything, id)
    const exportId = id.slice('exp_'.length)
    const found = await Promise.all(parts.map((part) => partContent(store, { ...part, exportId })))
    return found.map((content) => content ?? Buffer.alloc(0))
  }
  return {
    store,
    uid,
    contents,
    text: async (id: string) => (await contents(id)).map((content) => gunzipSync(content).toString()).join(''),
    async deliver(count: number): Promise<void> {
      const items = Array.from({ length: count }, () => {
        const time = new Date(Date.UTC(2026, 10, 20) + (delivered += 1)).toISOString().replace('Z', '000Z')
        return itemWith({ auditID: randomUUID(), requestReceivedTimestamp: time, stageTimestamp: time })
      })
      await storeDeliveries(store, [{ cluster: uid, items, receivedAtUs: seenUs }])
    },
    async create(q = ''): Promise<string> {
      const maker = { id: randomUUID(), name: `m${(made += 1)}` }
      const query = parseQuery(q, seenUs)
      const id = await createExport(store, everything, { maker, query, window, format: 'ndjson', withRaw: false })
      if (id === null) throw new Error('too many exports')
      return id
    },
    async untilEnded(id: string): Promise<Export> {
      const found = (): Promise<Export | null> => findExport(store, everything, id)
      await expect.poll(async () => (await found())?.state, { timeout: 60_000 }).toMatch(/done|failed|cancelled/)
      const ended = await found()
      if (!ended) throw new Error('it is gone')
      return ended
    },
    async rowsLeft(): Promise<number> {
      const { rows } = await store.pool.query<{ n: number }>('select count(*)::int4 as n from outbox')
      return rows[0]?.n ?? -1
    },
    /** In a process of its own, which is killed when the export has so many parts. */
    async childKilledAfter(id: string, parts: number): Promise<void> {
      const input: ChildInput = { connection, redisUrl: server.url, stallMs: 500, partBounds: inSteps }
      const path = join(import.meta.dirname, 'jobrunner-child-for-tests.ts')
      const child = spawn(process.execPath, [path, JSON.stringify(input)], { stdio: ['ignore', 'inherit', 'inherit'] })
      const gone = once(child, 'exit')
      const partsOf = async (): Promise<number> => (await findExport(store, everything, id))?.parts ?? 0
      try {
        await expect.poll(partsOf, { timeout: 30_000, interval: 10 }).toBeGreaterThanOrEqual(parts)
      } finally {
        child.kill('SIGKILL')
        await gone
      }
    },
    startRunner: (options: RunnerOptions = {}) => startRunner(server.url, store, options),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

async function startRunner(url: string, store: ReturnType<typeof openStore>, options: RunnerOptions) {
  await using stack = new AsyncDisposableStack()
  const lines: string[] = []
  const logger = createLogger('test', { level: 'info', destination: { write: (line) => void lines.push(line) } })
  const { stallMs = 30_000, relay = { everyMs: 20 }, config = jobrunnerConfig } = options
  const jobs = stack.use(redisJobs({ url, logger, limits: { stallMs } }))
  const metrics = createMetrics({ version: null, processMetrics: false })
  const parts = { store, jobs, logger, metrics, health: createHealth(), relay, partBounds: inSteps }
  stack.use(await startJobrunner(config, parts))
  const kept = stack.move()
  return { log: () => lines.join(''), [Symbol.asyncDispose]: () => kept.disposeAsync() }
}
