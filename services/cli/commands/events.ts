// plaintrail events: the events that match, as a table.
import type { StoredEvent } from '@plaintrail/event/event'
import { filterKeys, type FilterKey } from '@plaintrail/query/filter'
import { Option, type Command } from 'commander'
import type { Query } from '../api-client.ts'
import { CliError } from '../cli-error.ts'
import { didWords, isOpen, objectWords, outcomeWord, verbWord, whoWords } from '../output/event-words.ts'
import type { TableLayout } from '../output/table.ts'
import { terminalText } from '../output/terminal-text.ts'
import { clockTime, duration } from '../output/when.ts'
import { collect, type RunCommand, type Session } from '../session.ts'
import { eventPages, noteGaps, printableEvents, type EventPage } from './event-pages.ts'

const titles = ['WHEN', 'CLUSTER', 'WHO', 'VERB', 'NS', 'OBJECT', 'OUT', 'WHAT'] as const
const looks = [null, 'dim', 'bold', null, 'dim', null, null, null] as const

/** The option of each key of the filter; all may be repeated. */
const filterOptions: Readonly<Record<FilterKey, { readonly flags: string; readonly about: string }>> = {
  actor: { flags: '--actor <name>', about: 'who did it: alice@acme.io, sa:ci/*, system:node:*' },
  as: { flags: '--as <name>', about: 'whom they acted as' },
  verb: { flags: '--verb <verb>', about: 'create, update, patch, delete, get, list …' },
  class: { flags: '--class <class>', about: 'read, write, connect or other' },
  kind: { flags: '--kind <type>', about: 'as kubectl spells it: deploy, secrets, certificates.cert-manager.io' },
  ns: { flags: '-n, --ns <namespace>', about: "namespace; '' for cluster-scoped (also --namespace)" },
  name: { flags: '--name <name>', about: "the object's name" },
  sub: { flags: '--sub <subresource>', about: 'exec, scale, status …' },
  outcome: { flags: '--outcome <outcome>', about: 'success, denied, rejected, error or pending' },
  stage: { flags: '--stage <stage>', about: 'ResponseComplete, Panic …' },
  cluster: { flags: '-c, --cluster <name>', about: 'the cluster it happened in' },
}

type FilterOptions = { readonly [Key in FilterKey]?: readonly string[] }

interface EventsOptions extends FilterOptions {
  readonly namespace?: readonly string[]
  readonly not?: readonly string[]
  readonly since?: string
  readonly until?: string
  readonly order?: string
  readonly limit?: string
  readonly all?: true
}

export function addEvents(program: Command, run: RunCommand): void {
  const command = program
    .command('events')
    .summary('the events that match')
    .description(
      'The events that match every option. An option repeated, or with commas, gives alternatives; * stands for any text.',
    )
  for (const { flags, about } of Object.values(filterOptions)) command.option(flags, about, collect)
  command
    .option('--not <key=value>', 'leave these out: --not actor=system:* --not verb=get,list', collect)
    .option('--since <time>', 'from then on: 15m, 7d, 2026-11-20, 2026-11-20/P1D (default: 24h)')
    .option('--until <time>', 'before then (default: now)')
    .option('--order <order>', 'desc (newest first) or asc')
    .option('--limit <count>', 'so many, 1 to 1000 (default: 100)')
    .option('--all', 'everything, page after page')
    .addOption(new Option('--namespace <namespace>').argParser(collect).hideHelp())
    .addHelpText('after', helpText)
    .action((options: EventsOptions, self: Command) => run(self, (session) => events(session, options)))
}

const helpText = `
Examples:
  plaintrail events --class write -n shop --since 2h --not actor=sa:*/*
  plaintrail events --kind secrets --outcome denied --since 2026-11-20/P1D -o jsonl --all`

async function events(session: Session, options: EventsOptions): Promise<void> {
  const query = eventsQuery(options)
  const api = await session.api()
  let layout: TableLayout | undefined
  let total = 0
  for await (const page of eventPages(api, '/v1/events', query)) {
    const isFirst = total === 0
    total += page.page.data.length
    if (session.format !== 'table') await session.printAnswer(session.format, printableEvents(page))
    else if (page.page.data.length > 0) layout = await printEvents(session, page, layout)
    if (isFirst) await noteGaps(session, page.page)
    if (options.all === true && page.page.has_more) continue
    if (session.format === 'table') await session.note(footer(page, total))
    return
  }
}

async function printEvents(
  session: Session,
  { page }: EventPage,
  layout: TableLayout | undefined,
): Promise<TableLayout> {
  const rows = page.data.map((event) => [
    eventTime(session, event),
    terminalText(event.cluster),
    whoWords(event.actor),
    verbWord(event),
    terminalText(event.object?.namespace ?? '') || '-',
    objectWords(event),
    outcomeWord(event),
    whatWords(event),
  ])
  return session.printTable(titles, rows, { layout, looks })
}

function eventTime(session: Session, event: StoredEvent): string {
  if (event.time === null) return 'no time'
  return session.io.stdout.isTty ? clockTime(event.time, session.io.nowMs()) : event.time
}

/** Refused requests say why; connections how long they took. */
function whatWords(event: StoredEvent): string {
  if (event.outcome === 'denied' && event.authz.reason !== '') return terminalText(event.authz.reason)
  if (event.class !== 'connect') return didWords(event)
  if (isOpen(event)) return `${didWords(event)} (open)`
  return event.durationUs === null ? didWords(event) : `${didWords(event)} (${duration(event.durationUs)})`
}

function footer({ page }: EventPage, total: number): string {
  const { window, stats } = page.meta
  if (total === 0) return terminalText(`no events from ${window.since} to ${window.until}; a longer window: --since 7d`)
  const more = page.has_more ? ' · more with --all or --limit' : ''
  return terminalText(`${total} ${total === 1 ? 'event' : 'events'} · ${stats.took_ms} ms · times in UTC${more}`)
}

function eventsQuery(options: EventsOptions): Query {
  const { since, until, order, limit } = options
  const filter: Record<string, readonly string[]> = {}
  for (const key of filterKeys) filter[key] = options[key] ?? []
  filter['ns'] = [...(options.ns ?? []), ...(options.namespace ?? [])]
  for (const negated of options.not ?? []) {
    const [key, value] = splitOnce(negated, '=')
    if (value === null)
      throw new CliError('usage', `could not read --not "${negated}"`, {
        hint: 'Write --not KEY=VALUE, such as verb=get.',
      })
    filter[`not.${key}`] = [...(filter[`not.${key}`] ?? []), value]
  }
  return { ...filter, since, until, order, limit }
}

function splitOnce(text: string, separator: string): readonly [string, string | null] {
  const at = text.indexOf(separator)
  return at === -1 ? [text, null] : [text.slice(0, at), text.slice(at + separator.length)]
}
