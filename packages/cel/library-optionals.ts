// Optionals: or() and orValue() stand in compile.ts, because they do not always evaluate what they are given.

import { sizeOfMap } from './compare.ts'
import { method, plain, type Overload } from './overload.ts'
import { CelDuration, CelOptional, CelTimestamp, Failure, Fault, kindOf, numberOf, type Value } from './value.ts'

export const optionals: readonly Overload[] = [
  plain<[Value]>('optional.of', ['dyn'], 'optional', ([value]) => new CelOptional(value)),
  plain('optional.none', [], 'optional', () => new CelOptional(undefined)),
  plain<[Value]>(
    'optional.ofNonZeroValue',
    ['dyn'],
    'optional',
    ([value]) => new CelOptional(isZero(value) ? undefined : value),
  ),
  method<[CelOptional]>('hasValue', ['optional'], 'bool', ([optional]) => optional.value !== undefined),
  method<[CelOptional]>('value', ['optional'], 'dyn', ([{ value }]) =>
    value === undefined ? new Failure('an optional has no value') : value,
  ),
  method<[CelOptional, Value]>('or', ['optional', 'optional'], 'optional', ([optional]) => optional),
  method<[CelOptional, Value]>('orValue', ['optional', 'dyn'], 'dyn', ([optional]) => optional),
  ...['unwrap', 'unwrapOpt'].map((name) =>
    name === 'unwrap'
      ? plain<[readonly Value[]]>('optional.unwrap', ['list'], 'list', ([list]) => unwrapped(list))
      : method<[readonly Value[]]>(name, ['list'], 'list', ([list]) => unwrapped(list)),
  ),
]

function unwrapped(list: readonly Value[]): Value {
  const made: Value[] = []
  for (const item of list) {
    if (item instanceof Fault) return item
    if (!(item instanceof CelOptional)) return new Failure(`an optional is expected, not ${kindOf(item)}`)
    if (item.value !== undefined) made.push(item.value)
  }
  return made
}

function isZero(value: Value): boolean {
  const number = numberOf(value)
  if (number !== undefined) return number === 0
  if (value === null || value === false || value === '') return true
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length === 0
  if (value instanceof CelDuration || value instanceof CelTimestamp) return value.nanos === 0n
  return kindOf(value) === 'map' && sizeOfMap(value) === 0
}
