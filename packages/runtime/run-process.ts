// runProcess: what the main.ts of every service of the distributed profile does: read the settings, start, say that it is
// ready, wait for a signal, stop in reverse.

import { choice, readConfig, type Config, type Environment, type SettingsTable } from './config.ts'
import { createHealth, type Health } from './health.ts'
import { createLogger, logLevels, type Logger } from './logger.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { operationsSettings, startOperationsServer } from './operations-server.ts'
import { untilSignal } from './until-signal.ts'
import { version } from './version.ts'

/** What every process has. */
export const processSettings = {
  ...operationsSettings,
  logLevel: {
    env: 'PLAINTRAIL_LOG_LEVEL',
    parse: choice(...logLevels),
    default: 'info',
    describe: 'Lines below this level are not written.',
  },
} as const

export interface Ground {
  readonly logger: Logger
  readonly metrics: Metrics
  readonly health: Health
  readonly version: string
}

export interface Started extends AsyncDisposable {
  /** What the line `plaintrail … ready` says of it. */
  readonly ready: string
}

export interface ProcessOptions<Table extends SettingsTable> {
  /** Of the service, such as `receiver`. */
  readonly name: string
  readonly settings: Table
  readonly env: Environment
  readonly start: (config: Config<Table & typeof processSettings>, ground: Ground) => Promise<Started>
  readonly stopMsMax?: number
}

const exitUsage = 2
const exitFailed = 1
/** Kubernetes kills 30 s after its signal. Whatever a stop waits for in vain (Postgres, say) survives that we end without it. */
const stopMsMaxDefault = 25_000

/** Returns the exit code. A signal during the start stops it as soon as the start has ended. */
export async function runProcess<const Table extends SettingsTable>(options: ProcessOptions<Table>): Promise<number> {
  const signal = untilSignal()
  const { name, start, stopMsMax = stopMsMaxDefault } = options
  void signal.then(() => endAtLast(name, stopMsMax))
  let config: Config<Table & typeof processSettings>
  try {
    config = readConfig({ ...processSettings, ...options.settings }, options.env)
  } catch (error) {
    return complain(name, error, exitUsage)
  }
  try {
    await using stack = new AsyncDisposableStack()
    const logger = createLogger(`plaintrail ${name}`, { level: config.logLevel, destination: process.stderr })
    const ground = {
      logger,
      metrics: createMetrics({ version, processMetrics: true }),
      health: createHealth(),
      version,
    }
    const { operationsHost: host, operationsPort: port } = config
    // First, so that a start that takes long can be watched: it is not ready until all of it is.
    ground.health.set('process', { ok: false, detail: 'starting' })
    const operations = stack.use(await startOperationsServer({ ...ground, host, port }))
    const started = stack.use(await start(config, ground))
    ground.health.set('process', { ok: true, detail: 'running' })
    process.stdout.write(`plaintrail ${name} ready: ${started.ready}; ${operations.url}/readyz\n`)
    const received = await signal
    ground.health.set('process', { ok: false, detail: 'stopping' })
    process.stdout.write(`${received}: stopping ${name}\n`)
  } catch (error) {
    return complain(name, error, exitFailed)
  } finally {
    endSoon()
  }
  return 0
}

/** For the last lines to be written. */
const lingerMs = 1_000

/** All is put away; a socket that a library left open would keep the process all the same (kafkajs, where Kafka hangs). */
function endSoon(): void {
  setTimeout(() => process.exit(), lingerMs).unref()
}

/** A process that is done ends before this; one whose start, stop or sockets hang would stay for ever. */
function endAtLast(name: string, stopMsMax: number): void {
  const end = (): never => {
    process.exit(complain(name, `could not stop in ${stopMsMax} ms, and ends without what it waits for`, exitFailed))
  }
  setTimeout(end, stopMsMax).unref()
}

function complain(name: string, error: unknown, code: number): number {
  process.stderr.write(`plaintrail ${name}: ${error instanceof Error ? error.message : String(error)}\n`)
  return code
}
