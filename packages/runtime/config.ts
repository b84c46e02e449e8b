// Config: one table of settings for each process, read from the environment once, with every problem told at once.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

export interface Setting<T> {
  /** The variable's name: `PLAINTRAIL_…`. */
  readonly env: string
  /** Makes the value of the text, or throws an Error that ends the sentence "the variable …": "must be …". */
  readonly parse: (text: string) => T
  /** The text that counts where the variable is not set; null where there is none. */
  readonly default: string | null
  /** With no default: not setting it is a problem. Without `required` the value is then null. */
  readonly required?: boolean
  /** One sentence for docs/configuration.md. */
  readonly describe: string
  /** Never shown in an error; may be given as a file named by the variable with `_FILE` at its end. */
  readonly secret?: boolean
}

export type SettingsTable = Readonly<Record<string, Setting<unknown>>>

/** What `readConfig` makes of a table: a value for each setting, null only where it may be left out. */
export type Config<Table extends SettingsTable> = { readonly [Name in keyof Table]: SettingValue<Table[Name]> }

type SettingValue<S> =
  S extends Setting<infer T>
    ? S extends { readonly default: string } | { readonly required: true }
      ? T
      : T | null
    : never

export type Environment = Readonly<Record<string, string | undefined>>

/** `problem` ends the sentence that begins with the variable's name. */
export interface ConfigProblem {
  readonly env: string
  readonly problem: string
}

export class ConfigError extends Error {
  override name = 'ConfigError'
  readonly code = 'config_invalid'
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ env, problem }) => `  ${env} ${problem}`)
    super(`could not read the configuration: set these in the environment and start again\n${lines.join('\n')}`)
    this.problems = problems
  }
}

/**
 * Reads every setting of the table. A variable that is empty counts as not set, as it does in a compose file that names
 * it without a value. Throws ConfigError with all problems; a secret's value is in none of them.
 */
export function readConfig<const Table extends SettingsTable>(
  table: Table,
  env: Environment,
  readFile: (path: string) => string = readTextFile,
): Config<Table> {
  const problems: ConfigProblem[] = []
  const values = Object.entries(table).map(([name, setting]): [string, unknown] => {
    const outcome = readSetting(setting, env, readFile)
    if (outcome.problem !== null) problems.push(outcome.problem)
    return [name, outcome.value]
  })
  if (problems.length > 0) throw new ConfigError(problems)
  return configFromEntries<Table>(values)
}

/**
 * docs/configuration.md: for each service a table of its variables, in the order of its settings. Deterministic, so
 * that a test can tell whether the file is stale.
 */
export function settingsMarkdown(
  services: readonly { readonly service: string; readonly table: SettingsTable }[],
): string {
  const sections = services.map(({ service, table }) =>
    [
      `## ${service}`,
      '',
      '| variable | default | what it is for |',
      '|---|---|---|',
      ...Object.values(table).map(settingRow),
      '',
    ].join('\n'),
  )
  return ['# Configuration', '', ...configurationPreface, '', ...sections].join('\n')
}

const configurationPreface = [
  'Written from the `config.ts` of each service; a test fails when this file is stale. A variable that is empty counts',
  'as not set. A secret may be given as a file instead: the same name with `_FILE` at its end holds the path.',
  'Sizes are whole numbers with `B`, `KiB`, `MiB`, `GiB` or `TiB`; times are whole numbers with `ms`, `s`, `m`, `h` or `d`.',
]

