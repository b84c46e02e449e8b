// Pages of events: asked for one after another, each checked.
import type { StoredEvent } from '@plaintrail/event/event'
import type { Page } from '@plaintrail/query/page'
import { isEventPage } from './answers.ts'
import type { Answer, Api, Query } from './api.ts'
import { CliError } from './cli-error.ts'
import type { Printable } from './output/answer-text.ts'
import { terminalText } from './output/terminal-text.ts'
import { notPlaintrail } from './refusal.ts'
import type { Session } from './session.ts'

export interface EventPage {
  readonly answer: Answer
  readonly page: Page<StoredEvent>
}

export async function getEventPage(api: Api, path: string, query: Query): Promise<EventPage> {
  const answer = await api.getList(path, query)
  if (!isEventPage(answer.value)) throw notPlaintrail(api.url)
  return { answer, page: answer.value }
}

/** The first page and those after it, for as long as the caller wants more. A cursor is sent alone. */
export async function* eventPages(api: Api, path: string, query: Query): AsyncGenerator<EventPage> {
  let next: Query | null = query
  while (next !== null) {
    const current: EventPage = await getEventPage(api, path, next)
    yield current
    const { has_more: hasMore, next_cursor: cursor } = current.page
    next = hasMore && cursor !== null ? { cursor } : null
  }
}

export const printableEvents = ({ answer, page }: EventPage): Printable<StoredEvent> => ({ answer, items: page.data })

/** Says where events are known to be missing, and that a page ended before it was full. */
export async function warnIncomplete(session: Session, page: Page<StoredEvent>): Promise<void> {
  const { coverage } = page.meta
  for (const gap of coverage.gaps)
    await session.warn(
      terminalText(`! ${gap.cluster}: events are missing from ${gap.from} to ${gap.to} (${gap.cause})`),
    )
  if (!coverage.complete && coverage.gaps.length === 0) await session.warn('! events may be missing in this window')
  if (isPartial(page))
    await session.warn('! the search took too long and stopped early; a shorter window, or --all, finds the rest')
}

/** With --require-complete, a script must not go on with less than all. Throws CliError. */
export function requireComplete(session: Session, pages: { readonly isComplete: boolean }): void {
  if (!session.requiresComplete || pages.isComplete) return
  throw new CliError('incomplete', 'the answer is not complete', {
    hint: 'What is missing is told above. Without --require-complete this is no error.',
  })
}

export const isComplete = (page: Page<StoredEvent>): boolean => page.meta.coverage.complete && !isPartial(page)

export function isPartial(page: Page<StoredEvent>): boolean {
  const stats: object = page.meta.stats
  return 'partial' in stats && stats.partial === true
}
