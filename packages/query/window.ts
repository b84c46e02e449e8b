// parseWindow: the stretch of time that is asked about, from any of the ways in which people write a time.
import { parseMicroTime } from '@plaintrail/event/time'
import { onlyValue, type ParameterValue } from './parameters.ts'
import { QueryError } from './query-error.ts'

/** Microseconds since 1970; `since` is in the window and `until` is not. */
export interface Window {
  readonly sinceUs: number
  readonly untilUs: number
}

const unitUs = { s: 1e6, m: 60e6, h: 3600e6, d: 86_400e6, w: 604_800e6 } as const
/** The window of a list when nothing was sent. */
export const windowDefaultUs = 24 * unitUs.h
/** 2200-01-01. Later times, and times before 1970, are mistakes. */
const timeUsMax = Date.UTC(2200, 0) * 1000
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
  if (since?.includes('/') === true) return parseInterval(since, until, nowUs)
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

function windowFrom(sinceUs: number, untilUs: number, hint: string): Window {
  if (sinceUs < untilUs) return { sinceUs, untilUs }
  throw new QueryError({
    message: 'could not read the window: since is not before until',
    parameter: 'since',
    hint,
  })
}

/** `A/B`, `A/duration` or `duration/B`, as ISO 8601 has them. */
function parseInterval(text: string, until: string | undefined, nowUs: number): Window {
  const [from = '', to = '', ...more] = text.split('/')
  if (more.length > 0) throw unreadable(text, 'since')
  if (until !== undefined)
    throw new QueryError({
      message: 'could not read the window: since is an interval and until was sent too',
      parameter: 'until',
      hint: 'Leave until out, or send a single time as since.',
    })
  const hint = 'An interval is begin/end, begin/duration or duration/end.'
  const [length, lengthBack] = [parseIsoSpan(to), parseIsoSpan(from)]
  if (length !== null && lengthBack !== null) throw unreadable(text, 'since')
  if (length !== null) {
    const sinceUs = parseTime(from, nowUs, 'since')
    return windowFrom(sinceUs, shift(sinceUs, length, 1), hint)
  }
  const untilUs = parseTime(to, nowUs, 'since')
  const sinceUs = lengthBack === null ? parseTime(from, nowUs, 'since') : shift(untilUs, lengthBack, -1)
  return windowFrom(sinceUs, untilUs, hint)
}

function parseAbsolute(text: string): number | null {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return parseMicroTime(`${text}T00:00:00Z`)
  // In a URL an unescaped + before the offset arrives as a space, and RFC 3339 allows a space between date and time.
  const written = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(\.\d{1,9})?(?:[Zz]|([ +-])(\d{2}:\d{2}))$/.exec(text)
  if (written === null) return null
  const [, date, time, fraction = '', sign, offset] = written
  const zone = sign === undefined ? 'Z' : `${sign === '-' ? '-' : '+'}${offset}`
  return parseMicroTime(`${date}T${time}${fraction.slice(0, microDigits + 1)}${zone}`)
}

interface Span {
  readonly months: number
  readonly us: number
}

function parseRelative(text: string, nowUs: number): number | null {
  const written = /^(?:now|(now(?<sign>[ +-])|-)?(?<span>[\dPp].*))$/.exec(text)
  if (written === null) return null
  const { sign, span: spanText } = written.groups ?? {}
  if (spanText === undefined) return nowUs
  const span = parseShortSpan(spanText) ?? parseIsoSpan(spanText)
  return span === null ? null : shift(nowUs, span, sign === '+' || sign === ' ' ? 1 : -1)
}

/** `15m`, `1h30m`, `2w`. */
function parseShortSpan(text: string): Span | null {
  if (!/^(?:\d{1,9}[smhdw])+$/.test(text)) return null
  let us = 0
  for (const [, count, unit] of text.matchAll(/(\d+)([smhdw])/g)) us += Number(count) * unitLength(unit)
  return { months: 0, us }
}

/** ISO 8601: `PT15M`, `P1D`, `P2W`, `P1Y6M`, `P1DT12H`, `PT1.5S`. */
function parseIsoSpan(text: string): Span | null {
  const written =
    /^P(?=.)(?:(\d{1,4})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})W)?(?:(\d{1,9})D)?(?:T(?=.)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,6})?)S)?)?$/i.exec(
      text,
    )
  if (written === null) return null
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = written
    .slice(1)
    .map((count) => Number(count ?? 0))
  const us = weeks * unitUs.w + days * unitUs.d + hours * unitUs.h + minutes * unitUs.m + Math.round(seconds * unitUs.s)
  return { months: years * 12 + months, us }
}

/** Months are those of the calendar in UTC; a day that the month does not have becomes its last one. */
function shift(timeUs: number, span: Span, direction: 1 | -1): number {
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

function unitLength(unit: string | undefined): number {
  switch (unit) {
    case 's':
    case 'm':
    case 'h':
    case 'd':
    case 'w':
      return unitUs[unit]
    default:
      return Number.NaN
  }
}

function unreadable(text: string, parameter: string): QueryError {
  const lacksZone = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}/.test(text) && !/(?:[Zz]|\d:\d\d)$/.test(text.slice(19))
  return new QueryError({
    message: `could not read ${parameter}: "${text.slice(0, timeTextLengthMax)}" is no time`,
    parameter,
    hint: lacksZone
      ? 'Write seconds and zone too, as in 2026-11-20T14:03:22Z.'
      : 'Write 15m, now-2h, 2026-11-20 or 2026-11-20T14:03:22Z; units are s, m, h, d and w.',
  })
}
