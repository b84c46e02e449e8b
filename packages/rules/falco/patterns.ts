// falcoPatterns: each comparison of Falco as the expression that the importer writes for it, to be found again in one.

import { parse } from '@plaintrail/cel/parse'
import type { Node } from '@plaintrail/cel/syntax'
import { kindOf } from '@plaintrail/cel/value'
import { falcoAtomCode } from './atom-code.ts'
import { falcoOperators, FalcoProblem, type FalcoAtom, type FalcoOperator } from './condition.ts'
import type { Reading } from './field-code.ts'
import { falcoFieldEntries } from './fields.ts'

/** A form with holes: literals, lists and chains of members, in the order of the text. */
export interface Shape {
  readonly form: string
  readonly holes: readonly Hole[]
}

export type Hole = string | number | { readonly list: readonly string[] } | { readonly param: string }

export interface FalcoPattern {
  readonly field: FalcoAtom['field']
  readonly operator: FalcoOperator
  /** Those of the comparison where the expression has none of them. */
  readonly values: readonly string[]
  readonly holes: readonly Hole[]
}

/** What stand for the value and for the argument of a field in a pattern. */
export const valueHole = '\u{e000}'
export const argumentHole = '\u{e001}'
export const numberHole = 918_273
export const indexHole = 7_391

type ByForm = ReadonlyMap<string, readonly FalcoPattern[]>
type Change = FalcoAtom['field']['change']

const made = new Map<Change, ByForm>()

/** By their forms, of fields that are changed like that. Made once, in a second. */
export function falcoPatterns(change: Change): ByForm {
  const known = made.get(change)
  if (known !== undefined) return known
  const patterns = Map.groupBy(
    [...patternsOfAll(change)].map(({ shape: { form, holes }, ...pattern }) => ({ ...pattern, form, holes })),
    ({ form }) => form,
  )
  made.set(change, patterns)
  return patterns
}

interface Made extends Omit<FalcoPattern, 'holes'> {
  readonly shape: Shape
}

/** A regular expression stands for those that are written as one. */
const written = falcoOperators.filter(
  (operator) => !['!=', 'glob', 'iglob', 'pmatch', 'bcontains', 'bstartswith'].includes(operator),
)

function* patternsOfAll(change: Change): Generator<Made> {
  for (const reading of ['mended', 'kept'] as const) {
    for (const field of fieldsOf(change)) {
      for (const operator of written)
        for (const values of valuesFor(operator)) yield* one(field, operator, values, reading)
    }
  }
}

function* fieldsOf(change: Change): Generator<FalcoAtom['field']> {
  for (const { name, argument } of falcoFieldEntries) {
    if (argument !== 'key') yield { name, argument: null, change }
    if (argument === 'index') yield { name, argument: String(indexHole), change }
    if (argument === 'key') yield { name, argument: argumentHole, change }
    // A prefix is written otherwise.
    if (name === 'ka.req.volume.hostpath') yield { name, argument: `${argumentHole}*`, change }
  }
  for (const pointer of pointers) yield { name: 'jevt.value', argument: pointer, change }
}

const pointers = [
  `/requestObject/${argumentHole}`,
  `/responseObject/${argumentHole}`,
  `/responseStatus/${argumentHole}`,
  `/annotations/${argumentHole}`,
  `/sourceIPs/${indexHole}`,
  `/user/groups/${indexHole}`,
  `/user/extra/${argumentHole}`,
  '/requestObject',
  '/responseObject',
  '/level',
  '/user/uid',
  '/objectRef/apiGroup',
  '/objectRef/apiVersion',
]

function valuesFor(operator: FalcoOperator): readonly (readonly string[])[] {
  switch (operator) {
    case 'exists':
      return [[]]
    case '=':
      return [[valueHole], ['true']]
    case 'in':
    case 'intersects':
      return [[valueHole], [valueHole, valueHole], ['true']]
    case 'contains':
    case 'icontains':
      return [[valueHole], [valueHole, valueHole]]
    case '<':
    case '<=':
    case '>':
    case '>=':
      return [[valueHole], [String(numberHole)]]
    default:
      return [[valueHole]]
  }
}

