// benchJudgingWorker: what rules cost a whole worker that stores recorded weeks, with history and without, for some numbers of
// rules in force by turns.

import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker, isMainThread, workerData } from 'node:worker_threads'
import { startEmbeddedPostgres } from '@plaintrail/embedded-postgres/embedded-postgres'
import { scanEventList } from '@plaintrail/event/scan'
import { encodeEnvelope } from '@plaintrail/event-log/envelope'
import type { LogReader } from '@plaintrail/event-log/event-log'
import { createHealth } from '@plaintrail/runtime/health'
import { createLogger } from '@plaintrail/runtime/logger'
import { createMetrics } from '@plaintrail/runtime/metrics'
import { addCluster } from '@plaintrail/store/clusters'
import { migrate } from '@plaintrail/store/migrate'
import { openStore, type Connection, type Store } from '@plaintrail/store/open-store'
import { makePartitionsAhead } from '@plaintrail/store/partitions'
import { putRules } from '@plaintrail/store/rules'
import { ruleLanes } from '@plaintrail/store/rules-follower'
import { tableLogReader, tableLogWriter } from '@plaintrail/store/table-log'
import { startWorker } from '@plaintrail/worker/worker'
import { temporaryFolder } from '../../system.ts'
import { wholeWeeks } from '../history/weeks.ts'
import { postgresCpuUs } from '../process-cost.ts'
import { heading, percentile, row } from '../report.ts'
import { ruleTexts } from './rule-texts.ts'

/** As in services/standalone/start-worker-thread.ts: with less, collecting costs more than it does there. */
const youngGenerationMiB = 192

export interface JudgingBenchOptions {
  /** Clusters that each recorded week is stored in. */
  readonly copies: number
  /** Of each number of rules. */
  readonly rounds: number
}

const aims = [
  { count: 0, least: 1 },
  { count: 80, least: 0.8 },
  { count: 1_000, least: 0.5 },
] as const
const doneMsMax = 300_000
/** Each look costs a millisecond of processor time, which counts. */
const lookEveryMs = 50

interface Server {
  readonly connection: Exclude<Connection, string>
  readonly postmasterPid: number
}

interface Round {
  readonly events: number
  readonly findings: number
  readonly workerUs: number
  readonly postgresUs: number
}

/** In a thread with the memory that the standalone gives its worker. */
export async function benchJudgingWorker(options: JudgingBenchOptions): Promise<void> {
  const thread = new Worker(new URL(import.meta.url), {
    workerData: options,
    resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMiB },
  })
  await once(thread, 'exit')
}

async function benchIn({ copies, rounds }: JudgingBenchOptions): Promise<void> {
  heading(`plaintrail bench rules: a whole worker over recorded weeks, ${copies} times each, ${rounds} rounds`)
  await using stack = new AsyncDisposableStack()
  const folder = await temporaryFolder()
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const { connection } = stack.use(await startEmbeddedPostgres({ dataFolder: folder }))
  const pidFile = readFileSync(join(folder, 'postgres/data/postmaster.pid'), 'utf8')
  const server = { connection, postmasterPid: Number(pidFile.split('\n')[0]) }
  for (const hasHistory of [false, true]) {
    const measured = new Map<number, Round[]>(aims.map(({ count }) => [count, []]))
    // One of each before any counts: code is compiled in the first.
    for (let round = 0; round <= rounds; round++) {
      for (const { count } of aims) {
        const database = `rules_${count}_${round}_${hasHistory ? 'with' : 'without'}`
        const one = await workRound(server, { database, count, copies, hasHistory })
        if (round > 0) measured.get(count)?.push(one)
      }
    }
    tell(hasHistory ? 'with history and attribution' : 'without history', measured)
  }
}

interface RoundOptions {
  readonly database: string
  readonly count: number
  readonly copies: number
  readonly hasHistory: boolean
}

