// falcoExceptionCondition: an exception of Falco as the condition that it is short for.

import type { FalcoBudget } from './budget.ts'
import {
  FalcoProblem,
  ofRule,
  falcoOperators,
  joinedFalco,
  parseFalcoCondition,
  type FalcoAtom,
  type FalcoCondition,
} from './condition.ts'
import { valuesOf } from './resolve.ts'
import type { FalcoException, FalcoRuleset } from './ruleset.ts'

export interface ExceptionContext {
  readonly ruleset: Pick<FalcoRuleset, 'lists'>
  readonly budget: FalcoBudget
}

/** Rows of values of one exception. */
const rowsMax = 1_000

/** Null where it has no values, and so excepts nothing. Throws FalcoProblem. */
export function falcoExceptionCondition(
  { name, fields, comps, values }: FalcoException,
  { ruleset, budget }: ExceptionContext,
): FalcoCondition | null {
  if (values.length === 0) return null
  if (values.length > rowsMax) throw new FalcoProblem(`exception ${name} has more than ${rowsMax} rows`, ofRule)
  if (typeof fields === 'string') {
    const operator = comps ?? 'in'
    if (typeof operator !== 'string') throw new FalcoProblem(`exception ${name}: one field has one comparison`, ofRule)
    const isOfMany = operator === 'in' || operator === 'intersects' || operator === 'pmatch'
    const rows = isOfMany
      ? [values.flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : [value]))]
      : values
    return joinedFalco(
      'or',
      rows.map((row) => comparison(name, { field: fields, operator, value: row }, { ruleset, budget })),
    )
  }
  const names = textsOf(fields)
  if (names === null || names.length === 0) throw new FalcoProblem(`exception ${name} has no fields`, ofRule)
  const operators = comps === null ? names.map(() => '=') : textsOf(comps)
  if (operators?.length !== names.length)
    throw new FalcoProblem(`exception ${name} has not as many comparisons as fields`, ofRule)
  return joinedFalco(
    'or',
    values.map((row) => {
      if (!Array.isArray(row) || row.length !== names.length)
        throw new FalcoProblem(`exception ${name} has values that are not one for each field`, ofRule)
      const parts = names.map((field, index) =>
        comparison(
          name,
          { field, operator: operators[index] ?? '=', value: row[index] as unknown },
          { ruleset, budget },
        ),
      )
      return joinedFalco('and', parts)
    }),
  )
}

interface Comparison {
  readonly field: string
  readonly operator: string
  readonly value: unknown
}

function comparison(
  name: string,
  { field, operator, value }: Comparison,
  { ruleset, budget }: ExceptionContext,
): FalcoAtom {
  const known = falcoOperators.find((one) => one === (operator === '==' ? '=' : operator))
  if (known === undefined) throw new FalcoProblem(`exception ${name} compares with "${operator}"`, ofRule)
  const atom = fieldIn(field)
  if (atom === null) throw new FalcoProblem(`exception ${name} has no field "${field.slice(0, 100)}"`, ofRule)
  const values = textsOf(Array.isArray(value) ? value : [value])
  if (values === null || (values.length !== 1 && !['in', 'intersects', 'pmatch', 'exists'].includes(known)))
    throw new FalcoProblem(`exception ${name} has a value that is no text`, ofRule)
  const own = known === 'exists' ? [] : valuesOf(values, ruleset)
  const found: FalcoAtom = { ...atom, operator: known, values: own, at: ofRule }
  budget.spend(found)
  return found
}

/** Null where one of them is none. */
function textsOf(value: unknown): readonly string[] | null {
  if (!Array.isArray(value)) return null
  const texts = value.flatMap((one: unknown) =>
    typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean' ? [String(one)] : [],
  )
  return texts.length === value.length ? texts : null
}

/** Null for what is none. */
function fieldIn(text: string): FalcoAtom | null {
  try {
    const atom = parseFalcoCondition(`${text} exists`)
    return atom.kind === 'atom' ? atom : null
  } catch (error) {
    if (error instanceof FalcoProblem) return null
    throw error
  }
}
