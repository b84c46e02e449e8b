// A page of events as an answer: what the store found, the window it was looked for in, and what is known to be missing.

import type { Response } from 'express'
import type { StoredEvent } from '@plaintrail/event/event'
import { parseEventId } from '@plaintrail/event/identity'
import { formatMicroTime } from '@plaintrail/event/time'
import { filterText } from '@plaintrail/query/filter'
import type { PageMeta } from '@plaintrail/query/page'
import type { Scope } from '@plaintrail/query/scope'
import { findEvents } from '@plaintrail/store/find-events'
import type { EventPosition } from '@plaintrail/store/find-records'
import { findGaps } from '@plaintrail/store/gaps'
import { rawEvents } from '@plaintrail/store/raw-events'
import type { RouteParts } from './api.ts'
import { cursorAfter, type ListQuestion } from './list-question.ts'

/** Raw bytes in one page; a page that would have more has fewer events and a cursor. */
const rawBytesMax = 64 * 1024 * 1024

export async function sendEvents(
  parts: RouteParts,
  response: Response,
  scope: Scope,
  question: ListQuestion,
): Promise<void> {
  const from = performance.now()
  const found = await findEvents(parts.store, scope, question)
  const raws = question.includeRaw
    ? await rawEvents(
        parts.store,
        scope,
        { ids: found.events.map(({ id }) => id), bytesMax: rawBytesMax },
        parts.segmentItems,
      )
    : null
  const events = raws ? found.events.slice(0, raws.length) : found.events
  const next = events.length < found.events.length ? positionOf(events.at(-1)) : found.next
  const cursor = next && cursorAfter(question, next, parts.cursorKey)
  const gaps = await findGaps(parts.store, scope, question.window, question.filter.cluster)
  const meta: PageMeta = {
    query: filterText(question.filter),
    window: { since: formatMicroTime(question.window.sinceUs), until: formatMicroTime(question.window.untilUs) },
    order: question.order,
    coverage: { complete: gaps.length === 0, gaps },
    stats: { took_ms: Math.round(performance.now() - from) },
  }
  if (cursor !== null)
    response.setHeader('Link', `<${response.req.baseUrl}${response.req.path}?cursor=${cursor}>; rel="next"`)
  const data = events.map((event, index) => eventText(event, raws ? (raws[index] ?? null) : undefined))
  const rest = JSON.stringify({ has_more: cursor !== null, next_cursor: cursor, meta })
  response.type('application/json').send(`{"data":[${data.join(',')}],${rest.slice(1)}`)
}

/** An event's id is its position. */
function positionOf(event: StoredEvent | undefined): EventPosition | null {
  const parsed = event ? parseEventId(event.id) : null
  return parsed && { timeUs: parsed.timeUs, key: Buffer.from(parsed.key).toString('hex') }
}

/**
 * Raw bytes go into the text as they are: parsed and written again, an int64 would lose its last digits. Redaction and the
 * scanner leave only UTF-8; should bytes be none all the same, they go as base64.
 */
function eventText(event: StoredEvent, raw: Buffer | null | undefined): string {
  const text = JSON.stringify(withLinks(event))
  if (raw === undefined) return text
  if (raw === null) return `${text.slice(0, -1)},"raw":null}`
  return `${text.slice(0, -1)},"raw":${raw.toString('utf8')}}`
}

export function withLinks(event: StoredEvent): object {
  const self = `/v1/events/${event.id}`
  const { object } = event
  const history =
    object && object.name !== ''
      ? `/v1/objects/${[event.cluster, object.group || 'core', object.resource, object.namespace || '_', object.name].map(encodeURIComponent).join('/')}/history`
      : null
  return { ...event, links: { self, raw: `${self}/raw`, history } }
}
