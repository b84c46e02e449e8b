// A page of events as an answer: what the store found, the window it was looked for in, and what is known to be missing.

import { isUtf8 } from 'node:buffer'
import type { Response } from 'express'
import type { StoredEvent } from '@plaintrail/event/event'
import { parseEventId } from '@plaintrail/event/identity'
import type { Gap, PageMeta } from '@plaintrail/query/page'
import type { Scope } from '@plaintrail/query/scope'
import { findEvents } from '@plaintrail/store/find-events'
import type { EventPosition } from '@plaintrail/store/find-records'
import { findGaps } from '@plaintrail/store/gaps'
import { rawEvents } from '@plaintrail/store/raw-events'
import type { RouteParts } from './api-parts.ts'
import { boundedQuestion } from './bounded-question.ts'
import { echo, nextPage } from './list-answer.ts'
import type { ListQuestion } from './list-question.ts'

/** Raw bytes in one page; a page that would have more has fewer events and a cursor. */
const rawBytesMax = 64 * 1024 * 1024

export async function sendEvents(
  parts: RouteParts,
  response: Response,
  scope: Scope,
  question: ListQuestion,
): Promise<void> {
  const from = performance.now()
  const found = await boundedQuestion(response, parts.questionMsMax, (signal) => find(parts, scope, question, signal))
  const meta: PageMeta = {
    ...echo(question),
    coverage: { complete: found.gaps.length === 0, gaps: found.gaps },
    stats: { took_ms: Math.round(performance.now() - from) },
  }
  const rest = JSON.stringify({ ...nextPage(response, question, found.next, parts.cursorKey), meta })
  response.type('application/json').send(`{"data":[${found.texts.join(',')}],${rest.slice(1)}`)
}

interface Found {
  readonly texts: readonly string[]
  readonly next: EventPosition | null
  readonly gaps: readonly Gap[]
}

async function find(parts: RouteParts, scope: Scope, question: ListQuestion, signal: AbortSignal): Promise<Found> {
  const { store, segmentItems } = parts
  const [{ events, next }, gaps] = await Promise.all([
    findEvents(store, scope, { ...question, signal }),
    findGaps(store, scope, question.window, question.filter.cluster),
  ])
  if (!question.withBytes) return { texts: events.map((event) => eventText(event)), next, gaps }
  signal.throwIfAborted()
  const asked = { ids: events.map(({ id }) => id), bytesMax: rawBytesMax }
  const raws = await rawEvents(store, scope, asked, segmentItems)
  const shown = events.slice(0, raws.length)
  const texts = shown.map((event, index) => eventText(event, raws[index] ?? null))
  return { texts, next: shown.length < events.length ? positionOf(shown.at(-1)) : next, gaps }
}

/** An event's id is its position. */
function positionOf(event: StoredEvent | undefined): EventPosition | null {
  const parsed = event ? parseEventId(event.id) : null
  return parsed && { timeUs: parsed.timeUs, key: Buffer.from(parsed.key).toString('hex') }
}

/**
 * Raw bytes go into the text as they are: parsed and written again, an int64 would lose its last digits. Bytes that are
 * not UTF-8, or that nobody parsed because there are too many, could break the answer and so go as base64.
 */
export function eventText(event: StoredEvent, raw?: Buffer | null): string {
  const text = JSON.stringify(withLinks(event))
  if (raw === undefined) return text
  return `${text.slice(0, -1)},${rawMember(event, raw)}}`
}

function rawMember({ flags }: StoredEvent, raw: Buffer | null): string {
  if (raw === null) return '"raw":null'
  const isKnownJson = isUtf8(raw) && !flags.includes('bodyTooLarge')
  return isKnownJson ? `"raw":${raw.toString()}` : `"raw_base64":"${raw.toString('base64')}"`
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
