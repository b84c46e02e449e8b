// printList: a list over a window, the first page of it or all, with what must be known about it.
import type { Command } from 'commander'
import type { Query } from './api.ts'
import type { Printable } from './output/answer-text.ts'
import { terminalText } from './output/terminal-text.ts'
import type { View } from './output/view.ts'
import {
  isComplete,
  pages,
  printable,
  requireComplete,
  warnIncomplete,
  type AnsweredPage,
  type IsPage,
  type PageMeta,
} from './pages.ts'
import { readCount, type Printed, type Session } from './session.ts'

export interface ListOptions {
  readonly order?: string
  readonly limit?: string
  readonly all?: true
  readonly reverse?: true
}

export interface AskedList<T> {
  readonly path: string
  /** Without the order and the limit. */
  readonly query: Query
  readonly isPage: IsPage<T>
  readonly view: View<T>
  /** `event`, `events`. */
  readonly nouns: readonly [one: string, many: string]
}

const limitMax = 1000

/** `hasOrder` is false for what the API lists in one order only. */
export function addListOptions(command: Command, { hasOrder = true } = {}): void {
  if (hasOrder)
    command.option('--order <order>', 'desc (newest first) or asc').option('--reverse', 'the same rows, the last first')
  command.option('--limit <count>', 'so many, 1 to 1000 (default: 100)').option('--all', 'everything, page after page')
}

/** Throws CliError. */
export async function printList<T>(session: Session, asked: AskedList<T>, options: ListOptions): Promise<void> {
  const api = await session.api()
  let printed: Printed | null = null
  let total = 0
  let isWhole = true
  for await (const page of pages(api, asked.path, { ...asked.query, ...pageQuery(options) }, asked.isPage)) {
    const { data, meta, has_more: hasMore } = page.page
    const isFirst = printed === null && total === 0
    total += data.length
    isWhole &&= options.all === true ? meta.coverage.complete : isComplete(meta)
    if (data.length > 0 || session.format.kind !== 'table')
      printed = await session.printItems(asked.view, shown(page, options), printed)
    const isGoingOn = options.all === true && hasMore
    if (isFirst) await warnIncomplete(session, isGoingOn ? { ...meta, stats: { ...meta.stats, partial: false } } : meta)
    if (isGoingOn) continue
    if (session.format.kind === 'table' || session.format.kind === 'wide')
      await session.note(footer(session, asked.nouns, meta, { total, hasMore }))
    break
  }
  requireComplete(session, isWhole)
}

/** Of one page; with --all the server is asked for the other order, so that this is left as it comes. */
function shown<T>(page: AnsweredPage<T>, { reverse, all }: ListOptions): Printable<T> {
  const part = printable(page)
  return reverse === true && all !== true ? { ...part, items: part.items.toReversed() } : part
}

function footer(
  { zoneWords }: Session,
  [one, many]: readonly [one: string, many: string],
  { window, stats }: PageMeta,
  { total, hasMore }: { readonly total: number; readonly hasMore: boolean },
): string {
  if (total === 0)
    return terminalText(
      `no ${many} from ${window.since} to ${window.until}; a longer window: --since ${longer(window)}`,
    )
  const more = hasMore ? ' · more with --all or --limit' : ''
  return terminalText(`${total} ${total === 1 ? one : many} · ${stats.took_ms} ms · ${zoneWords}${more}`)
}

/** A day is what is searched where nothing is said. */
function longer({ since, until }: PageMeta['window']): string {
  const days = (Date.parse(until) - Date.parse(since)) / 86_400_000
  return days < 7 ? '7d' : days < 90 ? '90d' : '2014-01-01'
}

function pageQuery({ order, limit, all, reverse }: ListOptions): Query {
  if (limit !== undefined) readCount('--limit', limit, 1, limitMax)
  const isTurned = reverse === true && all === true
  return {
    order: isTurned ? (order === 'asc' ? 'desc' : 'asc') : order,
    limit: limit ?? (all === true ? String(limitMax) : undefined),
  }
}