function settingRow(setting: Setting<unknown>): string {
  const variable = setting.secret === true ? `\`${setting.env}\` (secret)` : `\`${setting.env}\``
  const otherwise = setting.required === true ? 'required' : 'none'
  const cells = [variable, setting.default === null ? otherwise : `\`${setting.default}\``, setting.describe]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

interface Outcome {
  readonly value: unknown
  readonly problem: ConfigProblem | null
}

function readSetting(setting: Setting<unknown>, env: Environment, readFile: (path: string) => string): Outcome {
  const direct = env[setting.env] ?? ''
  const fileVariable = `${setting.env}_FILE`
  const file = setting.secret === true ? (env[fileVariable] ?? '') : ''
  if (file === '') return parseSetting(setting, setting.env, direct === '' ? setting.default : direct)
  if (direct !== '') return failed(setting.env, `and ${fileVariable} are both set: leave one out`)

  let content
  try {
    content = readFile(file).trimEnd()
  } catch (error) {
    return failed(fileVariable, `names a file that could not be read: ${messageOf(error)}`)
  }
  if (content === '') return failed(fileVariable, 'names an empty file: write the value into it')
  return parseSetting(setting, fileVariable, content)
}

function parseSetting(setting: Setting<unknown>, variable: string, value: string | null): Outcome {
  if (value === null) {
    const isMissing = setting.required === true
    return isMissing ? failed(variable, `is not set: ${setting.describe}`) : { value: null, problem: null }
  }
  try {
    return { value: setting.parse(value), problem: null }
  } catch (error) {
    const shown = setting.secret === true ? '' : `is ${JSON.stringify(value)}: `
    return failed(variable, `${shown}${messageOf(error)}`)
  }
}

function failed(env: string, problem: string): Outcome {
  return { value: null, problem: { env, problem } }
}

/** Sound because `readConfig` made one entry for each name of the table, with the value of that setting's parser. */
function configFromEntries<Table extends SettingsTable>(entries: readonly [string, unknown][]): Config<Table> {
  return Object.freeze(Object.fromEntries(entries)) as Config<Table>
}

function readTextFile(path: string): string {
  return readFileSync(path, 'utf8')
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

export function text(value: string): string {
  if (value.trim() === '') throw new Error('must not be blank')
  return value
}

/** Parts between commas, without the spaces around them; empty parts are left out. */
export function list(value: string): readonly string[] {
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** An absolute path; a relative one starts at the working directory of the moment of reading. */
export function path(value: string): string {
  if (value.includes('\0')) throw new Error('must be a path with no NUL character in it')
  return resolve(value)
}

export function url(value: string): URL {
  if (!URL.canParse(value)) throw new Error('must be a URL with its scheme, such as https://10.0.0.5:7718')
  return new URL(value)
}

export function boolean(value: string): boolean {
  if (value === 'true' || value === '1') return true
  if (value === 'false' || value === '0') return false
  throw new Error('must be true or false')
}

/** Both ends count. */
export function integer(min: number, max: number): (value: string) => number {
  return (value) => {
    const number = /^-?\d+$/.test(value) ? Number(value) : Number.NaN
    if (!(number >= min && number <= max)) throw new Error(`must be a whole number from ${min} to ${max}`)
    return number
  }
}

/** A TCP port; 0 lets the system choose a free one. */
export function port(value: string): number {
  return integer(0, 65_535)(value)
}

const bytesPerUnit = new Map([
  ['B', 1],
  ['KiB', 1024],
  ['MiB', 1024 ** 2],
  ['GiB', 1024 ** 3],
  ['TiB', 1024 ** 4],
])

/** `64MiB` → 67,108,864. */
export function bytes(value: string): number {
  return quantity(value, bytesPerUnit, 'a size, such as 64MiB')
}

const millisecondsPerUnit = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])

/** `30s` → 30,000 milliseconds. */
export function duration(value: string): number {
  return quantity(value, millisecondsPerUnit, 'a time, such as 30s')
}

function quantity(value: string, units: ReadonlyMap<string, number>, what: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,15})([A-Za-z]+)$/.exec(value) ?? []
  const number = Number(digits) * (units.get(unit) ?? Number.NaN)
  if (digits === '' || !Number.isSafeInteger(number)) {
    throw new Error(`must be ${what}: a whole number and one of ${[...units.keys()].join(', ')}`)
  }
  return number
}

export function choice<const Choice extends string>(...choices: readonly Choice[]): (value: string) => Choice {
  return (value) => {
    const found = choices.find((choice) => choice === value)
    if (found === undefined) throw new Error(`must be one of ${choices.join(', ')}`)
    return found
  }
}
