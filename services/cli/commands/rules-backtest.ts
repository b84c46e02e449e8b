// plaintrail rules backtest: what a rule would have found in what the server has stored.
import { randomUUID } from 'node:crypto'
import type { Command } from 'commander'
import type { Answer, Api } from '../api.ts'
import { CliError } from '../cli-error.ts'
import { openProgress } from '../output/progress.ts'
import { terminalText } from '../output/terminal-text.ts'
import type { View } from '../output/view.ts'
import { notPlaintrail } from '../refusal.ts'
import { isBacktest } from '../rule-answers.ts'
import { backtestText, type Backtest } from '../rules/backtest-text.ts'
import { counted } from '../rules/counted.ts'
import { readRuleFiles } from '../rules/read-rule-files.ts'
import { readCount, type RunCommand, type Session } from '../session.ts'
import { printErrors, refuseWrong } from './rules-lint.ts'

interface BacktestOptions {
  readonly since?: string
  readonly until?: string
  readonly cluster?: string
  readonly failOver?: string
}

const findingsMax = 1_000_000_000
const pollMs = 500
const pollMsMax = 5_000
/** A day: whoever waits longer asks for less. */
const waitMsMax = 86_400_000

export function addRulesBacktest(rules: Command, run: RunCommand): void {
  rules
    .command('backtest')
    .summary('what a rule would have found in what is stored')
    .description(
      'What a rule would have found in what the server has stored: the version in force of a name, or the rules of a file, which are also told apart from the versions in force. Nothing is changed on the server.',
    )
    .argument('<name|file>', 'the name of a rule, or a path: it has a dot or a slash')
    .option('--since <time>', 'from then on: 7d, 2026-11-20, 2026-11-20/P1D (default: 30d)')
    .option('--until <time>', 'up to then (default: now)')
    .option('-c, --cluster <name>', 'in this cluster alone')
    .option('--fail-over <findings>', 'exit with 1 where there would be more than so many')
    .addHelpText('after', helpText)
    .action((what: string, options: BacktestOptions, self: Command) =>
      run(self, (session) => backtestRules(session, what, options)),
    )
}

const helpText = `
Examples:
  plaintrail rules backtest exec-into-prod --since 30d
  plaintrail rules backtest ./rules/exec.yaml --fail-over 20`

async function backtestRules(session: Session, what: string, options: BacktestOptions): Promise<void> {
  const failOver = options.failOver === undefined ? null : readCount('--fail-over', options.failOver, 0, findingsMax)
  const asked = await askedRules(session, what)
  const api = await session.api()
  const answers: Answer[] = []
  const done: Backtest[] = []
  for (const one of asked) {
    const { answer, backtest } = await waitedFor(session, api, await askFor(api, one, options))
    answers.push(answer)
    done.push(backtest)
  }
  await printBacktests(session, answers, done)
  const noisy = done.filter(({ findings }) => failOver !== null && (findings ?? 0) > failOver)
  for (const { rule, findings } of noisy)
    await session.note(
      `! ${terminalText(rule)} would open ${counted(findings ?? 0, 'finding')}, and --fail-over allows ${failOver}`,
    )
  if (noisy.length > 0) throw new CliError('found', 'a rule would open more findings than --fail-over allows')
  if (session.requiresComplete && !done.every(isWhole))
    throw new CliError('incomplete', 'not every event could be judged')
}

const isWhole = ({ judged, reached }: Backtest): boolean =>
  judged.insufficient === 0 && judged.errors === 0 && reached === null

type AskedRule = { readonly rule: string } | { readonly text: string }

async function askedRules(session: Session, what: string): Promise<readonly AskedRule[]> {
  if (!/[./\\]/.test(what)) return [{ rule: what }]
  const files = await readRuleFiles(session.io, [what])
  await printErrors(session, files.errors)
  refuseWrong(files)
  // What stands between documents is part of none of them.
  return files.rules.map(({ text }) => ({ text: text.replace(/^---[ \t]*\r?\n/, '') }))
}

async function askFor(api: Api, asked: AskedRule, { since, until, cluster }: BacktestOptions): Promise<Backtest> {
  const times = { ...(since !== undefined && { since }), ...(until !== undefined && { until }) }
  const body = { ...asked, ...times, ...(cluster !== undefined && { cluster }) }
  const { value } = await api.post('/v1/backtests', body, { idempotencyKey: randomUUID() })
  if (!isBacktest(value)) throw notPlaintrail(api.url)
  return value
}

interface Waited {
  readonly answer: Answer
  readonly backtest: Backtest
}

/** Whoever stops waiting ends it: nobody would ask for it again. */
async function waitedFor(session: Session, api: Api, { id, rule }: Backtest): Promise<Waited> {
  const { io } = session
  using interruption = io.interruption()
  const progress = openProgress(io, rule, 1_000)
  const untilMs = io.nowMs() + waitMsMax
  let waitMs = pollMs
  try {
    while (io.nowMs() < untilMs) {
      const answer = await api.get('/v1/backtests/{id}', { path: { id } })
      const backtest = answer.value
      if (!isBacktest(backtest)) throw notPlaintrail(api.url)
      await progress.show(backtest.progress.fraction * 1_000, backtest.progress.events)
      if (backtest.state === 'done') return { answer, backtest }
      if (backtest.state !== 'queued' && backtest.state !== 'running')
        throw new CliError(
          'unavailable',
          `the back-test has ended before it was done: ${backtest.error ?? backtest.state}`,
        )
      await io.sleepMs(waitMs, interruption.signal)
      if (interruption.signal.aborted) {
        await api.delete('/v1/backtests/{id}', { path: { id } })
        throw new CliError('interrupted', 'interrupted: the back-test is cancelled')
      }
      waitMs = Math.min(waitMs * 2, pollMsMax)
    }
    throw new CliError('timeout', 'the back-test was not done in a day')
  } finally {
    await progress.clear()
  }
}

async function printBacktests(session: Session, answers: readonly Answer[], done: readonly Backtest[]): Promise<void> {
  if (session.format.kind === 'table') {
    for (const [index, one] of done.entries()) {
      if (done.length > 1)
        await session.print(`${index > 0 ? '\n' : ''}${session.style('bold', terminalText(one.rule))}\n`)
      await session.print(backtestText(one))
    }
    return
  }
  const [only] = answers
  const value = { data: done }
  const answer = only !== undefined && done.length === 1 ? only : { text: JSON.stringify(value), value }
  await session.printItems(backtestView, { answer, items: done })
}

const backtestView: View<Backtest> = {
  columns: [
    { title: 'RULE', cell: ({ rule }) => terminalText(rule), look: 'bold' },
    { title: 'FINDINGS', cell: ({ findings }) => String(findings ?? '-') },
    { title: 'REQUESTS', cell: ({ events }) => String(events ?? '-') },
    { title: 'PEAK', cell: ({ peak }) => (peak === null ? '-' : String(peak.findings)) },
    { title: 'PEAK DAY', cell: ({ peak }) => terminalText(peak?.day ?? '-') },
    { title: 'STARTS', cell: ({ new_against_running: difference }) => String(difference?.starts ?? '-') },
    { title: 'STOPS', cell: ({ new_against_running: difference }) => String(difference?.stops ?? '-') },
    { title: 'NOT EVALUABLE', cell: ({ judged }) => String(judged.insufficient + judged.errors) },
  ],
  nameOf: ({ id }) => id,
}
