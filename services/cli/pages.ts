// Pages of a list: asked for one after another, each checked, and what they say of being complete.
import type { StoredEvent } from '@plaintrail/event/event'
import { isEventPage } from './answers.ts'
import type { Answer, Api, Query } from './api.ts'
import { CliError } from './cli-error.ts'
import type { Printable } from './output/answer-text.ts'
import { terminalText } from './output/terminal-text.ts'
import { notPlaintrail } from './refusal.ts'
import type { Session } from './session.ts'

/** What every list over a window answers. */
export interface Page<T> {
  readonly data: readonly T[]
  readonly has_more: boolean
  readonly next_cursor: string | null
  readonly meta: PageMeta
}

export interface PageMeta {
  readonly query: string
  readonly window: { readonly since: string; readonly until: string }
  readonly coverage: {
    readonly complete: boolean
    readonly gaps: readonly {
      readonly cluster: string
      readonly from: string
      readonly to: string
      readonly cause: string
    }[]
  }
  readonly stats: { readonly took_ms: number; readonly partial?: boolean }
}

export interface AnsweredPage<T> {
  readonly answer: Answer
  readonly page: Page<T>
}

export type IsPage<T> = (value: unknown) => value is Page<T>

async function getPage<T>(api: Api, path: string, query: Query, isPage: IsPage<T>): Promise<AnsweredPage<T>> {
  const answer = isTooLongForUrl(query) ? await search(api, path, query) : await api.getList(path, query)
  if (!isPage(answer.value)) throw notPlaintrail(api.url)
  return { answer, page: answer.value }
}

/** Of a URL's query: servers and proxies take 8 KiB and more of a request's head. */
const urlCharactersMax = 7_000

function isTooLongForUrl(query: Query): boolean {
  const values = Object.values(query).flatMap((value) => (Array.isArray(value) ? [...value] : [value]))
  const length = values.reduce<number>((sum, value) => sum + encodeURIComponent(String(value ?? '')).length, 0)
  return length > urlCharactersMax
}

/** A query of events can be posted; its body takes no flags. */
async function search(
  api: Api,
  path: string,
  { q, since, until, order, limit, cursor, include, ...flags }: Query,
): Promise<Answer> {
  const rest = Object.entries(flags).filter(([, value]) => value !== undefined && value !== null)
  if (path !== '/v1/events' || rest.some(([, value]) => !Array.isArray(value) || value.length > 0))
    throw new CliError('usage', 'could not send the question: it is too long for a URL', {
      hint: 'Write flags as words of the query, or ask in several questions.',
    })
  const isSent = (value: unknown): value is string => typeof value === 'string'
  return api.post('/v1/events/search', {
    ...(isSent(q) ? { q } : {}),
    ...(isSent(since) ? { since } : {}),
    ...(isSent(until) ? { until } : {}),
    ...(order === 'asc' || order === 'desc' ? { order } : {}),
    ...(limit === undefined || limit === null ? {} : { limit: Number(limit) }),
    ...(isSent(cursor) ? { cursor } : {}),
    ...(Array.isArray(include) ? { include: include.filter(isSent) } : {}),
  })
}

export function getEventPage(api: Api, path: string, query: Query): Promise<AnsweredPage<StoredEvent>> {
  return getPage(api, path, query, isEventPage)
}

/** The first page and those after it, for as long as the caller wants more. A cursor is sent alone. */
export async function* pages<T>(
  api: Api,
  path: string,
  query: Query,
  isPage: IsPage<T>,
): AsyncGenerator<AnsweredPage<T>> {
  let next: Query | null = query
  while (next !== null) {
    const current: AnsweredPage<T> = await getPage(api, path, next, isPage)
    yield current
    const { has_more: hasMore, next_cursor: cursor } = current.page
    next = hasMore && cursor !== null ? { cursor } : null
  }
}

export const printable = <T>({ answer, page }: AnsweredPage<T>): Printable<T> => ({ answer, items: page.data })

/** Says where events are known to be missing, and that a page ended before it was full. */
export async function warnIncomplete(session: Session, { coverage, stats }: PageMeta): Promise<void> {
  for (const gap of coverage.gaps)
    await session.warn(
      terminalText(`! ${gap.cluster}: events are missing from ${gap.from} to ${gap.to} (${gap.cause})`),
    )
  if (!coverage.complete && coverage.gaps.length === 0) await session.warn('! events may be missing in this window')
  if (stats.partial === true)
    await session.warn('! the search took too long and stopped early; a shorter window, or --all, finds the rest')
}

export const isComplete = ({ coverage, stats }: PageMeta): boolean => coverage.complete && stats.partial !== true

/** With --require-complete, a script must not go on with less than all. Throws CliError. */
export function requireComplete(session: Session, isWhole: boolean): void {
  if (!session.requiresComplete || isWhole) return
  throw new CliError('incomplete', 'the answer is not complete', {
    hint: 'What is missing is told above. Without --require-complete this is no error.',
  })
}
