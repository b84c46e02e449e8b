// plaintrail rules lint: whether files of rules are right.
import type { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import { terminalText } from '../output/terminal-text.ts'
import type { View } from '../output/view.ts'
import { counted } from '../rules/counted.ts'
import { readReporters, reporterWords, writeReports, type Report } from '../rules/report.ts'
import { readRuleFiles, type FileRuleError, type RuleFiles } from '../rules/read-rule-files.ts'
import { ruleFile } from '../rules/sarif.ts'
import { collect, type RunCommand, type Session } from '../session.ts'

interface LintOptions {
  readonly reporter?: readonly string[]
}

export function addRulesLint(rules: Command, run: RunCommand): void {
  rules
    .command('lint')
    .summary('whether files of rules are right')
    .description(
      'Reads files of rules and says what is wrong in them, with places, and as warnings what may surprise. Of a folder every YAML file in it and below that names plaintrail.dev. Exit code 6 where a rule is wrong.',
    )
    .argument('[path...]', 'files and folders (default: this folder)')
    .option('--reporter <kind>', reporterWords, collect)
    .addHelpText('after', helpText)
    .action((paths: readonly string[], options: LintOptions, self: Command) =>
      run(self, (session) => lint(session, paths, options)),
    )
}

const helpText = `
Examples:
  plaintrail rules lint ./rules
  plaintrail rules lint rules/exec.yaml --reporter github`

async function lint(session: Session, paths: readonly string[], { reporter = [] }: LintOptions): Promise<void> {
  const reporters = readReporters(reporter)
  const beganMs = session.io.nowMs()
  const found = await readRuleFiles(session.io, paths.length === 0 ? ['.'] : paths)
  await show(session, found)
  await writeReports(session.io, reporters, reportOf(found, (session.io.nowMs() - beganMs) / 1000))
  await tellFiles(session, found)
  refuseWrong(found)
}

async function show(session: Session, { errors, warnings, rules, count }: RuleFiles): Promise<void> {
  if (session.format.kind === 'table' || session.format.kind === 'wide') {
    await printErrors(session, errors)
    for (const warning of warnings)
      await session.print(`${terminalText(errorLine({ ...warning, message: `warning: ${warning.message}` }))}\n`)
    return
  }
  const value = { files: count, rules: rules.length, errors, warnings }
  await session.printItems(errorView, { answer: { text: JSON.stringify(value), value }, items: errors })
}

/** As compilers write them, so that editors find the place. */
export async function printErrors(session: Session, errors: readonly FileRuleError[]): Promise<void> {
  for (const error of errors) await session.print(`${terminalText(errorLine(error))}\n`)
}

const errorLine = ({ file, line, column, message, hint }: FileRuleError): string =>
  `${file}:${line}:${column}: ${message}${hint === null ? '' : ` (${hint})`}`

async function tellFiles(session: Session, { rules, count, leftOut }: RuleFiles): Promise<void> {
  const others = leftOut === 0 ? '' : `; ${counted(leftOut, 'YAML file')} without rules left out`
  await session.note(`${counted(rules.length, 'rule')} in ${counted(count, 'file')}${others}`)
}

/** Throws CliError where a rule is wrong, or there is none. */
export function refuseWrong({ rules, errors }: Pick<RuleFiles, 'rules' | 'errors'>): void {
  const files = new Set(errors.map(({ file }) => file)).size
  if (errors.length > 0)
    throw new CliError('rule_invalid', `${counted(errors.length, 'error')} in ${counted(files, 'file')}`)
  if (rules.length === 0)
    throw new CliError('usage', 'there are no rules', { hint: 'Name the folder or the files that have them.' })
}

const errorView: View<FileRuleError> = {
  columns: [
    { title: 'FILE', cell: ({ file }) => terminalText(file) },
    { title: 'LINE', cell: ({ line }) => String(line) },
    { title: 'COLUMN', cell: ({ column }) => String(column) },
    { title: 'MESSAGE', cell: ({ message }) => terminalText(message) },
    { title: 'HINT', cell: ({ hint }) => terminalText(hint ?? '') },
  ],
  nameOf: ({ file, line, column }) => `${file}:${line}:${column}`,
}

/** Of each rule that is right a case that passed, and of each error one that failed. */
function reportOf({ rules, errors, warnings }: RuleFiles, seconds: number): Report {
  const passed = rules.map(({ rule, file, at }) => ({
    rule: rule.name,
    name: 'is right',
    result: 'pass' as const,
    level: 'note' as const,
    message: '',
    details: [],
    file,
    ...at,
  }))
  return {
    command: 'rules lint',
    rules: [],
    cases: [...passed, ...errors.map(errorCase), ...warnings.map(warningCase)],
    seconds,
  }
}

export function errorCase({ file, line, column, message, hint }: FileRuleError): Report['cases'][number] {
  const details = hint === null ? [] : [hint]
  return {
    rule: ruleFile.name,
    name: message,
    result: 'fail',
    level: 'error',
    message,
    details,
    file,
    line,
    column,
  }
}

const warningCase = (warning: FileRuleError): Report['cases'][number] => ({
  ...errorCase(warning),
  result: 'skipped',
  level: 'warning',
})
