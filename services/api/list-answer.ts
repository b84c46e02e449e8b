// What every list answers beside its items: the question as it was understood, and the way to the next page.

import type { Response } from 'express'
import { formatMicroTime } from '@plaintrail/event/time'
import { queryText } from '@plaintrail/query/normal-form'
import type { PageMeta } from '@plaintrail/query/page'
import { cursorAfter, type ListQuestion, type PageEnd } from './list-question.ts'

export interface NextPage {
  readonly has_more: boolean
  readonly next_cursor: string | null
}

/** Says it in the header Link (RFC 8288) too. `end` is null when there is no next page. */
export function nextPage(
  response: Response,
  question: ListQuestion,
  end: PageEnd | null,
  cursorKey: Uint8Array,
): NextPage {
  if (end === null) return { has_more: false, next_cursor: null }
  const cursor = cursorAfter(question, end, cursorKey)
  const { baseUrl, path } = response.req
  // What is searched by POST goes on by GET: the cursor carries the question.
  const target = `${baseUrl}${path}`.replace(/\/search$/, '')
  response.setHeader('Link', `<${target}?cursor=${cursor}>; rel="next"`)
  return { has_more: true, next_cursor: cursor }
}

/** The window is echoed because its default may surprise. */
export function echo({ query, window, order }: ListQuestion): Pick<PageMeta, 'query' | 'window' | 'order'> {
  return {
    query: queryText(query),
    window: { since: formatMicroTime(window.sinceUs), until: formatMicroTime(window.untilUs) },
    order,
  }
}
