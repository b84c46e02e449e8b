// falcoOfWhere: an expression as the importer writes one, as the condition of Falco that it was.

import { parse } from '@plaintrail/cel/parse'
import type { Node } from '@plaintrail/cel/syntax'
import { FalcoProblem, ofRule, joinedFalco, type FalcoAtom, type FalcoCondition } from './condition.ts'
import {
  argumentHole,
  falcoPatterns,
  indexHole,
  numberHole,
  shapeOf,
  valueHole,
  type FalcoPattern,
  type Hole,
} from './patterns.ts'

/** Throws FalcoProblem where the expression, which is right, says what no condition says. */
export function falcoOfWhere(text: string, params: Readonly<Record<string, unknown>>): FalcoCondition {
  return conditionOf(parse(text), text, params)
}

function conditionOf(node: Node, text: string, params: Readonly<Record<string, unknown>>): FalcoCondition {
  const atom = atomOf(node, params)
  if (atom !== null) return atom
  if (node.type === 'chain')
    return joinedFalco(
      node.name === '&&' ? 'and' : 'or',
      node.operands.map((operand) => conditionOf(operand, text, params)),
    )
  const [only] = node.type === 'call' && node.name === '!' ? node.args : []
  if (only !== undefined) return { kind: 'not', part: conditionOf(only, text, params) }
  throw new FalcoProblem(`Falco has nothing like "${text.slice(node.from, node.to).slice(0, 120)}"`, ofRule)
}

const changes = [null, 'tolower', 'toupper'] as const

function atomOf(node: Node, params: Readonly<Record<string, unknown>>): FalcoAtom | null {
  const { form, holes } = shapeOf(node)
  for (const change of changes) {
    // `icontains` is written with small letters as well.
    if (change !== null && !form.includes('Ascii(')) return null
    for (const pattern of falcoPatterns(change).get(form) ?? []) {
      const found = fitted(pattern, holes)
      const atom = found === null ? null : filled(pattern, found, params)
      if (atom !== null) return atom
    }
  }
  return null
}

interface Found {
  readonly value: Hole | null
  readonly argument: string | null
}

/** Null where a literal is another one, or one value is two. */
function fitted(pattern: FalcoPattern, holes: readonly Hole[]): Found | null {
  let value: Hole | null = null
  let argument: string | null = null
  for (const [index, wanted] of pattern.holes.entries()) {
    const own = holes[index]
    const part = own === undefined ? null : partOf(wanted, own)
    if (part === null) return null
    if (part.value !== undefined) {
      if (value !== null && JSON.stringify(value) !== JSON.stringify(part.value)) return null
      value = part.value
    }
    if (part.argument !== undefined) {
      if (argument !== null && argument !== part.argument) return null
      argument = part.argument
    }
  }
  return { value, argument }
}

interface Part {
  readonly value?: Hole
  readonly argument?: string
}

/** Null where it is not what is wanted. */
function partOf(wanted: Hole, own: Hole): Part | null {
  if (typeof wanted === 'object') return typeof own === 'object' ? { value: own } : null
  if (typeof own === 'object' || typeof own !== typeof wanted) return null
  if (wanted === numberHole) return { value: String(own) }
  if (wanted === indexHole) return { argument: String(own) }
  if (typeof wanted === 'number' || typeof own === 'number') return wanted === own ? {} : null
  if (wanted.includes(valueHole)) {
    const value = between(wanted, valueHole, own)
    return value === null ? null : { value }
  }
  const hole = wanted.includes(argumentHole)
    ? argumentHole
    : wanted.includes(String(indexHole))
      ? String(indexHole)
      : null
  if (hole === null) return wanted === own ? {} : null
  const argument = between(wanted, hole, own)
  return argument === null ? null : { argument }
}

function between(wanted: string, hole: string, own: string): string | null {
  const [before = '', after = ''] = wanted.split(hole)
  const isLike = own.startsWith(before) && own.endsWith(after) && own.length >= before.length + after.length
  return isLike ? own.slice(before.length, own.length - after.length) : null
}

function filled(
  { field, operator, values }: FalcoPattern,
  { value, argument }: Found,
  params: Readonly<Record<string, unknown>>,
): FalcoAtom | null {
  const own = argument === null ? field : { ...field, argument: argumentOf(field, argument) }
  const atom = { kind: 'atom', field: own, operator, at: 0 } as const
  if (value === null) return { ...atom, values, list: null }
  if (typeof value !== 'object') return { ...atom, values: [String(value)], list: null }
  if ('list' in value) return { ...atom, values: value.list, list: null }
  const items = params[value.param]
  const texts = Array.isArray(items) ? items.filter((item): item is string => typeof item === 'string') : []
  return Array.isArray(items) && texts.length === items.length ? { ...atom, values: texts, list: value.param } : null
}

function argumentOf({ name, argument: pattern }: FalcoAtom['field'], found: string): string {
  // A parameter of the URL is read as a member, whose name is escaped like that of a pointer.
  const own = name === 'ka.uri.param' ? found.replaceAll('~1', '/').replaceAll('~0', '~') : found
  return (pattern ?? '').replace(argumentHole, () => own).replace(String(indexHole), () => own)
}
