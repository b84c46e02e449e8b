// Equality and order of values.

import { valueDepthMax } from './bounds.ts'
import type { Run } from './run.ts'
import {
  CelDouble,
  CelDuration,
  CelMap,
  CelObject,
  CelOptional,
  CelTimestamp,
  CelType,
  CelUint,
  Failure,
  Fault,
  kindOf,
  type Kind,
  type Value,
  worseOf,
} from './value.ts'

/** Objects of libraries that compare by an order of their own. */
export abstract class Comparable extends CelObject {
  /** Below 0, 0 or above 0; undefined where there is no order but they differ. */
  abstract compare(other: this): number | undefined
}

/** A number of any kind as one that JavaScript compares exactly with any other. */
export function rawNumber(value: Value): number | bigint | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value
  return value instanceof CelDouble || value instanceof CelUint ? value.value : undefined
}

/** Whether two are equal, or the fault within them that leaves it open. Kinds that differ are never equal. */
export function equals(left: Value, right: Value, run: Run, depth = 0): boolean | Fault {
  if (typeof left === 'string') {
    if (left.length > 64) run.spend(left.length >> 6)
    return right instanceof Fault ? right : left === right
  }
  if (left instanceof Fault) return right instanceof Fault ? worseOf(left, right) : left
  if (right instanceof Fault) return right
  run.spend(1)
  const number = rawNumber(left)
  if (number !== undefined) {
    const other = rawNumber(right)
    // Not ===: an int and a double of one value are equal, and NaN equals nothing.
    return other !== undefined && (number === other || compareNumbers(number, other) === 0)
  }
  if (typeof left !== 'object' || left === null || typeof right !== 'object' || right === null) return left === right
  if (depth > valueDepthMax) return new Failure(`a value is nested deeper than ${valueDepthMax} levels`)
  const kind = kindOf(left)
  if (kind !== kindOf(right)) return false
  if (kind === 'list') return sameLists(left as readonly Value[], right as readonly Value[], run, depth + 1)
  if (kind === 'map') return sameMaps(left, right, run, depth + 1)
  return sameObjects(left, right, run, depth + 1)
}

function sameObjects(left: Value, right: Value, run: Run, depth: number): boolean | Fault {
  if (left instanceof Uint8Array && right instanceof Uint8Array) return compareBytes(left, right, run) === 0
  if (left instanceof CelTimestamp && right instanceof CelTimestamp) return left.nanos === right.nanos
  if (left instanceof CelDuration && right instanceof CelDuration) return left.nanos === right.nanos
  if (left instanceof CelType && right instanceof CelType) return left.name === right.name
  if (left instanceof CelOptional && right instanceof CelOptional) {
    if (left.value === undefined || right.value === undefined) return left.value === right.value
    return equals(left.value, right.value, run, depth)
  }
  return left instanceof Comparable && right instanceof Comparable && left.compare(right) === 0
}

function sameLists(left: readonly Value[], right: readonly Value[], run: Run, depth: number): boolean | Fault {
  if (left.length !== right.length) return false
  let open: Fault | undefined
  for (const [at, item] of left.entries()) {
    const same = equals(item, right[at] ?? null, run, depth)
    if (same === false) return false
    if (same !== true) open = open === undefined ? same : worseOf(open, same)
  }
  return open ?? true
}

function sameMaps(left: Value, right: Value, run: Run, depth: number): boolean | Fault {
  if (sizeOfMap(left) !== sizeOfMap(right)) return false
  let open: Fault | undefined
  for (const [key, value] of entriesOf(left)) {
    const other = lookUp(right, key)
    const same = other === undefined ? false : equals(value, other, run, depth)
    if (same === false) return false
    if (same !== true) open = open === undefined ? same : worseOf(open, same)
  }
  return open ?? true
}

type Order = (left: Value, right: Value, run: Run) => number | undefined

const orders: Partial<Record<Kind, Order>> = {
  bool: (left, right) => Number(left) - Number(right),
  string: (left, right, run) => compareTexts(left as string, right as string, run),
  bytes: (left, right, run) => compareBytes(left as Uint8Array, right as Uint8Array, run),
  timestamp: (left, right) => compareNumbers((left as CelTimestamp).nanos, (right as CelTimestamp).nanos),
  duration: (left, right) => compareNumbers((left as CelDuration).nanos, (right as CelDuration).nanos),
}

/** Below 0, 0, above 0; NaN where one is NaN; undefined where kinds have no order. */
export function compare(left: Value, right: Value, run: Run): number | undefined {
  const number = rawNumber(left)
  const other = rawNumber(right)
  if (number !== undefined && other !== undefined) return compareNumbers(number, other)
  const kind = kindOf(left)
  if (kind !== kindOf(right)) return undefined
  if (left instanceof Comparable && right instanceof Comparable) return left.compare(right)
  return orders[kind]?.(left, right, run)
}

/** An int beyond the safe range meets a double as the double that is nearest, as the language has it. */
function compareNumbers(one: number | bigint, other: number | bigint): number {
  const isMixed = typeof one !== typeof other
  const left = isMixed ? Number(one) : one
  const right = isMixed ? Number(other) : other
  if (left < right) return -1
  if (left > right) return 1
  return left >= right ? 0 : Number.NaN
}

/** By code point: JavaScript's own order is by UTF-16 unit, which differs above U+FFFF. */
function compareTexts(left: string, right: string, run: Run): number {
  const length = Math.min(left.length, right.length)
  run.spend(length >> 6)
  for (let at = 0; at < length; at += 1) {
    const one = left.charCodeAt(at)
    const other = right.charCodeAt(at)
    if (one !== other) return isSurrogate(one) === isSurrogate(other) ? one - other : isSurrogate(one) ? 1 : -1
  }
  return left.length - right.length
}

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff

function compareBytes(left: Uint8Array, right: Uint8Array, run: Run): number {
  const length = Math.min(left.length, right.length)
  run.spend(length >> 6)
  for (let at = 0; at < length; at += 1) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

/** The one key that equal keys share, or undefined for what cannot be a key. */
export function mapKey(key: Value): string | undefined {
  if (typeof key === 'string') return `s${key}`
  if (typeof key === 'boolean') return `b${key}`
  const number = rawNumber(key)
  if (number === undefined) return undefined
  // -0 is 0 as a key.
  return number === 0 ? 'n0' : `n${number}`
}

/** What a map has at a key: JSON objects by their own keys only, never by what JavaScript adds. */
export function lookUp(map: Value, key: Value): Value | undefined {
  if (map instanceof CelMap) {
    const own = mapKey(key)
    return own === undefined ? undefined : map.entries.get(own)?.[1]
  }
  if (typeof key !== 'string' || !Object.hasOwn(map as object, key)) return undefined
  return (map as { readonly [key: string]: Value })[key]
}

export function* entriesOf(map: Value): Generator<readonly [Value, Value]> {
  if (map instanceof CelMap) yield* map.entries.values()
  else yield* Object.entries(map as { readonly [key: string]: Value })
}

export const sizeOfMap = (map: Value): number =>
  map instanceof CelMap ? map.entries.size : Object.keys(map as object).length
