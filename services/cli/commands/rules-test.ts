// plaintrail rules test: the examples beside rules, run.
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import { testRule, type TestResult } from '@plaintrail/rules/rule-tests'
import { CliError } from '../cli-error.ts'
import { layoutTable, tableLine } from '../output/table.ts'
import { terminalText } from '../output/terminal-text.ts'
import type { View } from '../output/view.ts'
import { counted } from '../rules/counted.ts'
import { packFolder } from '../rules/pack-folder.ts'
import { readRuleFiles, type FileRule, type RuleFiles } from '../rules/read-rule-files.ts'
import { readReporters, reporterWords, writeReports, type Report } from '../rules/report.ts'
import { collect, type RunCommand, type Session } from '../session.ts'
import { errorCase, printErrors, refuseWrong } from './rules-lint.ts'

interface TestOptions {
  readonly reporter?: readonly string[]
  readonly failures?: true
}

export function addRulesTest(rules: Command, run: RunCommand): void {
  rules
    .command('test')
    .summary('the examples beside rules')
    .description(
      'Runs the tests that stand beside rules, without a server. Without a path those of the rules that come with Plaintrail. Exit code 1 where a test fails, 6 where a rule is wrong.',
    )
    .argument('[path...]', 'files and folders')
    .option('--failures', 'show only what failed')
    .option('--reporter <kind>', reporterWords, collect)
    .addHelpText('after', helpText)
    .action((paths: readonly string[], options: TestOptions, self: Command) =>
      run(self, (session) => test(session, paths, options)),
    )
}

const helpText = `
Examples:
  plaintrail rules test
  plaintrail rules test ./rules --reporter junit=tests.xml --reporter sarif=tests.sarif --reporter github`

/** A test that was run, as -o json has it. */
interface ToldTest extends Omit<TestResult, 'at'> {
  readonly file: string
  readonly line: number
  readonly column: number
}

async function test(session: Session, paths: readonly string[], options: TestOptions): Promise<void> {
  const reporters = readReporters(options.reporter ?? [])
  const beganMs = session.io.nowMs()
  const files = await readRuleFiles(session.io, paths.length === 0 ? [await packFolder(session.io)] : paths)
  const tests: ToldTest[] = []
  for (const rule of files.rules) tests.push(...(await testsOf(session, rule)))
  const seconds = (session.io.nowMs() - beganMs) / 1000
  const shown = options.failures === true ? tests.filter(({ result }) => result !== 'pass') : tests
  await show(session, { shown, tests, files, seconds })
  await writeReports(session.io, reporters, reportOf(files, tests, seconds))
  refuseWrong(files)
  if (tests.some(({ result }) => result !== 'pass')) throw new CliError('found', 'a test failed')
}

async function testsOf(session: Session, { file, path, ...parsed }: FileRule): Promise<readonly ToldTest[]> {
  const fixtures = new Map<string, string | null>()
  for (const { given } of parsed.tests)
    if (given.kind === 'fixture') fixtures.set(given.path, await readFixture(session, join(dirname(path), given.path)))
  const results = testRule(parsed, { readFixture: (name) => fixtures.get(name) ?? null })
  return results.map(({ at, ...result }) => ({ ...result, file, ...at }))
}

/** Of a fixture, in bytes: an example that is larger shows nothing to anybody. */
const fixtureBytesMax = 64 * 1024 * 1024

/** Null where there is none that can be read, or it is larger. */
async function readFixture({ io }: Session, path: string): Promise<string | null> {
  try {
    const { chunks } = await io.files.open(path)
    const parts: Uint8Array[] = []
    let bytes = 0
    for await (const chunk of chunks) {
      parts.push(chunk)
      bytes += chunk.length
      if (bytes > fixtureBytesMax) return null
    }
    return Buffer.concat(parts).toString()
  } catch {
    return null
  }
}

interface Shown {
  readonly shown: readonly ToldTest[]
  readonly tests: readonly ToldTest[]
  readonly files: RuleFiles
  readonly seconds: number
}

