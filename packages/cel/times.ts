// Timestamps and durations as texts, and the parts of them.

import { durationOf, timestampOf, type Value } from './value.ts'

const second = 1_000_000_000n
const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/

/** RFC 3339 with up to nanoseconds, or undefined. */
export function parseTimestamp(text: string): Value | undefined {
  const match = rfc3339.exec(text)
  if (match === null) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, seconds = 0] = match.slice(1, 7).map(Number)
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  // JavaScript takes February 30 for March 2.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined
  if (hour > 23 || minute > 59 || seconds > 59) return undefined
  date.setUTCHours(hour, minute, seconds)
  const [fraction = '', sign, hours = '0', minutes = '0'] = match.slice(7)
  const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
  const nanos = BigInt(date.getTime() - offset) * 1_000_000n + BigInt(fraction.padEnd(9, '0'))
  return timestampOf(nanos)
}

export function formatTimestamp(nanos: bigint): string {
  const millis = Number(floorDiv(nanos, 1_000_000n))
  const fraction = String(nanos - floorDiv(nanos, second) * second)
    .padStart(9, '0')
    .replace(/0+$/, '')
  return `${new Date(millis).toISOString().slice(0, 19)}${fraction === '' ? '' : `.${fraction}`}Z`
}

const nanosOf: Readonly<Record<string, bigint>> = {
  h: 3_600n * second,
  m: 60n * second,
  s: second,
  ms: 1_000_000n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ns: 1n,
}

/** As Go writes them, `1h30m`, `-1.5s`; or undefined. */
export function parseDuration(text: string): Value | undefined {
  if (text.length > 100) return undefined
  const match = /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:h|ms|m|s|us|µs|μs|ns))+|0)$/.exec(text)
  if (match === null) return undefined
  const [, sign, parts = ''] = match
  let nanos = 0n
  for (const [, whole = '', fraction = '', unit = ''] of parts.matchAll(/(\d*)\.?(\d*)(h|ms|m|s|us|µs|μs|ns)/g)) {
    const size = nanosOf[unit] ?? 0n
    nanos += BigInt(whole === '' ? 0 : whole) * size
    if (fraction !== '') nanos += (BigInt(fraction) * size) / 10n ** BigInt(fraction.length)
  }
  return durationOf(sign === '-' ? -nanos : nanos)
}

/** In seconds: 5400s, -1.5s. */
export function formatDuration(nanos: bigint): string {
  const size = nanos < 0n ? -nanos : nanos
  const fraction = String(size % second)
    .padStart(9, '0')
    .replace(/0+$/, '')
  return `${nanos < 0n ? '-' : ''}${size / second}${fraction === '' ? '' : `.${fraction}`}s`
}

/** The wall clock of a timestamp in a time zone, as a Date whose UTC parts are its parts; undefined for no zone. */
export function wallClock(nanos: bigint, zone: string): Date | undefined {
  const millis = Number(floorDiv(nanos, 1_000_000n))
  const fixed = /^([+-]?)(\d\d):(\d\d)$/.exec(zone)
  if (fixed !== null) {
    const [, sign, hours, minutes] = fixed
    return new Date(millis + (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000)
  }
  return zone === '' || zone === 'UTC' ? new Date(millis) : inZone(millis, zone)
}

function inZone(millis: number, zone: string): Date | undefined {
  // Names only: Intl also takes offsets, of other forms.
  if (!/^[A-Za-z][\w+/-]{0,63}$/.test(zone)) return undefined
  try {
    const parts = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    }).formatToParts(millis)
    const part = (type: string): number => Number(parts.find((found) => found.type === type)?.value)
    const date = new Date(0)
    date.setUTCFullYear(part('year'), part('month') - 1, part('day'))
    date.setUTCHours(part('hour'), part('minute'), part('second'), ((millis % 1000) + 1000) % 1000)
    return date
  } catch {
    return undefined
  }
}

const floorDiv = (value: bigint, by: bigint): bigint => value / by - (value % by < 0n ? 1n : 0n)
