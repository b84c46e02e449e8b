// plaintrail findings show: what happened, why it matters, what to do, and the events behind it.
import type { Command } from 'commander'
import type { Answer } from '../api.ts'
import { eventView } from '../event-views.ts'
import { terminalText } from '../output/terminal-text.ts'
import type { View } from '../output/view.ts'
import { wrappedLines } from '../output/wrapped-lines.ts'
import { notPlaintrail } from '../refusal.ts'
import { isFindingWithEvents, type FindingWithEvents, type Proposal, type Step } from '../rule-answers.ts'
import { readCount, type Printed, type RunCommand, type Session } from '../session.ts'
import { stepWhy, stepWords } from '../step-words.ts'

interface ShowOptions {
  readonly limit: string
  readonly all?: true
}

const limitMax = 1000

export function addFindingsShow(findings: Command, run: RunCommand): void {
  findings
    .command('show')
    .summary('one finding, and the events behind it')
    .description('What happened, why it matters, what to do about it, and the events behind it, newest first.')
    .argument('<finding>', 'its id: fnd_…')
    .option('--limit <count>', 'so many of its events, 1 to 1000', '20')
    .option('--all', 'all of its events')
    .addHelpText('after', helpText)
    .action((id: string, options: ShowOptions, self: Command) =>
      run(self, (session) => showFinding(session, id, options)),
    )
}

const helpText = `
Examples:
  plaintrail findings show fnd_2E12C3P4D302ZWR6GAHV0SPHYC
  plaintrail findings show fnd_2E12C3P4D302ZWR6GAHV0SPHYC -o json`

async function showFinding(session: Session, id: string, { limit, all }: ShowOptions): Promise<void> {
  readCount('--limit', limit, 1, limitMax)
  const isTable = session.format.kind === 'table' || session.format.kind === 'wide'
  let query: { limit?: number; cursor?: string } = { limit: all === true ? limitMax : Number(limit) }
  let printed: Printed | null = null
  let isFirst = true
  for (;;) {
    const { answer, finding } = await ask(session, id, query)
    const { evidence } = finding
    if (isTable) {
      if (isFirst) await session.print(headOf(session, finding))
      if (evidence.data.length > 0)
        printed = await session.printItems(eventView(session), { answer, items: evidence.data }, printed)
    } else printed = await session.printItems(wholeView, { answer, items: [finding] }, printed)
    const { next_cursor: cursor } = evidence
    if (cursor === null || all !== true) return isTable ? tellRest(session, finding) : undefined
    query = { cursor }
    isFirst = false
  }
}

async function ask(
  session: Session,
  id: string,
  query: { readonly limit?: number; readonly cursor?: string },
): Promise<{ readonly answer: Answer; readonly finding: FindingWithEvents }> {
  const api = await session.api()
  const answer = await api.get('/v1/findings/{id}', { path: { id }, query })
  if (!isFindingWithEvents(answer.value)) throw notPlaintrail(api.url)
  return { answer, finding: answer.value }
}

/** For programs; a table has its events instead. */
const wholeView: View<FindingWithEvents> = {
  columns: [{ title: 'FINDING', cell: ({ id }) => terminalText(id) }],
  nameOf: ({ id }) => id,
  sentenceOf: ({ summary }) => summary,
}

function headOf(session: Session, finding: FindingWithEvents): string {
  const { description, remediation, commands, references, evidence, steps } = finding
  const fields = fieldsOf(session, finding)
  const width = Math.max(...fields.map(([label]) => label.length))
  const lines = fields.map(([label, value]) => `${session.style('dim', label.padEnd(width))}  ${terminalText(value)}`)
  const others = finding.false_positives.map((text) => `Need not worry you: ${text}`)
  const parts = [
    part(session, 'Why it matters', [
      ...prose(session, description),
      ...others.flatMap((text) => prose(session, text)),
    ]),
    // A command that is broken over lines could not be pasted.
    part(session, 'What to do', [...prose(session, remediation), ...commands]),
    part(session, 'More about it', references),
    part(
      session,
      'What was done',
      steps.map((step) => stepLine(session, step)),
    ),
    part(
      session,
      'Events are missing',
      evidence.gaps.map(({ from, to, cause }) => `from ${from} to ${to} (${cause})`),
    ),
  ]
  return `${session.style('bold', terminalText(finding.summary))}\n\n${lines.join('\n')}\n${parts.join('')}\n`
}

