// plaintrail sigma: rules from Sigma's files, and back.
import type { Command } from 'commander'
import { exportSigma } from '@plaintrail/rules/sigma/export'
import { importSigma } from '@plaintrail/rules/sigma/import'
import { terminalText } from '../output/terminal-text.ts'
import { readSources, refuseLost, writeImport } from '../rules/import-files.ts'
import { readRuleFiles } from '../rules/read-rule-files.ts'
import type { RunCommand, Session } from '../session.ts'
import { printErrors, refuseWrong } from './rules-lint.ts'

export function addSigma(program: Command, run: RunCommand): void {
  const sigma = program
    .command('sigma')
    .summary("rules from Sigma's files, and back")
    .description(
      "Sigma's rules and correlations for Kubernetes audit events as rules here (docs/rules.md), and back. They work on files of this machine and ask no server.",
    )
    .addHelpText('after', helpText)
  sigma
    .command('import')
    .summary("rules from Sigma's files")
    .description(
      'Writes each rule of Sigma as a file of its own, and prints what is not carried over, means something else or was meant otherwise, with places. Correlations find their rules in all files that are named. Exit code 6 where a rule cannot be said here.',
    )
    .argument('<file...>', "Sigma's rule files, and folders of them")
    .requiredOption('--out <folder>', 'where the rules go, each as NAME.yaml')
    .option('--overwrite', 'write over files that say something else')
    .action((paths: readonly string[], options: ImportOptions, self: Command) =>
      run(self, (session) => importFiles(session, paths, options)),
    )
  sigma
    .command('export')
    .summary("rules as a file of Sigma's")
    .description(
      'Prints rules as documents of Sigma, and on stderr what Sigma has no place for. Exit code 6 where a rule cannot be said there: of what did not come from Sigma, what is more than a match.',
    )
    .argument('<path...>', 'files and folders of rules')
    .action((paths: readonly string[], _: unknown, self: Command) =>
      run(self, (session) => exportFiles(session, paths)),
    )
}

const helpText = `
Examples:
  plaintrail sigma import rules/application/kubernetes --out rules/sigma
  plaintrail sigma export rules/sigma > kubernetes_audit.yml`

interface ImportOptions {
  readonly out: string
  readonly overwrite?: true
}

async function importFiles(session: Session, paths: readonly string[], options: ImportOptions): Promise<void> {
  const sources = await readSources(session.io, paths)
  const imported = importSigma(sources.map(({ name, text }) => ({ file: name, text })))
  await writeImport(session, imported, { ...options, sources: sources.length })
}

async function exportFiles(session: Session, paths: readonly string[]): Promise<void> {
  const found = await readRuleFiles(session.io, paths)
  await printErrors(session, found.errors)
  refuseWrong(found)
  const { text, notes } = exportSigma(found.rules)
  await session.print(text)
  for (const { rule, what, why } of notes) await session.warn(terminalText(`! ${rule}: ${what}: ${why}`))
  refuseLost(notes)
}
