// Calls that are no calls: their arguments are not evaluated before them.

import { CelProblem } from './cel-problem.ts'
import type { Call, Macro, MacroName, Node } from './syntax.ts'

/** Fewest and most arguments of each macro on a range, and how many of them may be variables. */
const onRanges: Readonly<Record<string, { readonly name: MacroName; readonly counts: readonly number[] }>> = {
  all: { name: 'all', counts: [2, 3] },
  exists: { name: 'exists', counts: [2, 3] },
  exists_one: { name: 'exists_one', counts: [2, 3] },
  existsOne: { name: 'exists_one', counts: [2, 3] },
  map: { name: 'map', counts: [2, 3] },
  filter: { name: 'filter', counts: [2] },
  transformList: { name: 'transformList', counts: [3, 4] },
  transformMap: { name: 'transformMap', counts: [3, 4] },
  transformMapEntry: { name: 'transformMapEntry', counts: [3, 4] },
  optMap: { name: 'optMap', counts: [2] },
  optFlatMap: { name: 'optFlatMap', counts: [2] },
}

/**
 * The macro that a call is, or undefined.
 * @throws CelProblem where a macro is written wrongly
 */
export function macroOf(call: Call, opening: number): Node | undefined {
  const { name, target, args, from, to } = call
  if (target === undefined) return name === 'has' ? hasOf(call, opening) : undefined
  if (name === 'bind' && target.type === 'name' && target.name === 'cel') {
    const [variable, range, body] = args
    if (variable === undefined || range === undefined || body === undefined || args.length !== 3) {
      throw new CelProblem('cel.bind takes a name, a value and an expression', opening)
    }
    return macro('bind', range, [variable], { body, from, to })
  }
  const known = Object.hasOwn(onRanges, name) ? onRanges[name] : undefined
  if (known === undefined || !known.counts.includes(args.length)) return undefined
  const [first, second, third, fourth] = args
  if (first === undefined || second === undefined) return undefined
  if (third === undefined) return macro(known.name, target, [first], { body: second, from, to })
  if (name === 'map') return macro('map', target, [first], { filter: second, body: third, from, to })
  return fourth === undefined
    ? macro(known.name, target, [first, second], { body: third, from, to })
    : macro(known.name, target, [first, second], { filter: third, body: fourth, from, to })
}

function hasOf({ args, from, to }: Call, opening: number): Node {
  const [field] = args
  if (args.length !== 1 || field?.type !== 'select' || field.isOptional) {
    throw new CelProblem('has() takes a field', opening, 'write has(object.spec); for keys, "key" in map')
  }
  return { type: 'has', operand: field.operand, field: field.field, from, to }
}

function macro(
  name: MacroName,
  range: Node,
  names: readonly Node[],
  rest: { readonly filter?: Node; readonly body: Node; readonly from: number; readonly to: number },
): Macro {
  const variables = names.map((node) => {
    if (node.type !== 'name') throw new CelProblem(`${name}() takes the name of a variable here`, node.from)
    return node.name
  })
  if (new Set(variables).size < variables.length) {
    throw new CelProblem('two variables have one name', names[1]?.from ?? rest.from)
  }
  return { type: 'macro', name, range, variables, filter: rest.filter, body: rest.body, from: rest.from, to: rest.to }
}
