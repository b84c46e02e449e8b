// workRound: one worker, in this process, over a log that is full when it starts; what it and Postgres spend until all is done.

import { setTimeout as sleep } from 'node:timers/promises'
import { scanEventList } from '@plaintrail/event/scan'
import { encodeEnvelope } from '@plaintrail/event-log/envelope'
import { createHealth } from '@plaintrail/runtime/health'
import { createLogger } from '@plaintrail/runtime/logger'
import { createMetrics } from '@plaintrail/runtime/metrics'
import { addCluster } from '@plaintrail/store/clusters'
import { historyLanes } from '@plaintrail/store/history-lanes'
import { migrate } from '@plaintrail/store/migrate'
import { openStore, type Connection, type Store } from '@plaintrail/store/open-store'
import { makePartitionsAhead } from '@plaintrail/store/partitions'
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

const doneMsMax = 300_000

/** In the database, which must be new; `copies` clusters for each week. */
export async function workRound(
  { connection, postmasterPid }: Server,
  database: string,
  weeks: readonly Week[],
  copies: number,
  hasHistory: boolean,
): Promise<Round> {
  const own = { ...connection, database }
  await using store = openStore(own, { connectionsMax: 3, statementMs: 0, applicationName: 'bench' })
  await migrate(own)
  const events = await fillLog(store, weeks, copies)
  const before = { worker: process.cpuUsage(), postgres: postgresCpuUs(postmasterPid), from: performance.now() }
  {
    await using stack = new AsyncDisposableStack()
    const ground = {
      logger: createLogger('bench', { level: 'error', destination: process.stderr }),
      metrics: createMetrics({ version: null, processMetrics: false }),
      health: createHealth(),
    }
    // History alone, without attribution beside it, and without the rests that it takes while events wait.
    if (hasHistory) stack.use(startHistory({ ...ground, connection: own, isIngestBusy: () => false }))
    stack.use(startWorker({ ...ground, store, reader: tableLogReader(store), history: null }))
    await untilDone(store, hasHistory)
  }
  const { user, system } = process.cpuUsage(before.worker)
  return {
    events,
    ms: performance.now() - before.from,
    workerUs: user + system,
    postgresUs: postgresCpuUs(postmasterPid) - before.postgres,
  }
}

/** Posts of all clusters by turns, as they come. */
async function fillLog(store: Store, weeks: readonly Week[], copies: number): Promise<number> {
  const receivedAtUs = Date.now() * 1_000
  await makePartitionsAhead(store, receivedAtUs)
  const log = tableLogWriter(store)
  const clusters: { readonly uid: string; readonly week: Week }[] = []
  for (const [number, week] of weeks.entries()) {
    for (let copy = 0; copy < copies; copy++) {
      clusters.push({ uid: (await addCluster(store, { name: `bench-${number}-${copy}` })).uid, week })
    }
  }
  const most = Math.max(...weeks.map(({ bodies }) => bodies.length))
  for (let post = 0; post < most; post++) {
    for (const { uid: cluster, week } of clusters) {
      const body = week.bodies[post]
      if (body === undefined) continue
      const { bounds, problems, duplicateKeys } = scanEventList(body)
      const lane = { cluster, lane: 'main', receivedAtUs }
      const header = { ...lane, credential: 'bench', problems, duplicateKeys, redactions: [] }
      await log.append(await encodeEnvelope(header, bounds, body), { ...lane, bodyBytes: body.length })
    }
  }
  return clusters.reduce((sum, { week }) => sum + week.events, 0)
}

async function untilDone(store: Store, hasHistory: boolean): Promise<void> {
  const deadline = performance.now() + doneMsMax
  for (;;) {
    const { rows } = await store.pool.query<{ left: boolean }>('select exists (select from segment_queue) as left')
    if (rows[0]?.left === false && (!hasHistory || (await historyLanes(store)).length === 0)) return
    if (performance.now() > deadline) throw new Error('the bench waited 300 s for its worker')
    await sleep(25)
  }
}
