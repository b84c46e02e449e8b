// A page of events as an answer: what the store found, the window it was looked for in, and what is known to be missing.

import { isUtf8 } from 'node:buffer'
import type { Response } from 'express'
import type { StoredEvent } from '@plaintrail/event/event'
import { parseEventId } from '@plaintrail/event/identity'
import { formatMicroTime } from '@plaintrail/event/time'
import type { Gap, PageMeta, Total } from '@plaintrail/query/page'
import type { Scope } from '@plaintrail/query/scope'
import type { Snapshot } from '@plaintrail/query/snapshot'
import { budgetOf } from '@plaintrail/store/budget'
import { eventChanges, type EventChange } from '@plaintrail/store/event-changes'
import { countEvents, findEvents } from '@plaintrail/store/find-events'
import type { EventPosition } from '@plaintrail/store/find-records'
import { findingsOfEvents } from '@plaintrail/store/findings-of-events'
import { findGaps } from '@plaintrail/store/gaps'
import { rawEvents } from '@plaintrail/store/raw-events'
import { rawBytesMax, rawReadBytes } from './answer-memory.ts'
import type { RouteParts } from './api-parts.ts'
import type { Caller } from './authenticate.ts'
import { answerMarginMs, boundedQuestion } from './bounded-question.ts'
import { pickFields } from './event-fields.ts'
import { historyMeta } from './history-meta.ts'
import { historyPath } from './history-path.ts'
import { initiatorsBeside } from './initiators-beside.ts'
import { echo, nextPage } from './list-answer.ts'
import { cursorKeyFor, type ListQuestion } from './list-question.ts'
import type { AnsweredInitiator } from './schemas/initiator-schemas.ts'

export async function sendEvents(
  parts: RouteParts,
  response: Response,
  caller: Caller,
  question: ListQuestion,
): Promise<void> {
  const from = performance.now()
  const history = await historyMeta(parts.store, caller.scope, question.query)
  const found = await boundedQuestion(response, parts.questionMsMax + answerMarginMs, (signal) =>
    find(parts, response, { scope: caller.scope, question, signal }),
  )
  const { next, gaps, total, snapshot, isPartial } = found
  const meta: PageMeta = {
    ...echo(question),
    watermark: snapshot.lanes === null ? null : formatMicroTime(snapshot.takenUs),
    coverage: { complete: gaps.length === 0, gaps },
    ...history,
    ...(total === null ? {} : { total }),
    stats: { took_ms: Math.round(performance.now() - from), partial: isPartial },
  }
  const end = next && { position: next, snapshot, total }
  const rest = JSON.stringify({ ...nextPage(response, question, end, cursorKeyFor(parts, caller)), meta })
  response.type('application/json').send(`{"data":[${found.texts.join(',')}],${rest.slice(1)}`)
}

interface Found {
  readonly texts: readonly string[]
  readonly next: EventPosition | null
  readonly snapshot: Snapshot
  readonly total: Total | null
  readonly gaps: readonly Gap[]
  readonly isPartial: boolean
}

interface Asked {
  readonly scope: Scope
  readonly question: ListQuestion
  readonly signal: AbortSignal
}

async function find(parts: RouteParts, response: Response, { scope, question, signal }: Asked): Promise<Found> {
  const { store, segmentItems, questionMsMax } = parts
  const { query, window, include } = question
  const budget = budgetOf(questionMsMax, signal)
  const [{ events, ...found }, gaps] = await Promise.all([
    findEvents(store, scope, { ...question, budget }),
    findGaps(store, scope, window, query),
  ])
  const total = include.includes('total')
    ? (question.total ?? (await countEvents(store, scope, { query, window, snapshot: found.snapshot, budget })))
    : null
  const textOf = await textsWith(parts, { scope, question, signal }, events)
  if (!include.includes('raw')) return { ...found, texts: events.map((event) => textOf(event)), total, gaps }
  using memory = await parts.rawMemory.take(response, rawReadBytes)
  signal.throwIfAborted()
  const asked = { ids: events.map(({ id }) => id), bytesMax: rawBytesMax }
  const raws = await rawEvents(store, scope, asked, segmentItems)
  const shown = events.slice(0, raws.length)
  const texts = shown.map((event, index) => textOf(event, raws[index] ?? null))
  memory.keepUntilSent(lengthOf(texts))
  const next = shown.length < events.length ? positionOf(shown.at(-1)) : found.next
  return { ...found, texts, next, total, gaps }
}

/** Each event with what was asked for beside it. */
async function textsWith(
  { store }: RouteParts,
  { scope, question: { fields, include } }: Asked,
  events: readonly StoredEvent[],
): Promise<(event: StoredEvent, raw?: Buffer | null) => string> {
  const isAsked = include.includes('changes')
  const changes = isAsked
    ? await eventChanges(
        store,
        events.map(({ id }) => id),
      )
    : null
  const initiators = include.includes('initiator') ? await initiatorsBeside(store, scope, events) : null
  const findings = include.includes('findings') ? await findingsOfEvents(store, scope, events) : null
  return (event, raw) =>
    eventText(event, {
      fields,
      ...(raw === undefined ? {} : { raw }),
      ...(changes === null ? {} : { change: changes.get(event.id) ?? null }),
      ...(initiators === null ? {} : { initiator: initiators.get(event.id) ?? null }),
      ...(findings === null ? {} : { findings: findings.get(event.id) ?? [] }),
    })
}

function lengthOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length, 0)
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
export function eventText(event: StoredEvent, { fields = null, raw, ...beside }: EventTextOptions = {}): string {
  const whole = { ...withLinks(event), ...beside }
  const text = JSON.stringify(fields === null ? whole : pickFields(whole, fields))
  if (raw === undefined) return text
  return `${text.slice(0, -1)},${rawMember(event, raw)}}`
}

export interface EventTextOptions {
  /** Null for all of them. */
  readonly fields?: readonly string[] | null
  /** Null past retention; left out where nobody asked. */
  readonly raw?: Buffer | null
  /** Null where it made no revision; left out where nobody asked. */
  readonly change?: EventChange | null
  /** Null where it is not known yet; left out where nobody asked. */
  readonly initiator?: AnsweredInitiator | null
  /** Left out where nobody asked. */
  readonly findings?: readonly string[]
}

function rawMember({ flags }: StoredEvent, raw: Buffer | null): string {
  if (raw === null) return '"raw":null'
  const isKnownJson = isUtf8(raw) && !flags.includes('bodyTooLarge')
  return isKnownJson ? `"raw":${raw.toString()}` : `"raw_base64":"${raw.toString('base64')}"`
}

export function withLinks(event: StoredEvent): object {
  const self = `/v1/events/${event.id}`
  const { object } = event
  const history = object && object.name !== '' ? historyPath({ ...object, cluster: event.cluster }) : null
  return { ...event, links: { self, raw: `${self}/raw`, history } }
}
