// plaintrail who: who changed an object, when, and how.
import type { StoredEvent } from '@plaintrail/event/event'
import type { Command } from 'commander'
import { isEventPage } from '../answers.ts'
import type { Api, Query } from '../api.ts'
import { windowOptions } from '../ask.ts'
import { getEventPage, isComplete, pages, printable, requireComplete, warnIncomplete } from '../pages.ts'
import { objectEventView } from '../event-views.ts'
import type { TracedEvent } from '../history-answers.ts'
import { behindWords } from '../output/initiator-words.ts'
import { terminalText } from '../output/terminal-text.ts'
import { isOnlyNoise } from '../revision-view.ts'
import { readCount, type Printed, type RunCommand, type Session } from '../session.ts'
import { chainLine } from './chain-line.ts'
import type { ObjectPlace } from './find-object.ts'
import {
  addWhereOptions,
  findNamed,
  objectArgument,
  objectPath,
  placeWords,
  readObject,
  type NamedObject,
  type WhereOptions,
} from './named-object.ts'

interface WhoOptions extends WhereOptions {
  readonly since?: string
  readonly until?: string
  readonly on?: string
  readonly all?: true
  readonly reverse?: true
  readonly limit: string
}

/** Controllers write an object's status all day: so many pages are searched for changes between. */
const pagesMax = 10
const pageLimit = 200
const limitMax = 1000

export function addWho(program: Command, run: RunCommand): void {
  const command = program
    .command('who')
    .summary('who changed an object, when, and how')
    .description('Who changed an object, when, and how: newest first, from its whole history.')
    .argument(objectArgument.name, objectArgument.about)
    .argument('[name]')
  addWhereOptions(command)
    .option('--since <time>', 'from then on: 7d, 2026-11-20, 2026-11-20T14:03:22Z')
    .option('--until <time>', 'before then')
    .option(windowOptions.on.flags, windowOptions.on.about)
    .option('--all', 'reads, dry runs, and status updates by controllers, too')
    .option('--reverse', 'the newest last')
    .option('--limit <count>', 'at most so many rows an object', '20')
    .addHelpText('after', helpText)
    .action((first: string, second: string | undefined, options: WhoOptions, self: Command) =>
      run(self, (session) => who(session, readObject(first, second), options)),
    )
}

const helpText = `
Examples:
  plaintrail who deploy/checkout -n shop
  plaintrail who cm/feature-flags --on 2026-11-20
  plaintrail who clusterrolebinding tmp-admin --since 7d -o json`

async function who(session: Session, object: NamedObject, options: WhoOptions): Promise<void> {
  const limit = readCount('--limit', options.limit, 1, limitMax)
  const api = await session.api()
  const places = await findNamed(session, api, object, options)
  let isWhole = true
  let printed: Printed | null = null
  for (const [index, place] of places.entries()) {
    if (session.format.kind === 'table' || session.format.kind === 'wide') {
      if (index > 0) await session.print('\n')
      const history = await readHistory(session, api, place, options, limit)
      await printHistory(session, api, place, history)
      isWhole &&= history.isComplete
      continue
    }
    const page = await getEventPage(api, objectPath(place, 'history'), historyQuery(options, limit))
    const part = printable(page)
    const items = options.reverse === true ? part.items.toReversed() : part.items
    printed = await session.printItems(objectEventView(session), { ...part, items }, printed)
    isWhole &&= isComplete(page.page.meta)
  }
  requireComplete(session, isWhole)
}

interface History {
  readonly events: readonly TracedEvent[]
  /** Status updates and dry runs that were left out. */
  readonly hiddenCount: number
  readonly hasMore: boolean
  readonly isComplete: boolean
}

async function readHistory(
  session: Session,
  api: Api,
  place: ObjectPlace,
  options: WhoOptions,
  limit: number,
): Promise<History> {
  const events: TracedEvent[] = []
  let hiddenCount = 0
  let pagesRead = 0
  let hasMore = false
  let isWhole = true
  const query = historyQuery(options, Math.max(limit, pageLimit))
  for await (const { page } of pages(api, objectPath(place, 'history'), query, isEventPage)) {
    pagesRead += 1
    if (pagesRead === 1) await warnIncomplete(session, page.meta)
    isWhole &&= isComplete(page.meta)
    for (const event of page.data) {
      if (options.all !== true && isAside(event)) hiddenCount += 1
      else events.push(event)
    }
    hasMore = page.has_more || events.length > limit
    if (events.length >= limit || pagesRead >= pagesMax) break
  }
  const shown = events.slice(0, limit)
  return { events: options.reverse === true ? shown.toReversed() : shown, hiddenCount, hasMore, isComplete: isWhole }
}

