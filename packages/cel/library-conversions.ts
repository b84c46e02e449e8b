// int(), double(), string() and their like.

import { plain, type Overload, type StaticKind } from './overload.ts'
import { formatDuration, formatTimestamp, parseDuration, parseTimestamp } from './times.ts'
import {
  type CelDuration,
  type CelTimestamp,
  type CelUint,
  doubleOf,
  durationOf,
  Failure,
  intOf,
  numberOf,
  timestampOf,
  uintOf,
  type Value,
} from './value.ts'

export const conversions: readonly Overload[] = [
  ...same('int', 'uint', 'double', 'string', 'bytes', 'bool', 'timestamp', 'duration'),
  plain<[CelUint]>('int', ['uint'], 'int', ([value]) => intOf(value.value)),
  plain<[Value]>('int', ['double'], 'int', ([value]) => truncated(value, 'an int', intOf)),
  plain<[string]>('int', ['string'], 'int', ([text]) =>
    /^[+-]?\d{1,20}$/.test(text) ? intOf(BigInt(text.replace('+', ''))) : notA('an int', text),
  ),
  plain<[CelTimestamp]>('int', ['timestamp'], 'int', ([time]) => intOf(floorDiv(time.nanos, 1_000_000_000n))),
  plain<[number | bigint]>('uint', ['int'], 'uint', ([value]) => uintOf(BigInt(value))),
  plain<[Value]>('uint', ['double'], 'uint', ([value]) => truncated(value, 'a uint', uintOf)),
  plain<[string]>('uint', ['string'], 'uint', ([text]) =>
    /^\+?\d{1,20}$/.test(text) ? uintOf(BigInt(text.replace('+', ''))) : notA('a uint', text),
  ),
  plain<[Value]>('double', ['int'], 'double', ([value]) => doubleOf(Number(value))),
  plain<[CelUint]>('double', ['uint'], 'double', ([value]) => doubleOf(Number(value.value))),
  plain<[string]>('double', ['string'], 'double', ([text]) => doubleIn(text)),
  plain<[number | bigint]>('string', ['int'], 'string', ([value]) => String(value)),
  plain<[CelUint]>('string', ['uint'], 'string', ([value]) => String(value.value)),
  plain<[Value]>('string', ['double'], 'string', ([value]) => formatDouble(numberOf(value) ?? Number.NaN)),
  plain<[boolean]>('string', ['bool'], 'string', ([value]) => String(value)),
  plain<[Uint8Array]>('string', ['bytes'], 'string', ([bytes], run) => {
    run.spend(bytes.length >> 6)
    return textOf(bytes) ?? new Failure('bytes are no UTF-8')
  }),
  plain<[CelTimestamp]>('string', ['timestamp'], 'string', ([time]) => formatTimestamp(time.nanos)),
  plain<[CelDuration]>('string', ['duration'], 'string', ([duration]) => formatDuration(duration.nanos)),
  plain<[string]>('bytes', ['string'], 'bytes', ([text], run) => {
    run.spend(text.length >> 6)
    return new TextEncoder().encode(text)
  }),
  plain<[string]>('bool', ['string'], 'bool', ([text]) => {
    if (['1', 't', 'true', 'TRUE', 'True'].includes(text)) return true
    return ['0', 'f', 'false', 'FALSE', 'False'].includes(text) ? false : notA('a bool', text)
  }),
  plain<[string]>('timestamp', ['string'], 'timestamp', ([text]) => parseTimestamp(text) ?? notA('a timestamp', text)),
  plain<[number | bigint]>('timestamp', ['int'], 'timestamp', ([seconds]) =>
    timestampOf(BigInt(seconds) * 1_000_000_000n),
  ),
  plain<[string]>('duration', ['string'], 'duration', ([text]) => parseDuration(text) ?? notA('a duration', text)),
  plain<[number | bigint]>('duration', ['int'], 'duration', ([seconds]) =>
    durationOf(BigInt(seconds) * 1_000_000_000n),
  ),
]

function same(...kinds: readonly StaticKind[]): readonly Overload[] {
  return kinds.map((kind) => plain<[Value]>(kind, [kind], kind, ([value]) => value))
}

export const notA = (what: string, text: string): Failure =>
  new Failure(`"${text.length > 100 ? `${text.slice(0, 100)}…` : text}" is not ${what}`)

function truncated(value: Value, what: string, made: (whole: bigint) => Value): Value {
  const number = numberOf(value) ?? Number.NaN
  // 2^63 itself would be rounded to by the greatest ints: what a double says about them is not exact.
  if (!Number.isFinite(number)) return new Failure(`a double is not ${what}`)
  if (what === 'an int' && Math.abs(number) >= 2 ** 63) return new Failure(`a double is beyond ${what}`)
  return made(BigInt(Math.trunc(number)))
}

/** The longest text that is a double: the pattern below takes time by its square. */
const doubleLengthMax = 400

function doubleIn(text: string): Value {
  if (text.length > doubleLengthMax) return notA('a double', text)
  if (/^[+-]?(?:inf|infinity)$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  if (/^[+-]?nan$/i.test(text)) return Number.NaN
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? doubleOf(Number(text)) : notA('a double', text)
}

/** As Go writes it with %g and the fewest digits that say it. */
export function formatDouble(value: number): string {
  if (Object.is(value, -0)) return '-0'
  if (value === Infinity) return '+Inf'
  if (value === -Infinity) return '-Inf'
  return String(value).replace(/e([+-])(\d)$/, 'e$10$2')
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

const floorDiv = (value: bigint, by: bigint): bigint => value / by - (value % by < 0n ? 1n : 0n)
