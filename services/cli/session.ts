// Session: what every command works with: the outside, the server, what it asks by default, and how to print.
import type { Command } from 'commander'
import { openApi, type Api } from './api.ts'
import { CliError } from './cli-error.ts'
import type { CliConfig } from './config.ts'
import { curlCommand, CurlShown } from './curl.ts'
import type { CliIo } from './io.ts'
import { readOptions, type GlobalOptions } from './options.ts'
import { answerText, type Printable } from './output/answer-text.ts'
import { csvLine } from './output/csv.ts'
import type { Format } from './output/format.ts'
import { plainText, valuesAt } from './output/json-path.ts'
import { colouredStyle, plainStyle, styledCell, type Look, type Style } from './output/look.ts'
import { layoutTable, tableLine, type TableLayout } from './output/table.ts'
import { terminalText } from './output/terminal-text.ts'
import type { View } from './output/view.ts'
import { clockTime, relativeTime, zonedTime } from './output/when.ts'
import type { Outputs } from './paged-outputs.ts'
import { findPlace, type Place } from './place.ts'

export interface Session {
  readonly io: CliIo
  readonly format: Format
  readonly hasHeaders: boolean
  readonly requiresComplete: boolean
  /** The server, and what is asked of it where nothing else is said. */
  place(): Promise<Place>
  api(): Promise<Api>
  /** Data, to stdout. */
  print(text: string): Promise<void>
  /** An answer in the format that was asked for. Give what an earlier part of the same list returned to go on with it. */
  printItems<T>(view: View<T>, part: Printable<T>, before?: Printed | null): Promise<Printed>
  /** Rows of safe texts, whatever the format. */
  printTable(titles: readonly string[], rows: readonly (readonly string[])[], looks?: readonly Looked[]): Promise<void>
  /** The layout of a table whose rows are not known yet: what usually stands in its columns. */
  layoutFor<T>(view: View<T>, usual: Readonly<Record<string, number>>): Printed
  /** Status, to stderr; nothing with --quiet. */
  note(text: string): Promise<void>
  /** What must be known to read the answer rightly, to stderr. */
  warn(text: string): Promise<void>
  readonly style: Style
  /** How long ago for people on a terminal; for programs the time as it came. */
  when(time: string): string
  /** What time it was for people on a terminal; for programs the time as it came. */
  clock(time: string): string
  /** What stands below a table about its times. */
  readonly zoneWords: string
}

/** Runs a command's work with the session that its options ask for. */
export type RunCommand = (command: Command, act: (session: Session) => Promise<void>) => Promise<void>

/** A list that is being printed part by part. */
export interface Printed {
  readonly layout: TableLayout | null
  /** Of a layout that was made before there were rows: the titles come with the first part. */
  readonly isUntitled?: boolean
}

type Looked = Look | null

/** The session of one run of a command. Throws CliError. */
export function openSession(command: Command, config: CliConfig, io: CliIo, { stdout, stderr }: Outputs): Session {
  const given = readOptions(command.optsWithGlobals<GlobalOptions>())
  const { format, zone } = given
  const isForPeople = stdout.isTty && format.kind !== 'csv'
  const hasColor = stdout.isTty && given.hasColor && config.noColor === null && config.term !== 'dumb'
  const style = hasColor ? colouredStyle : plainStyle
  const columns = stdout.isTty ? stdout.columns : null
  const print = (text: string): Promise<void> => stdout.write(text)
  const say = (text: string): Promise<void> => stderr.write(`${text}\n`)
  let found: Promise<Place> | undefined
  const note = async (text: string): Promise<void> => (given.isQuiet ? undefined : say(text))
  const place = (): Promise<Place> =>
    (found ??= findPlace({ config, given, io }).then((one) => tellChoices(one, { note, warn: say })))
  const clock = (time: string): string =>
    isForPeople ? clockTime(time, io.nowMs(), zone ?? 'UTC') : zonedTime(time, zone ?? 'UTC')
  const table: TablePrinter = { print, style, columns, hasHeaders: given.hasHeaders }
  return {
    io,
    format,
    hasHeaders: given.hasHeaders,
    requiresComplete: given.requiresComplete,
    place,
    api: async () => openApi((await place()).server, senderOptions(given, io)),
    print,
    printItems: (view, part, before = null) => printItems(table, format, { view, part, before }),
    printTable: async (titles, rows, looks = []) =>
      void (await printRows(table, { titles, rows, looks, before: null })),
    layoutFor: ({ columns: all }, usual) => {
      const shown = all.filter((column) => format.kind === 'wide' || column.isWide !== true)
      const titles = shown.map(({ title }) => title)
      return {
        layout: layoutTable(titles, [titles.map((title) => ' '.repeat(usual[title] ?? 0))], columns),
        isUntitled: true,
      }
    },
    note,
    warn: say,
    style,
    when: (time) => (isForPeople && zone === null ? relativeTime(time, io.nowMs()) : clock(time)),
    clock,
    zoneWords: `times in ${zone ?? 'UTC'}`,
  }
}