async function show(session: Session, { shown, tests, files, seconds }: Shown): Promise<void> {
  const { errors } = files
  const sums = sumsOf(tests)
  if (session.format.kind !== 'table' && session.format.kind !== 'wide') {
    const value = { ...sums, seconds, errors, tests: shown }
    return void (await session.printItems(testView, { answer: { text: JSON.stringify(value), value }, items: shown }))
  }
  if (shown.length > 0) await printTests(session, shown)
  if (errors.length > 0 && shown.length > 0) await session.print('\n')
  await printErrors(session, errors)
  const untested = files.rules.filter((rule) => rule.tests.length === 0).length
  const lacking = untested === 0 ? '' : ` · ${counted(untested, 'rule')} without a test`
  const told = `${sums.passed} passed, ${sums.failed} failed, ${sums.not_evaluable} not evaluable`
  await session.print(`\n${told}${lacking} · ${seconds.toFixed(2)} s\n`)
}

function sumsOf(tests: readonly ToldTest[]): { passed: number; failed: number; not_evaluable: number } {
  const count = (...results: readonly ToldTest['result'][]): number =>
    tests.filter(({ result }) => results.includes(result)).length
  return { passed: count('pass'), failed: count('fail', 'unreadable'), not_evaluable: count('not-evaluable') }
}

async function printTests(session: Session, shown: readonly ToldTest[]): Promise<void> {
  const { stdout } = session.io
  const rows = shown.map(({ rule, name, result }) => [rule, terminalText(name), resultWords[result]])
  const titles = ['RULE', 'CASE', 'RESULT']
  const layout = layoutTable(titles, rows, stdout.isTty ? stdout.columns : null)
  const lines: string[] = session.hasHeaders ? [tableLine(layout, titles, (title) => session.style('dim', title))] : []
  for (const [index, { result, says, file, line }] of shown.entries()) {
    lines.push(
      tableLine(layout, rows[index] ?? [], (cell, column) => (column === 2 ? looked(session, cell, result) : cell)),
    )
    if (result === 'pass') continue
    for (const text of [...says, `test:    ${file}:${line}`]) lines.push(`  ${terminalText(text)}`)
  }
  await session.print(lines.map((line) => `${line.trimEnd()}\n`).join(''))
}

const resultWords = { pass: 'pass', fail: 'FAIL', 'not-evaluable': 'NOT EVALUABLE', unreadable: 'UNREADABLE' } as const

const looked = (session: Session, cell: string, result: ToldTest['result']): string =>
  session.style(result === 'pass' ? 'green' : result === 'not-evaluable' ? 'yellow' : 'red', cell)

const testView: View<ToldTest> = {
  columns: [
    { title: 'RULE', cell: ({ rule }) => rule },
    { title: 'CASE', cell: ({ name }) => terminalText(name) },
    { title: 'RESULT', cell: ({ result }) => result },
    { title: 'FILE', cell: ({ file }) => terminalText(file) },
    { title: 'LINE', cell: ({ line }) => String(line) },
    { title: 'SAYS', cell: ({ says }) => terminalText(says.join('; ')) },
  ],
  nameOf: ({ rule, name }) => `${rule}/${name}`,
}

function reportOf({ rules, errors }: RuleFiles, tests: readonly ToldTest[], seconds: number): Report {
  const cases = tests.map(({ rule, name, result, says, file, line, column }) => {
    const [message = '', ...details] = says
    const isPass = result === 'pass'
    return {
      rule,
      name,
      result: isPass ? ('pass' as const) : ('fail' as const),
      level: isPass ? ('note' as const) : ('error' as const),
      message: isPass ? '' : `${name}: ${message}`,
      details,
      file,
      line,
      column,
    }
  })
  const told = rules.map(({ rule }) => rule)
  return { command: 'rules test', rules: told, cases: [...cases, ...errors.map(errorCase)], seconds }
}
