// asksForOneOf: whether a query says something of these keys, wanted or not.
import type { Query } from './ast.ts'
import type { TextKey } from './qualifiers.ts'

export function asksForOneOf(query: Query, keys: ReadonlySet<TextKey>): boolean {
  switch (query.kind) {
    case 'and':
    case 'or':
      return query.parts.some((part) => asksForOneOf(part, keys))
    case 'not':
      return asksForOneOf(query.part, keys)
    case 'matches':
      return keys.has(query.key)
    case 'within':
    case 'says':
      return false
    default:
      return query satisfies never
  }
}
