// Amounts as Kubernetes writes them: 500m, 1Gi, 1e3.

import { Comparable } from './compare.ts'
import { notA } from './library-conversions.ts'
import { method, plain, type Overload } from './overload.ts'
import { doubleOf, Failure, intOf, type Value } from './value.ts'

type Int = number | bigint

/** In thousand-millionths, the finest that Kubernetes keeps; what is finer is rounded up, away from 0. */
class CelQuantity extends Comparable {
  readonly kind = 'quantity'
  readonly nanos: bigint
  constructor(nanos: bigint) {
    super()
    this.nanos = nanos
  }

  compare(other: CelQuantity): number {
    return this.nanos < other.nanos ? -1 : this.nanos > other.nanos ? 1 : 0
  }
}

const one = 1_000_000_000n
/** Characters of a quantity, and its greatest exponent of 10: it must be written out to be compared. */
const charactersMax = 64
const exponentMax = 100
const written = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d{1,3})|([KMGTPE]i|[numkMGTPE]?))$/
const tens: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }
const twos: Readonly<Record<string, bigint>> = { Ki: 10n, Mi: 20n, Gi: 30n, Ti: 40n, Pi: 50n, Ei: 60n }

function parseQuantity(text: string): CelQuantity | undefined {
  const match = text.length > charactersMax ? null : written.exec(text)
  if (match === null) return undefined
  const [, sign, whole = '', fraction, onlyFraction, exponent, suffix = ''] = match
  const digits = fraction ?? onlyFraction ?? ''
  const power = (exponent === undefined ? (tens[suffix] ?? 0) : Number(exponent)) - digits.length + 9
  if (Math.abs(power) > exponentMax) return undefined
  const amount = BigInt(whole + digits) << (twos[suffix] ?? 0n)
  const by = 10n ** BigInt(Math.abs(power))
  const nanos = power >= 0 ? amount * by : (amount + by - 1n) / by
  return new CelQuantity(sign === '-' ? -nanos : nanos)
}

const quantityOf = (value: Value): CelQuantity => value as CelQuantity
const int64 = 2n ** 63n

export const quantities: readonly Overload[] = [
  plain<[string]>('quantity', ['string'], 'quantity', ([text]) => parseQuantity(text) ?? notA('a quantity', text)),
  plain<[string]>('isQuantity', ['string'], 'bool', ([text]) => parseQuantity(text) !== undefined),
  method<[Value]>('sign', ['quantity'], 'int', ([own]) => {
    const { nanos } = quantityOf(own)
    return nanos > 0n ? 1 : nanos < 0n ? -1 : 0
  }),
  method<[Value]>('isInteger', ['quantity'], 'bool', ([own]) => integerIn(quantityOf(own)) !== undefined),
  method<[Value]>('asInteger', ['quantity'], 'int', ([own]) => {
    const integer = integerIn(quantityOf(own))
    return integer === undefined ? new Failure('a quantity is no int') : intOf(integer)
  }),
  method<[Value]>('asApproximateFloat', ['quantity'], 'double', ([own]) =>
    doubleOf(Number(quantityOf(own).nanos) / Number(one)),
  ),
  ...(['add', 'sub'] as const).flatMap((name) => {
    const sign = name === 'add' ? 1n : -1n
    return [
      method<[Value, Value]>(
        name,
        ['quantity', 'quantity'],
        'quantity',
        ([own, other]) => new CelQuantity(quantityOf(own).nanos + sign * quantityOf(other).nanos),
      ),
      method<[Value, Int]>(
        name,
        ['quantity', 'int'],
        'quantity',
        ([own, other]) => new CelQuantity(quantityOf(own).nanos + sign * BigInt(other) * one),
      ),
    ]
  }),
  ...comparisons('quantity'),
]

function integerIn({ nanos }: CelQuantity): bigint | undefined {
  const whole = nanos / one
  return nanos % one !== 0n || whole >= int64 || whole < -int64 ? undefined : whole
}

/** isLessThan(), isGreaterThan() and compareTo(), as Kubernetes compares its own kinds. */
export function comparisons(kind: 'quantity' | 'semver'): readonly Overload[] {
  const compared = ([own, other]: readonly [Value, Value]): number =>
    own instanceof Comparable && other instanceof Comparable ? (own.compare(other) ?? 0) : 0
  return [
    method<[Value, Value]>('isLessThan', [kind, kind], 'bool', (args) => compared(args) < 0),
    method<[Value, Value]>('isGreaterThan', [kind, kind], 'bool', (args) => compared(args) > 0),
    method<[Value, Value]>('compareTo', [kind, kind], 'int', (args) => Math.sign(compared(args))),
  ]
}
