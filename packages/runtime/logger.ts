// Logger: one line of JSON for each fact, from which tokens and credentials are masked whatever field they stand in.
import { pino } from 'pino'

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** What a line says besides its message. An Error belongs in the field `error`. */
export type LogFields = Readonly<Record<string, unknown>>

/** Never throws and never blocks longer than the write to its destination takes. */
export interface Logger {
  debug(fields: LogFields, message: string): void
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  error(fields: LogFields, message: string): void
  /** A logger that adds these fields to each of its lines. */
  child(fields: LogFields): Logger
}

/** Takes whole lines, each with its line break. */
export interface LogDestination {
  write(line: string): void
}

export interface LoggerOptions {
  readonly level: LogLevel
  /** Standard output where none is given. */
  readonly destination?: LogDestination
}

/** `name` says which process or part speaks and is a field of every line. */
export function createLogger(name: string, options: LoggerOptions): Logger {
  return pino(
    {
      name,
      level: options.level,
      base: {},
      errorKey: 'error',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: (error: unknown) => describeError(error) },
      hooks: { streamWrite: maskCredentials },
    },
    options.destination ?? pino.destination({ dest: 1, sync: true }),
  )
}

/**
 * Replaces ingest and API tokens, HTTP credentials and passwords in URLs. It works on the finished line, so that no
 * nesting, error message or field name is a way around it. For any other text that leaves the process, too.
 */
export function maskCredentials(line: string): string {
  return masks.reduce((masked, [pattern, replacement]) => masked.replace(pattern, replacement), line)
}

const masks: readonly (readonly [RegExp, string])[] = [
  [/(pt[ri])_[A-Za-z0-9_-]+/g, '$1_[masked]'],
  [/("(?:proxy-)?authorization"\s*:\s*)(?:"(?:[^"\\]|\\.)*"|\[[^\]]*\])/gi, '$1"[masked]"'],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]+/gi, '$1 [masked]'],
  [/(:\/\/[^\s/?#"@:]*:)[^\s/?#"@]+@/g, '$1[masked]@'],
]

/** Deeper causes are left out: an error that is its own cause must not hang the line. */
const causeDepthMax = 5

/**
 * Only these fields of an error: others (`detail`, `parameters`, `where` of Postgres errors) can carry the data that a
 * statement was about.
 */
function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error
  return {
    name: error.name,
    ...('code' in error ? { code: error.code } : {}),
    message: error.message,
    stack: error.stack,
    ...(error.cause === undefined || depth >= causeDepthMax ? {} : { cause: describeError(error.cause, depth + 1) }),
  }
}
