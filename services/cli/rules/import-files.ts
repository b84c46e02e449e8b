// writeImport: rules of other tools as files of rules, and what is said of them.
import { join, resolve } from 'node:path'
import { fileBytesMax, parseRules } from '@plaintrail/rules/parse-rules'
import { CliError } from '../cli-error.ts'
import type { CliIo } from '../io.ts'
import { terminalText } from '../output/terminal-text.ts'
import type { View } from '../output/view.ts'
import type { Session } from '../session.ts'
import { counted } from './counted.ts'
import { attempt, filesBelow, shownPath } from './read-rule-files.ts'

export interface RuleSource {
  /** As it is told. */
  readonly name: string
  readonly text: string
}

/** Of a folder the YAML files in it and below. Throws CliError where one cannot be read. */
export async function readSources(
  io: Pick<CliIo, 'files' | 'folder'>,
  paths: readonly string[],
): Promise<readonly RuleSource[]> {
  const found = await filesBelow(io, paths, /\.ya?ml$/i)
  return await Promise.all(
    found.map(async ({ path }) => {
      const name = shownPath(io.folder, path)
      const text = await attempt(`could not read ${name}`, () => io.files.readText(path))
      if (text.length > fileBytesMax) throw new CliError('usage', `${name} is larger than ${fileBytesMax} bytes`)
      return { name, text }
    }),
  )
}

/** What is not carried over, means something else or would say better. */
export interface ImportNote {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly rule: string
  readonly what: string
  readonly why: string
  readonly kind: 'lost' | 'changed' | 'proposed'
}

export interface Imported {
  readonly rules: readonly {
    readonly name: string
    readonly title: string
    readonly text: string
    readonly file: string
    readonly at: { readonly line: number; readonly column: number }
  }[]
  readonly notes: readonly ImportNote[]
}

export interface ImportOptions {
  readonly out: string
  readonly overwrite?: true
  /** How many files were read. */
  readonly sources: number
}

interface RuleFile {
  readonly path: string
  readonly text: string
}

/** Writes each rule as a file of its own and tells the notes. Throws CliError where a rule was lost. */
export async function writeImport(session: Session, imported: Imported, options: ImportOptions): Promise<void> {
  const { io } = session
  const notes = [...imported.notes]
  const files: RuleFile[] = []
  for (const { name, title, text, file, at } of imported.rules) {
    const [error] = parseRules(text).errors
    if (error === undefined) files.push({ path: join(resolve(io.folder, options.out), `${name}.yaml`), text })
    else notes.push({ file, rule: title, ...at, what: `rule ${title}`, why: error.message, kind: 'lost' })
  }
  const written = await writeAll(session, files, options)
  await show(session, notes, files)
  await session.note(
    `${counted(files.length, 'rule')} from ${counted(options.sources, 'file')}: ${counted(written, 'file')} written to ${terminalText(options.out)}; ${counted(notes.length, 'note')}`,
  )
  refuseLost(notes)
}

/** How many were not there like that. Throws CliError where one says something else, before any is written. */
async function writeAll(
  { io }: Session,
  files: readonly RuleFile[],
  { overwrite }: Pick<ImportOptions, 'overwrite'>,
): Promise<number> {
  const others: RuleFile[] = []
  for (const file of files) {
    const isThere = await io.files.exists(file.path)
    const before = isThere ? await attempt(`could not read ${file.path}`, () => io.files.readText(file.path)) : null
    if (before === file.text) continue
    if (before !== null && overwrite !== true)
      throw new CliError('usage', `${shownPath(io.folder, file.path)} says something else already`, {
        hint: 'Write over it with --overwrite, or choose another folder.',
      })
    others.push(file)
  }
  for (const { path, text } of others)
    await attempt(`could not write ${shownPath(io.folder, path)}`, () => io.files.replace(path, text, fileMode))
  return others.length
}

/** Rules are no secret. */
const fileMode = 0o644

async function show(session: Session, notes: readonly ImportNote[], files: readonly RuleFile[]): Promise<void> {
  if (session.format.kind === 'table' || session.format.kind === 'wide') {
    for (const note of notes) await session.print(`${terminalText(noteLine(note))}\n`)
    return
  }
  const value = { files: files.map(({ path }) => shownPath(session.io.folder, path)), notes }
  await session.printItems(noteView, { answer: { text: JSON.stringify(value), value }, items: notes })
}

/** As compilers write them, so that editors find the place. */
export const noteLine = ({ file, line, column, rule, what, why }: ImportNote): string =>
  `${file}:${line}:${column}: ${rule === '' || what === `rule ${rule}` ? '' : `${rule}: `}${what}: ${why}`

const noteView: View<ImportNote> = {
  columns: [
    { title: 'FILE', cell: ({ file }) => terminalText(file) },
    { title: 'LINE', cell: ({ line }) => String(line) },
    { title: 'COLUMN', cell: ({ column }) => String(column) },
    { title: 'RULE', cell: ({ rule }) => terminalText(rule) },
    { title: 'KIND', cell: ({ kind }) => kind },
    { title: 'WHAT', cell: ({ what }) => terminalText(what) },
    { title: 'WHY', cell: ({ why }) => terminalText(why) },
  ],
  nameOf: ({ file, line, column }) => `${file}:${line}:${column}`,
}

/** Throws CliError. */
export function refuseLost(notes: readonly Pick<ImportNote, 'kind'>[]): void {
  const lost = notes.filter(({ kind }) => kind === 'lost').length
  if (lost > 0)
    throw new CliError('rule_invalid', `${counted(lost, 'rule or item', 'rules or items')} could not be carried over`)
}
