// A whole installation for the fault suite: Kafka, Redis and Postgres of its own, to be killed, stopped, frozen and filled, and
// two receivers and two workers over them.

import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@plaintrail/embedded-postgres/embedded-postgres'
import { openStore, type Store } from '@plaintrail/store/open-store'
import { startDistributedSystem, type DistributedOptions, type DistributedSystem } from '../distributed-system.ts'
import { startKafkaBroker, type KafkaBroker } from '../kafka-broker.ts'
import { startRedis, type RedisServer } from '../redis-for-tests.ts'
import { temporaryFolder } from '../system.ts'

interface PostgresServer extends AsyncDisposable {
  readonly url: string
  /** Of the postmaster. */
  pid(): Promise<number>
  /** In good order, and stays away until `start`. */
  stop(): Promise<void>
  start(): Promise<void>
}

export interface Servers extends AsyncDisposable {
  readonly kafka: KafkaBroker
  readonly redis: RedisServer
  readonly postgres: PostgresServer
}

/** Short, so that a frozen worker loses its partitions within the test. */
export const sessionMs = 6_000
/** What the receiver may hold in bodies; its resident memory stays below three times that and what Node itself takes. */
const bytesInFlightMax = 48 * 1024 * 1024
export const receiverBytesMax = 450 * 1024 * 1024

export interface ServersOptions {
  /** In place of a temporary folder, such as a small disk. */
  readonly postgresFolder?: string
  readonly postgresSettings?: Readonly<Record<string, string>>
}

export async function startServers(options: ServersOptions = {}): Promise<Servers> {
  await using stack = new AsyncDisposableStack()
  const [kafka, redis, postgres] = await Promise.all([
    startKafkaBroker({ settings: { 'log.flush.interval.messages': '1' } }),
    startRedis(),
    startPostgres(options),
  ])
  stack.use(kafka)
  stack.use(redis)
  stack.use(postgres)
  const kept = stack.move()
  return { kafka, redis, postgres, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

async function startPostgres({ postgresFolder, postgresSettings = {} }: ServersOptions): Promise<PostgresServer> {
  const dataFolder = postgresFolder ?? (await temporaryFolder())
  // A commit is on disk in the other tests; here it is the processes that die, and never the machine.
  const settings = { max_connections: '120', ...postgresSettings }
  let server: EmbeddedPostgres | null = await startEmbeddedPostgres({ dataFolder, settings })
  const { host, user, database } = server.connection
  const stop = async (): Promise<void> => {
    const running = server
    server = null
    await running?.[Symbol.asyncDispose]()
  }
  return {
    url: `postgresql://${user}@${encodeURIComponent(host)}/${database}`,
    pid: async () => Number((await readFile(join(dataFolder, 'postgres/data/postmaster.pid'), 'utf8')).split('\n')[0]),
    stop,
    async start() {
      server ??= await startEmbeddedPostgres({ dataFolder, settings })
    },
    async [Symbol.asyncDispose]() {
      await stop()
      if (postgresFolder === undefined) await rm(dataFolder, { recursive: true, force: true })
    },
  }
}

export interface FaultSystem extends AsyncDisposable {
  readonly servers: Servers
  readonly system: DistributedSystem
  /** Waits for Postgres to be there; of this test, not of the system. */
  readonly store: Store
  readonly clusterUid: string
  readonly cluster: Awaited<ReturnType<DistributedSystem['addCluster']>>
  /** Where receivers that run take posts. */
  targets(): readonly string[]
}

let systems = 0

export async function startFaultSystem(
  servers: Servers,
  options: Partial<DistributedOptions> = {},
): Promise<FaultSystem> {
  await using stack = new AsyncDisposableStack()
  const number = (systems += 1)
  const databaseUrl = await newDatabase(servers.postgres.url, `faults_${number}`)
  const system = stack.use(
    await startDistributedSystem({
      receivers: 2,
      workers: 2,
      ...options,
      outside: {
        databaseUrl,
        brokers: servers.kafka.brokers,
        redisUrl: servers.redis.url,
        topic: `faults-${number}.1`,
      },
      env: {
        PLAINTRAIL_REDIS_PREFIX: `faults-${number}`,
        PLAINTRAIL_KAFKA_SESSION: `${sessionMs}ms`,
        PLAINTRAIL_INGEST_BYTES_IN_FLIGHT_MAX: `${bytesInFlightMax}B`,
        ...options.env,
      },
    }),
  )
  const store = stack.use(openStore(databaseUrl, { connectionsMax: 2, statementMs: 0, applicationName: 'fault suite' }))
  const cluster = await system.addCluster('lab')
  const { rows } = await store.pool.query<{ uid: string }>('select uid::text as uid from cluster')
  const kept = stack.move()
  return {
    servers,
    system,
    store,
    cluster,
    clusterUid: rows[0]?.uid ?? '',
    targets: () =>
      system.receivers.filter(({ isRunning }) => isRunning).map((receiver) => ingestUrlOf(receiver.output())),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

/** As the receiver said at its last start. */
function ingestUrlOf(output: string): string {
  const port = [...output.matchAll(/ingest by TLS on port (\d+)/g)].at(-1)?.[1]
  return `https://127.0.0.1:${port}`
}

async function newDatabase(serverUrl: string, name: string): Promise<string> {
  await using store = openStore(serverUrl, { connectionsMax: 1, statementMs: 0, applicationName: 'fault suite' })
  await store.pool.query(`create database ${name}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}

/** The most that a process held, in bytes, until disposed. */
export function watchResident(pids: () => readonly number[]): { readonly bytesMax: () => number } & AsyncDisposable {
  let bytesMax = 0
  const stop = new AbortController()
  const watching = (async (): Promise<void> => {
    while (!stop.signal.aborted) {
      for (const pid of pids()) bytesMax = Math.max(bytesMax, await residentOf(pid))
      await sleep(200)
    }
  })()
  return {
    bytesMax: () => bytesMax,
    async [Symbol.asyncDispose]() {
      stop.abort()
      await watching
    },
  }
}

async function residentOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024
}
