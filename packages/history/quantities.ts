// compareQuantities, compareDurations: amounts by their value, whatever suffix they are written with.

/**
 * -1, 0 or 1 as `left` is below, equal to or above `right`; null where one of them is no quantity. `500m` equals `0.5`,
 * `1Gi` equals `1024Mi`, `1e3` equals `1k`; a number is read as its text. Exact: nothing is rounded, so what the API
 * server would round to the same nano is different here. The grammar is that of resource.Quantity
 * (k8s.io/apimachinery/pkg/api/resource), with the suffixes n and u of its code. A text of more than 64 characters or an
 * exponent beyond 100 is no quantity.
 */
export function compareQuantities(left: unknown, right: unknown): -1 | 0 | 1 | null {
  return compared(quantityOf(left), quantityOf(right))
}

/**
 * The same for durations as Go writes them (time.ParseDuration): `90s` equals `1m30s`. What is finer than a nanosecond
 * counts here, and is cut off by Go. A text of more than 64 characters is no duration.
 */
export function compareDurations(left: unknown, right: unknown): -1 | 0 | 1 | null {
  return compared(durationOf(left), durationOf(right))
}

/** `digits` × 10^`tens` × 2^`twos`. */
interface Amount {
  readonly digits: bigint
  readonly tens: number
  readonly twos: number
}

const charsMax = 64
const exponentMax = 100

function compared(left: Amount | null, right: Amount | null): -1 | 0 | 1 | null {
  if (left === null || right === null) return null
  const tens = Math.min(left.tens, right.tens)
  const difference = scaled(left, tens) - scaled(right, tens)
  if (difference === 0n) return 0
  return difference < 0n ? -1 : 1
}

/** Whole, since `tens` is at most the amount's own, and `twos` is never negative. */
const scaled = (amount: Amount, tens: number): bigint =>
  (amount.digits << BigInt(amount.twos)) * 10n ** BigInt(amount.tens - tens)

const decimalSuffixes: ReadonlyMap<string, number> = new Map([
  ['n', -9],
  ['u', -6],
  ['m', -3],
  ['', 0],
  ['k', 3],
  ['M', 6],
  ['G', 9],
  ['T', 12],
  ['P', 15],
  ['E', 18],
])
const binarySuffixes: ReadonlyMap<string, number> = new Map([
  ['Ki', 10],
  ['Mi', 20],
  ['Gi', 30],
  ['Ti', 40],
  ['Pi', 50],
  ['Ei', 60],
])
const quantityText = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d{1,5})|([KMGTPE]i|[numkMGTPE]?))$/

function quantityOf(value: unknown): Amount | null {
  const text = textOf(value)
  const match = text === null ? null : quantityText.exec(text)
  if (match === null) return null
  const [, sign = '', whole = '', fraction, onlyFraction, exponentDigits, suffix = ''] = match
  const decimals = fraction ?? onlyFraction ?? ''
  const exponent = exponentDigits === undefined ? (decimalSuffixes.get(suffix) ?? 0) : Number(exponentDigits)
  if (Math.abs(exponent) > exponentMax) return null
  const digits = BigInt(whole + decimals)
  return {
    digits: sign === '-' ? -digits : digits,
    tens: exponent - decimals.length,
    twos: binarySuffixes.get(suffix) ?? 0,
  }
}

const nanoseconds: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['µs', 1_000n],
  ['μs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
])
const durationText = /^[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/
const durationPart = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/g

function durationOf(value: unknown): Amount | null {
  if (typeof value !== 'string' || value.length > charsMax) return null
  if (/^[+-]?0$/.test(value)) return { digits: 0n, tens: 0, twos: 0 }
  if (!durationText.test(value)) return null
  let digits = 0n
  for (const [, whole = '', fraction = '', unit = ''] of value.matchAll(durationPart)) {
    const part = BigInt(whole + fraction) * (nanoseconds.get(unit) ?? 0n)
    digits += part * 10n ** BigInt(charsMax - fraction.length)
  }
  return { digits: value.startsWith('-') ? -digits : digits, tens: -charsMax, twos: 0 }
}

function textOf(value: unknown): string | null {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : null
  return typeof value === 'string' && value.length <= charsMax ? value : null
}
