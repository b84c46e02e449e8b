// printedFalco: a condition as Falco's files write it.

import type { FalcoAtom, FalcoCondition } from './condition.ts'

export function printedFalco(condition: FalcoCondition): string {
  switch (condition.kind) {
    case 'atom':
      return printedAtom(condition)
    case 'not':
      return `not ${inGroup(condition.part)}`
    case 'and':
      return condition.parts.map(inGroup).join(' and ')
    case 'or':
      return condition.parts.map(inGroup).join(' or ')
    case 'named':
      return condition.name
    case 'always':
      return condition.holds ? '(jevt.rawtime exists)' : '(jevt.rawtime=0)'
    default:
      return condition satisfies never
  }
}

const inGroup = (condition: FalcoCondition): string =>
  condition.kind === 'and' || condition.kind === 'or' ? `(${printedFalco(condition)})` : printedFalco(condition)

function printedAtom(atom: FalcoAtom): string {
  const { operator, values, list } = atom
  const field = printedField(atom)
  if (operator === 'exists') return `${field} exists`
  const isOfMany = operator === 'in' || operator === 'intersects' || operator === 'pmatch'
  if (isOfMany) return `${field} ${operator} (${list ?? values.map(printedValue).join(', ')})`
  const each = values.map((value) => `${field} ${operator} ${printedValue(value)}`)
  return each.length === 1 ? (each[0] ?? '') : `(${each.join(' or ')})`
}

export function printedField({ field: { name, argument, change } }: FalcoAtom): string {
  // One with a bracket in it stands in quotes.
  const shown = argument?.includes(']') === true ? `"${argument}"` : argument
  const own = shown === null ? name : `${name}[${shown}]`
  return change === null ? own : `${change}(${own})`
}

const printedValue = (value: string): string =>
  /^[\w.:/@*+-]+$/.test(value) ? value : `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`
