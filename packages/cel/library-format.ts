// "…".format([…])

import { madeSizeMax, valueDepthMax } from './bounds.ts'
import { entriesOf } from './compare.ts'
import { formatDouble } from './library-conversions.ts'
import { method, type Overload } from './overload.ts'
import type { Run } from './run.ts'
import { formatDuration, formatTimestamp } from './times.ts'
import {
  CelDouble,
  CelDuration,
  CelTimestamp,
  CelType,
  CelUint,
  Failure,
  Fault,
  isInt,
  kindOf,
  numberOf,
  type Value,
} from './value.ts'

/** Digits behind the point that a clause may ask for. */
const precisionMax = 100

export const format: readonly Overload[] = [
  method<[string, readonly Value[]]>('format', ['string', 'list'], 'string', ([text, args], run) =>
    formatted(text, args, run),
  ),
]

const clause = /%(?:%|(?:\.(\d{1,4}))?([a-zA-Z]?))/g

function formatted(text: string, args: readonly Value[], run: Run): Value {
  let out = ''
  let from = 0
  let next = 0
  for (const match of text.matchAll(clause)) {
    const [whole, precision, letter = ''] = match
    out += text.slice(from, match.index)
    from = match.index + whole.length
    if (whole === '%%') {
      out += '%'
      continue
    }
    const arg = args[next]
    if (arg === undefined) return new Failure(`format() is given ${args.length} values, and there are more clauses`)
    next += 1
    const written = write(arg, letter, precision === undefined ? undefined : Number(precision), run)
    if (written instanceof Fault) return written
    out += written
    if (out.length > madeSizeMax) return new Failure(`a string is longer than ${madeSizeMax} characters`)
    run.spend(1 + (written.length >> 6))
  }
  return out + text.slice(from)
}

function write(value: Value, letter: string, precision: number | undefined, run: Run): string | Fault {
  if (value instanceof Fault) return value
  if (precision !== undefined && precision > precisionMax)
    return new Failure(`more than ${precisionMax} digits are asked for`)
  switch (letter) {
    case 's':
      return textOf(value, run, 0)
    case 'd':
      return isInt(value) || value instanceof CelUint || kindOf(value) === 'double'
        ? textOf(value, run, 0)
        : notFor(value, 'd')
    case 'f':
      return real(value, 'f', (number) => fixed(number, precision ?? 6))
    case 'e':
      return real(value, 'e', (number) => number.toExponential(precision ?? 6).replace(/e([+-])(\d)$/, 'e$10$2'))
    case 'b':
      return typeof value === 'boolean' ? (value ? '1' : '0') : inBase(value, 2, 'b')
    case 'o':
      return inBase(value, 8, 'o')
    case 'x':
      return hex(value)
    case 'X': {
      const written = hex(value)
      return typeof written === 'string' ? written.toUpperCase() : written
    }
    default:
      return new Failure(`"%${letter}" is no clause of format()`)
  }
}

const notFor = (value: Value, letter: string): Failure => new Failure(`"%${letter}" does not take ${kindOf(value)}`)

function real(value: Value, letter: string, written: (number: number) => string): string | Failure {
  const number = numberOf(value)
  if (number === undefined) return notFor(value, letter)
  return Number.isFinite(number) ? written(number) : special(number)
}

const special = (number: number): string => (Number.isNaN(number) ? 'NaN' : number > 0 ? 'Infinity' : '-Infinity')

/** Half to even where the number is exactly between two: toFixed() rounds those up. */
function fixed(number: number, digits: number): string {
  const text = Math.abs(number) >= 1e21 ? BigInt(number).toString() : number.toFixed(digits)
  if (Math.abs(number) >= 1e21) return digits === 0 ? text : `${text}.${'0'.repeat(digits)}`
  const scaled = Math.abs(number) * 10 ** digits
  // Only small powers are exact, and only where these are can a number be exactly between two.
  const isBetween = digits <= 15 && scaled - Math.floor(scaled) === 0.5 && scaled / 10 ** digits === Math.abs(number)
  if (!isBetween || Math.floor(scaled) % 2 !== 0 || !isDyadic(number)) return text
  return `${number < 0 ? '-' : ''}${(Math.floor(scaled) / 10 ** digits).toFixed(digits)}`
}

/** Whether a few binary digits write it, as they write 0.5 or 2.25 and not 0.15. */
const isDyadic = (number: number): boolean => Number.isInteger(number * 2 ** 20)

function inBase(value: Value, base: number, letter: string): string | Failure {
  if (isInt(value)) return value.toString(base)
  return value instanceof CelUint ? value.value.toString(base) : notFor(value, letter)
}

function hex(value: Value): string | Failure {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value
  if (bytes instanceof Uint8Array) return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return inBase(value, 16, 'x')
}

function textOf(value: Value, run: Run, depth: number): string | Fault {
  run.spend(1)
  if (depth > valueDepthMax) return new Failure(`a value is nested deeper than ${valueDepthMax} levels`)
  if (typeof value === 'string') return value
  if (value === null || typeof value === 'boolean' || isInt(value)) return String(value)
  if (typeof value === 'number' || value instanceof CelDouble) {
    const number = numberOf(value) ?? Number.NaN
    return Number.isFinite(number) ? formatDouble(number) : special(number)
  }
  if (value instanceof CelUint) return String(value.value)
  if (value instanceof CelTimestamp) return formatTimestamp(value.nanos)
  if (value instanceof CelDuration) return formatDuration(value.nanos)
  if (value instanceof CelType) return value.name
  if (value instanceof Uint8Array) return new TextDecoder().decode(value)
  if (value instanceof Fault) return value
  if (Array.isArray(value)) return listText(value as readonly Value[], run, depth)
  return kindOf(value) === 'map' ? mapText(value, run, depth) : notFor(value, 's')
}

function listText(list: readonly Value[], run: Run, depth: number): string | Fault {
  const texts: string[] = []
  for (const item of list) {
    const text = textOf(item, run, depth + 1)
    if (typeof text !== 'string') return text
    texts.push(text)
    run.spend(text.length >> 6)
  }
  return `[${texts.join(', ')}]`
}

/** By the texts of its keys, in their order. */
function mapText(map: Value, run: Run, depth: number): string | Fault {
  const texts: string[] = []
  for (const [key, value] of entriesOf(map)) {
    const name = textOf(key, run, depth + 1)
    const text = textOf(value, run, depth + 1)
    if (typeof name !== 'string') return name
    if (typeof text !== 'string') return text
    texts.push(`${name}: ${text}`)
    run.spend(text.length >> 6)
  }
  return `{${texts.toSorted((one, other) => (one < other ? -1 : 1)).join(', ')}}`
}
