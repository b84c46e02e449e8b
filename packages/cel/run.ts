// One evaluation: what it may still cost, its variables, its trace.

import type { Patterns } from './patterns.ts'
import type { Node } from './syntax.ts'
import type { Value } from './value.ts'

/** Thrown where the budget ends. No operator absorbs it. */
export class OverBudget extends Error {
  override readonly name = 'OverBudget'
}

/** A sub-expression as it was evaluated, with those that it evaluated. */
export interface Step {
  readonly node: Node
  readonly steps: Step[]
  value: Value
  /** JSON pointer of what was read, below the variable: /object/spec/replicas. */
  path: string | undefined
}

export type Bindings = Readonly<Record<string, Value>>

export class Run {
  readonly bindings: Bindings
  readonly patterns: Patterns
  /** Variables of macros, by slot. */
  readonly locals: Value[] = []
  /** Where the values of these variables stand, if they were read. Filled by a trace only. */
  readonly localPaths: (string | undefined)[] = []
  step: Step | undefined
  stepsLeft = 0
  left: number

  constructor(bindings: Bindings, costMax: number, patterns: Patterns) {
    this.bindings = bindings
    this.patterns = patterns
    this.left = costMax
  }

  /** @throws OverBudget */
  spend(cost: number): void {
    this.left -= cost
    if (this.left < 0) throw new OverBudget('the expression costs more than it may')
  }
}