async function tellChoices(place: Place, { note, warn }: Pick<Session, 'note' | 'warn'>): Promise<Place> {
  const { unknownKubeContext: kube, context, project } = place
  const name = context?.name ?? 'NAME'
  if (project.chose.has('context'))
    await warn(terminalText(`! asking by context ${name}, as ${project.path} says (--no-project ignores it)`))
  if (kube !== null)
    await note(
      terminalText(
        `every cluster is asked: which one kubectl's context ${kube} is, say with --kube-context CLUSTER=${kube} of plaintrail context add ${name}`,
      ),
    )
  return place
}

function senderOptions(given: ReturnType<typeof readOptions>, io: CliIo): Parameters<typeof openApi>[1] {
  return {
    fetch: io.fetch,
    sleepMs: io.sleepMs,
    nowMs: io.nowMs,
    userAgent: io.userAgent,
    ...(given.timeoutMs === null ? {} : { timeoutMs: given.timeoutMs }),
    onRequest: async (request) => {
      if (!given.isCurl) return
      await io.stdout.write(`${curlCommand(request)}\n`)
      throw new CurlShown()
    },
    onAnswer: async ({ method, url, status, tookMs, answerHeaders }) => {
      if (!given.isVerbose) return
      const id = answerHeaders.get('x-request-id') ?? 'no request id'
      await io.stderr.write(
        terminalText(`${method} ${url.href} → ${status} in ${Math.round(tookMs)} ms (${id})`) + '\n',
      )
    },
  }
}

interface TablePrinter {
  readonly print: (text: string) => Promise<void>
  readonly style: Style
  /** Null where nothing is cut. */
  readonly columns: number | null
  readonly hasHeaders: boolean
}

interface List<T> {
  readonly view: View<T>
  readonly part: Printable<T>
  readonly before: Printed | null
}

async function printItems<T>(table: TablePrinter, format: Format, { view, part, before }: List<T>): Promise<Printed> {
  const { items } = part
  switch (format.kind) {
    case 'table':
    case 'wide': {
      const columns = view.columns.filter((column) => format.kind === 'wide' || column.isWide !== true)
      const titles = columns.map(({ title }) => title)
      const rows = items.map((item) => columns.map(({ cell }) => cell(item)))
      const looks = columns.map(({ look }) => look ?? null)
      const whole = columns.map(({ isWhole }) => isWhole === true)
      return { layout: await printRows(table, { titles, rows, looks, whole, before }) }
    }
    case 'csv': {
      const isFirst = before === null || before.isUntitled === true
      const rows = items.map((item) => view.columns.map(({ cell }) => unlessNone(cell(item))))
      const titles = view.columns.map(({ title }) => title.toLowerCase().replaceAll(' ', '_'))
      const lines = isFirst && table.hasHeaders ? [titles, ...rows] : rows
      await table.print(lines.map(csvLine).join(''))
      return { layout: null }
    }
    case 'custom-columns': {
      const titles = format.columns.map(({ title }) => terminalText(title))
      const rows = items.map((item) => format.columns.map(({ path }) => customCell(valuesAt(item, path))))
      return { layout: await printRows(table, { titles, rows, looks: [], before }) }
    }
    default:
      // Several documents are one stream of YAML by what stands between them.
      if (format.kind === 'yaml' && before !== null && before.isUntitled !== true) await table.print('---\n')
      await table.print(await answerText(format, part, view))
      return { layout: null }
  }
}

/** A program knows that there is nothing by an empty cell, and the dash of a table would get the apostrophe of a formula. */
const unlessNone = (cell: string): string => (cell === '-' ? '' : cell)

/** As kubectl says that there is nothing. */
const customCell = (values: readonly unknown[]): string =>
  values.length === 0 ? '<none>' : terminalText(values.map(plainText).join(','))

interface Rows {
  readonly titles: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly looks: readonly Looked[]
  readonly whole?: readonly boolean[]
  /** An earlier part of the same table. */
  readonly before: Printed | null
}

async function printRows(table: TablePrinter, { titles, rows, looks, whole, before }: Rows): Promise<TableLayout> {
  const layout = before?.layout ?? layoutTable(titles, rows, table.columns, whole)
  const styled = (cell: string, column: number): string => styledCell(table.style, cell, looks[column] ?? null)
  const lines = rows.map((row) => tableLine(layout, row, styled))
  const isFirst = before?.layout === undefined || before.layout === null || before.isUntitled === true
  if (isFirst && table.hasHeaders) lines.unshift(tableLine(layout, titles, (title) => table.style('dim', title)))
  await table.print(lines.map((line) => `${line.trimEnd()}\n`).join(''))
  return layout
}

/** For an option that may be repeated. Values with commas stay as they are: the API splits them. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value]
}

/** A whole number from `min` to `max`. Throws CliError. */
export function readCount(option: string, text: string, min: number, max: number): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : -1
  if (count >= min && count <= max) return count
  throw new CliError('usage', `could not read ${option} "${text}"`, {
    hint: `Give a whole number from ${min} to ${max}.`,
  })
}
