// findingsOfRules: how much some rules found in a window, by cluster.

import type { Scope } from '@plaintrail/query/scope'
import type { Window } from '@plaintrail/query/window'
import { sql } from 'drizzle-orm'
import type { Store } from './open-store.ts'
import { arrayOf, readRows } from './read-rows.ts'
import { isShown } from './shadow-findings.ts'
import { inScope } from './visible-clusters.ts'

export interface RuleFindings {
  readonly rule: string
  /** The name of the cluster. */
  readonly cluster: string
  /** Those with an event in the window, as far as events are kept. */
  readonly findings: number
  readonly events: number
  /** Of the last event in the window, in microseconds since 1970. */
  readonly lastUs: number
}

/** None where a rule found nothing in a cluster. */
export async function findingsOfRules(
  store: Store,
  scope: Scope,
  rules: readonly string[],
  { sinceUs, untilUs }: Window,
): Promise<readonly RuleFindings[]> {
  return await readRows<RuleFindings & Record<string, unknown>>(
    store,
    sql`select r.name as rule, c.name as cluster, count(distinct f.id)::int8 as findings, count(*)::int8 as events,
          max(h.time) as "lastUs"
        from rule r
          join finding f on f.rule_id = r.id and f.events > 0 and ${isShown}
          join cluster c on c.id = f.cluster_id and ${inScope(scope)}
          join rule_hit h on h.finding_id = f.id and h.counts and h.time >= ${sinceUs}::int8 and h.time < ${untilUs}::int8
        where r.name = any(${arrayOf('text', rules)})
        group by r.name, c.name order by r.name, c.name`,
  )
}
