// Regular expressions in linear time, by the syntax of RE2, as Kubernetes has them.

import { RE2JS } from 're2js'
import { patternLengthMax, patternsMax } from './bounds.ts'
import { Failure } from './value.ts'

/** The compiled patterns of one program. */
export class Patterns {
  private readonly kept = new Map<string, RE2JS>()

  /** The pattern that a text writes, or why it is none. */
  of(text: string): RE2JS | Failure {
    const known = this.kept.get(text)
    if (known !== undefined) return known
    const made = patternOf(text)
    if (made instanceof Failure) return made
    for (const oldest of this.kept.keys()) {
      if (this.kept.size < patternsMax) break
      this.kept.delete(oldest)
    }
    this.kept.set(text, made)
    return made
  }
}

export function patternOf(text: string): RE2JS | Failure {
  if (text.length > patternLengthMax) {
    return new Failure(`a regular expression is longer than ${patternLengthMax} characters`)
  }
  try {
    return RE2JS.compile(text)
  } catch (error) {
    const says = error instanceof Error ? error.message : 'it cannot be read'
    return new Failure(`a regular expression is wrong: ${says}`)
  }
}

/** What a match may cost: RE2 takes time as text times pattern. */
export const matchCost = (text: string, pattern: string): number => 5 + ((text.length * pattern.length) >> 9)
