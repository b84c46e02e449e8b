// Page: one page of a list as the API answers it, and how long and in which order it was asked for.
import { nearestWord } from './nearest-word.ts'
import { onlyValue, type ParameterValue } from './parameters.ts'
import { QueryError } from './query-error.ts'

export interface Page<T> {
  readonly data: readonly T[]
  readonly has_more: boolean
  /** To be sent alone, as `?cursor=…`, for the page after this one; null at the end. */
  readonly next_cursor: string | null
  readonly meta: PageMeta
}

export interface PageMeta {
  /** The query as it was understood, in its normal form and without the times that the window holds. */
  readonly query: string
  /** The window that was searched, RFC 3339; `since` is in it and `until` is not. */
  readonly window: { readonly since: string; readonly until: string }
  readonly order: Order
  /**
   * RFC 3339. What was stored by then is in the answer, on all its pages, and what came later in none. Null where the
   * question is about more lanes than a snapshot holds: then later events may stand on later pages.
   */
  readonly watermark: string | null
  /** What is known to be missing in the window. */
  readonly coverage: { readonly complete: boolean; readonly gaps: readonly Gap[] }
  /**
   * Of a query that asks what changed: how far history, which is made after events are stored, has come in its clusters.
   * `behind`: stored events that are not followed yet; all that came before `until` are, null where that is not known.
   */
  readonly history?: Followed
  /** Of a query that asks who is behind events: how far the search for that, which is made after events are stored, has come. */
  readonly attribution?: Followed
  /** The same of a query that asks what rules found. */
  readonly rules?: Followed
  /** With `include=total`: how many items all pages have together. */
  readonly total?: Total
  /** `partial`: the time was up before the page was full. The next page goes on from there. */
  readonly stats: { readonly took_ms: number; readonly partial: boolean }
}

export interface Followed {
  readonly complete: boolean
  readonly behind: number
  /** RFC 3339. */
  readonly until: string | null
}

export interface Total {
  readonly value: number
  /** `gte`: there are as many or more, and counting them all would have taken too long. */
  readonly relation: 'eq' | 'gte'
}

/** A stretch of time, RFC 3339, in which events of a cluster are known to be missing. */
export interface Gap {
  readonly cluster: string
  readonly from: string
  readonly to: string
  readonly cause: string
}

export const orders = ['desc', 'asc'] as const
/** By time: `desc` is newest first. */
export type Order = (typeof orders)[number]

export const limitDefault = 100
export const limitMax = 1000

/** How many items a page may have: 1 to 1000, 100 when nothing was sent. Throws QueryError. */
export function parseLimit(value: ParameterValue): number {
  const text = onlyValue('limit', value)
  if (text === undefined) return limitDefault
  const limit = /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (limit >= 1 && limit <= limitMax) return limit
  throw new QueryError({
    message: `could not read limit: "${text.slice(0, 40)}" is no whole number from 1 to ${limitMax}`,
    parameter: 'limit',
    hint: limit > limitMax ? 'Ask for the next page with next_cursor.' : 'Send a number such as limit=100.',
  })
}

/** The order of a list, newest first when nothing was sent. Throws QueryError. */
export function parseOrder(value: ParameterValue): Order {
  const text = onlyValue('order', value)
  if (text === undefined) return 'desc'
  const order = orders.find((known) => known === text.toLowerCase())
  if (order !== undefined) return order
  throw new QueryError({
    message: `could not read order: "${text.slice(0, 40)}" is none of its values`,
    parameter: 'order',
    hint: 'Newest first is desc, oldest first is asc.',
    suggestion: nearestWord(text, orders),
  })
}
