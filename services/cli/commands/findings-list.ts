// plaintrail findings list: what rules found, the latest first.
import { severities } from '@plaintrail/query/severities'
import { findingStates } from '@plaintrail/rules/triage'
import { Option, type Command } from 'commander'
import type { Api, Query } from '../api.ts'
import { windowOptions } from '../ask.ts'
import { CliError } from '../cli-error.ts'
import { askedByDefault } from '../defaults.ts'
import { terminalText } from '../output/terminal-text.ts'
import type { View } from '../output/view.ts'
import { notPlaintrail } from '../refusal.ts'
import { isExceptionList, isFindingPage, isRule, type Finding, type FindingPage, type Rule } from '../rule-answers.ts'
import { readFailOn } from '../rules/fail-on.ts'
import { counted } from '../rules/counted.ts'
import { collect, readCount, type Printed, type RunCommand, type Session } from '../session.ts'
import { stateCell } from '../triage-cell.ts'

interface ListOptions {
  readonly rule?: readonly string[]
  readonly severity?: readonly string[]
  readonly control?: readonly string[]
  readonly cluster?: readonly string[]
  readonly state?: readonly string[]
  readonly assignee?: string
  readonly proposed?: true
  readonly shadow?: true
  readonly since?: string
  readonly until?: string
  readonly sort?: string
  readonly limit?: string
  readonly all?: true
  readonly failOn?: string
  readonly exitCode?: true
}

const limitMax = 1000

export function addFindingsList(findings: Command, run: RunCommand): void {
  findings
    .command('list', { isDefault: true })
    .summary('what rules found, the latest first')
    .description(
      'What rules found, the latest first, of all time unless something is said. A flag repeated, or with commas, gives alternatives. Exit code 1 where something is found that --fail-on or --exit-code names.',
    )
    .option('--rule <name>', 'of these rules: exec-into-prod, exec-*', collect)
    .option('--severity <severity>', "so severe: high, '>=high', low..medium", collect)
    .option('--control <control>', 'about these controls: pci:10.2.1.2, soc2:*', collect)
    .option('-c, --cluster <name>', 'in these clusters', collect)
    .option('--state <state>', `in these states: ${findingStates.join(', ')}`, collect)
    .option('--assignee <name>', "whose they are; '' for nobody's")
    .option('--proposed', 'those that wait for a second person to be ignored for ever')
    .option('--shadow', 'those of rules that are tried out (state: shadow), too')
    .option('--since <time>', 'with an event from then on: 7d, 2026-11-20 (default: all of time)')
    .option(windowOptions.until.flags, 'with an event before then')
    .addOption(
      new Option('--sort <by>', 'last: by the last event; opened: by when it was found').choices(['last', 'opened']),
    )
    .option('--limit <count>', 'so many, 1 to 1000 (default: 100)')
    .option('--all', 'everything, page after page, by when it was found')
    .option('--fail-on <severity>', "exit code 1 for findings of this severity: 'severity>=high', critical")
    .option('--exit-code', 'exit code 1 for any finding')
    .addHelpText('after', helpText)
    .action((options: ListOptions, self: Command) => run(self, (session) => listFindings(session, options)))
}

const helpText = `
Examples:
  plaintrail findings list --severity '>=high' --since 7d
  plaintrail findings list --control pci:10.2.1.2 -o jsonl --all
  plaintrail findings list --since 1d --fail-on 'severity>=high' -o name`

async function listFindings(session: Session, options: ListOptions): Promise<void> {
  const { limit, all, failOn, exitCode } = options
  const isNamed = failOn === undefined ? () => false : readFailOn(failOn)
  if (limit !== undefined) readCount('--limit', limit, 1, limitMax)
  const asked = await askedFindings(session, options)
  const api = await session.api()
  // On pages by the last event, one that gets another event meanwhile would be on none of the later ones.
  const sort = options.sort ?? (all === true ? 'opened' : undefined)
  const { meta, total } = await printPages(
    session,
    api,
    { ...asked, sort, limit: limit ?? (all ? String(limitMax) : undefined) },
    all,
  )
  if (total === 0) await tellOfRules(session, api, options)
  const failing = severities.filter((severity) => exitCode === true || isNamed(severity))
  if (failing.length > 0 && (await hasSuch(api, asked, failing)))
    throw new CliError('found', 'something was found that must not be')
  if (session.requiresComplete && !meta.rules.complete)
    throw new CliError('incomplete', 'the answer is not complete: rules have not judged all that is stored')
}

async function askedFindings(session: Session, options: ListOptions): Promise<Query> {
  const { rule, severity, control, cluster, since, until, state, assignee, proposed, shadow } = options
  const said = { cluster: cluster !== undefined, namespace: true, query: true }
  const { clusters } = await askedByDefault(session, said)
  const meant = cluster ?? (clusters.length === 0 ? undefined : clusters)
  const own = { state, assignee, proposed: proposed && 'true', shadow: shadow && 'true' }
  return { rule, severity, control, cluster: meant, since, until, ...own }
}

