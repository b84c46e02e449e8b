// What every list answers beside its items: the question as it was understood, and the way to the next page.

import type { Response } from 'express'
import { formatMicroTime } from '@plaintrail/event/time'
import { filterText } from '@plaintrail/query/filter'
import type { PageMeta } from '@plaintrail/query/page'
import type { EventPosition } from '@plaintrail/store/find-records'
import { cursorAfter, type ListQuestion } from './list-question.ts'

export interface NextPage {
  readonly has_more: boolean
  readonly next_cursor: string | null
}

/** Says it in the header Link (RFC 8288) too. `position` is null when there is no next page. */
export function nextPage(
  response: Response,
  question: ListQuestion,
  position: EventPosition | null,
  cursorKey: Uint8Array,
): NextPage {
  if (position === null) return { has_more: false, next_cursor: null }
  const cursor = cursorAfter(question, position, cursorKey)
  response.setHeader('Link', `<${response.req.baseUrl}${response.req.path}?cursor=${cursor}>; rel="next"`)
  return { has_more: true, next_cursor: cursor }
}

/** The window is echoed because its default may surprise. */
export function echo({ filter, window, order }: ListQuestion): Pick<PageMeta, 'query' | 'window' | 'order'> {
  return {
    query: filterText(filter),
    window: { since: formatMicroTime(window.sinceUs), until: formatMicroTime(window.untilUs) },
    order,
  }
}
