// namespacesNeeded: the namespaces of which an event must be for a query to hold.

import type { Query } from '@plaintrail/query/ast'

/** Null where it may be any; `` is none. Never less than there are, and mostly all that can be told from `and`, `or` and `ns`. */
export function namespacesNeeded(query: Query): ReadonlySet<string> | null {
  switch (query.kind) {
    case 'and': {
      // Of several the fewest: each holds all that could match.
      const needed = query.parts.map(namespacesNeeded).filter((names) => names !== null)
      return needed.toSorted((a, b) => a.size - b.size)[0] ?? null
    }
    case 'or': {
      const needed = query.parts.map(namespacesNeeded)
      return needed.includes(null) ? null : new Set(needed.flatMap((names) => [...(names ?? [])]))
    }
    case 'matches': {
      if (query.key !== 'ns') return null
      const isExact = query.values.every((value) => value.length === 1 && value[0] !== '')
      return isExact ? new Set(query.values.map(([name]) => name)) : null
    }
    case 'not':
    case 'within':
    case 'says':
      return null
    default:
      return query satisfies never
  }
}
