// addOptions: the flags that mean the same for every command.
import { Option, type Command } from 'commander'
import { CliError } from './cli-error.ts'
import { parseFields, parseFormat, plainFormats, type Format } from './output/format.ts'
import { readDurationMs, readZone } from './output/when.ts'

/** As commander reads them. */
export interface GlobalOptions {
  readonly output: string
  readonly json?: string
  readonly headers: boolean
  readonly utc?: true
  readonly tz?: string
  readonly quiet?: true
  readonly color: boolean
  readonly pager: boolean
  readonly verbose?: true
  readonly curl?: true
  readonly timeout?: string
  readonly requireComplete?: true
  readonly context?: string
  readonly server?: string
  readonly data?: string
  readonly insecureHttp?: true
  readonly project: boolean
  readonly defaults: boolean
}

export interface GivenOptions {
  readonly format: Format
  readonly hasHeaders: boolean
  readonly hasColor: boolean
  /** Null where times are told as suits who reads them. */
  readonly zone: string | null
  readonly isQuiet: boolean
  readonly isVerbose: boolean
  readonly isCurl: boolean
  readonly timeoutMs: number | null
  readonly requiresComplete: boolean
  readonly context: string | null
  readonly server: string | null
  readonly dataFolder: string | null
  /** Whether the token may go to another machine without TLS. */
  readonly isInsecureAllowed: boolean
  /** Whether the .plaintrail.yaml of this folder counts. */
  readonly hasProject: boolean
  /** Whether a context's default cluster, namespace and query count. */
  readonly hasDefaults: boolean
}

const formatWords = `${plainFormats.join(', ')}, jsonpath=…, custom-columns=…`

export function addOptions(program: Command): void {
  program
    .addOption(new Option('-o, --output <format>', formatWords).default('table'))
    .option('--json <fields>', 'these fields of each item, as JSON: id,actor.name')
    .option('--no-headers', 'leave out titles and summaries')
    .option('--utc', 'clock times in UTC, in place of how long ago')
    .option('--tz <zone>', 'times in this zone: Europe/Berlin, or local')
    .option('--quiet', 'no status on stderr; warnings stay')
    .option('--no-color', 'no colours on a terminal (also NO_COLOR)')
    .option('--no-pager', 'print what is longer than the screen, in place of a pager (PLAINTRAIL_PAGER, PAGER, less)')
    .option('-v, --verbose', 'show every request on stderr')
    .option('--curl', 'print the first request as a curl command, and send nothing')
    .option('--timeout <duration>', 'wait so long for an answer: 30s, 5m (default: 60s)')
    .option('--require-complete', 'exit code 3 where events are known to be missing')
    .option('--context <name>', 'ask the server of this context (also PLAINTRAIL_CONTEXT)')
    .option('--server <url>', 'ask this server (also PLAINTRAIL_SERVER)')
    .option('--data <folder>', 'ask the server of this data folder (also PLAINTRAIL_DATA)')
    .option('--insecure-http', 'send the token to another machine by http:// (also PLAINTRAIL_INSECURE_HTTP=1)')
    .option('--no-defaults', 'without the cluster, namespace and query of the context and the project')
    .option('--no-project', 'as if there were no .plaintrail.yaml (also PLAINTRAIL_NO_PROJECT=1)')
}

const timeoutMsMax = 24 * 3_600_000

/** Throws CliError. */
export function readOptions(options: GlobalOptions): GivenOptions {
  return {
    format: readFormat(options),
    hasHeaders: options.headers,
    hasColor: options.color,
    zone: readTimeZone(options),
    isQuiet: options.quiet === true,
    isVerbose: options.verbose === true,
    isCurl: options.curl === true,
    timeoutMs: options.timeout === undefined ? null : readTimeout(options.timeout),
    requiresComplete: options.requireComplete === true,
    context: options.context ?? null,
    server: options.server ?? null,
    dataFolder: options.data ?? null,
    isInsecureAllowed: options.insecureHttp === true,
    hasProject: options.project,
    hasDefaults: options.defaults,
  }
}

function readFormat({ output, json }: GlobalOptions): Format {
  if (json === undefined) return parseFormat(output)
  if (output === 'table' || output === 'json') return parseFields(json)
  throw new CliError('usage', `could not print both -o ${output} and --json`, { hint: 'Leave one of them out.' })
}

function readTimeZone({ utc, tz }: GlobalOptions): string | null {
  if (tz === undefined) return utc === true ? 'UTC' : null
  const zone = readZone(tz)
  if (zone !== null && utc !== true) return zone
  throw new CliError('usage', utc === true ? 'could not tell times in two zones' : `there is no time zone "${tz}"`, {
    hint: 'Give one, such as --tz Europe/Berlin, --tz local or --utc.',
  })
}

function readTimeout(text: string): number {
  const ms = readDurationMs(text)
  if (ms !== null && ms > 0 && ms <= timeoutMsMax) return ms
  throw new CliError('usage', `could not read --timeout "${text}"`, { hint: 'Write 30s, 5m or 1h; at most 24h.' })
}
