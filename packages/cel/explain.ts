// Which sub-expressions decided, and what they read.

import type { CelResult } from './cel-result.ts'
import type { Step } from './run.ts'
import type { Node } from './syntax.ts'
import { CelOptional, type Value } from './value.ts'

/** A sub-expression that decided. */
interface Decision {
  readonly text: string
  readonly line: number
  readonly column: number
  /** What it gave; a Failure or Unknown where that is why nothing was decided. */
  readonly value: Value
  /** JSON pointers, below the variables, of what it read: /object/spec/replicas. */
  readonly reads: readonly { readonly path: string; readonly value: Value }[]
}

export interface Trace {
  readonly result: CelResult
  readonly decisions: readonly Decision[]
  /** Whether there were more steps than are kept (traceStepsMax). */
  readonly isCut: boolean
}

interface Source {
  readonly text: string
  readonly isCut: boolean
  readonly placeOf: (text: string, at: number) => { readonly line: number; readonly column: number }
}

export function explain(result: CelResult, root: Step, { text, isCut, placeOf }: Source): Trace {
  const decisions = root.steps.flatMap(deciding).map((step) => ({
    text: text.slice(step.node.from, step.node.to),
    ...placeOf(text, step.node.from),
    value: step.value,
    reads: readsOf(step),
  }))
  return { result, decisions, isCut }
}

/** The steps below one that made it what it is: of a && that is false, what is false; else all of it. */
function deciding(step: Step): readonly Step[] {
  const { node, steps, value } = step
  switch (node.type) {
    case 'chain': {
      const decides = node.name === '||'
      return steps.filter((own) => value !== decides || own.value === decides).flatMap(deciding)
    }
    case 'ternary':
      return steps.flatMap(deciding)
    case 'call':
      return node.name === '!' && node.target === undefined ? steps.flatMap(deciding) : [step]
    case 'macro':
      return decidingItem(node.name, step)
    default:
      return [step]
  }
}

/** Of exists() that is true and all() that is false: the one item that decided. Others are told as a whole. */
function decidingItem(name: (Node & { type: 'macro' })['name'], step: Step): readonly Step[] {
  const { steps, value } = step
  const last = steps.at(-1)
  const isOne = (name === 'exists' && value === true) || (name === 'all' && value === false)
  if (name === 'bind' && last !== undefined) return deciding(last)
  return isOne && last !== undefined && steps.length > 1 && last.value === value ? deciding(last) : [step]
}

/** The longest paths that were read: /object/spec/replicas, and not the object on the way there. */
function readsOf(step: Step): readonly { readonly path: string; readonly value: Value }[] {
  const reads = new Map<string, Value>()
  const walk = (own: Step, isOnTheWay: boolean): void => {
    const { node } = own
    const isRead =
      own.path !== undefined &&
      (node.type === 'name' || node.type === 'select' || node.type === 'index' || node.type === 'has')
    if (isRead && own.path !== undefined && !isOnTheWay) reads.set(own.path, valueIn(own.value))
    for (const [at, next] of own.steps.entries()) {
      walk(next, isRead && at === 0)
    }
  }
  walk(step, false)
  return [...reads].map(([path, value]) => ({ path, value }))
}

/** What an optional has: it was read with `.?`, and null stands for nothing. */
const valueIn = (value: Value): Value => (value instanceof CelOptional ? (value.value ?? null) : value)
