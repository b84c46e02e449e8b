// The messages of a live tail, as lines of an event stream (HTML Living Standard, 9.2).

import type { StoredEvent } from '@plaintrail/event/event'
import { formatMicroTime, parseMicroTime } from '@plaintrail/event/time'
import { and, within, type Query } from '@plaintrail/query/ast'
import { queryText } from '@plaintrail/query/normal-form'
import type { Problem } from '../problems.ts'

/** A reader that lost its connection waits so long, in milliseconds. */
const retryMs = 2_000
/** So does one whose question failed: it will most likely fail again. */
const failedRetryMs = 10_000

export const heartbeatMessage = ': heartbeat\n\n'

/** The first thing that is sent. */
export function helloMessage(heartbeatMs: number): string {
  return `: plaintrail tail, heartbeat every ${Math.round(heartbeatMs / 1_000)}s\nretry: ${retryMs}\n\n`
}

/** Why a tail ends though nothing went wrong: it is old, or the api stops. */
export type PlannedEnd = 'session_over' | 'stopping'

/** Has no id, so that its reader goes on after what he was told last. */
export function plannedEndMessage(reason: PlannedEnd): string {
  return endMessage({ planned: true, reason })
}

/** He gets the same problem that a question of his would be answered. */
export function failedEndMessage({ code, message: detail, hint }: Problem): string {
  return `retry: ${failedRetryMs}\n${endMessage({ planned: false, reason: 'failed', code, detail, hint })}`
}

const endMessage = (data: object): string => `event: end\ndata: ${JSON.stringify(data)}\n\n`

/** `data` is one line of JSON. */
export function message(event: string, id: string, data: string): string {
  return `id: ${id}\nevent: ${event}\ndata: ${data}\n\n`
}

/** What was stored by `takenUs` and matches was sent. */
export function watermarkMessage(id: string, takenUs: number): string {
  return message('watermark', id, JSON.stringify({ time: formatMicroTime(takenUs) }))
}

/** What a reader missed. */
export interface Missed {
  readonly count: number
  /** When the first and the last of them were taken in: RFC 3339. */
  readonly seen: { readonly first: string; readonly last: string }
  /** Of the oldest and the newest; null where one has no usable time. */
  readonly time: { readonly first: string; readonly last: string } | null
}

export function missedWith(before: Missed | null, { time, seen }: StoredEvent): Missed {
  const own = time === null ? null : { first: time, last: time }
  if (before === null) return { count: 1, seen: { first: seen, last: seen }, time: own }
  return {
    count: before.count + 1,
    seen: hull(before.seen, { first: seen, last: seen }),
    time: before.time && own && hull(before.time, own),
  }
}

/** Times of one length and zone are in the order of their texts. */
function hull(one: Missed['seen'], other: Missed['seen']): Missed['seen'] {
  return {
    first: one.first < other.first ? one.first : other.first,
    last: one.last > other.last ? one.last : other.last,
  }
}

export function dropsMessage(id: string, query: Query, { count, seen, time }: Missed): string {
  const [sinceUs, untilUs] = [microsOf(time?.first), microsOf(time?.last)]
  const list = listPath(query, {
    seenUs: { min: microsOf(seen.first), max: microsOf(seen.last) },
    window: { sinceUs, untilUs: time === null ? microsOf(seen.last) + 1 : untilUs + 1 },
  })
  return message('drops', id, JSON.stringify({ count, reason: 'slow_consumer', since: seen.first, list }))
}

export type ResetReason = 'unreadable' | 'too_old' | 'ahead'

/** `fromUs`: what was taken in since may be missing. */
export function resetMessage(
  id: string,
  query: Query,
  reason: ResetReason,
  { fromUs, nowUs }: { readonly fromUs: number; readonly nowUs: number },
): string {
  const list = listPath(query, {
    seenUs: { min: fromUs, max: null },
    window: { sinceUs: fromUs - dayUs, untilUs: nowUs },
  })
  return message('reset', id, JSON.stringify({ reason, since: formatMicroTime(fromUs), list }))
}

export const dayUs = 86_400_000_000

interface ListBounds {
  readonly seenUs: { readonly min: number; readonly max: number | null }
  readonly window: { readonly sinceUs: number; readonly untilUs: number }
}

/** Where a list has what a tail has not. */
function listPath(query: Query, { seenUs, window }: ListBounds): string {
  const parameters = new URLSearchParams({
    q: queryText(and([query, within('seen', [seenUs])])),
    since: formatMicroTime(Math.max(0, window.sinceUs)),
    until: formatMicroTime(window.untilUs),
  })
  return `/v1/events?${parameters.toString()}`
}

function microsOf(time: string | undefined): number {
  return time === undefined ? 0 : (parseMicroTime(time) ?? 0)
}
