// namesStage: whether a query says which stages of a request it means.

import type { Query } from '@plaintrail/query/ast'

export function namesStage(query: Query): boolean {
  switch (query.kind) {
    case 'and':
    case 'or':
      return query.parts.some(namesStage)
    case 'not':
      return namesStage(query.part)
    case 'matches':
      return query.key === 'stage'
    case 'within':
    case 'says':
      return false
    default:
      return query satisfies never
  }
}
