// The worker with attribution: it finds who is behind what it stores, and goes on after a failure.

import { encodeEnvelope } from '@plaintrail/event-log/envelope'
import { scanEventList } from '@plaintrail/event/scan'
import { createHealth, type Health } from '@plaintrail/runtime/health'
import { createLogger } from '@plaintrail/runtime/logger'
import { createMetrics } from '@plaintrail/runtime/metrics'
import { attributionLanes } from '@plaintrail/store/attributor'
import { addCluster } from '@plaintrail/store/clusters'
import { migrate } from '@plaintrail/store/migrate'
import { openStore, type Connection, type Store } from '@plaintrail/store/open-store'
import { makePartitionsAhead } from '@plaintrail/store/partitions'
import { tableLogReader, tableLogWriter } from '@plaintrail/store/table-log'
import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { expect, test } from 'vitest'
import { startWorker } from './worker.ts'

const [version = ''] = corpusVersions()
const lists = corpusOf(version).lists.slice(0, 12)
const waitMs = 60_000
/** Long enough ago that nothing waits for its causes. */
const startUs = Date.UTC(2026, 9, 27) * 1_000

test('a worker finds who is behind what it stores; a failure is told, and it goes on after it', async () => {
  await using own = new AsyncDisposableStack()
  const { connection, store } = await feed(own)
  await store.pool.query('alter table initiator_fact rename to away')
  const worker = own.use(run(connection, store))
  const state = (): unknown => worker.health.snapshot().checks['attribution']
  await expect.poll(state, { timeout: waitMs }).toMatchObject({ ok: true, degraded: true })
  await store.pool.query('alter table away rename to initiator_fact')
  await expect.poll(() => isDone(store), { timeout: waitMs }).toBe(true)
  await expect.poll(state, { timeout: waitMs }).toEqual({ ok: true, detail: 'attributing' })
  const { rows } = await store.pool.query<{ name: string; count: number }>(
    `select i.name, count(*)::int as count from event_initiator i where i.kind = 'person' group by 1`,
  )
  expect(rows.map(({ name }) => name)).toContain('lab-admin')
}, 120_000)

test('an event that fails by itself is left out after some attempts, and all else is attributed', async () => {
  await using own = new AsyncDisposableStack()
  const { connection, store } = await feed(own)
  await store.pool.query(`
    create function refuse() returns trigger language plpgsql as $$ begin
      if new.kind = 'scale' then raise exception 'no column takes it' using errcode = '22000'; end if;
      return new;
    end $$`)
  await store.pool.query('create trigger refuse before insert on initiator_fact for each row execute function refuse()')
  const worker = own.use(run(connection, store))
  await expect.poll(() => isDone(store), { timeout: waitMs }).toBe(true)
  const { rows } = await store.pool.query<{ kinds: number }>(
    'select count(distinct kind)::int as kinds from initiator_fact',
  )
  expect(rows[0]?.kinds).toBeGreaterThan(3)
  expect(await worker.leftOut()).toBe(1)
}, 120_000)

async function isDone(store: Store): Promise<boolean> {
  const { rows } = await store.pool.query<{ waiting: number }>('select count(*)::int as waiting from segment_queue')
  return rows[0]?.waiting === 0 && (await attributionLanes(store)).length === 0
}

async function feed(own: AsyncDisposableStack): Promise<{ readonly connection: Connection; readonly store: Store }> {
  const { connection } = own.use(await createTestDatabase())
  await migrate(connection)
  const store = own.use(openStore(connection, { connectionsMax: 4, statementMs: 0, applicationName: 'test' }))
  const { uid: cluster } = await addCluster(store, { name: 'east' })
  const writer = tableLogWriter(store)
  for (const [index, list] of lists.entries()) {
    const receivedAtUs = startUs + index
    await makePartitionsAhead(store, receivedAtUs)
    await append(writer, { cluster, receivedAtUs, body: Buffer.from(list) })
  }
  return { connection, store }
}

async function append(
  writer: ReturnType<typeof tableLogWriter>,
  { cluster, receivedAtUs, body }: { readonly cluster: string; readonly receivedAtUs: number; readonly body: Buffer },
): Promise<void> {
  const { bounds } = scanEventList(body)
  const header = {
    cluster,
    lane: 'main',
    receivedAtUs,
    credential: 'test',
    redactions: [],
    duplicateKeys: [],
    problems: [],
  }
  await writer.append(await encodeEnvelope(header, bounds, body), {
    cluster,
    lane: 'main',
    receivedAtUs,
    bodyBytes: body.length,
  })
}

interface Running extends AsyncDisposable {
  readonly health: Health
  leftOut(): Promise<number>
}

function run(connection: Connection, store: Store): Running {
  const metrics = createMetrics({ version: null, processMetrics: false })
  const health = createHealth()
  const logger = createLogger('test', { level: 'silent' })
  const worker = startWorker({
    store,
    reader: tableLogReader(store),
    logger,
    metrics,
    health,
    history: connection,
  })
  const leftOut = async (): Promise<number> =>
    Number(/^plaintrail_attribution_left_out_events_total (\d+)$/m.exec(await metrics.text())?.[1])
  return { health, leftOut, [Symbol.asyncDispose]: () => worker[Symbol.asyncDispose]() }
}
