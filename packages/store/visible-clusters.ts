// visibleClusters: the clusters that somebody may see, and of these the ones that were asked for.

import type { Terms } from '@plaintrail/query/filter'
import type { Scope } from '@plaintrail/query/scope'
import { sql, type SQL } from 'drizzle-orm'
import { nameMatches } from './name-matches.ts'
import type { Store } from './open-store.ts'
import { arrayOf, readRows } from './read-rows.ts'

export interface VisibleCluster {
  readonly id: number
  readonly uid: string
  readonly name: string
}

/** By name. A scope names clusters by their names, which never change. */
export async function visibleClusters(store: Store, scope: Scope, asked?: Terms): Promise<readonly VisibleCluster[]> {
  return await readRows(
    store,
    sql`select c.id, c.uid::text as uid, c.name from cluster c where ${inScope(scope)} and ${isAsked(asked)} order by c.name`,
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

/** A condition on `cluster c`: those that a filter names, all where it names none. */
export function isAsked(terms: Terms | undefined): SQL {
  const { any = [], not = [] } = terms ?? {}
  const wanted = any.length === 0 ? sql`true` : nameMatches(sql`c.name`, any)
  return not.length === 0 ? wanted : sql`${wanted} and not ${nameMatches(sql`c.name`, not)}`
}
