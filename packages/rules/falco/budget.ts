// FalcoBudget: how much the rules of one import may say together, macros and lists written out: a few lines can repeat a lot.

import { FalcoProblem, type FalcoAtom } from './condition.ts'

/** Comparisons. Falco's own 48 rules have some 300. */
const atomsMax = 20_000
/** Values of all comparisons. */
const valuesMax = 200_000
/** Patterns: to read one takes up to 20 ms. */
const patternsMax = 300
/** Of a glob: to read a longer one takes as long as it is, for each of its characters. */
const globCharsMax = 1_000

export class FalcoBudget {
  private atoms = 0
  private values = 0
  private patterns = 0

  /** Throws FalcoProblem where it is spent. */
  spend({ operator, values, at }: FalcoAtom): void {
    this.atoms += 1
    this.values += values.length
    if (operator === 'regex' || operator === 'glob' || operator === 'iglob' || operator === 'pmatch') this.patterns += 1
    this.refuse(this.atoms > atomsMax, `${atomsMax} comparisons`, at)
    this.refuse(this.values > valuesMax, `${valuesMax} values`, at)
    this.refuse(this.patterns > patternsMax, `${patternsMax} patterns`, at)
    const isGlob = operator === 'glob' || operator === 'iglob' || operator === 'pmatch'
    if (isGlob && values.some(({ length }) => length > globCharsMax))
      throw new FalcoProblem(`a pattern has more than ${globCharsMax} characters`, at)
  }

  private refuse(isSpent: boolean, what: string, at: number): void {
    if (isSpent)
      throw new FalcoProblem(`the files have more than ${what}, macros and lists written out: split them`, at)
  }
}
