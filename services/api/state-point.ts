// readPoint: where in the history of an object somebody looks: a time, an event or a version.

import { parseEventId } from '@plaintrail/event/identity'
import { QueryError } from '@plaintrail/query/query-error'
import { parseTime } from '@plaintrail/query/window'
import type { HistoryPoint } from '@plaintrail/store/named-state'

/** Versions are below 2^53. */
const versionText = /^rv:([1-9]\d{0,15})$/

const pointHint =
  'Send a time as everywhere (`2h`, `2026-11-20T14:03:22Z`), the id of an event (`evt_…`), or a version (`rv:123`).'

/** Throws QueryError naming `parameter`. */
export function readPoint(text: string, nowUs: number, parameter: string): HistoryPoint {
  if (text.startsWith('evt_')) {
    if (parseEventId(text) !== null) return { kind: 'event', id: text }
    throw new QueryError({
      message: `could not read ${parameter}: "${text.slice(0, 60)}" is no event's id`,
      parameter,
      hint: 'Send an id as it stands in `id` or `event` of an answer.',
    })
  }
  if (!text.startsWith('rv:')) return { kind: 'time', timeUs: pastTime(text, nowUs, parameter) }
  const version = Number(versionText.exec(text)?.[1] ?? Number.NaN)
  if (Number.isSafeInteger(version)) return { kind: 'version', version }
  throw new QueryError({
    message: `could not read ${parameter}: "${text.slice(0, 60)}" is no version`,
    parameter,
    hint: 'Send a resourceVersion in digits, such as rv:4711.',
  })
}

/** Clocks of clients are no further ahead. */
const aheadUsMax = 60_000_000

function pastTime(text: string, nowUs: number, parameter: string): number {
  const timeUs = parseTime(text, nowUs, parameter)
  if (timeUs <= nowUs + aheadUsMax) return timeUs
  throw new QueryError({
    message: `could not read ${parameter}: "${text}" has not been yet, and nobody knows what will be then`,
    parameter,
    hint: 'Send a time in the past, or `now`.',
  })
}

export function noSuchPoint(parameter: string): QueryError {
  return new QueryError({
    message: `could not find ${parameter}: no such event of this object is stored`,
    parameter,
    hint: `An event of another object is none of this one. ${pointHint}`,
  })
}
