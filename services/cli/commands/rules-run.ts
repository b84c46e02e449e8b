// plaintrail rules run: rules over the events of files or the manifests of folders, without a server.
import type { Command } from 'commander'
import type { Severity } from '@plaintrail/rules/rule'
import { CliError } from '../cli-error.ts'
import { terminalText } from '../output/terminal-text.ts'
import { counted } from '../rules/counted.ts'
import { eventLines } from '../rules/event-lines.ts'
import { readFailOn } from '../rules/fail-on.ts'
import { manifestFiles } from '../rules/manifest-files.ts'
import { filesBelow, readRuleFiles, shownPath, type FileRule } from '../rules/read-rule-files.ts'
import { readReporters, reporterWords, writeReports } from '../rules/report.ts'
import { runReport } from '../rules/run-report.ts'
import { RuleRun, type RunOutcome } from '../rules/rule-run.ts'
import { showRun } from '../rules/show-run.ts'
import { collect, type RunCommand, type Session } from '../session.ts'
import { printErrors, refuseWrong } from './rules-lint.ts'

interface RunOptions {
  readonly events?: readonly string[]
  readonly manifests?: readonly string[]
  readonly cluster: string
  readonly failOn?: string
  readonly exitCode?: true
  readonly reporter?: readonly string[]
}

export function addRulesRun(rules: Command, run: RunCommand): void {
  rules
    .command('run')
    .summary('rules over audit logs or manifests')
    .description(
      'Runs rules over audit logs (JSON lines, EventLists, YAML; gzip) or over manifests, each as the event of its creation by the user "ci" at level RequestResponse. Exit code 1 where something is found that --fail-on or --exit-code names, 6 where a rule goes wrong, 3 where a file could not be read in part.',
    )
    .argument('<path...>', 'files and folders of rules')
    .option('--events <path>', 'an audit log or a folder of them, - for stdin; may be repeated', collect)
    .option('--manifests <path>', 'manifests, a file or a folder; may be repeated', collect)
    .option('-c, --cluster <name>', 'the cluster that they are of, for rules that ask for one', 'test')
    .option('--fail-on <severity>', "exit code 1 for findings of this severity: 'severity>=high', critical")
    .option('--exit-code', 'exit code 1 where anything is found')
    .option('--reporter <kind>', reporterWords, collect)
    .addHelpText('after', helpText)
    .action((paths: readonly string[], options: RunOptions, self: Command) =>
      run(self, (session) => runRules(session, paths, options)),
    )
}

const helpText = `
Examples:
  plaintrail rules run ./rules --events audit.log.gz --fail-on 'severity>=high'
  plaintrail rules run ./rules --manifests ./deploy --reporter sarif=rules.sarif --exit-code`

async function runRules(session: Session, paths: readonly string[], options: RunOptions): Promise<void> {
  const reporters = readReporters(options.reporter ?? [])
  const { failOn, exitCode } = options
  const isNamed = failOn === undefined ? () => false : readFailOn(failOn)
  const isFailing = (severity: Severity): boolean => exitCode === true || isNamed(severity)
  const { events = [], manifests = [] } = options
  if (events.length + manifests.length === 0)
    throw new CliError('usage', 'could not tell what the rules are to judge', {
      hint: 'Give it --events FILE or --manifests DIR.',
    })
  const beganMs = session.io.nowMs()
  const files = await readRuleFiles(session.io, paths)
  await printErrors(session, files.errors)
  refuseWrong(files)
  await tellLeftOut(session, files.rules)
  const run = new RuleRun(files.rules, { cluster: options.cluster, isOver: events.length === 0 })
  const unread = (await takeEvents(session, run, events)) + (await takeManifests(session, run, manifests))
  const outcome = run.outcome()
  const seconds = (session.io.nowMs() - beganMs) / 1000
  await showRun(session, outcome, seconds)
  await writeReports(session.io, reporters, runReport(outcome, files.rules, seconds))
  conclude(session, outcome, { isFailing, unread })
}

async function tellLeftOut(session: Session, rules: readonly FileRule[]): Promise<void> {
  const off = rules.filter(({ rule }) => rule.state === 'off').length
  const ofGaps = rules.filter(({ rule }) => rule.on === 'gap').length
  if (off > 0) await session.note(`${counted(off, 'rule')} switched off`)
  if (ofGaps > 0) await session.note(`${counted(ofGaps, 'rule')} on gaps left out: only a server knows of gaps`)
}

/** How many could not be read. */
async function takeEvents(session: Session, run: RuleRun, names: readonly string[]): Promise<number> {
  let unread = 0
  for (const path of await logsOf(session, names)) {
    const file = path === '-' ? 'stdin' : shownPath(session.io.folder, path)
    for await (const line of eventLines(path, session.io)) {
      if ('raw' in line && run.take(line.raw, file, line.line)) continue
      unread += 1
      const at = 'raw' in line ? line.line : line.error.line
      const says = 'raw' in line ? 'this is no event of an API server' : line.error.message
      if (unread <= unreadShownMax) await session.warn(terminalText(`! ${file}:${at}: ${says}`))
    }
  }
  return unread
}

const logNames = /\.(?:log|jsonl?|ndjson|ya?ml|gz)$/i

/** Absolute; of a folder the logs in it and below by name. */
async function logsOf({ io }: Session, names: readonly string[]): Promise<readonly string[]> {
  const all: string[] = []
  for (const name of names)
    all.push(...(name === '-' ? [name] : (await filesBelow(io, [name], logNames)).map(({ path }) => path)))
  return all
}

/** Of many the rest is counted. */
const unreadShownMax = 20

async function takeManifests(session: Session, run: RuleRun, paths: readonly string[]): Promise<number> {
  let unread = 0
  for await (const { file, events, errors } of manifestFiles(session.io, paths)) {
    for (const { raw, line } of events) run.take(raw, file, line)
    for (const { line, message } of errors) {
      unread += 1
      if (unread <= unreadShownMax) await session.warn(terminalText(`! ${file}:${line}: ${message}`))
    }
  }
  return unread
}

interface Conclusion {
  readonly isFailing: (severity: Severity) => boolean
  readonly unread: number
}

/** Throws CliError for every exit code but 0. */
function conclude(session: Session, { results, findings }: RunOutcome, { isFailing, unread }: Conclusion): void {
  const errors = results.filter(({ result }) => result === 'error').length
  if (errors > 0) throw new CliError('rule_invalid', `rules went wrong over ${counted(errors, 'event')}`)
  if (findings.some(({ finding }) => isFailing(finding.rule.severity)))
    throw new CliError('found', 'something was found that must not be')
  if (unread > 0) throw new CliError('incomplete', `${unread} could not be read`)
  const open = results.filter(({ result }) => result === 'insufficient').length
  if (session.requiresComplete && open > 0)
    throw new CliError('incomplete', `${counted(open, 'event')} could not be judged by what was recorded`)
}
