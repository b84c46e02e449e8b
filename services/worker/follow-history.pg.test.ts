// The worker with history: what it makes beside storing is what the slow way makes, whoever stops and whatever fails.

import { encodeEnvelope } from '@plaintrail/event-log/envelope'
import { scanEventList } from '@plaintrail/event/scan'
import { createHealth, type Health } from '@plaintrail/runtime/health'
import { createLogger } from '@plaintrail/runtime/logger'
import { createMetrics, type Metrics } from '@plaintrail/runtime/metrics'
import { everything } from '@plaintrail/query/scope'
import { addCluster } from '@plaintrail/store/clusters'
import { everyRevision } from '@plaintrail/store/history-for-tests'
import { historyProgress } from '@plaintrail/store/history-progress'
import { migrate } from '@plaintrail/store/migrate'
import { openStore, type Connection, type Store } from '@plaintrail/store/open-store'
import { makePartitionsAhead } from '@plaintrail/store/partitions'
import { slowHistory } from '@plaintrail/store/slow-history-for-tests'
import { tableLogReader, tableLogWriter } from '@plaintrail/store/table-log'
import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { expect, test } from 'vitest'
import { startWorker } from './worker.ts'

const [version = ''] = corpusVersions()
const { lists } = corpusOf(version)
const followedMs = 120_000

interface Running extends AsyncDisposable {
  readonly health: Health
  readonly metrics: Metrics
}

interface Fed {
  readonly connection: Connection
  readonly store: Store
  readonly cluster: string
}

test('a worker follows what it stores; one that stops in the middle and one that goes on lose nothing and double nothing', async () => {
  await using own = new AsyncDisposableStack()
  const fed = await feed(own)
  const first = run(fed)
  await expect.poll(() => counted(first, 'events_total'), { timeout: followedMs }).toBeGreaterThan(200)
  await first[Symbol.asyncDispose]()
  const { behind } = await historyProgress(fed.store, everything, fed.cluster)
  expect(behind + (await waiting(fed))).toBeGreaterThan(0)
  // Two at once, which share the lanes.
  own.use(run(fed))
  const third = own.use(run(fed))
  await untilFollowed(fed)
  expect(await keptOf(fed)).toEqual(slow(fed))
  expect(third.health.snapshot().checks['history']).toEqual({ ok: true, detail: 'following' })
}, 240_000)

test('with history off nothing is followed, and what was stored meanwhile is when it is on', async () => {
  await using own = new AsyncDisposableStack()
  const fed = await feed(own, 3)
  {
    await using off = run(fed, false)
    await expect.poll(() => waiting(fed), { timeout: followedMs }).toBe(0)
    expect(off.health.snapshot().checks['history']?.detail).toBe('off: PLAINTRAIL_HISTORY')
  }
  expect((await historyProgress(fed.store, everything, fed.cluster)).behind).toBeGreaterThan(100)
  own.use(run(fed))
  await untilFollowed(fed)
  expect(await keptOf(fed)).toEqual(slow(fed, 3))
}, 240_000)

test('an event that fails by itself is left out after some attempts, told and counted, and all else is followed', async () => {
  await using own = new AsyncDisposableStack()
  const fed = await feed(own, 3)
  const { uid = '' } = slow(fed, 3)[40] ?? {}
  const poison = slow(fed, 3).filter((revision) => revision.uid === uid)
  await fed.store.pool.query(`
    create function refuse() returns trigger language plpgsql as $$ begin
      if (select o.uid from history_object o where o.id = new.object_id) = '${uid}' then
        raise exception 'no column takes it' using errcode = '22000';
      end if;
      return new;
    end $$`)
  await fed.store.pool.query('create trigger refuse before insert on revision for each row execute function refuse()')
  const worker = own.use(run(fed))
  const part = () => worker.health.snapshot().checks['history']
  await expect.poll(() => part()?.degraded, { timeout: followedMs }).toBe(true)
  expect(part()).toMatchObject({ ok: true, detail: expect.stringContaining('no column takes it') as unknown })
  await untilFollowed(fed)
  expect(await keptOf(fed)).toEqual(slow(fed, 3).filter((revision) => revision.uid !== uid))
  expect(await counted(worker, 'left_out_events_total')).toBeGreaterThanOrEqual(poison.length)
  await expect.poll(part, { timeout: followedMs }).toEqual({ ok: true, detail: 'following' })
}, 240_000)

