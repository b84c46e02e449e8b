// workRound: one worker, in this process, over a log that is full when it starts; what it and Postgres spend until all is done.

import { setTimeout as sleep } from 'node:timers/promises'
import { scanEventList } from '@plaintrail/event/scan'
import { decodeHeader, encodeEnvelope } from '@plaintrail/event-log/envelope'
import type { LogReader } from '@plaintrail/event-log/event-log'
import { createHealth } from '@plaintrail/runtime/health'
import { createLogger } from '@plaintrail/runtime/logger'
import { createMetrics } from '@plaintrail/runtime/metrics'
import { addCluster } from '@plaintrail/store/clusters'
import { historyLanes } from '@plaintrail/store/history-lanes'
import { migrate } from '@plaintrail/store/migrate'
import { openStore, type Connection, type Store } from '@plaintrail/store/open-store'
import { createParsedItems } from '@plaintrail/store/parsed-items'
import { makePartitionsAhead } from '@plaintrail/store/partitions'
import type { BatchWriter } from '@plaintrail/store/store-batch'
import { tableLogReader, tableLogWriter } from '@plaintrail/store/table-log'
import { startHistory } from '@plaintrail/worker/start-history'
import { startWorker } from '@plaintrail/worker/worker'
import { postgresCpuUs } from '../process-cost.ts'
import type { Week } from './weeks.ts'

export interface Round {
  readonly events: number
  readonly ms: number
  /** Processor time of the worker, and of Postgres. */
  readonly workerUs: number
  readonly postgresUs: number
}

export interface Server {
  readonly connection: Exclude<Connection, string>
  readonly postmasterPid: number
}

/**
 * `backlog`: the log is full when the worker starts, and history is behind by more than stays in memory. `at once`: posts
 * come as fast as they are followed.
 */
export type Pace = 'backlog' | 'at once'

export interface RoundOptions {
  readonly weeks: readonly Week[]
  /** Clusters for each week. */
  readonly copies: number
  readonly hasHistory: boolean
  readonly pace: Pace
}

/** Where it is followed at once, the worker is given so many bytes of bodies more: 2,000 events. */
const lotBytes = 4 * 1024 * 1024
const doneMsMax = 300_000
/** Each look costs a millisecond of processor time, which counts. */
const lookEveryMs = 200

/** In the database, which must be new. */
export async function workRound(
  { connection, postmasterPid }: Server,
  database: string,
  { hasHistory, ...filling }: RoundOptions,
): Promise<Round> {
  const own = { ...connection, database }
  await using store = openStore(own, { connectionsMax: 3, statementMs: 0, applicationName: 'bench' })
  await migrate(own)
  const events = await fillLog(store, filling)
  const gate = createGate(tableLogReader(store), filling.pace === 'backlog' ? Infinity : lotBytes)
  const before = { worker: process.cpuUsage(), postgres: postgresCpuUs(postmasterPid), from: performance.now() }
  {
    await using stack = new AsyncDisposableStack()
    const ground = {
      logger: createLogger('bench', { level: 'error', destination: process.stderr }),
      metrics: createMetrics({ version: null, processMetrics: false }),
      health: createHealth(),
    }
    const parsed = createParsedItems()
    // History alone, without attribution beside it, and without the rests that it takes while events wait.
    const history = hasHistory
      ? stack.use(startHistory({ ...ground, parsed, connection: own, isIngestBusy: () => false }))
      : null
    const handedOver = history === null ? {} : { parsed, wrapWriter: (writer: BatchWriter) => waking(writer, history) }
    stack.use(startWorker({ ...ground, ...handedOver, store, reader: gate.reader, history: null }))
    await untilDone(store, gate, hasHistory)
  }
  const { user, system } = process.cpuUsage(before.worker)
  return {
    events,
    ms: performance.now() - before.from,
    workerUs: user + system,
    postgresUs: postgresCpuUs(postmasterPid) - before.postgres,
  }
}

interface Gate {
  readonly reader: LogReader
  /** Whether all that was given is committed, and no more is given until it opens. */
  isShut(): boolean
  open(): void
}

function createGate(reader: LogReader, bytesMax: number): Gate {
  let left = bytesMax
  let inHand = 0
  return {
    reader: {
      async read(limit) {
        if (left <= 0) return []
        const entries = await reader.read({ ...limit, bytes: Math.min(limit.bytes, left) })
        inHand += entries.length
        for (const { envelope } of entries) left -= decodeHeader(envelope).bodyBytes
        return entries
      },
      settled(positions) {
        inHand -= positions.length
        reader.settled(positions)
      },
      rewind: () => reader.rewind(),
    },
    isShut: () => left <= 0 && inHand === 0,
    open: () => void (left = bytesMax),
  }
}

/** As a worker does that follows by itself. */
function waking(writer: BatchWriter, history: { wake(): void }): BatchWriter {
  return {
    ...writer,
    async commit(prepared) {
      const outcome = await writer.commit(prepared)
      history.wake()
      return outcome
    },
  }
}

/** Posts of all clusters by turns where they wait in the log; else of one cluster after the other, each as busy as all. */
async function fillLog(store: Store, { weeks, copies, pace }: Omit<RoundOptions, 'hasHistory'>): Promise<number> {
  const receivedAtUs = Date.now() * 1_000
  await makePartitionsAhead(store, receivedAtUs)
  const log = tableLogWriter(store)
  const posts: { readonly cluster: string; readonly body: Buffer; readonly at: number }[] = []
  for (const [number, { bodies }] of weeks.entries()) {
    for (let copy = 0; copy < copies; copy++) {
      const { uid: cluster } = await addCluster(store, { name: `bench-${number}-${copy}` })
      for (const [at, body] of bodies.entries()) posts.push({ cluster, body, at })
    }
  }
  for (const { cluster, body } of pace === 'backlog' ? posts.toSorted((a, b) => a.at - b.at) : posts) {
    const { bounds, problems, duplicateKeys } = scanEventList(body)
    const lane = { cluster, lane: 'main', receivedAtUs }
    const header = { ...lane, credential: 'bench', problems, duplicateKeys, redactions: [] }
    await log.append(await encodeEnvelope(header, bounds, body), { ...lane, bodyBytes: body.length })
  }
  return copies * weeks.reduce((sum, week) => sum + week.events, 0)
}

async function untilDone(store: Store, gate: Gate, hasHistory: boolean): Promise<void> {
  const deadline = performance.now() + doneMsMax
  for (;;) {
    const { rows } = await store.pool.query<{ left: boolean }>('select exists (select from segment_queue) as left')
    const isStored = rows[0]?.left === false
    if ((isStored || gate.isShut()) && (!hasHistory || (await historyLanes(store)).length === 0)) {
      if (isStored) return
      gate.open()
    }
    if (performance.now() > deadline) throw new Error('the bench waited 300 s for its worker')
    await sleep(lookEveryMs)
  }
}
