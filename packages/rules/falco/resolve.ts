// FalcoResolver: a condition with its macros and lists written out, and without what is always or never so.

import type { FalcoBudget } from './budget.ts'
import { FalcoProblem, joinedFalco, parseFalcoCondition, type FalcoAtom, type FalcoCondition } from './condition.ts'
import { textOfFalco, type FalcoRuleset, type FalcoText } from './ruleset.ts'

/** Groups within groups, and macros within macros. */
const depthMax = 150
/** Comparisons of one condition, macros written out. */
const atomsMax = 2_000
/** Values of one comparison, lists written out. */
const valuesMax = 5_000

/** Of one import: each macro is taken apart once. */
export class FalcoResolver {
  private readonly ruleset: FalcoRuleset
  private readonly parsed = new Map<string, FalcoCondition>()
  private readonly budget: FalcoBudget
  private atoms = 0
  private depth = 0

  constructor(ruleset: FalcoRuleset, budget: FalcoBudget) {
    this.ruleset = ruleset
    this.budget = budget
  }

  /**
   * Parts that must hold together are simplified each for itself, so that one that never holds takes none from the others.
   * Throws FalcoProblem, with a place in the condition itself also where a macro is at fault.
   */
  resolved(text: FalcoText): FalcoCondition {
    this.atoms = 0
    this.depth = 0
    const written = this.written(parseFalcoCondition(textOfFalco(text)), [], null)
    return written.kind === 'and' ? { kind: 'and', parts: written.parts.map(simplified) } : simplified(written)
  }

  /** `at`: where the condition itself names the macro that this is of; null in the condition itself. */
  private written(condition: FalcoCondition, within: readonly string[], at: number | null): FalcoCondition {
    this.depth += 1
    if (this.depth > depthMax)
      throw new FalcoProblem(`a condition is nested more than ${depthMax} deep, macros written out`, at ?? 0)
    const written = this.writtenOf(condition, within, at)
    this.depth -= 1
    return written
  }

  private writtenOf(condition: FalcoCondition, within: readonly string[], at: number | null): FalcoCondition {
    switch (condition.kind) {
      case 'and':
      case 'or':
        return joinedFalco(
          condition.kind,
          condition.parts.map((part) => this.written(part, within, at)),
        )
      case 'not':
        return { kind: 'not', part: this.written(condition.part, within, at) }
      case 'named':
        return this.macro(condition.name, within, at ?? condition.at)
      case 'atom':
        return this.atom({ ...condition, at: at ?? condition.at })
      case 'always':
        return condition
      default:
        return condition satisfies never
    }
  }

  private macro(name: string, within: readonly string[], at: number): FalcoCondition {
    const text = this.ruleset.macros.get(name)
    if (text === undefined) throw new FalcoProblem(`there is no macro "${name}": name the file that has it as well`, at)
    if (within.includes(name)) throw new FalcoProblem(`the macro "${name}" stands in itself`, at)
    return this.written(this.parse(name, text, at), [...within, name], at)
  }

  private parse(name: string, text: FalcoText, at: number): FalcoCondition {
    const known = this.parsed.get(name)
    if (known !== undefined) return known
    try {
      const condition = parseFalcoCondition(textOfFalco(text))
      this.parsed.set(name, condition)
      return condition
    } catch (error) {
      if (!(error instanceof FalcoProblem)) throw error
      throw new FalcoProblem(`in the macro "${name}": ${error.message}`, at)
    }
  }

  private atom(atom: FalcoAtom): FalcoAtom {
    this.atoms += 1
    if (this.atoms > atomsMax)
      throw new FalcoProblem(`the condition has more than ${atomsMax} comparisons, macros written out`, atom.at)
    const values = valuesOf(atom.values, this.ruleset)
    if (values.length > valuesMax) throw new FalcoProblem(`a comparison has more than ${valuesMax} values`, atom.at)
    const [only] = atom.values
    const isList = atom.values.length === 1 && only !== undefined && this.ruleset.lists.has(only)
    const found = { ...atom, values, list: isList ? only : null }
    this.budget.spend(found)
    return found
  }
}

/** Lists among them written out, and lists in these; each value once. */
export function valuesOf(values: readonly string[], { lists }: Pick<FalcoRuleset, 'lists'>): readonly string[] {
  const found = new Set<string>()
  const seen = new Set<string>()
  const waiting = values.toReversed()
  for (let next = waiting.pop(); next !== undefined && found.size <= valuesMax; next = waiting.pop()) {
    const items = lists.get(next)
    if (items === undefined) found.add(next)
    else if (!seen.has(next)) {
      seen.add(next)
      waiting.push(...items.toReversed())
    }
  }
  return [...found]
}

const holds = (value: boolean): FalcoCondition => ({ kind: 'always', holds: value })

/** Without `not` of a `not`, and parts that decide nothing. */
export function simplified(condition: FalcoCondition): FalcoCondition {
  switch (condition.kind) {
    case 'not': {
      const part = simplified(condition.part)
      if (part.kind === 'always') return holds(!part.holds)
      return part.kind === 'not' ? part.part : { kind: 'not', part }
    }
    case 'and':
    case 'or': {
      const decides = condition.kind === 'or'
      const parts = condition.parts.map(simplified).filter((part) => part.kind !== 'always' || part.holds === decides)
      if (parts.some((part) => part.kind === 'always')) return holds(decides)
      return parts.length === 0 ? holds(!decides) : joinedFalco(condition.kind, parts)
    }
    case 'atom':
      return alwaysOf(condition) ?? condition
    case 'named':
    case 'always':
      return condition
    default:
      return condition satisfies never
  }
}

/** Every event has its time, its JSON and a number from 1: rules use that as a constant. One of no values has none of them. */
function alwaysOf({ field, operator, values }: FalcoAtom): FalcoCondition | null {
  const { name, argument, change } = field
  if (/^(?:jevt|json)\.(?:rawtime|time|time\.iso8601|obj)$/.test(name) && argument === null && change === null) {
    if (operator === 'exists') return holds(true)
    const isOfZero = name.endsWith('rawtime') && values.length === 1 && values[0] === '0'
    if (isOfZero && (operator === '=' || operator === '!=')) return holds(operator === '!=')
  }
  if (name === 'evt.num' && argument === null && change === null && values.join() === '0') {
    if (operator === '>=' || operator === '>' || operator === '!=') return holds(true)
    if (operator === '=' || operator === '<' || operator === '<=') return holds(false)
  }
  const isOneOf = operator === 'in' || operator === 'intersects' || operator === 'pmatch'
  return isOneOf && values.length === 0 ? holds(false) : null
}
