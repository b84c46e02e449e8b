// staticReads: what of its variables an expression names, before evaluation: whoever gives values need make only these.

import type { Macro, Node } from './syntax.ts'

export interface StaticRead {
  /** A variable and the fields below it that the text names: `['object', 'spec', 'replicas']`. As far as they are constant. */
  readonly path: readonly string[]
  /** Whether a field that is not there is no error: has(), `.?`, `[?…]`. */
  readonly isSafe: boolean
  /** Offset into the text. */
  readonly at: number
}

/** In the order of the text, each as often as it stands there. Variables of macros are none. */
export function staticReads(node: Node, variables: readonly string[]): readonly StaticRead[] {
  const found: StaticRead[] = []
  walk(node, new Set(variables), found)
  return found.toSorted((one, other) => one.at - other.at)
}

function walk(node: Node, known: ReadonlySet<string>, found: StaticRead[]): void {
  const read = readOf(node, known)
  if (read !== null) found.push(read)
  else for (const [child, own] of childrenOf(node, known)) walk(child, own, found)
}

/** Null where the node is no constant path below a variable. */
function readOf(node: Node, known: ReadonlySet<string>): StaticRead | null {
  switch (node.type) {
    case 'name':
      return known.has(node.name) ? { path: [node.name], isSafe: false, at: node.from } : null
    case 'select':
    case 'has': {
      const before = readOf(node.operand, known)
      if (before === null) return null
      const isSafe = before.isSafe || node.type === 'has' || node.isOptional
      return { path: [...before.path, node.field], isSafe, at: node.from }
    }
    case 'index': {
      const { index } = node
      const before = index.type === 'literal' && typeof index.value === 'string' ? readOf(node.operand, known) : null
      if (before === null || index.type !== 'literal' || typeof index.value !== 'string') return null
      return { path: [...before.path, index.value], isSafe: before.isSafe || node.isOptional, at: node.from }
    }
    default:
      return null
  }
}

type Child = readonly [node: Node, known: ReadonlySet<string>]

function childrenOf(node: Node, known: ReadonlySet<string>): readonly Child[] {
  const all = (...nodes: readonly (Node | undefined)[]): readonly Child[] =>
    nodes.flatMap((child) => (child === undefined ? [] : [[child, known] as const]))
  switch (node.type) {
    case 'literal':
    case 'name':
      return []
    case 'select':
    case 'has':
      return all(node.operand)
    case 'index':
      return all(node.operand, node.index)
    case 'call':
      return all(node.target, ...node.args)
    case 'chain':
      return all(...node.operands)
    case 'ternary':
      return all(node.condition, node.yes, node.no)
    case 'list':
      return all(...node.items.map((item) => item.node))
    case 'map':
      return all(...node.entries.flatMap(({ key, value }) => [key, value]))
    case 'macro':
      return [...all(node.range), ...ofMacro(node, known)]
    default:
      return node satisfies never
  }
}

function ofMacro({ variables, filter, body }: Macro, known: ReadonlySet<string>): readonly Child[] {
  const own = new Set([...known].filter((name) => !variables.includes(name)))
  return [filter, body].flatMap((child) => (child === undefined ? [] : [[child, own] as const]))
}
