// printShortList: a list that is seldom longer than a page and says nothing of gaps: its first page or all of it.
import type { Command } from 'commander'
import type { List } from './answers.ts'
import type { Query } from './api.ts'
import { windowOptions } from './ask.ts'
import type { View } from './output/view.ts'
import { notPlaintrail } from './refusal.ts'
import { collect, readCount, type Printed, type Session } from './session.ts'

export interface ShortListOptions {
  readonly limit?: string
  readonly all?: true
}

export interface ClusterListOptions extends ShortListOptions {
  readonly cluster?: readonly string[]
  readonly since?: string
  readonly until?: string
}

interface AskedShortList<T> {
  readonly path: string
  /** Without the limit. */
  readonly query?: Query
  readonly isList: (value: unknown) => value is List<T>
  readonly view: View<T>
  /** What to say where there is nothing. */
  readonly none: string
}

const limitMax = 1000

export function addShortListOptions(command: Command): void {
  command.option('--limit <count>', 'so many, 1 to 1000 (default: 100)').option('--all', 'everything, page after page')
}

/** Of what happened in some cluster some time. */
export function addClusterListOptions(command: Command): void {
  command
    .option('-c, --cluster <name>', 'only of this cluster (repeatable)', collect)
    .option('--since <time>', 'from then on (default: all of time)')
    .option(windowOptions.until.flags, windowOptions.until.about)
  addShortListOptions(command)
}

export function clusterListQuery({ cluster, since, until }: ClusterListOptions): Query {
  return { cluster, since, until }
}

/** What is left out is told. Throws CliError. */
export async function printShortList<T>(
  session: Session,
  asked: AskedShortList<T>,
  options: ShortListOptions,
): Promise<void> {
  if (options.limit !== undefined) readCount('--limit', options.limit, 1, limitMax)
  const limit = options.limit ?? (options.all === true ? String(limitMax) : undefined)
  const api = await session.api()
  let next: Query | null = { ...asked.query, limit }
  let printed: Printed | null = null
  while (next !== null) {
    const answer = await api.getList(asked.path, next)
    if (!asked.isList(answer.value)) throw notPlaintrail(api.url)
    const { data } = answer.value
    if (data.length === 0 && printed === null && session.format.kind === 'table') return session.note(asked.none)
    printed = await session.printItems(asked.view, { answer, items: data }, printed)
    const cursor = nextCursor(answer.value)
    if (cursor !== null && options.all !== true) await session.note('there are more: --all or --limit shows them')
    next = cursor !== null && options.all === true ? { cursor } : null
  }
}

function nextCursor(page: object): string | null {
  if (!('has_more' in page) || !('next_cursor' in page)) return null
  return page.has_more === true && typeof page.next_cursor === 'string' ? page.next_cursor : null
}
