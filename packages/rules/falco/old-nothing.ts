// withoutOldNothing: `<NA>`, which files of old compare with, as what it stood for: that there is none.

import { joinedFalco, type FalcoAtom, type FalcoCondition } from './condition.ts'
import type { TellChange } from './translation.ts'

const nothing = '<NA>'

export function withoutOldNothing(condition: FalcoCondition, tell: TellChange): FalcoCondition {
  switch (condition.kind) {
    case 'atom':
      return ofAtom(condition, tell)
    case 'not':
      return { kind: 'not', part: withoutOldNothing(condition.part, tell) }
    case 'and':
    case 'or':
      return joinedFalco(
        condition.kind,
        condition.parts.map((part) => withoutOldNothing(part, tell)),
      )
    case 'named':
    case 'always':
      return condition
    default:
      return condition satisfies never
  }
}

function ofAtom(atom: FalcoAtom, tell: TellChange): FalcoCondition {
  const { field, operator, values, at } = atom
  const isSame = operator === '=' || operator === 'in' || operator === 'intersects'
  if (!values.includes(nothing) || (!isSame && operator !== '!=')) return atom
  tell(
    `${field.name} ${operator} ${nothing}`,
    'it was once what is not there, and is taken for that; Falco now compares with these four signs',
    at,
  )
  const exists: FalcoAtom = { ...atom, operator: 'exists', values: [], list: null }
  if (operator === '!=') return exists
  const others = values.filter((value) => value !== nothing)
  const none: FalcoCondition = { kind: 'not', part: exists }
  return others.length === 0 ? none : joinedFalco('or', [none, { ...atom, values: others, list: null }])
}
