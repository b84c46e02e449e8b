// plaintrail falco: rules from Falco's files, and back.
import type { Command } from 'commander'
import { exportFalco } from '@plaintrail/rules/falco/export'
import { importFalco } from '@plaintrail/rules/falco/import'
import { terminalText } from '../output/terminal-text.ts'
import { noteLine, readSources, refuseLost, writeImport } from '../rules/import-files.ts'
import { readRuleFiles } from '../rules/read-rule-files.ts'
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

async function importFiles(session: Session, paths: readonly string[], options: ImportOptions): Promise<void> {
  const sources = await readSources(session.io, paths)
  const imported = importFalco(sources, { reading: options.keepFaults === true ? 'kept' : 'mended' })
  await writeImport(session, imported, { ...options, sources: sources.length })
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
