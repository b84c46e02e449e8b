// compileCel: from a text to a program that evaluates under a budget.

import { costMaxUsual, errorsMax, traceStepsMax } from './bounds.ts'
import { CelProblem } from './cel-problem.ts'
import type { CelResult } from './cel-result.ts'
import { check } from './check.ts'
import type { Code } from './code.ts'
import { compile } from './compile.ts'
import { explain, type Trace } from './explain.ts'
import { libraries } from './libraries.ts'
import { Functions, type Overload, type StaticKind } from './overload.ts'
import { parse } from './parse.ts'
import { Patterns, type PatternsByText } from './patterns.ts'
import { OverBudget, Run, type Bindings, type Step } from './run.ts'
import { staticReads, type StaticRead } from './static-reads.ts'
import type { Node } from './syntax.ts'
import { Failure, Unknown } from './value.ts'

export interface CelError {
  readonly message: string
  /** From 1. */
  readonly line: number
  /** From 1, in characters. */
  readonly column: number
  readonly hint?: string
}

export interface CelProgram {
  /** The kind of its values, `dyn` where that depends on what it is given. */
  readonly gives: StaticKind
  /** What of its variables it names, in the order of the text. */
  readonly reads: readonly PlacedRead[]
  /**
   * Evaluates. Put `new Unknown(path)` into bindings in place of what was not recorded.
   * `costMax` is about a step, an item or 64 characters each.
   */
  evaluate(bindings: Bindings, limits?: { readonly costMax: number }): CelResult
  /** Evaluates again, slower, and says which sub-expressions decided and what they read. */
  trace(bindings: Bindings, limits?: { readonly costMax: number }): Trace
}

/** `isSafe`: a field that is not there is no error (has(), `.?`). Line and column from 1. */
export interface PlacedRead extends Pick<StaticRead, 'path' | 'isSafe'> {
  readonly line: number
  readonly column: number
}

export type Compiled =
  | { readonly ok: true; readonly program: CelProgram }
  | { readonly ok: false; readonly errors: readonly CelError[] }

/** Which names an expression may use: variables with their kinds, functions beside those of the language. */
export interface CelScope {
  readonly variables: Readonly<Record<string, StaticKind>>
  readonly functions?: readonly Overload[]
}

const usual = new Functions(libraries)

/** Reads and checks an expression. What is wrong comes back with its place and how to mend it; nothing is thrown. */
export function compileCel(text: string, { variables, functions = [] }: CelScope): Compiled {
  const known = functions.length === 0 ? usual : new Functions([...libraries, ...functions])
  const problems: CelProblem[] = []
  const patterns: PatternsByText = new Map()
  try {
    const node = parse(text)
    const gives = check(node, { variables, functions: known, locals: [], patterns }, problems)
    if (problems.length === 0) {
      return {
        ok: true,
        program: new Program(text, node, { gives, functions: known, variables: Object.keys(variables), patterns }),
      }
    }
  } catch (error) {
    if (!(error instanceof CelProblem)) throw error
    problems.push(error)
  }
  const inOrder = problems.toSorted((one, other) => one.at - other.at).slice(0, errorsMax)
  return {
    ok: false,
    errors: inOrder.map(({ message, at, hint }) => ({
      message,
      ...placeOf(text, at),
      ...(hint === undefined ? {} : { hint }),
    })),
  }
}

interface Known {
  readonly patterns: PatternsByText
  readonly gives: StaticKind
  readonly functions: Functions
  readonly variables: readonly string[]
}

class Program implements CelProgram {
  readonly gives: StaticKind
  readonly reads: readonly PlacedRead[]
  private readonly text: string
  private readonly node: Node
  private readonly known: Known
  private readonly code: Code
  private readonly patterns: Patterns
  private tracing: Code | undefined

  constructor(text: string, node: Node, known: Known) {
    this.text = text
    this.node = node
    this.known = known
    this.gives = known.gives
    this.reads = placed(text, staticReads(node, known.variables))
    this.patterns = new Patterns(known.patterns)
    this.code = compile(node, { ...known, compile, locals: [], isTraced: false })
  }

  evaluate(bindings: Bindings, { costMax } = { costMax: costMaxUsual }): CelResult {
    return this.result(this.code, new Run(bindings, costMax, this.patterns))
  }

  trace(bindings: Bindings, { costMax } = { costMax: costMaxUsual }): Trace {
    this.tracing ??= compile(this.node, { ...this.known, compile, locals: [], isTraced: true })
    const run = new Run(bindings, costMax, this.patterns)
    const root: Step = { node: this.node, steps: [], value: null, path: undefined }
    run.step = root
    run.stepsLeft = traceStepsMax
    const result = this.result(this.tracing, run)
    return explain(result, root, { text: this.text, isCut: run.stepsLeft === 0, placeOf })
  }

  private result(code: Code, run: Run): CelResult {
    try {
      const value = code(run)
      if (value instanceof Unknown) return { kind: 'unknown', paths: value.paths }
      if (value instanceof Failure) {
        return { kind: 'error', says: value.says, at: placeOf(this.text, Math.max(0, value.at)) }
      }
      return { kind: 'value', value }
    } catch (error) {
      if (error instanceof OverBudget) return { kind: 'over-budget' }
      throw error
    }
  }
}

/** In one pass over the text: there may be a read every third character. */
function placed(text: string, reads: readonly StaticRead[]): readonly PlacedRead[] {
  let [from, line, column] = [0, 1, 1]
  return reads.map(({ path, isSafe, at }) => {
    for (const character of text.slice(from, at)) {
      column = character === '\n' ? 1 : column + 1
      if (character === '\n') line += 1
    }
    from = at
    return { path, isSafe, line, column }
  })
}

function placeOf(text: string, at: number): { readonly line: number; readonly column: number } {
  const lines = text.slice(0, at).split('\n')
  return { line: lines.length, column: [...(lines.at(-1) ?? '')].length + 1 }
}