function part(session: Session, title: string, lines: readonly string[]): string {
  if (lines.length === 0) return ''
  return `\n${session.style('bold', title)}\n${lines.map((line) => `${indent}${terminalText(line)}`.trimEnd()).join('\n')}\n`
}

const indent = '  '

/** Paragraphs as lines that fit on a terminal. */
function prose({ io: { stdout } }: Session, text: string): readonly string[] {
  if (text.trim() === '') return []
  const columns = stdout.isTty ? stdout.columns - indent.length : null
  const paragraphs = text.trim().split('\n').map(terminalText)
  return paragraphs.flatMap((paragraph) => wrappedLines(paragraph, columns))
}

type Field = readonly [label: string, value: string]

function fieldsOf(session: Session, finding: FindingWithEvents): readonly Field[] {
  const { id, severity, rule, version, title, cluster, first, last, events, group, controls, attack, owner } = finding
  const when = (time: string | null): string => (time === null ? 'no time that can be used' : session.when(time))
  const gone = finding.expired_events > 0 ? `, ${finding.expired_events} of them past retention` : ''
  return [
    ['finding', id],
    ['severity', severity],
    ...triageOf(session, finding),
    ['rule', `${rule} (version ${version}): ${title}`],
    ['cluster', cluster],
    ...Object.entries(group).map(([name, value]): Field => [name, value === null || value === '' ? 'none' : value]),
    ...(events === 0
      ? []
      : ([
          ['first', when(first)],
          ['last', when(last)],
        ] as const)),
    ['events', events === 0 ? 'none that counts: exceptions hide all' : `${events}${gone}`],
    ...listed('controls', controls),
    ...listed('ATT&CK', attack),
    ...(owner === null ? [] : [['owner', owner] as const]),
  ]
}

function triageOf(session: Session, { triage, hidden }: FindingWithEvents): readonly Field[] {
  const { state, regressed, reason, until, assignee, proposed } = triage
  const ends = until === null ? [] : [untilText(session, until)]
  const said = [state, ...(regressed ? ['it was resolved'] : []), ...(reason === null ? [] : [reason]), ...ends]
  return [
    ['state', said.join(', ')],
    ...(assignee === null ? [] : [['looked after', `by ${assignee}`] as const]),
    ...(proposed === null ? [] : [proposedField(session, proposed)]),
    ...hidden.map(({ exception, requests }): Field => ['not counted', `${requests} by ${exception}`]),
  ]
}

function proposedField(session: Session, { by, at, reason, comment }: Proposal): Field {
  const why = [reason, comment].filter((text) => text !== null).join(': ')
  return ['proposed', `to ignore it for ever, by ${by} ${session.when(at)} (${why}); another person confirms it`]
}

function untilText(
  session: Session,
  { time, events, match }: NonNullable<FindingWithEvents['triage']['until']>,
): string {
  if (time !== null) return `until ${session.clock(time)}`
  return events === null ? `until ${match ?? ''}` : `until there are ${events} events`
}

function stepLine(session: Session, step: Step): string {
  const { time, actor } = step
  const why = stepWhy(step)
  return `${session.when(time)}  ${actor}  ${stepWords(step)}${why === '' ? '' : ` (${why})`}`
}

const listed = (label: string, values: readonly string[]): readonly Field[] =>
  values.length === 0 ? [] : [[label, values.join(', ')]]

async function tellRest(session: Session, { evidence }: FindingWithEvents): Promise<void> {
  if (evidence.has_more) await session.note('there are more events: --all or --limit shows them')
}
