// knownFrom: of findings of what is new, since when the rule knows what there was. In the first days of a cluster, or of a
// version of a rule, that is less than the rule looks back, and what it takes for new may have been there before.

import { sql } from 'drizzle-orm'
import type { Store } from './open-store.ts'
import { arrayOf, readRows } from './read-rows.ts'
import type { RuleTold } from './rule-told.ts'
import { dayOf, segmentIdAt } from './segment-id.ts'

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
/** What was received shortly before a version was written is judged by it, too: where workers start, rules come after them. */
const earlierUs = 600_000_000

/**
 * In the order of `found`, microseconds since 1970: the beginning of the first day that is known. Null of findings of other
 * rules, and where the rule knows as much as it looks back. A version judges what is received after it was written: that
 * begins with the events of the first such delivery, or with the first that the rule looked at, where older ones came later.
 */
export async function knownFrom(store: Store, found: readonly JudgedBy[]): Promise<readonly (number | null)[]> {
  const asked = new Map<string, LookingBack>()
  for (const one of found) {
    const { firstSeenUs } = one.told
    const before = asked.get(keyOf(one))?.backToUs ?? Infinity
    if (typeof firstSeenUs === 'number')
      asked.set(keyOf(one), { ...one, backToUs: Math.min(before, one.lastUs - firstSeenUs) })
  }
  const days = await firstDays(store, [...asked.values()])
  const firstDay = new Map([...asked.keys()].map((key, index) => [key, days[index] ?? 0]))
  return found.map((one) => {
    const { firstSeenUs } = one.told
    if (typeof firstSeenUs !== 'number') return null
    const fromUs = (firstDay.get(keyOf(one)) ?? 0) * dayUs
    return fromUs > one.lastUs - firstSeenUs ? fromUs : null
  })
}

interface LookingBack extends JudgedBy {
  /** The farthest that a finding of it looks back; microseconds since 1970. */
  readonly backToUs: number
}

const keyOf = ({ clusterId, ruleId, version }: JudgedBy): string => `${clusterId}/${ruleId}/${version}`

/** Days since 1970; null where nothing is kept of what came. */
async function firstDays(store: Store, asked: readonly LookingBack[]): Promise<readonly (number | null)[]> {
  if (asked.length === 0) return []
  const numbers = (of: (one: LookingBack) => number) => arrayOf('int8', asked.map(of))
  const received = numbers(({ writtenUs }) => writtenUs - earlierUs)
  // By it the days before are left out.
  const segments = numbers(({ writtenUs }) => segmentIdAt(dayOf(writtenUs - earlierUs), 0))
  const rows = await readRows<{ day: number | null }>(
    store,
    sql`select least(s.time_min / ${dayUs}::int8, v.day)::int8 as day
        from unnest(${numbers(({ clusterId }) => clusterId)}, ${numbers(({ ruleId }) => ruleId)},
              ${numbers(({ version }) => version)}, ${numbers(({ backToUs }) => backToUs)}, ${received}, ${segments})
            with ordinality as i (cluster_id, rule_id, version, back_to, received, segment_id, at)
          cross join lateral (
            select min(k.day) as day from rule_coverage k
            where k.cluster_id = i.cluster_id and k.rule_id = i.rule_id and k.version = i.version
          ) v
          cross join lateral (
            select min(f.time_min) as time_min from lane l cross join lateral (
              select e.time_min from seal e
              where e.lane_id = l.id and e.segment_id >= i.segment_id and e.received_us >= i.received and e.time_min > 0
              order by e.first_seq limit 1
            ) f
            -- What a busy rule has looked at says enough, without a look at each day.
            where l.cluster_id = i.cluster_id and coalesce(v.day * ${dayUs}::int8 > i.back_to, true)
          ) s
        order by i.at`,
  )
  return rows.map(({ day }) => day)
}
