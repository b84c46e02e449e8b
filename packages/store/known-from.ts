// knownFrom: of findings of what is new, since when the rule knows what there was. In the first days of a cluster, or of a
// version of a rule, that is less than the rule looks back, and what it takes for new may have been there before.

import { sql } from 'drizzle-orm'
import type { Store } from './open-store.ts'
import { arrayOf, readRows } from './read-rows.ts'
import type { RuleTold } from './rule-told.ts'
import { timeUs } from './time-position.ts'

/** What a version of a rule found in a cluster. */
export interface JudgedBy {
  readonly clusterId: number
  readonly ruleId: number
  readonly version: number
  /** When the version was written; microseconds since 1970. */
  readonly writtenUs: number
  /** Of the last event of the finding. */
  readonly lastUs: number
  readonly told: Pick<RuleTold, 'firstSeenUs'>
}

const dayUs = 86_400_000_000

/**
 * In the order of `found`, microseconds since 1970: the beginning of the first day that is known. Null of findings of other
 * rules, and where the rule knows as much as it looks back. A version knows all of a cluster that was added after it was
 * written; of others it judges what comes from then on, and what is older where that is sent later.
 */
export async function knownFrom(store: Store, found: readonly JudgedBy[]): Promise<readonly (number | null)[]> {
  const asked = new Map(
    found.filter(({ told }) => typeof told.firstSeenUs === 'number').map((one) => [keyOf(one), one] as const),
  )
  const days = await firstDays(store, [...asked.values()])
  const dayOf = new Map([...asked.keys()].map((key, index) => [key, days[index] ?? 0]))
  return found.map((one) => {
    const { firstSeenUs } = one.told
    if (typeof firstSeenUs !== 'number') return null
    const fromUs = (dayOf.get(keyOf(one)) ?? 0) * dayUs
    return fromUs > one.lastUs - firstSeenUs ? fromUs : null
  })
}

const keyOf = ({ clusterId, ruleId, version }: JudgedBy): string => `${clusterId}/${ruleId}/${version}`

/** Days since 1970; null where nothing is counted of the cluster. */
async function firstDays(store: Store, asked: readonly JudgedBy[]): Promise<readonly (number | null)[]> {
  if (asked.length === 0) return []
  const ids = (of: 'clusterId' | 'ruleId' | 'version') =>
    arrayOf(
      'int4',
      asked.map((one) => one[of]),
    )
  const written = arrayOf(
    'int8',
    asked.map(({ writtenUs }) => writtenUs),
  )
  const rows = await readRows<{ day: number | null }>(
    store,
    sql`select case when ${timeUs(sql`c.created_at`)} >= i.written then s.day
          else least(greatest((i.written / ${dayUs}::int8)::int4, s.day), v.day) end as day
        from unnest(${ids('clusterId')}, ${ids('ruleId')}, ${ids('version')}, ${written})
            with ordinality as i (cluster_id, rule_id, version, written, at)
          join cluster c on c.id = i.cluster_id
          cross join lateral (select min(k.day) as day from rule_coverage k where k.cluster_id = i.cluster_id) s
          cross join lateral (
            select min(k.day) as day from rule_coverage k
            where k.cluster_id = i.cluster_id and k.rule_id = i.rule_id and k.version = i.version
          ) v
        order by i.at`,
  )
  return rows.map(({ day }) => day)
}