async function workRound(
  { connection, postmasterPid }: Server,
  { database, count, copies, hasHistory }: RoundOptions,
): Promise<Round> {
  {
    await using store = openStore(connection, { connectionsMax: 1, statementMs: 0, applicationName: 'bench' })
    await store.pool.query(`create database ${database}`)
  }
  const own = { ...connection, database }
  await using store = openStore(own, { connectionsMax: 3, statementMs: 0, applicationName: 'bench' })
  await migrate(own)
  await putRules(store, { source: 'api', author: 'bench', rules: ruleTexts(count) })
  const events = await fillLog(store, copies)
  const gate = createGate(tableLogReader(store))
  await using _worker = startWorker({
    store,
    reader: gate.reader,
    logger: createLogger('bench', { level: 'error', destination: process.stderr }),
    metrics: createMetrics({ version: null, processMetrics: false }),
    health: createHealth(),
    history: hasHistory ? own : null,
    rules: { connection: own, pack: 'off', folder: null },
  })
  // Rules are read and compiled with the first events, once for all.
  await untilJudged(store, 'select not exists (select from seal) as left')
  const before = { worker: process.cpuUsage(), postgres: postgresCpuUs(postmasterPid) }
  gate.open()
  await untilJudged(store, 'select exists (select from segment_queue) as left')
  const { user, system } = process.cpuUsage(before.worker)
  const { rows } = await store.pool.query<{ findings: number }>(
    'select count(*) as findings from finding where events > 0',
  )
  return {
    events,
    findings: rows[0]?.findings ?? 0,
    workerUs: user + system,
    postgresUs: postgresCpuUs(postmasterPid) - before.postgres,
  }
}

/** Posts of all clusters by turns. */
async function fillLog(store: Store, copies: number): Promise<number> {
  const receivedAtUs = Date.now() * 1_000
  await makePartitionsAhead(store, receivedAtUs)
  const log = tableLogWriter(store)
  const posts: { readonly cluster: string; readonly body: Buffer; readonly at: number }[] = []
  const weeks = wholeWeeks()
  for (const [number, { bodies }] of weeks.entries()) {
    for (let copy = 0; copy < copies; copy++) {
      const { uid: cluster } = await addCluster(store, { name: `bench-${number}-${copy}` })
      for (const [at, body] of bodies.entries()) posts.push({ cluster, body, at })
    }
  }
  for (const { cluster, body } of posts.toSorted((a, b) => a.at - b.at)) {
    const { bounds, problems, duplicateKeys } = scanEventList(body)
    const lane = { cluster, lane: 'main', receivedAtUs }
    const header = { ...lane, credential: 'bench', problems, duplicateKeys, redactions: [] }
    await log.append(await encodeEnvelope(header, bounds, body), { ...lane, bodyBytes: body.length })
  }
  return copies * weeks.reduce((sum, week) => sum + week.events, 0)
}

/** Until SQL says that nothing is left, and all that is stored is judged. */
async function untilJudged(store: Store, left: string): Promise<void> {
  const deadline = performance.now() + doneMsMax
  for (;;) {
    const { rows } = await store.pool.query<{ left: boolean }>(left)
    if (rows[0]?.left === false && (await ruleLanes(store)).length === 0) return
    if (performance.now() > deadline) throw new Error('the bench waited 300 s for its worker')
    await sleep(lookEveryMs)
  }
}

/** Gives the first post alone until it opens. */
function createGate(reader: LogReader): { readonly reader: LogReader; open(): void } {
  let isOpen = false
  let given = 0
  return {
    reader: {
      async read(limit) {
        if (!isOpen && given > 0) return []
        const entries = await reader.read(isOpen ? limit : { ...limit, entries: 1 })
        given += entries.length
        return entries
      },
      settled: (positions) => reader.settled(positions),
      rewind: () => reader.rewind(),
    },
    open: () => void (isOpen = true),
  }
}

function tell(what: string, measured: ReadonlyMap<number, readonly Round[]>): void {
  const none = measured.get(0) ?? []
  const base = median(none, ({ workerUs }) => workerUs)
  const baseOfBoth = median(none, bothUs)
  for (const { count, least } of aims) {
    const rounds = measured.get(count) ?? []
    const own = median(rounds, ({ workerUs }) => workerUs)
    const { events, findings } = rounds[0] ?? { events: 0, findings: 0 }
    const ratio = (base / own).toFixed(2)
    const ofBoth = (baseOfBoth / median(rounds, bothUs)).toFixed(2)
    row(
      `${count} rules, ${what}`,
      `${Math.round((events * 1_000_000) / own)} events/s`,
      `a core of the worker: ${ratio} of none (aim ≥ ${least}); with Postgres ${ofBoth}; ${findings} findings of ${events} events`,
    )
  }
}

const bothUs = ({ workerUs, postgresUs }: Round): number => workerUs + postgresUs

const median = (rounds: readonly Round[], of: (round: Round) => number): number =>
  percentile(
    rounds.map(of).toSorted((a, b) => a - b),
    0.5,
  )

// The only one that starts this file as a thread is above, with exactly this.
if (!isMainThread) await benchIn(workerData as JudgingBenchOptions)
