// The distributed profile for tests: receivers, workers, api and jobrunner as processes of their own over a real Kafka, Redis
// and Postgres, driven over HTTP as the embedded one is.

import { execFile } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Connection } from '@plaintrail/store/open-store'
import { freePorts } from './free-ports.ts'
import { compileCache, startService, type Role, type ServiceOptions, type ServiceProcess } from './service-process.ts'
import { askingWith, temporaryFolder, type System, type SystemOptions } from './system.ts'

/** Where the parts that are not ours are. */
export interface Outside {
  readonly databaseUrl: string
  readonly brokers: readonly string[]
  readonly redisUrl: string
  /** Of this system alone. */
  readonly topic: string
}

export interface DistributedOptions extends SystemOptions {
  readonly outside: Outside
  readonly receivers?: number
  readonly workers?: number
  /** In place of a role's main.ts. */
  readonly entries?: Partial<Record<Role, string>>
  readonly partitions?: number
}

export interface DistributedSystem extends System {
  readonly receivers: readonly ServiceProcess[]
  readonly workers: readonly ServiceProcess[]
  readonly api: ServiceProcess
  readonly jobrunner: ServiceProcess
  /** Runs migrate again. */
  migrate(): Promise<void>
  /** One more of a role, which may be another build of it. */
  add(role: Exclude<Role, 'api'>, more?: Partial<ServiceOptions>): Promise<ServiceProcess>
}

const run = promisify(execFile)
const migrateMain = join(import.meta.dirname, '../services/migrate/main.ts')

export async function startDistributedSystem(options: DistributedOptions): Promise<DistributedSystem> {
  const { outside, entries = {} } = options
  const temporary = options.dataFolder === undefined
  const dataFolder = options.dataFolder ?? (await temporaryFolder())
  await using stack = new AsyncDisposableStack()
  // Of the processes, which may become more after this has returned.
  const kept = stack.use(new AsyncDisposableStack())
  const [apiPort = 0, firstPort = 0] = await freePorts(2)
  const shared = {
    DATABASE_URL: outside.databaseUrl,
    PLAINTRAIL_REDIS_URL: outside.redisUrl,
    PLAINTRAIL_KAFKA_BROKERS: outside.brokers.join(','),
    PLAINTRAIL_KAFKA_TOPIC: outside.topic,
    PLAINTRAIL_KAFKA_GROUP: outside.topic,
    PLAINTRAIL_KAFKA_REPLICATION: '1',
    PLAINTRAIL_KAFKA_PARTITIONS: String(options.partitions ?? 4),
    PLAINTRAIL_SECRETS: dataFolder,
    PLAINTRAIL_INGEST_URL: `https://127.0.0.1:${firstPort}`,
    ...options.env,
  }
  const migrate = async (): Promise<void> =>
    void (await run(process.execPath, [migrateMain], { env: { ...process.env, ...compileCache, ...shared } }))
  await migrate()

  const receivers: ServiceProcess[] = []
  const workers: ServiceProcess[] = []
  const start = async (role: Role, { env = {}, entry = entries[role], before = [] }: Partial<ServiceOptions> = {}) =>
    kept.use(await startService(role, withShared(shared, { env, before, ...(entry ? { entry } : {}) })))
  const startReceiver = async (port: number, more: Partial<ServiceOptions> = {}): Promise<ServiceProcess> => {
    const own = { PLAINTRAIL_INGEST_PORT: String(port), PLAINTRAIL_SPOOL: join(dataFolder, 'spool') }
    await mkdir(join(dataFolder, 'spool'), { recursive: true })
    const receiver = await start('receiver', { ...more, env: { ...own, ...more.env } })
    receivers.push(receiver)
    return receiver
  }
  await startReceiver(firstPort)
  const [api, jobrunner] = await Promise.all([
    start('api', { env: { PLAINTRAIL_PORT: String(apiPort) } }),
    start('jobrunner'),
    ...Array.from({ length: (options.receivers ?? 1) - 1 }, async () => startReceiver((await freePorts(1))[0] ?? 0)),
    ...Array.from({ length: options.workers ?? 1 }, async () => void workers.push(await start('worker'))),
  ])
  const url = `http://127.0.0.1:${apiPort}`
  const adminToken = (await readFile(join(dataFolder, 'admin-token'), 'utf8')).trim()
  await writeFile(join(dataFolder, 'server.json'), JSON.stringify({ url, pid: api.pid }))
  stack.move()
  const all = (): readonly ServiceProcess[] => [...receivers, ...workers, api, jobrunner]
  return {
    ...askingWith(url, adminToken),
    ingest: { url: `https://127.0.0.1:${firstPort}`, ca: await readFile(join(dataFolder, 'ca/ca.pem'), 'utf8') },
    ingestPort: firstPort,
    dataFolder,
    receivers,
    workers,
    api,
    jobrunner,
    migrate,
    connection: (): Promise<Connection> => Promise.resolve(outside.databaseUrl),
    output: () =>
      all()
        .map((service) => service.output())
        .join(''),
    stop: async () => {
      await kept.disposeAsync()
      return 0
    },
    async add(role, more = {}) {
      if (role === 'receiver') return await startReceiver((await freePorts(1))[0] ?? 0, more)
      const added = kept.use(await startService(role, withShared(shared, more)))
      if (role === 'worker') workers.push(added)
      return added
    },
    async [Symbol.asyncDispose]() {
      await kept.disposeAsync()
      if (temporary) await rm(dataFolder, { recursive: true, force: true })
    },
  }
}

function withShared(shared: Readonly<Record<string, string>>, more: Partial<ServiceOptions>): ServiceOptions {
  return { ...more, env: { ...shared, ...more.env } }
}