/** What the last page that was read says, and how many findings all had. */
async function printPages(
  session: Session,
  api: Api,
  query: Query,
  all: true | undefined,
): Promise<{ readonly meta: FindingPage['meta']; readonly total: number }> {
  const view = findingView(session)
  let next: Query = query
  let printed: Printed | null = null
  const shown = new Set<string>()
  let again = 0
  for (;;) {
    const answer = await api.getList('/v1/findings', next)
    const { value: page } = answer
    if (!isFindingPage(page)) throw notPlaintrail(api.url)
    // By the last event, those that changed meanwhile come again: what was printed once is not printed twice.
    const items = page.data.filter(({ id }) => !shown.has(id))
    for (const { id } of items) shown.add(id)
    again += page.data.length - items.length
    const total = shown.size
    if (items.length > 0 || session.format.kind !== 'table')
      printed = await session.printItems(view, { answer, items }, printed)
    if (all === true && page.has_more && page.next_cursor !== null) next = { cursor: page.next_cursor }
    else {
      if (session.format.kind === 'table' || session.format.kind === 'wide') await session.note(footer(page, total))
      await warnBehind(session, page)
      if (again > 0)
        await session.warn(`! ${again} of them changed while they were listed, and stand here as they were before`)
      return { meta: page.meta, total }
    }
  }
}

function footer({ has_more: hasMore }: FindingPage, total: number): string {
  if (total === 0) return 'nothing was found'
  return `${total} ${total === 1 ? 'finding' : 'findings'}${hasMore ? ' · more with --all or --limit' : ''} · one in full: plaintrail findings show FINDING`
}

async function warnBehind(session: Session, { meta: { rules } }: FindingPage): Promise<void> {
  if (rules.complete) return
  await session.warn(terminalText(`! rules have yet to judge ${rules.behind} events that are stored`))
}

/** What keeps rules that were named from being in the list, though they found something. */
async function tellOfRules(session: Session, api: Api, { rule = [], shadow }: ListOptions): Promise<void> {
  for (const { name, state } of await rulesNamed(api, rule)) {
    if (state === 'shadow' && shadow === undefined)
      await session.warn(`! ${terminalText(name)} is tried out (state: shadow): --shadow lists what it finds`)
    const { value } = await api.get('/v1/exceptions', { query: { rule: name, holds: true } })
    if (!isExceptionList(value)) continue
    for (const { id, hides } of value.data)
      if (hides.findings > 0)
        await session.warn(
          `! ${terminalText(id)} hides from it ${counted(hides.requests, 'request')} (plaintrail exceptions list)`,
        )
  }
}

/** A name with a mistake in it finds nothing, and must not pass for a rule that found nothing. Throws CliError. */
async function rulesNamed(api: Api, rules: readonly string[]): Promise<readonly Rule[]> {
  const names = rules.flatMap((text) => text.split(',')).filter((name) => /^[a-z0-9-]+$/.test(name))
  const found: Rule[] = []
  for (const name of names) {
    try {
      const { value } = await api.get('/v1/rules/{name}', { path: { name } })
      if (isRule(value)) found.push(value)
    } catch (error) {
      if (!(error instanceof CliError) || error.code !== 'not_found') throw error
      throw new CliError('not_found', `there is no rule "${name}"`, { hint: 'plaintrail rules list' })
    }
  }
  return found
}

async function hasSuch(api: Api, asked: Query, failing: readonly string[]): Promise<boolean> {
  const { severity, ...others } = asked
  const wanted = Array.isArray(severity) ? severity.map(String) : []
  // Both must hold; a parameter that is repeated says that one of its values is enough.
  const { value } = await api.getList('/v1/findings', {
    ...others,
    severity: wanted,
    'not.severity': notThese(failing),
    limit: 1,
  })
  if (!isFindingPage(value)) throw notPlaintrail(api.url)
  return value.data.length > 0
}

const notThese = (named: readonly string[]): readonly string[] =>
  severities.filter((severity) => !named.includes(severity))

function findingView(session: Session): View<Finding> {
  const when = (time: string | null): string => (time === null ? 'no time' : session.when(time))
  return {
    columns: [
      { title: 'LAST', cell: ({ last }) => terminalText(when(last)) },
      { title: 'SEVERITY', cell: ({ severity }) => terminalText(severity), look: 'bold' },
      { title: 'STATE', cell: ({ triage }) => stateCell(triage) },
      { title: 'WHO', cell: ({ triage }) => terminalText(triage.assignee ?? '-'), isWide: true },
      { title: 'CLUSTER', cell: ({ cluster }) => terminalText(cluster), look: 'dim' },
      { title: 'EVENTS', cell: ({ events }) => String(events) },
      { title: 'FIRST', cell: ({ first }) => terminalText(when(first)), isWide: true },
      { title: 'RULE', cell: ({ rule, shadow }) => terminalText(shadow ? `${rule} (shadow)` : rule), isWide: true },
      { title: 'CONTROLS', cell: ({ controls }) => terminalText(controls.join(',')) || '-', isWide: true },
      { title: 'OWNER', cell: ({ owner }) => terminalText(owner ?? '-'), isWide: true },
      { title: 'FINDING', cell: ({ id }) => terminalText(id), look: 'dim', isWhole: true },
      { title: 'WHAT', cell: ({ summary }) => terminalText(summary) },
    ],
    nameOf: ({ id }) => id,
    sentenceOf: ({ summary }) => summary,
  }
}
