// benchHistory: what history costs a worker, with it and without by turns, and what a revision takes on disk.

import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '@plaintrail/embedded-postgres/embedded-postgres'
import { openStore } from '@plaintrail/store/open-store'
import { temporaryFolder } from '../../system.ts'
import { heading, row } from '../report.ts'
import { measureRevisions, stateBytes } from './revision-sizes.ts'
import { wholeWeeks, writeWeeks, type Week } from './weeks.ts'
import { workRound, type Pace, type Round, type Server } from './worker-round.ts'

export interface HistoryBenchOptions {
  /** Clusters that each recorded week is stored in. */
  readonly copies: number
  /** Pairs of one with history and one without. */
  readonly rounds: number
}

const ratioAim = 1.5
const shareAim = 25

export async function benchHistory({ copies, rounds }: HistoryBenchOptions): Promise<void> {
  heading(`plaintrail bench history: recorded weeks, ${copies} times each, ${rounds} rounds`)
  await using stack = new AsyncDisposableStack()
  const folder = await temporaryFolder()
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const { connection } = stack.use(await startEmbeddedPostgres({ dataFolder: folder }))
  const pidFile = readFileSync(join(folder, 'postgres/data/postmaster.pid'), 'utf8')
  const server = { connection, postmasterPid: Number(pidFile.split('\n')[0]) }
  const last = await compare(server, { what: 'writes', pace: 'at once', weeks: writeWeeks(), copies, rounds })
  await compare(server, { what: 'writes', pace: 'backlog', weeks: writeWeeks(), copies, rounds })
  await compare(server, { what: 'everything', pace: 'at once', weeks: wholeWeeks(), copies, rounds })
  const sizes = await measureRevisions({ ...connection, database: last })
  const alone = stateBytes(writeWeeks())
  for (const { name, bytes } of sizes.parts) row(`  ${name}`, `${bytes.toFixed(0)} B`, 'a revision')
  row(
    'a revision on disk',
    `${sizes.bytes.toFixed(0)} B`,
    `${((100 * sizes.bytes) / alone).toFixed(0)} % of its state packed by itself, ${alone.toFixed(0)} B (aim < ${shareAim} %); ${sizes.revisions} revisions`,
  )
}

interface Comparison extends HistoryBenchOptions {
  readonly what: string
  readonly pace: Pace
  readonly weeks: readonly Week[]
}

/** Returns the last database that has a history. */
async function compare(server: Server, { what, pace, weeks, copies, rounds }: Comparison): Promise<string> {
  const database = (round: number, hasHistory: boolean): string =>
    `bench_${what}_${pace.replace(' ', '_')}_${round}_${hasHistory ? 'with' : 'without'}`
  const run = async (round: number, hasHistory: boolean): Promise<Round> => {
    const name = database(round, hasHistory)
    await using store = openStore(server.connection, { connectionsMax: 1, statementMs: 0, applicationName: 'bench' })
    await store.pool.query(`create database ${name}`)
    return await workRound(server, name, { weeks, copies, hasHistory, pace })
  }
  // One of each before any counts: code is compiled in the first.
  const pairs: { readonly on: Round; readonly off: Round }[] = []
  for (let round = 0; round <= rounds; round++) {
    const off = await run(round, false)
    const on = await run(round, true)
    if (round > 0) pairs.push({ on, off })
  }
  tell(`${what}, ${pace}`, pairs)
  return database(rounds, true)
}

function tell(what: string, pairs: readonly { readonly on: Round; readonly off: Round }[]): void {
  const cost = ({ workerUs, postgresUs, events }: Round): string =>
    `${(workerUs / events).toFixed(0)} + ${(postgresUs / events).toFixed(0)} µs`
  for (const { on, off } of pairs) {
    row(
      `  ${what}: an event`,
      `${cost(off)} → ${cost(on)}`,
      'processor time of worker + Postgres, without → with history',
    )
  }
  const events = pairs[0]?.on.events ?? 0
  row(
    `${what}: with history`,
    `${median(pairs, ({ workerUs }) => workerUs)} times the worker`,
    `aim ≤ ${ratioAim}; with Postgres ${median(pairs, ({ workerUs, postgresUs }) => workerUs + postgresUs)}, until all is done ${median(pairs, ({ ms }) => ms)}; ${events} events`,
  )
}

/** Of with by without. */
function median(pairs: readonly { readonly on: Round; readonly off: Round }[], of: (round: Round) => number): string {
  const ratios = pairs.map(({ on, off }) => of(on) / of(off)).toSorted((a, b) => a - b)
  return (ratios[Math.floor(ratios.length / 2)] ?? 0).toFixed(2)
}
