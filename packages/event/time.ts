// Time as audit.k8s.io writes it: RFC 3339 text to microseconds since 1970 and back, without losing a digit.

const microsPerSecond = 1_000_000
const secondsPerDay = 86_400
const fractionDigitsMax = 9
/** 2014-01-01, the year Kubernetes began. */
const usableFromUs = 1_388_534_400_000_000
/** 2100-01-01. */
const usableBeforeUs = 4_102_444_800_000_000

/**
 * Microseconds since 1970 of an RFC 3339 time such as Go's MicroTime `2026-11-20T14:03:22.418211Z`
 * (apimachinery pkg/apis/meta/v1/micro_time.go); up to nine fraction digits, those after the sixth are dropped.
 * Null for anything else: wrong shape, no such day, a leap second (Go has none), beyond what a number holds exactly.
 */
export function parseMicroTime(text: string): number | null {
  if (!hasTimePunctuation(text)) return null
  const year = digits(text, 0, 4)
  const month = digits(text, 5, 7)
  const day = digits(text, 8, 10)
  const hour = digits(text, 11, 13)
  const minute = digits(text, 14, 16)
  const second = digits(text, 17, 19)
  if (year < 0 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return null
  const fractionEnd = endOfFraction(text)
  if (fractionEnd === null) return null
  const offset = offsetSeconds(text, fractionEnd)
  if (offset === null) return null
  const seconds = daysSince1970(year, month, day) * secondsPerDay + hour * 3600 + minute * 60 + second - offset
  const us = seconds * microsPerSecond + micros(text, fractionEnd)
  return Number.isSafeInteger(us) ? us : null
}

/** The RFC 3339 text of `us`, a safe integer: always six fraction digits and always `Z`. */
export function formatMicroTime(us: number): string {
  const ms = Math.floor(us / 1000)
  const toMs = new Date(ms).toISOString().slice(0, -1)
  return `${toMs}${String(us - ms * 1000).padStart(3, '0')}Z`
}

/** Whether `us` can be the time of a Kubernetes request: from 2014 on and before 2100. */
export function isUsableTime(us: number): boolean {
  return us >= usableFromUs && us < usableBeforeUs
}

/** `....-..-..T..:..:..` and at least one more character. */
function hasTimePunctuation(text: string): boolean {
  return (
    text.length > 19 &&
    text.charCodeAt(4) === 0x2d &&
    text.charCodeAt(7) === 0x2d &&
    text.charCodeAt(10) === 0x54 &&
    text.charCodeAt(13) === 0x3a &&
    text.charCodeAt(16) === 0x3a
  )
}

/** The decimal number in text[from, to), or -1 where a character is no digit. */
function digits(text: string, from: number, to: number): number {
  let value = 0
  for (let at = from; at < to; at++) {
    if (!isDigit(text, at)) return -1
    value = value * 10 + text.charCodeAt(at) - 0x30
  }
  return value
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code >= 0x30 && code <= 0x39
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** Where the fraction ends: 19 where there is none, null where it is a lone dot or too long. */
function endOfFraction(text: string): number | null {
  if (text.charCodeAt(19) !== 0x2e) return 19
  let end = 20
  while (isDigit(text, end)) end++
  return end > 20 && end - 20 <= fractionDigitsMax ? end : null
}

function micros(text: string, fractionEnd: number): number {
  if (fractionEnd === 19) return 0
  const end = Math.min(fractionEnd, 26)
  return digits(text, 20, end) * 10 ** (26 - end)
}

/** The zone that ends `text` at `at`, in seconds east of UTC; null where it is no zone or more follows. */
function offsetSeconds(text: string, at: number): number | null {
  const sign = text.charCodeAt(at)
  if (sign === 0x5a) return text.length === at + 1 ? 0 : null
  if ((sign !== 0x2b && sign !== 0x2d) || text.length !== at + 6 || text.charCodeAt(at + 3) !== 0x3a) return null
  const hours = digits(text, at + 1, at + 3)
  const minutes = digits(text, at + 4, at + 6)
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return null
  const seconds = hours * 3600 + minutes * 60
  return sign === 0x2d ? -seconds : seconds
}

/** Days of the proleptic Gregorian calendar, counted in eras of 400 years that begin in March. */
function daysSince1970(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1
  const era = Math.floor(marchYear / 400)
  const yearOfEra = marchYear - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}
