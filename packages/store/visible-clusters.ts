// visibleClusters: the clusters that somebody may see, and of these the ones that a query can mean.

import type { Query } from '@plaintrail/query/ast'
import type { Scope } from '@plaintrail/query/scope'
import { sql, type SQL } from 'drizzle-orm'
import type { Store } from './open-store.ts'
import { patternMatches } from './pattern-matches.ts'
import { arrayOf, readRows } from './read-rows.ts'
import { weakenedQuery } from './weakened-query.ts'

export interface VisibleCluster {
  readonly id: number
  readonly uid: string
  readonly name: string
}

/** By name. A scope names clusters by their names, which never change. */
export async function visibleClusters(store: Store, scope: Scope, asked?: Query): Promise<readonly VisibleCluster[]> {
  return await readRows(
    store,
    sql`select c.id, c.uid::text as uid, c.name from cluster c where ${inScope(scope)} and ${isMeant(asked)} order by c.name`,
  )
}

/** A condition on `cluster c`. */
export function inScope(scope: Scope): SQL {
  switch (scope.kind) {
    case 'everything':
      return sql`true`
    case 'clusters':
      return sql`c.name = any(${arrayOf('text', scope.clusters)})`
    default:
      scope satisfies never
      return sql`false`
  }
}

/** Whether a query says something about clusters. */
export function asksForClusters(query: Query): boolean {
  const asked = weakenedQuery(query, isOfCluster)
  return asked === false || asked.kind !== 'and' || asked.parts.length > 0
}

/** A condition on `cluster c`: those in which a query can find something, all where it says nothing of clusters. */
export function isMeant(query: Query | undefined): SQL {
  const asked = query === undefined ? null : weakenedQuery(query, isOfCluster)
  if (asked === null) return sql`true`
  return asked === false ? sql`false` : conditionOf(asked)
}

const isOfCluster = (term: Query): boolean => term.kind === 'matches' && term.key === 'cluster'

/** `query` has no other terms. A name is never null. */
function conditionOf(query: Query): SQL {
  switch (query.kind) {
    case 'and':
      return query.parts.length === 0 ? sql`true` : joined(query.parts, sql` and `)
    case 'or':
      return joined(query.parts, sql` or `)
    case 'not':
      return sql`not ${conditionOf(query.part)}`
    case 'matches':
      return sql`(${patternMatches(sql`c.name`, query.values)})`
    case 'within':
    case 'says':
      return sql`true`
    default:
      return query satisfies never
  }
}

function joined(parts: readonly Query[], by: SQL): SQL {
  return sql`(${sql.join(parts.map(conditionOf), by)})`
}

/** A condition on `event e`. */
export function isVisible(scope: Scope): SQL {
  if (scope.kind === 'everything') return sql`true`
  return sql`e.cluster_id in (select c.id from cluster c where ${inScope(scope)})`
}
