// math.greatest and its like, and base64.

import { compare } from './compare.ts'
import { notA } from './library-conversions.ts'
import { plain, type Overload, type StaticKind } from './overload.ts'
import type { Run } from './run.ts'
import { CelUint, doubleOf, Failure, Fault, intOf, kindOf, numberOf, uintOf, type Value } from './value.ts'

type Int = number | bigint

/** Most arguments of math.greatest and math.least; a list may have more. */
const argumentsMax = 10

export const math: readonly Overload[] = [
  ...extremes('greatest', 1),
  ...extremes('least', -1),
  ...reals(),
  ...signs(),
  ...bits(),
]

function extremes(name: string, sign: number): readonly Overload[] {
  const whole = `math.${name}`
  const ofAll = (values: readonly Value[], run: Run): Value => extreme(whole, values, sign, run)
  const many = Array.from({ length: argumentsMax - 1 }, (_, at) =>
    plain(
      whole,
      Array.from({ length: at + 2 }, (): StaticKind => 'dyn'),
      'dyn',
      ofAll,
    ),
  )
  return [
    ...(['int', 'uint', 'double'] as const).map((kind) => plain<[Value]>(whole, [kind], kind, ([value]) => value)),
    plain<[readonly Value[]]>(whole, ['list'], 'dyn', ([list], run) => ofAll(list, run)),
    ...many,
  ]
}

function extreme(name: string, values: readonly Value[], sign: number, run: Run): Value {
  run.spend(values.length)
  let best: Value | undefined
  for (const value of values) {
    if (value instanceof Fault) return value
    if (numberOf(value) === undefined) return new Failure(`${name}() takes numbers, not ${kindOf(value)}`)
    if (best === undefined || (compare(value, best, run) ?? 0) * sign > 0) best = value
  }
  return best ?? new Failure(`${name}() of an empty list`)
}

function reals(): readonly Overload[] {
  const ofDouble = (name: string, does: (value: number) => number): Overload =>
    plain<[Value]>(`math.${name}`, ['double'], 'double', ([value]) => doubleOf(does(numberOf(value) ?? Number.NaN)))
  const ask = (name: string, holds: (value: number) => boolean): Overload =>
    plain<[Value]>(`math.${name}`, ['double'], 'bool', ([value]) => holds(numberOf(value) ?? Number.NaN))
  const root = (kind: StaticKind): Overload =>
    plain<[Value]>('math.sqrt', [kind], 'double', ([value]) => doubleOf(Math.sqrt(numberOf(value) ?? Number.NaN)))
  return [
    ofDouble('ceil', Math.ceil),
    ofDouble('floor', Math.floor),
    ofDouble('trunc', Math.trunc),
    ofDouble('round', (value) => Math.sign(value) * roundedUp(Math.abs(value))),
    ask('isInf', (value) => value === Infinity || value === -Infinity),
    ask('isNaN', Number.isNaN),
    ask('isFinite', Number.isFinite),
    root('double'),
    root('int'),
    root('uint'),
  ]
}

/** Half away from 0. Not floor(value + 0.5): that sum is rounded itself. */
function roundedUp(value: number): number {
  const whole = Math.floor(value)
  return value - whole >= 0.5 ? whole + 1 : whole
}

function signs(): readonly Overload[] {
  return [
    plain<[Int]>('math.abs', ['int'], 'int', ([value]) => intOf(value < 0 ? -BigInt(value) : BigInt(value))),
    plain<[Value]>('math.abs', ['uint'], 'uint', ([value]) => value),
    plain<[Value]>('math.abs', ['double'], 'double', ([value]) => doubleOf(Math.abs(numberOf(value) ?? Number.NaN))),
    plain<[Int]>('math.sign', ['int'], 'int', ([value]) => (value > 0 ? 1 : value < 0 ? -1 : 0)),
    plain<[CelUint]>('math.sign', ['uint'], 'uint', ([{ value }]) => new CelUint(value > 0n ? 1n : 0n)),
    plain<[Value]>('math.sign', ['double'], 'double', ([value]) => doubleOf(Math.sign(numberOf(value) ?? Number.NaN))),
  ]
}

function bits(): readonly Overload[] {
  const both = (name: string, does: (left: bigint, right: bigint) => bigint): readonly Overload[] => [
    plain<[Int, Int]>(`math.${name}`, ['int', 'int'], 'int', ([left, right]) =>
      intOf(BigInt.asIntN(64, does(BigInt(left), BigInt(right)))),
    ),
    plain<[CelUint, CelUint]>(`math.${name}`, ['uint', 'uint'], 'uint', ([left, right]) =>
      uintOf(BigInt.asUintN(64, does(left.value, right.value))),
    ),
  ]
  const shift = (name: string, does: (value: bigint, by: bigint) => bigint): readonly Overload[] => {
    const shifted = (value: bigint, by: Int): bigint | Failure => {
      if (by < 0) return new Failure(`math.${name}() by less than 0`)
      return by >= 64 ? 0n : does(BigInt.asUintN(64, value), BigInt(by))
    }
    return [
      plain<[Int, Int]>(`math.${name}`, ['int', 'int'], 'int', ([value, by]) => {
        const result = shifted(BigInt(value), by)
        return result instanceof Failure ? result : intOf(BigInt.asIntN(64, result))
      }),
      plain<[CelUint, Int]>(`math.${name}`, ['uint', 'int'], 'uint', ([{ value }, by]) => {
        const result = shifted(value, by)
        return result instanceof Failure ? result : uintOf(BigInt.asUintN(64, result))
      }),
    ]
  }
  return [
    ...both('bitAnd', (left, right) => left & right),
    ...both('bitOr', (left, right) => left | right),
    ...both('bitXor', (left, right) => left ^ right),
    plain<[Int]>('math.bitNot', ['int'], 'int', ([value]) => intOf(~BigInt(value))),
    plain<[CelUint]>('math.bitNot', ['uint'], 'uint', ([{ value }]) => uintOf(BigInt.asUintN(64, ~value))),
    ...shift('bitShiftLeft', (value, by) => value << by),
    ...shift('bitShiftRight', (value, by) => value >> by),
  ]
}

export const encoders: readonly Overload[] = [
  plain<[Uint8Array]>('base64.encode', ['bytes'], 'string', ([bytes], run) => {
    run.spend(bytes.length >> 4)
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
  }),
  plain<[string]>('base64.decode', ['string'], 'bytes', ([text], run) => {
    run.spend(text.length >> 4)
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return notA('base64', text)
    try {
      return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
    } catch {
      return notA('base64', text)
    }
  }),
]
