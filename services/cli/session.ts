// Session: what every command works with: the outside, the server, and how to print.
import { styleText } from 'node:util'
import type { Command } from 'commander'
import { openApi, type Api } from './api-client.ts'
import type { CliConfig } from './config.ts'
import type { CliIo } from './io.ts'
import { formatAnswer, type Format, type Printable } from './output/formats.ts'
import { layoutTable, tableLine, type TableLayout } from './output/table.ts'
import { relativeTime } from './output/when.ts'
import { findServer, type Server } from './server.ts'

export interface Session {
  readonly io: CliIo
  readonly format: Format
  readonly hasHeaders: boolean
  server(): Promise<Server>
  api(): Promise<Api>
  /** Data, to stdout. */
  print(text: string): Promise<void>
  printAnswer(format: Exclude<Format, 'table'>, printable: Printable): Promise<void>
  /** Prints rows of safe texts. Give the layout of an earlier part of the same table to keep its columns. */
  printTable(
    titles: readonly string[],
    rows: readonly (readonly string[])[],
    options?: TableOptions,
  ): Promise<TableLayout>
  /** Status, to stderr. */
  note(text: string): Promise<void>
  style(look: Look, text: string): string
  /** A time for people on a terminal, and as it came for programs. */
  when(time: string): string
}

/** Runs a command's work with the session that its options ask for. */
export type RunCommand = (command: Command, act: (session: Session) => Promise<void>) => Promise<void>

type Look = 'bold' | 'dim' | 'red' | 'yellow'

interface TableOptions {
  readonly layout?: TableLayout | undefined
  /** A column's look; cells with words in capitals (DENIED) are red whatever it is. */
  readonly looks?: readonly (Look | null)[]
}

interface GlobalOptions {
  readonly output: Format
  readonly headers: boolean
  readonly color: boolean
  readonly data?: string
}

/** The session of one run of a command. */
export function openSession(command: Command, config: CliConfig, io: CliIo): Session {
  const options = command.optsWithGlobals<GlobalOptions>()
  const hasColor = io.stdout.isTty && options.color && config.noColor === null && config.term !== 'dumb'
  const style = (look: Look, text: string): string =>
    hasColor ? styleText(look, text, { validateStream: false }) : text
  const print = (text: string): Promise<void> => io.stdout.write(text)
  let found: Promise<Server> | undefined
  const server = (): Promise<Server> => (found ??= findServer(config, options.data ?? null, io))
  return {
    io,
    format: options.output,
    hasHeaders: options.headers,
    server,
    api: async () => openApi(await server(), io),
    print,
    printAnswer: (format, printable) => print(formatAnswer(format, printable)),
    printTable: async (titles, rows, table = {}) => {
      const layout = table.layout ?? layoutTable(titles, rows, io.stdout.isTty ? io.stdout.columns : null)
      const looks = table.looks ?? []
      const styled = (cell: string, column: number): string => styledCell(style, cell, looks[column] ?? null)
      const lines = rows.map((row) => tableLine(layout, row, styled))
      if (table.layout === undefined && options.headers)
        lines.unshift(tableLine(layout, titles, (title) => style('dim', title)))
      await print(lines.map((line) => `${line.trimEnd()}\n`).join(''))
      return layout
    },
    note: (text) => io.stderr.write(`${text}\n`),
    style,
    when: (time) => (io.stdout.isTty ? relativeTime(time, io.nowMs()) : time),
  }
}

function styledCell(style: Session['style'], cell: string, look: Look | null): string {
  if (/^(?:dry run: )?(?:DENIED|REJECTED|ERROR)\b/.test(cell)) return style('red', cell)
  return look === null ? cell : style(look, cell)
}

/** For an option that may be repeated. Values with commas stay as they are: the API splits them. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value]
}
