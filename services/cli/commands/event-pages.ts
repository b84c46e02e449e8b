// Pages of events: asked for one after another, each checked.
import type { StoredEvent } from '@plaintrail/event/event'
import type { Page } from '@plaintrail/query/page'
import { isEventPage } from '../answers.ts'
import { notPlaintrail, type Answer, type Api, type Query } from '../api-client.ts'
import { terminalText } from '../output/terminal-text.ts'
import type { Session } from '../session.ts'

export interface EventPage {
  readonly answer: Answer
  readonly page: Page<StoredEvent>
}

export async function getEventPage(api: Api, path: string, query: Query): Promise<EventPage> {
  const answer = await api.getJson(path, query)
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

export const printableEvents = ({ answer, page }: EventPage) => ({
  answer,
  items: page.data,
  names: page.data.map((event) => event.id),
})

/** Says where events are known to be missing. */
export async function noteGaps(session: Session, page: Page<StoredEvent>): Promise<void> {
  for (const gap of page.meta.coverage.gaps)
    await session.note(
      terminalText(`! ${gap.cluster}: events are missing from ${gap.from} to ${gap.to} (${gap.cause})`),
    )
  if (!page.meta.coverage.complete && page.meta.coverage.gaps.length === 0)
    await session.note('! events may be missing in this window')
}
