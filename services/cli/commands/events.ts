// plaintrail events: the events that match.
import type { StoredEvent } from '@plaintrail/event/event'
import type { Command } from 'commander'
import type { Query } from '../api.ts'
import { addAskOptions, askedQuery, type AskOptions } from '../ask.ts'
import {
  eventPages,
  isComplete,
  isPartial,
  printableEvents,
  requireComplete,
  warnIncomplete,
  type EventPage,
} from '../event-pages.ts'
import { eventView } from '../event-views.ts'
import { terminalText } from '../output/terminal-text.ts'
import { readCount, type Printed, type RunCommand, type Session } from '../session.ts'

interface EventsOptions extends AskOptions {
  readonly order?: string
  readonly limit?: string
  readonly all?: true
  readonly reverse?: true
}

const limitMax = 1000

export function addEvents(program: Command, run: RunCommand): void {
  const command = program
    .command('events')
    .summary('the events that match')
    .description(
      'The events that match the query and every flag. A flag repeated, or with commas, gives alternatives; * stands for any text. Quote what your shell would read itself: spaces, ( ) > and *.',
    )
  addAskOptions(command)
  command
    .option('--order <order>', 'desc (newest first) or asc')
    .option('--reverse', 'the same rows, the last first')
    .option('--limit <count>', 'so many, 1 to 1000 (default: 100)')
    .option('--all', 'everything, page after page')
    .addHelpText('after', helpText)
    .action((words: readonly string[], options: EventsOptions, self: Command) =>
      run(self, (session) => events(session, words, options)),
    )
}

const helpText = `
Examples:
  plaintrail events is:human is:write ns:shop --since 2h
  plaintrail events 'is:write (kind:rolebindings OR sub:token) -actor:system:*' --since 7d
  plaintrail events --kind secrets --outcome denied --since 2026-11-20/P1D -o jsonl --all`

async function events(session: Session, words: readonly string[], options: EventsOptions): Promise<void> {
  const api = await session.api()
  const query = await eventsQuery(session, words, options)
  const view = eventView(session)
  let printed: Printed | null = null
  let total = 0
  let isWhole = true
  for await (const page of eventPages(api, '/v1/events', query)) {
    const isFirst = total === 0 && printed === null
    total += page.page.data.length
    isWhole &&=
      isComplete(page.page) || (options.all === true && isPartial(page.page) && page.page.meta.coverage.complete)
    if (page.page.data.length > 0 || session.format.kind !== 'table')
      printed = await session.printItems(view, shown(page, options), printed)
    if (isFirst) await warnIncomplete(session, page.page)
    if (options.all === true && page.page.has_more) continue
    if (session.format.kind === 'table' || session.format.kind === 'wide')
      await session.note(footer(session, page, total))
    break
  }
  requireComplete(session, { isComplete: isWhole })
}

/** Of one page; with --all the server is asked for the other order, so that this is left as it comes. */
function shown(page: EventPage, { reverse, all }: EventsOptions): ReturnType<typeof printableEvents> {
  const part = printableEvents(page)
  const items: readonly StoredEvent[] = reverse === true && all !== true ? part.items.toReversed() : part.items
  return { ...part, items }
}

function footer({ zoneWords }: Session, { page }: EventPage, total: number): string {
  const { window, stats } = page.meta
  if (total === 0) return terminalText(`no events from ${window.since} to ${window.until}; a longer window: --since 7d`)
  const more = page.has_more ? ' · more with --all or --limit' : ''
  return terminalText(`${total} ${total === 1 ? 'event' : 'events'} · ${stats.took_ms} ms · ${zoneWords}${more}`)
}

async function eventsQuery(session: Session, words: readonly string[], options: EventsOptions): Promise<Query> {
  const { order, limit, all, reverse } = options
  if (limit !== undefined) readCount('--limit', limit, 1, limitMax)
  const isTurned = reverse === true && all === true
  return {
    ...(await askedQuery(session, words, options)),
    order: isTurned ? (order === 'asc' ? 'desc' : 'asc') : order,
    limit: limit ?? (all === true ? String(limitMax) : undefined),
  }
}
