// The tree of an expression. Positions are offsets into its text, in UTF-16 units.

import type { Value } from './value.ts'

interface Placed {
  readonly from: number
  readonly to: number
}

interface Literal extends Placed {
  readonly type: 'literal'
  readonly value: Value
}

interface Name extends Placed {
  readonly type: 'name'
  readonly name: string
}

/** operand.field, operand.?field */
export interface Select extends Placed {
  readonly type: 'select'
  readonly operand: Node
  readonly field: string
  readonly isOptional: boolean
}

/** has(operand.field) */
export interface Has extends Placed {
  readonly type: 'has'
  readonly operand: Node
  readonly field: string
}

/** operand[index], operand[?index] */
export interface Index extends Placed {
  readonly type: 'index'
  readonly operand: Node
  readonly index: Node
  readonly isOptional: boolean
}

/** Operators are calls too, by their sign: `+`, `==`, `!`, `in`; unary minus is `neg`. */
export interface Call extends Placed {
  readonly type: 'call'
  readonly name: string
  readonly target: Node | undefined
  readonly args: readonly Node[]
}

/** a && b && c: one node, so that long chains are flat. */
export interface Chain extends Placed {
  readonly type: 'chain'
  readonly name: '&&' | '||'
  readonly operands: readonly Node[]
}

interface Ternary extends Placed {
  readonly type: 'ternary'
  readonly condition: Node
  readonly yes: Node
  readonly no: Node
}

export interface ListNode extends Placed {
  readonly type: 'list'
  readonly items: readonly { readonly node: Node; readonly isOptional: boolean }[]
}

export interface MapNode extends Placed {
  readonly type: 'map'
  readonly entries: readonly { readonly key: Node; readonly value: Node; readonly isOptional: boolean }[]
}

export type MacroName =
  | 'all'
  | 'exists'
  | 'exists_one'
  | 'map'
  | 'filter'
  | 'transformList'
  | 'transformMap'
  | 'transformMapEntry'
  | 'bind'
  | 'optMap'
  | 'optFlatMap'

/** range.all(v, body), range.map(v, filter, body), cel.bind(v, range, body): one or two variables, local to body. */
export interface Macro extends Placed {
  readonly type: 'macro'
  readonly name: MacroName
  readonly range: Node
  readonly variables: readonly string[]
  readonly filter: Node | undefined
  readonly body: Node
}

export type Node = Literal | Name | Select | Has | Index | Call | Chain | Ternary | ListNode | MapNode | Macro
