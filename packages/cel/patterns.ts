// Regular expressions in linear time, by the syntax of RE2, as Kubernetes has them.

import { RE2JS } from 're2js'
import { patternLengthMax, patternSizeMax, patternsMax } from './bounds.ts'
import { patternSize } from './pattern-size.ts'
import type { Run } from './run.ts'
import { Failure } from './value.ts'

/** Patterns by their texts. */
export type PatternsByText = Map<string, RE2JS>

/** The compiled patterns of one program: those that stand in its text, and the last few that it was given. */
export class Patterns {
  private readonly written: PatternsByText
  private readonly kept = new Map<string, RE2JS>()

  constructor(written: PatternsByText) {
    this.written = written
  }

  /**
   * The pattern that a text writes, charged for going over `subject`, or why it is none.
   * @throws OverBudget
   */
  of(text: string, subject: string, run: Run): RE2JS | Failure {
    const pattern = this.written.get(text) ?? this.given(text, run)
    if (!(pattern instanceof Failure)) run.spend(matchCost(subject, pattern))
    return pattern
  }

  /** Charged whether it is kept or not: what an evaluation costs must not depend on those before it. */
  private given(text: string, run: Run): RE2JS | Failure {
    run.spend(Math.min(text.length, patternLengthMax) + patternSizeMax / 10)
    const known = this.kept.get(text)
    if (known !== undefined) return known
    const made = patternOf(text)
    if (!(made instanceof Failure)) this.keep(text, made)
    return made
  }

  private keep(text: string, pattern: RE2JS): void {
    for (const oldest of this.kept.keys()) {
      if (this.kept.size < patternsMax) break
      this.kept.delete(oldest)
    }
    this.kept.set(text, pattern)
  }
}

export function patternOf(text: string): RE2JS | Failure {
  if (text.length > patternLengthMax) {
    return new Failure(`a regular expression is longer than ${patternLengthMax} characters`)
  }
  // 580 times x{1000} fit into that length, and take a second to compile.
  if (patternSize(text) > patternSizeMax) {
    return new Failure(`a regular expression has more than ${patternSizeMax} parts, its repeats written out`)
  }
  try {
    return RE2JS.compile(text)
  } catch (error) {
    const says = error instanceof Error ? error.message : 'it cannot be read'
    return new Failure(`a regular expression is wrong: ${says}`)
  }
}

/** Time is at worst text times program: 65 steps in a microsecond were measured for `^(x?){1000}…$`. */
export const matchCost = (subject: string, pattern: RE2JS): number =>
  5 + Math.floor((subject.length * pattern.programSize()) / 64)
