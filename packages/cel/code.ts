// What nodes are compiled to, and what the compilers of all of them need.

import { madeSizeMax } from './bounds.ts'
import { mapKey, rawNumber } from './compare.ts'
import type { Functions } from './overload.ts'
import type { Run } from './run.ts'
import type { Node } from './syntax.ts'
import { Failure, kindOf, type Value } from './value.ts'

export type Code = (run: Run) => Value

export interface Compiling {
  readonly functions: Functions
  readonly variables: readonly string[]
  /** Variables of the macros around, each in the slot of its place here. */
  readonly locals: readonly string[]
  /** Whether each step is written down, for an explanation. Slower. */
  readonly isTraced: boolean
  /** compile(), for the macros: their bodies are nodes too. */
  readonly compile: (node: Node, context: Compiling) => Code
}

export const notBool = (value: Value, { from }: Node): Failure =>
  new Failure(`a condition is ${kindOf(value)}, not bool`, from)

/** Adds an entry to a map that is being made, or says why not. */
export function putInto(
  map: Map<string, readonly [Value, Value]>,
  key: Value,
  value: Value,
  from: number,
): Failure | undefined {
  const own = kindOf(key) === 'double' ? undefined : mapKey(key)
  if (own === undefined) return new Failure(`a key cannot be ${kindOf(key)}`, from)
  if (map.has(own)) return new Failure(`a map has ${shownKey(key)} twice`, from)
  if (map.size >= madeSizeMax) return new Failure(`a map has more than ${madeSizeMax} entries`, from)
  map.set(own, [key, value])
  return undefined
}

export function shownKey(key: Value): string {
  if (typeof key === 'string') return `field "${key.slice(0, 100)}"`
  const number = rawNumber(key)
  return number === undefined ? `key of kind ${kindOf(key)}` : `key ${number}`
}

/** A JSON pointer to what stands at a key below another. */
export function joined(base: string, key: Value): string {
  return `${base}/${escaped(typeof key === 'string' ? key : String(rawNumber(key) ?? kindOf(key)))}`
}

export const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1')
