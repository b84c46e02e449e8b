// One run of the embedded Postgres: its settings, its log, until when it is not ready, and how it ends.

import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { Client } from 'pg'
import { type PostgresBinaries, postgresEnvironment } from './postgres-binaries.ts'
import { postgresUser } from './postgres-data.ts'
import type { PostgresLog } from './postgres-log.ts'
import type { PostgresPlace } from './postgres-place.ts'
import { type Sleep, within } from './postgres-sleep.ts'
import { codeOf, messageOf, PostgresUnavailable } from './postgres-unavailable.ts'

export interface PostgresServer {
  /** Resolves once the postmaster is gone, with the reason in words. */
  readonly exited: Promise<string>
  /** Resolves once it accepts connections. Rejects with PostgresUnavailable when it ends before that. */
  ready(): Promise<void>
  /** Ends it in order; a transaction that is open is rolled back. Never rejects. */
  stop(): Promise<void>
}

export interface ServerParts {
  readonly place: PostgresPlace
  readonly binaries: PostgresBinaries
  readonly settings: Readonly<Record<string, string>>
  readonly log: PostgresLog
  readonly onProgress: (line: string) => void
  readonly sleep: Sleep
}

/** Whatever PGPORT and PGSSLMODE of the environment say, which pg would follow. */
export const connectionOf = (place: PostgresPlace, database: string) => ({
  host: place.socket,
  port: 5432,
  user: postgresUser,
  database,
  ssl: false,
})

const pollMsMin = 10
const pollMsMax = 200
const progressMs = 5_000
/** For a server that runs and neither recovers nor lets us in. */
const refusalMsMax = 60_000
const connectMsMax = 10_000
const drainMs = 100
/** A fast shutdown writes a checkpoint; an immediate one writes nothing and costs a recovery at the next start. */
const stopSteps = [
  ['SIGINT', 30_000],
  ['SIGQUIT', 10_000],
  ['SIGKILL', 10_000],
] as const

export function startServer(parts: ServerParts): PostgresServer {
  const { place, binaries, log } = parts
  const child = spawn(join(binaries.folder, 'bin', 'postgres'), ['-D', place.data, ...settingArguments(parts)], {
    ...place.owner,
    cwd: '/',
    env: postgresEnvironment,
    // A session of its own: Ctrl-C in a terminal reaches us, and Postgres stays up until we have finished with it.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => log.write(text))
  const exited = awaitExit(child, parts)
  return {
    exited,
    ready: () => awaitReady(parts, exited),
    stop: () => stopChild(child, exited, parts.sleep),
  }
}

function settingArguments({ place, settings }: ServerParts): readonly string[] {
  const all: Record<string, string> = {
    ...defaults,
    unix_socket_directories: `"${place.socket.replaceAll('"', '""')}"`,
    ...settings,
    cluster_name: place.name,
    port: '5432',
  }
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

const defaults = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '60',
  // A statement locks each partition and index that it touches: nine a day of events.
  max_locks_per_transaction: '512',
  synchronous_commit: 'on',
  fsync: 'on',
  full_page_writes: 'on',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  // Segments are compressed already: what is left of a page would shrink little for the processor time.
  wal_compression: 'off',
  jit: 'off',
  TimeZone: 'UTC',
  log_timezone: 'UTC',
  // The message of an ERROR may quote a value that somebody sent; whoever sent the statement gets it anyway.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_parameter_max_length_on_error: '0',
  log_checkpoints: 'off',
  // The collector truncates by time only, and so has no bound in bytes; PostgresLog has one.
  logging_collector: 'off',
}

async function awaitExit(child: ChildProcess, { log, sleep }: ServerParts): Promise<string> {
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const how = await new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`))
    child.once('error', (error) => resolve(error.message))
  })
  // What it wrote last may still be in the pipe, which its orphaned children keep open after a kill -9.
  await within(closed, drainMs, sleep)
  const said = log.lastReason()
  return said === null ? `Postgres ended (${how})` : `Postgres ended (${how}): ${said}`
}

async function awaitReady(parts: ServerParts, exited: Promise<string>): Promise<void> {
  let waitedMs = 0
  let refusedMs = 0
  let toldMs = 0
  for (let pollMs = pollMsMin; ; pollMs = Math.min(pollMs * 2, pollMsMax)) {
    const ended = await within(exited, pollMs, parts.sleep)
    if (ended !== null) throw new PostgresUnavailable('postgres_start', `could not start Postgres: ${ended}`)
    const refusal = await tryConnect(parts.place)
    if (refusal === null) return
    const isRecovering = codeOf(refusal) === cannotConnectNow
    waitedMs += pollMs
    refusedMs = isRecovering ? 0 : refusedMs + pollMs
    if (refusedMs > refusalMsMax) throw unreachable(refusal)
    if (waitedMs - toldMs < progressMs) continue
    toldMs = waitedMs
    const what = isRecovering ? 'the database is recovering what was written last' : messageOf(refusal)
    parts.onProgress(`${what} (${Math.round(waitedMs / 1000)} s)…`)
  }
}

/** SQLSTATE cannot_connect_now: it starts, recovers or shuts down. */
const cannotConnectNow = '57P03'

async function tryConnect(place: PostgresPlace): Promise<unknown> {
  const client = new Client({ ...connectionOf(place, 'postgres'), connectionTimeoutMillis: connectMsMax })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.end()
    return null
  } catch (error) {
    return error
  }
}

const unreachable = (refusal: unknown) =>
  new PostgresUnavailable('postgres_start', `could not connect to Postgres: ${messageOf(refusal)}`, { cause: refusal })

async function stopChild(child: ChildProcess, exited: Promise<string>, sleep: Sleep): Promise<void> {
  for (const [signal, waitMs] of stopSteps) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) break
    child.kill(signal)
    await within(exited, waitMs, sleep)
  }
}