function* one(
  field: FalcoAtom['field'],
  operator: FalcoOperator,
  values: readonly string[],
  reading: Reading,
): Generator<Made> {
  try {
    const atom = { kind: 'atom', field, operator, values, list: null, at: 0 } as const
    const code = falcoAtomCode(atom, reading, () => `["${valueHole}"]`)
    yield { field, operator, values, shape: shapeOf(parse(code)) }
  } catch (error) {
    if (!(error instanceof FalcoProblem)) throw error
  }
}

/** The same for expressions that differ in literals and in which member of the event they read. */
export function shapeOf(node: Node): Shape {
  const holes: Hole[] = []
  const form = formOf(node, holes)
  return { form, holes }
}

function formOf(node: Node, holes: Hole[]): string {
  const chain = chainOf(node)
  if (chain !== null) {
    holes.push(chain)
    return 'member'
  }
  const of = (inner: Node): string => formOf(inner, holes)
  switch (node.type) {
    case 'literal':
      if (typeof node.value !== 'string' && typeof node.value !== 'number')
        return `${node.value === true} ${kindOf(node.value)}`
      holes.push(node.value)
      return typeof node.value === 'string' ? 'text' : 'number'
    case 'name':
      return node.name
    case 'select':
      if (node.operand.type === 'name' && node.operand.name === 'params' && !node.isOptional) {
        holes.push({ param: node.field })
        return 'texts'
      }
      return `${of(node.operand)}${node.isOptional ? '.?' : '.'}${node.field}`
    case 'has':
      return `has(${of(node.operand)}.${node.field})`
    case 'index':
      return `${of(node.operand)}[${node.isOptional ? '?' : ''}${of(node.index)}]`
    case 'call':
      return `${node.target === undefined ? '' : `${of(node.target)}.`}${node.name}(${node.args.map(of).join(',')})`
    case 'chain':
      return `(${node.operands.map(of).join(node.name)})`
    case 'ternary':
      return `(${of(node.condition)}?${of(node.yes)}:${of(node.no)})`
    case 'list': {
      const texts = node.items.flatMap(({ node: item }) =>
        item.type === 'literal' && typeof item.value === 'string' ? [item.value] : [],
      )
      if (texts.length > 0 && texts.length === node.items.length) {
        holes.push({ list: texts })
        return 'texts'
      }
      return `[${node.items.map(({ node: item, isOptional }) => `${isOptional ? '?' : ''}${of(item)}`).join(',')}]`
    }
    case 'map':
      return `{${node.entries.map(({ key, value }) => `${of(key)}:${of(value)}`).join(',')}}`
    case 'macro':
      return `${of(node.range)}.${node.name}(${node.variables.join(',')},${node.filter === undefined ? '' : of(node.filter)},${of(node.body)})`
    default:
      return node satisfies never
  }
}

/** `request.object/spec/type` of `request.object.?spec.?type`; null for what is no such chain. */
function chainOf(node: Node): string | null {
  if (node.type === 'select' && node.isOptional) return longer(node.operand, node.field)
  if (node.type !== 'index' || !node.isOptional || node.index.type !== 'literal') return null
  const { value } = node.index
  return typeof value === 'string' || typeof value === 'number' ? longer(node.operand, String(value)) : null
}

const roots: ReadonlySet<string> = new Set(['request', 'response', 'event', 'actor'])

function longer(operand: Node, segment: string): string | null {
  const above = chainOf(operand)
  const escaped = segment.replaceAll('~', '~0').replaceAll('/', '~1')
  if (above !== null) return `${above}/${escaped}`
  const isRoot = operand.type === 'select' && !operand.isOptional && operand.operand.type === 'name'
  return isRoot && operand.operand.type === 'name' && roots.has(operand.operand.name)
    ? `${operand.operand.name}.${operand.field}/${escaped}`
    : null
}
