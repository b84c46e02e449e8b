// Every service in one process: Postgres, receiver, worker, jobrunner and api, started in the order of the data's way and
// stopped in reverse.

import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startApi } from '@plaintrail/api/api'
import type { LogWriter } from '@plaintrail/event-log/event-log'
import { startJobrunner, type JobrunnerParts } from '@plaintrail/jobrunner/jobrunner'
import type { JobsLimits } from '@plaintrail/jobs/jobs'
import { migrateJobs, postgresJobs } from '@plaintrail/jobs/postgres-jobs'
import { startReceiver } from '@plaintrail/receiver/receiver'
import { lockFolder } from '@plaintrail/runtime/folder-lock'
import { createHealth } from '@plaintrail/runtime/health'
import { createLogger } from '@plaintrail/runtime/logger'
import { createMetrics } from '@plaintrail/runtime/metrics'
import { openAdminToken, openSecrets } from '@plaintrail/runtime/secrets'
import { version } from '@plaintrail/runtime/version'
import { adminTokens } from '@plaintrail/store/api-tokens'
import { startEmbeddedPostgres } from '@plaintrail/embedded-postgres/embedded-postgres'
import { migrate } from '@plaintrail/store/migrate'
import { openStore, type Connection, type Store } from '@plaintrail/store/open-store'
import { makePartitionsAhead } from '@plaintrail/store/partitions'
import { checkRedactionKey } from '@plaintrail/store/redaction-key'
import { tableLogWriter } from '@plaintrail/store/table-log'
import { watchStore } from '@plaintrail/store/watch-store'
import { rulesOptions } from '@plaintrail/worker/start-rules'
import { askQueue } from './ask-queue.ts'
import type { StandaloneConfig } from './config.ts'
import { startWorkerThread, type WorkerInput } from './start-worker-thread.ts'

export interface Standalone extends AsyncDisposable {
  /** `http://127.0.0.1:7717` */
  readonly url: string
  readonly ingestPort: number
  readonly adminToken: string
  readonly dataFolder: string
}

/** For tests: a part wrapped in another, and bounds small enough that a test meets them. */
export interface StandaloneOverrides {
  readonly wrapLog?: (log: LogWriter) => LogWriter
  readonly jobrunner?: Pick<JobrunnerParts, 'partBounds' | 'relay'>
  readonly jobsLimits?: Partial<JobsLimits>
}

const appendConnectionsMax = 8
/** For credentials and gaps: posts with tokens that nobody knows must not hold up the ones that are taken in. */
const admitConnectionsMax = 2
const askConnectionsMax = 12
/** One relays, the others do jobs. */
const jobConnectionsMax = 3
const appendMsMax = 15_000
/** A question that takes longer is cancelled and told to narrow its window. */
const askMsMax = 10_000

/** Returns when everything serves. `say` is told of the long first steps. */
export async function startStandalone(
  config: StandaloneConfig,
  say: (line: string) => void,
  overrides: StandaloneOverrides = {},
): Promise<Standalone> {
  await using stack = new AsyncDisposableStack()
  // Others may pass through and list nothing: as root, Postgres runs as another user and keeps its own folder in here.
  await mkdir(config.dataFolder, { recursive: true, mode: 0o711 })
  stack.use(await lockFolder(config.dataFolder))
  const logger = createLogger('plaintrail', { level: config.logLevel, destination: process.stderr })
  const metrics = createMetrics({ version, processMetrics: true })
  const health = createHealth()

  const stop = new AbortController()
  const stopping = stop.signal
  const connection = await openDatabase(config, stack, say, health)
  const applied = await migrate(connection, { onApplied: (name) => say(`schema: ${name}`) })
  if (applied.length > 0) logger.debug({ applied }, 'migrated the schema')
  await migrateJobs(connection)
  const open = (name: string, connectionsMax: number, statementMs: number): Store =>
    stack.use(
      openStore(connection, {
        connectionsMax,
        statementMs,
        applicationName: `plaintrail ${name}`,
        onIdleError: (error) => {
          if (!stopping.aborted) logger.warn({ error }, 'a connection to Postgres broke')
        },
      }),
    )
  const appending = open('receiver', appendConnectionsMax, appendMsMax)
  const admitting = open('receiver', admitConnectionsMax, appendMsMax)
  const asking = open('api', askConnectionsMax, askMsMax)
  await makePartitionsAhead(appending, Date.now() * 1_000)

  const secrets = await openSecrets(config.dataFolder)
  await checkRedactionKey(asking, secrets.redactionKey)
  const adminToken = await openAdminToken(config.dataFolder, adminTokens(asking))
  stack.use(watchStore({ store: asking, health, ask: askQueue(asking, metrics) }))
  const worker = stack.use(startWorkerThread(workerInput(connection, config), { health, logger }))
  const jobs = stack.use(postgresJobs({ connection, logger, limits: overrides.jobsLimits ?? {} }))
  const working = open('jobrunner', jobConnectionsMax, 0)
  stack.use(await startJobrunner(config, { store: working, jobs, logger, metrics, health, ...overrides.jobrunner }))
  const wrapLog = overrides.wrapLog ?? ((log: LogWriter) => log)
  const log = wrapLog(tableLogWriter(appending))
  const receiver = stack.use(
    await startReceiver(config, { ...secrets, store: admitting, log, logger, metrics, health }),
  )
  const api = stack.use(
    await startApi(config, {
      ...secrets,
      store: asking,
      logger,
      health,
      metricsText: async () => (await metrics.text()) + (await worker.metricsText()),
      metrics,
      version,
      ingestPort: receiver.port,
      mount: receiver.router,
    }),
  )
  await announce(config.dataFolder, api.url, stack)
  // First of all when it stops: connections that end with their server are no news then.
  stack.defer(() => stop.abort())
  const kept = stack.move()
  return {
    url: api.url,
    ingestPort: receiver.port,
    adminToken,
    dataFolder: config.dataFolder,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

function workerInput(connection: Connection, config: StandaloneConfig): WorkerInput {
  const { logLevel, history } = config
  return { connection, logLevel, history, rules: rulesOptions(connection, config) }
}

async function openDatabase(
  config: StandaloneConfig,
  stack: AsyncDisposableStack,
  say: (line: string) => void,
  health: ReturnType<typeof createHealth>,
): Promise<Connection> {
  if (config.databaseUrl !== null) return config.databaseUrl
  const postgres = stack.use(await startEmbeddedPostgres({ dataFolder: config.dataFolder, onProgress: say }))
  health.check('postgres', () => {
    const { running, detail } = postgres.state()
    return { ok: running, detail }
  })
  return postgres.connection
}

/** The command line finds the running server by this file. */
async function announce(folder: string, url: string, stack: AsyncDisposableStack): Promise<void> {
  const path = join(folder, 'server.json')
  await writeFile(path, `${JSON.stringify({ url, pid: process.pid })}\n`)
  stack.defer(() => rm(path, { force: true }))
}