test('while history cannot be written, events are stored, and it is made up for', async () => {
  await using own = new AsyncDisposableStack()
  const fed = await feed(own, 2)
  await fed.store.pool.query('alter table revision rename to revision_away')
  const worker = own.use(run(fed))
  await expect.poll(() => waiting(fed), { timeout: followedMs }).toBe(0)
  await expect
    .poll(() => worker.health.snapshot(), { timeout: followedMs })
    .toMatchObject({ ok: true, status: 'degraded' })
  expect(await counted(worker, 'left_out_events_total')).toBe(0)
  await fed.store.pool.query('alter table revision_away rename to revision')
  await untilFollowed(fed)
  expect(await keptOf(fed)).toEqual(slow(fed, 2))
}, 240_000)

/** Lists of the recorded week in the log, in two lanes by turns. */
async function feed(own: AsyncDisposableStack, count: number = lists.length): Promise<Fed> {
  const { connection } = own.use(await createTestDatabase())
  await migrate(connection)
  const store = own.use(openStore(connection, { connectionsMax: 4, statementMs: 0, applicationName: 'test' }))
  const { uid: cluster } = await addCluster(store, { name: 'lab' })
  const receivedAtUs = Date.now() * 1_000
  await makePartitionsAhead(store, receivedAtUs)
  const log = tableLogWriter(store)
  for (const [index, list] of lists.slice(0, count).entries()) {
    const body = Buffer.from(list)
    const { bounds, problems, duplicateKeys } = scanEventList(body)
    const lane = { cluster, lane: index % 2 === 0 ? 'main' : 'other', receivedAtUs }
    const header = { ...lane, credential: 'test', problems, duplicateKeys, redactions: [] }
    await log.append(await encodeEnvelope(header, bounds, body), { ...lane, bodyBytes: body.length })
  }
  return { connection, store, cluster }
}

function run({ connection }: Fed, isFollowing = true): Running {
  const own = new AsyncDisposableStack()
  const store = own.use(openStore(connection, { connectionsMax: 3, statementMs: 0, applicationName: 'test worker' }))
  const health = createHealth()
  const metrics = createMetrics({ version: null, processMetrics: false })
  const logger = createLogger('test', { level: 'silent' })
  const history = isFollowing ? connection : null
  own.use(startWorker({ store, reader: tableLogReader(store), logger, metrics, health, history }))
  return { health, metrics, [Symbol.asyncDispose]: () => own.disposeAsync() }
}

async function waiting({ store }: Fed): Promise<number> {
  const { rows } = await store.pool.query<{ count: number }>('select count(*) as count from segment_queue')
  return rows[0]?.count ?? 0
}

async function untilFollowed(fed: Fed): Promise<void> {
  const left = async (): Promise<number> => {
    const inLog = await waiting(fed)
    return inLog + (await historyProgress(fed.store, everything, fed.cluster)).behind
  }
  await expect.poll(left, { timeout: followedMs, interval: 100 }).toBe(0)
}

async function counted({ metrics }: Running, name: string): Promise<number> {
  const text = await metrics.text()
  return Number(new RegExp(`^plaintrail_history_${name} (\\d+)$`, 'm').exec(text)?.[1])
}

type Kept = ReturnType<typeof slowHistory>

/** As slowHistory tells them. */
async function keptOf({ store }: Fed): Promise<Kept> {
  const rows = (await everyRevision(store)) as readonly (Kept[number] & {
    readonly key: string
    readonly part: number
  })[]
  return rows.map(({ uid, place, key, part, fidelity, significance, link }) => {
    return { uid, place, event: `${key}.${String(part).padStart(5, '0')}`, fidelity, significance, link }
  })
}

function slow({ cluster }: Fed, count: number = lists.length): Kept {
  const items = lists.slice(0, count).flatMap((list) => {
    const body = Buffer.from(list)
    const { bounds } = scanEventList(body)
    return Array.from({ length: bounds.length / 2 }, (_, item) =>
      body.subarray(bounds[2 * item], bounds[2 * item + 1]).toString(),
    )
  })
  return slowHistory(cluster, items)
}
