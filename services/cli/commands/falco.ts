// plaintrail falco: rules from Falco's files, and back.
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { exportFalco } from '@plaintrail/rules/falco-export'
import { importFalco } from '@plaintrail/rules/falco-import'
import type { ImportNote } from '@plaintrail/rules/falco-ruleset'
import { fileBytesMax, parseRules } from '@plaintrail/rules/parse-rules'
import { CliError } from '../cli-error.ts'
import { terminalText } from '../output/terminal-text.ts'
import type { View } from '../output/view.ts'
import { counted } from '../rules/counted.ts'
import { attempt, filesBelow, readRuleFiles, shownPath } from '../rules/read-rule-files.ts'
import type { RunCommand, Session } from '../session.ts'
import { printErrors, refuseWrong } from './rules-lint.ts'

export function addFalco(program: Command, run: RunCommand): void {
  const falco = program
    .command('falco')
    .summary("rules from Falco's files, and back")
    .description(
      "Falco's rules for Kubernetes audit events as rules here (docs/rules.md), and back. They work on files of this machine and ask no server.",
    )
    .addHelpText('after', helpText)
  falco
    .command('import')
    .summary("rules from Falco's files")
    .description(
      'Writes each rule of Falco as a file of its own, and prints what is not carried over or means something else, with places. Files are read in their order: later ones override and append. Exit code 6 where a rule cannot be said here.',
    )
    .argument('<file...>', "Falco's rule files, and folders of them")
    .requiredOption('--out <folder>', 'where the rules go, each as NAME.yaml')
    .option('--keep-faults', 'find what Falco finds: pods alone, what was asked for and not what came of it')
    .option('--overwrite', 'write over files that say something else')
    .action((paths: readonly string[], options: ImportOptions, self: Command) =>
      run(self, (session) => importFiles(session, paths, options)),
    )
  falco
    .command('export')
    .summary("rules as one of Falco's files")
    .description(
      "Prints rules as one of Falco's files, and on stderr what Falco has nothing for. Exit code 6 where a rule cannot be said there.",
    )
    .argument('<path...>', 'files and folders of rules')
    .action((paths: readonly string[], _: unknown, self: Command) =>
      run(self, (session) => exportFiles(session, paths)),
    )
}

const helpText = `
Examples:
  plaintrail falco import k8s_audit_rules.yaml our_overrides.yaml --out rules/falco
  plaintrail falco export rules/falco > k8s_audit_rules.yaml`

interface ImportOptions {
  readonly out: string
  readonly keepFaults?: true
  readonly overwrite?: true
}

interface RuleFile {
  readonly path: string
  readonly text: string
}

async function importFiles(session: Session, paths: readonly string[], options: ImportOptions): Promise<void> {
  const { io } = session
  const sources = await Promise.all(
    (await filesBelow(io, paths, /\.ya?ml$/i)).map(async ({ path }) => {
      const name = shownPath(io.folder, path)
      const text = await attempt(`could not read ${name}`, () => io.files.readText(path))
      if (text.length > fileBytesMax) throw new CliError('usage', `${name} is larger than ${fileBytesMax} bytes`)
      return { name, text }
    }),
  )
  const imported = importFalco(sources, { reading: options.keepFaults === true ? 'kept' : 'mended' })
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
    `${counted(imported.rules.length, 'rule')} from ${counted(sources.length, 'file')}: ${counted(written, 'file')} written to ${terminalText(options.out)}; ${counted(notes.length, 'note')}`,
  )
  refuseLost(notes)
}

/** How many were not there like that. Throws CliError where one says something else, before any is written. */
async function writeAll({ io }: Session, files: readonly RuleFile[], { overwrite }: ImportOptions): Promise<number> {
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
const noteLine = ({ file, line, column, rule, what, why }: ImportNote): string =>
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

async function exportFiles(session: Session, paths: readonly string[]): Promise<void> {
  const found = await readRuleFiles(session.io, paths)
  await printErrors(session, found.errors)
  refuseWrong(found)
  const { text, notes } = exportFalco(found.rules)
  await session.print(text)
  for (const note of notes) await session.warn(terminalText(`! ${noteLine(note)}`))
  refuseLost(notes)
}

/** Throws CliError. */
function refuseLost(notes: readonly ImportNote[]): void {
  const lost = notes.filter(({ kind }) => kind === 'lost').length
  if (lost > 0)
    throw new CliError('rule_invalid', `${counted(lost, 'rule or item', 'rules or items')} could not be carried over`)
}
