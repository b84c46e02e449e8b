// plaintrail controls: what rules found about a control of a framework, and where nobody looked.
import type { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import {
  isControlAnswer,
  isControlList,
  type Control,
  type ControlAnswer,
  type ControlRule,
} from '../coverage-answers.ts'
import { terminalText } from '../output/terminal-text.ts'
import type { View } from '../output/view.ts'
import { notPlaintrail } from '../refusal.ts'
import type { RunCommand, Session } from '../session.ts'

interface ControlOptions {
  readonly since?: string
  readonly until?: string
}

export function addControls(program: Command, run: RunCommand): void {
  const controls = program
    .command('controls')
    .summary('what rules found about a control of a framework')
    .description('Controls of PCI DSS, SOC 2, ISO 27001, NIST SP 800-53, CIS and HIPAA that rules are evidence for.')
  controls
    .command('list')
    .summary('the controls that rules are evidence for')
    .description(
      'The controls that a rule in force names. A rule shows that somebody looked; it fulfils no control alone.',
    )
    .addHelpText('after', '\nExamples:\n  plaintrail controls list\n  plaintrail controls list -o name')
    .action((_options: unknown, command: Command) => run(command, listControls))
  controls
    .command('show')
    .summary('what was found, and where nobody looked')
    .description(
      'The rules behind a control, what they found in the window, and for each cluster whether their silence says anything.',
    )
    .argument('<id>', 'such as pci:10.2.1.2')
    .option('--since <time>', 'from then on (default: 90d)')
    .option('--until <time>', 'before then')
    .addHelpText(
      'after',
      '\nExamples:\n  plaintrail controls show pci:10.2.1.2 --since 2026-07-01 --until 2026-10-01\n  plaintrail controls show soc2:CC6.1 --require-complete -o json',
    )
    .action((id: string, options: ControlOptions, command: Command) =>
      run(command, (session) => showControl(session, id, options)),
    )
}

async function listControls(session: Session): Promise<void> {
  const api = await session.api()
  const answer = await api.get('/v1/controls')
  if (!isControlList(answer.value)) throw notPlaintrail(api.url)
  const { data } = answer.value
  if (data.length === 0 && session.format.kind === 'table') return session.note('no rule in force names a control')
  await session.printItems(controlView, { answer, items: data })
}

const controlView: View<Control> = {
  columns: [
    { title: 'CONTROL', cell: ({ id }) => terminalText(id), look: 'bold' },
    { title: 'FRAMEWORK', cell: ({ framework, version }) => terminalText(`${framework} ${version}`), look: 'dim' },
    { title: 'RULES', cell: ({ rules }) => String(rules) },
    { title: 'ABOUT', cell: ({ title }) => terminalText(title) },
  ],
  nameOf: ({ id }) => id,
}

async function showControl(session: Session, id: string, { since, until }: ControlOptions): Promise<void> {
  const api = await session.api()
  const answer = await api.get('/v1/controls/{id}', { path: { id }, query: { since, until } })
  const { value } = answer
  if (!isControlAnswer(value)) throw notPlaintrail(api.url)
  if (session.format.kind === 'table' || session.format.kind === 'wide') {
    await session.print(`${headOf(session, value)}\n\n`)
    await session.printItems(ruleView(session), { answer, items: value.rules })
    const hidden = value.rules.flatMap(hiddenLine)
    await session.print(
      `\n${[...value.clusters.map((one) => clusterLine(one, hidden.length > 0)), ...hidden].join('\n')}\n`,
    )
  } else await session.printItems(ruleView(session), { answer, items: value.rules })
  if (session.requiresComplete && value.clusters.some((cluster) => !cluster.is_covered))
    throw new CliError(
      'incomplete',
      'silence is no evidence everywhere: events are missing, a rule could not judge, or an exception hides something',
    )
}

function headOf(session: Session, control: ControlAnswer): string {
  const { id, framework, version, title, window, findings, findings_relation: relation, rules } = control
  return [
    session.style('bold', terminalText(`${id}  ${title}`)),
    terminalText(`${framework} ${version}`),
    terminalText(`${windowText(session, window)}: ${counted(findings, relation)} of ${rules.length} rules`),
  ].join('\n')
}

function ruleView(session: Session): View<ControlRule> {
  return {
    columns: [
      { title: 'RULE', cell: ({ name }) => terminalText(name), look: 'bold' },
      { title: 'SEVERITY', cell: ({ severity }) => terminalText(severity) },
      { title: 'FINDINGS', cell: ({ findings, findings_relation: relation }) => numberText(findings, relation) },
      { title: 'EVENTS', cell: ({ events, events_relation: relation }) => numberText(events, relation) },
      { title: 'LAST', cell: ({ last }) => (last === null ? '-' : session.when(last)) },
      { title: 'ABOUT', cell: ({ title }) => terminalText(title) },
    ],
    nameOf: ({ name }) => name,
  }
}

/** How long ago would not say which days these are. */
function windowText(session: Session, { since, until }: ControlAnswer['window']): string {
  const { nowMs, stdout } = session.io
  const isTillNow = stdout.isTty && Date.parse(until) >= nowMs() - lateMs
  return `${session.clock(since)} to ${isTillNow ? 'now' : session.clock(until)}`
}

/** What ended so lately ended when it was asked. */
const lateMs = 60_000

type Relation = ControlRule['events_relation']

/** A server of an older version says no relation, and counts all. */
const numberText = (count: number, relation: Relation | undefined): string =>
  relation === 'gte' ? `${count} or more` : String(count)

const counted = (findings: number, relation: Relation | undefined): string =>
  `${numberText(findings, relation)} ${findings === 1 && relation !== 'gte' ? 'finding' : 'findings'}`

type Covered = ControlAnswer['clusters'][number]

/** A server of an older version says nothing of exceptions. */
function hiddenLine({ name, exceptions = [] }: Partial<ControlRule>): readonly string[] {
  if (exceptions.length === 0) return []
  return [terminalText(`not counted: what ${exceptions.join(', ')} hides of ${name} (plaintrail exceptions list)`)]
}

function clusterLine(covered: Covered, isHidden: boolean): string {
  const {
    cluster,
    findings,
    findings_relation: relation,
    is_covered: isCovered,
    coverage,
    not_judged: notJudged,
  } = covered
  const found = counted(findings, relation)
  if (isCovered)
    return terminalText(`${cluster}  ${found} · nothing is known to be missing, and every rule could judge`)
  const gaps = coverage.gaps.length
  const parts = [
    ...(gaps === 0 ? [] : [`${gaps} ${gaps === 1 ? 'gap' : 'gaps'} in its events`]),
    ...(notJudged.length === 0
      ? []
      : [`not judged, or not all: ${notJudged.map(({ rule, status }) => `${rule} (${status})`).join(', ')}`]),
    ...(isHidden ? ['exceptions hold'] : []),
  ]
  return terminalText(`${cluster}  ${found} · ${parts.join(' · ')}`)
}
