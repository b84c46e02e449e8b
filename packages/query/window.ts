// parseWindow: the stretch of time that is asked about, from any of the ways in which people write a time.
import { parseMicroTime } from '@plaintrail/event/time'
import { type Duration, parseDuration, parseIsoDuration, unitUs } from './duration.ts'
import { onlyValue, type ParameterValue } from './parameters.ts'
import { QueryError } from './query-error.ts'

/** Microseconds since 1970; `since` is in the window and `until` is not. */
export interface Window {
  readonly sinceUs: number
  readonly untilUs: number
}

/** The window of a list when nothing was sent. */
export const windowDefaultUs = 24 * unitUs.h
/** 2200-01-01. Later times, and times before 1970, are mistakes. */
export const timeUsMax = Date.UTC(2200, 0) * 1000
const timeTextLengthMax = 100
const microDigits = 6

/**
 * Reads `since` and `until`; each is what parseTime takes, or `since` alone is an ISO 8601 interval (`2026-11-20/P1D`).
 * Without `until` the window ends now; without `since` it begins at `sinceDefaultUs`. Throws QueryError.
 */
export function parseWindow(
  parameters: { readonly since?: ParameterValue; readonly until?: ParameterValue },
  nowUs: number,
  sinceDefaultUs: number = nowUs - windowDefaultUs,
): Window {
  const since = onlyValue('since', parameters.since)
  const until = onlyValue('until', parameters.until)
  if (since?.includes('/') === true) {
    if (until === undefined) return parseInterval(since, nowUs, 'since')
    throw new QueryError({
      message: 'could not read the window: since is an interval and until was sent too',
      parameter: 'until',
      hint: 'Leave until out, or send a single time as since.',
    })
  }
  const sinceUs = since === undefined ? sinceDefaultUs : parseTime(since, nowUs, 'since')
  const untilUs = until === undefined ? nowUs : parseTime(until, nowUs, 'until')
  if (since === undefined)
    return windowFrom(sinceUs, untilUs, 'Send since too: without it the window begins by itself.')
  return windowFrom(sinceUs, untilUs, until === undefined ? 'Send a time in the past.' : 'Swap since and until.')
}

/**
 * One moment in microseconds since 1970: RFC 3339, a date (midnight UTC), `now`, or a time span before now (`15m`,
 * `-15m`, `now-15m`, `1h30m`, `PT15M`; `now+15m` is after it). Throws QueryError naming `parameter`.
 */
export function parseTime(text: string, nowUs: number, parameter = 'time'): number {
  if (text.length > timeTextLengthMax) throw unreadable(text, parameter)
  const timeUs = parseAbsolute(text) ?? parseRelative(text, nowUs)
  if (timeUs === null) throw unreadable(text, parameter)
  if (timeUs >= 0 && timeUs <= timeUsMax) return timeUs
  throw new QueryError({
    message: `could not read ${parameter}: "${text}" is before 1970 or after 2199`,
    parameter,
    hint: 'For everything that is stored send since=2014-01-01.',
  })
}

/** `A/B`, `A/duration` or `duration/B`, as ISO 8601 has them. Throws QueryError naming `parameter`. */
export function parseInterval(text: string, nowUs: number, parameter: string): Window {
  const [from = '', to = '', ...more] = text.split('/', 3)
  const [length, lengthBack] = [parseIsoDuration(to), parseIsoDuration(from)]
  if (more.length > 0 || (length !== null && lengthBack !== null)) throw unreadable(text, parameter)
  const hint = 'An interval is begin/end, begin/duration or duration/end.'
  if (length !== null) {
    const sinceUs = parseTime(from, nowUs, parameter)
    return windowFrom(sinceUs, shift(sinceUs, length, 1), hint, parameter)
  }
  const untilUs = parseTime(to, nowUs, parameter)
  const sinceUs = lengthBack === null ? parseTime(from, nowUs, parameter) : shift(untilUs, lengthBack, -1)
  return windowFrom(sinceUs, untilUs, hint, parameter)
}

function windowFrom(sinceUs: number, untilUs: number, hint: string, parameter = 'since'): Window {
  if (sinceUs < untilUs) return { sinceUs, untilUs }
  const what =
    parameter === 'since' ? 'the window: since is not before until' : `${parameter}: it ends before it begins`
  throw new QueryError({ message: `could not read ${what}`, parameter, hint })
}

function parseAbsolute(text: string): number | null {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return parseMicroTime(`${text}T00:00:00Z`)
  // In a URL an unescaped + before the offset arrives as a space, and RFC 3339 allows a space between date and time.
  // Seconds may be left out, as ISO 8601 allows and people do: it is the beginning of that minute.
  const written = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2})(?:(:\d{2})(\.\d{1,9})?)?(?:[Zz]|([ +-])(\d{2}:\d{2}))$/.exec(
    text,
  )
  if (written === null) return null
  const [, date, minute, second = ':00', fraction = '', sign, offset] = written
  const zone = sign === undefined ? 'Z' : `${sign === '-' ? '-' : '+'}${offset}`
  return parseMicroTime(`${date}T${minute}${second}${fraction.slice(0, microDigits + 1)}${zone}`)
}

function parseRelative(text: string, nowUs: number): number | null {
  const written = /^(?:now|(now(?<sign>[ +-])|-)?(?<span>[\dPp].*))$/.exec(text)
  if (written === null) return null
  const { sign, span: spanText } = written.groups ?? {}
  if (spanText === undefined) return nowUs
  const span = parseDuration(spanText)
  return span === null ? null : shift(nowUs, span, sign === '+' || sign === ' ' ? 1 : -1)
}

/** Months are those of the calendar in UTC; a day that the month does not have becomes its last one. */
function shift(timeUs: number, span: Duration, direction: 1 | -1): number {
  let movedUs = timeUs
  if (span.months > 0) {
    const date = new Date(Math.floor(timeUs / 1000))
    const day = date.getUTCDate()
    date.setUTCDate(1)
    date.setUTCMonth(date.getUTCMonth() + direction * span.months)
    const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
    date.setUTCDate(Math.min(day, lastDay))
    movedUs = date.getTime() * 1000 + (timeUs - Math.floor(timeUs / 1000) * 1000)
  }
  return movedUs + direction * span.us
}

function unreadable(text: string, parameter: string): QueryError {
  const lacksZone = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}/.test(text) && !/(?:[Zz]|[+-]\d\d:\d\d)$/.test(text.slice(16))
  return new QueryError({
    message: `could not read ${parameter}: "${text.slice(0, timeTextLengthMax)}" is no time`,
    parameter,
    hint: lacksZone
      ? 'Write the zone too, as in 2026-11-20T14:03:22Z.'
      : 'Write 15m, now-2h, 2026-11-20 or 2026-11-20T14:03:22Z; units are s, m, h, d and w.',
  })
}
