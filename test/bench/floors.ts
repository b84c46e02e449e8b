// What cannot be beaten: parsing alone, the store path alone, and Postgres' own COPY of the same rows.

import { randomUUID } from 'node:crypto'
import { scanEventList } from '@plaintrail/event/scan'
import { encodeEnvelope } from '@plaintrail/event-log/envelope'
import { migrate } from '@plaintrail/store/migrate'
import { openStore, type Connection } from '@plaintrail/store/open-store'
import { makePartitionsAhead } from '@plaintrail/store/partitions'
import { createBatchWriter } from '@plaintrail/store/store-batch'
import { tableLogReader, tableLogWriter } from '@plaintrail/store/table-log'
import { readSegment } from '@plaintrail/worker/read-segment'
import { eventsABody } from './postings.ts'

const options = { connectionsMax: 4, statementMs: 0, applicationName: 'bench' }
const segmentsABatch = 5

/** Events per second. */
export function measureParse(bodies: readonly Buffer[]): number {
  const from = performance.now()
  let items = 0
  for (const body of bodies) {
    const list: unknown = JSON.parse(body.toString())
    items +=
      typeof list === 'object' && list !== null && 'items' in list && Array.isArray(list.items) ? list.items.length : 0
  }
  return perSecond(items, from)
}

/** Events per second of append and batch insert, with everything else done before the clock runs. */
export async function measureStorePath(
  connection: Exclude<Connection, string>,
  bodies: readonly Buffer[],
): Promise<number> {
  await using store = openStore(await floorDatabase(connection), options)
  await makePartitionsAhead(store, Date.now() * 1_000)
  const cluster = randomUUID()
  await store.pool.query('insert into cluster (uid, name) values ($1, $2)', [cluster, 'bench-floor'])
  const envelopes = await Promise.all(bodies.map((body) => envelopeOf(body, cluster)))
  const parts = { writer: tableLogWriter(store), reader: tableLogReader(store), batchWriter: createBatchWriter(store) }
  let spentMs = 0
  const timed = async <T>(work: () => Promise<T>): Promise<T> => {
    const from = performance.now()
    const made = await work()
    spentMs += performance.now() - from
    return made
  }
  let stored = 0
  for (let start = 0; start < envelopes.length; start += segmentsABatch) {
    const batch = envelopes.slice(start, start + segmentsABatch)
    await timed(() =>
      Promise.all(
        batch.map((envelope) =>
          parts.writer.append(envelope, { cluster: '', lane: '', receivedAtUs: Date.now() * 1_000, bodyBytes: 1 }),
        ),
      ),
    )
    const entries = await parts.reader.read({ entries: batch.length, bytes: Number.MAX_SAFE_INTEGER })
    const segments = entries.map((entry) => readSegment(entry))
    stored += (await timed(() => parts.batchWriter.store(segments))).stored
    parts.reader.settled(entries.map((entry) => entry.position))
  }
  if (stored !== bodies.length * eventsABody)
    throw new Error(`stored ${stored} events of ${bodies.length * eventsABody}`)
  return (stored / spentMs) * 1_000
}

/** A database of its own on the same server: the system's worker must not take its segments. */
async function floorDatabase(connection: Exclude<Connection, string>): Promise<Connection> {
  await using store = openStore(connection, options)
  await store.pool.query('create database bench_floor')
  const floor = { ...connection, database: 'bench_floor' }
  await migrate(floor)
  return floor
}

async function envelopeOf(body: Buffer, cluster: string): Promise<Buffer> {
  const { bounds, problems, duplicateKeys } = scanEventList(body)
  const header = {
    cluster,
    lane: 'main',
    receivedAtUs: Date.now() * 1_000,
    credential: randomUUID(),
    problems,
    duplicateKeys,
    redactions: [],
  }
  return await encodeEnvelope(header, bounds, body)
}

/** The stored rows of the benchmark, written out and read back by COPY. */
export async function measureCopy(connection: Connection): Promise<{ bare: number; indexed: number }> {
  await using store = openStore(connection, options)
  const file = `copy-floor-${randomUUID()}`
  const { rows } = await store.pool.query<{ folder: string }>(`select current_setting('data_directory') as folder`)
  const path = `${rows[0]?.folder}/${file}`
  const { rowCount } = await store.pool.query(`copy (select * from event) to '${path}' (format binary)`)
  const time = async (like: string): Promise<number> => {
    await store.pool.query(`create table copy_floor (like event ${like})`)
    const from = performance.now()
    await store.pool.query(`copy copy_floor from '${path}' (format binary)`)
    const speed = perSecond(rowCount ?? 0, from)
    await store.pool.query('drop table copy_floor')
    return speed
  }
  return { bare: await time(''), indexed: await time('including indexes') }
}

function perSecond(count: number, from: number): number {
  return (count / (performance.now() - from)) * 1_000
}