/** The HTTP status of a write on a version that is no longer the last one. */
const conflict = 409

/** A controller's write that changed nothing else. */
const asides: ReadonlySet<string> = new Set(['status', 'renewal', 'bookkeeping'])

/** What changed nothing, or what a controller reports and nobody asked for. A person who edits a status is another matter. */
function isAside(event: TracedEvent): boolean {
  if (event.flags.includes('dryRun')) return true
  const { change } = event
  const isNote = change != null && (asides.has(change.significance) || isOnlyNoise(change))
  const isStatus = event.object?.subresource === 'status'
  // A controller that lost a race for a status tries again at once.
  const isDone = event.outcome === 'success' || (isStatus && event.code === conflict)
  return (isStatus || isNote) && isDone && event.actor.type !== 'human'
}

async function printHistory(session: Session, api: Api, place: ObjectPlace, history: History): Promise<void> {
  const { events } = history
  const last = events.filter(isChange).toSorted((a, b) => ((a.time ?? '') < (b.time ?? '') ? 1 : -1))[0]
  if (session.hasHeaders) {
    const title = session.style('bold', placeWords(place))
    const change =
      last === undefined
        ? 'no change'
        : `last change ${when(session, last)} by ${behindWords(last.actor, last.initiator, 'through')}`
    const chain = await chainLine(session, api, place, events)
    const below = chain === null ? '' : `${chain}\n`
    await session.print(`${title}  (${terminalText(place.cluster)})   ${change}\n${below}\n`)
  }
  const items = { answer: { text: '', value: null }, items: events }
  const hasFindings = events.some(({ findings = [] }) => findings.length > 0)
  if (events.length > 0) await session.printItems(objectEventView(session, { hasFindings }), items)
  if (session.hasHeaders) await session.print(`${events.length > 0 ? '\n' : ''}${summary(history)}\n`)
}

const when = (session: Session, event: StoredEvent): string =>
  event.time === null ? 'no time' : session.when(event.time)

function isChange(event: StoredEvent): boolean {
  return event.class === 'write' && event.outcome === 'success' && !event.flags.includes('dryRun')
}

/** Who asked, and who is known to be behind what a controller did. */
function peopleIn({ actor, initiator }: TracedEvent): readonly string[] {
  const isKnown = initiator?.kind === 'person' && initiator.confidence === 'certain'
  return [...(actor.type === 'human' ? [actor.name] : []), ...(isKnown ? [initiator.name] : [])]
}

/** `4 changes, 2 people, 1 connection, 1 refused`. */
function summary({ events, hiddenCount, hasMore }: History): string {
  const changes = events.filter(isChange)
  const people = new Set(events.flatMap(peopleIn))
  const connections = events.filter((event) => event.class === 'connect' && event.outcome === 'success').length
  const refused = events.filter((event) => event.outcome === 'denied' || event.outcome === 'rejected').length
  const counts = [count(changes.length, 'change', 'changes'), count(people.size, 'person', 'people')]
  if (connections > 0) counts.push(count(connections, 'connection', 'connections'))
  if (refused > 0) counts.push(`${refused} refused`)
  const findings = new Set(events.flatMap((event) => event.findings ?? []))
  if (findings.size > 0) counts.push(count(findings.size, 'finding', 'findings'))
  const more = hasMore ? ['older ones with --limit'] : []
  if (hiddenCount > 0)
    more.push(`${count(hiddenCount, 'status update or dry run', 'status updates and dry runs')} not shown (--all)`)
  return [counts.join(', '), ...more].join(' · ')
}

const count = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`

function historyQuery(options: WhoOptions, limit: number): Query {
  const everyClass = options.all === true ? 'read,write,connect,other' : undefined
  const { since, until, on } = options
  return { class: everyClass, since, until, on, limit: String(limit) }
}
