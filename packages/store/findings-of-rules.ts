// findingsOfRules: how much some rules found in a window, by cluster. Findings say it themselves where they are all within the
// window; of those that reach over its edges hits are counted, and of these so many and no more.

import type { Scope } from '@plaintrail/query/scope'
import type { Window } from '@plaintrail/query/window'
import { sql, type SQL } from 'drizzle-orm'
import type { Store } from './open-store.ts'
import { arrayOf, readRows } from './read-rows.ts'
import { isShown } from './shadow-findings.ts'
import { inScope } from './visible-clusters.ts'

/** `eq`: exactly so many. `gte`: so many or more, since it would have taken too long to count on. */
export type Relation = 'eq' | 'gte'

export interface RuleFindings {
  readonly rule: string
  /** The name of the cluster. */
  readonly cluster: string
  /** Those with an event in the window. */
  readonly findings: number
  readonly findingsRelation: Relation
  /** Requests of these in the window, as far as events are kept. */
  readonly events: number
  readonly eventsRelation: Relation
  /** Of the last event in the window, as far as findings were looked into; in microseconds since 1970. */
  readonly lastUs: number
}

export interface CountBounds {
  /** Hits that are counted, of all rules and clusters together; of findings that reach over an edge. */
  readonly hitsMax: number
  /** Findings that are looked into one by one, since they go on past the end of the window; together, too. */
  readonly findingsMax: number
}

/** Together a second or two: 3 µs a hit, and 100 µs a finding where the window has ten days. */
const countBounds: CountBounds = { hitsMax: 100_000, findingsMax: 10_000 }
/** What each rule in a cluster has of these, however many there are. */
const shareMin = 100

/** None where a rule found nothing in a cluster. */
export async function findingsOfRules(
  store: Store,
  scope: Scope,
  rules: readonly string[],
  window: Window,
  bounds: CountBounds = countBounds,
): Promise<readonly RuleFindings[]> {
  const told = await toldByFindings(store, scope, rules, window)
  const reaching = told.filter(({ edge }) => edge > 0)
  const counted = await countedAtEdges(store, reaching, window, bounds)
  const edges = new Map(reaching.map((one, index) => [one, counted[index]]))
  return told.map((one) => together(one, edges.get(one))).filter(({ findings }) => findings > 0)
}

/** What findings of one rule in one cluster say. */
interface Told extends Record<string, unknown> {
  readonly rule: string
  readonly cluster: string
  readonly ruleId: number
  readonly clusterId: number
  /** With their first or their last event in the window, so that they have one there. */
  readonly findings: number
  /** Of those that are all within. */
  readonly events: number
  readonly lastUs: number | null
  /** Findings that are not all within, and the requests that are kept of these. */
  readonly edge: number
  readonly kept: number
  /** Those among them that go on past the end of the window, and that began before it, too. */
  readonly past: number
  readonly around: number
}

async function toldByFindings(
  store: Store,
  scope: Scope,
  rules: readonly string[],
  { sinceUs, untilUs }: Window,
): Promise<readonly Told[]> {
  const [begins, ends] = [sql`f.first_time >= ${sinceUs}::int8`, sql`f.last_time < ${untilUs}::int8`]
  return await readRows<Told>(
    store,
    sql`select r.name as rule, c.name as cluster, r.id as "ruleId", c.id as "clusterId",
          count(*) filter (where ${begins} or ${ends})::int8 as findings,
          coalesce(sum(f.events - f.expired) filter (where ${begins} and ${ends}), 0)::int8 as events,
          max(f.last_time) filter (where ${ends}) as "lastUs",
          count(*) filter (where not (${begins} and ${ends}))::int8 as edge,
          coalesce(sum(f.events - f.expired) filter (where not (${begins} and ${ends})), 0)::int8 as kept,
          count(*) filter (where not ${ends})::int8 as past,
          count(*) filter (where not ${begins} and not ${ends})::int8 as around
        from rule r
          join finding f on f.rule_id = r.id and f.events > 0 and f.last_time >= ${sinceUs}::int8
            and f.first_time < ${untilUs}::int8 and ${isShown}
          join cluster c on c.id = f.cluster_id and ${inScope(scope)}
        where r.name = any(${arrayOf('text', rules)})
        group by r.id, c.id order by r.name, c.name`,
  )
}

interface Edge extends Record<string, unknown> {
  /** Findings that go on past the end and were looked into, and those around the window that have an event in it. */
  readonly looked: number
  readonly found: number
  readonly lastUs: number | null
  /** Requests of findings that reach over an edge: so many within and outside the window, of at most `most` and one. */
  readonly within: number
  readonly outside: number
  readonly most: number
}

/** In the order of `reaching`. */
async function countedAtEdges(
  store: Store,
  reaching: readonly Told[],
  { sinceUs, untilUs }: Window,
  { hitsMax, findingsMax }: CountBounds,
): Promise<readonly Edge[]> {
  if (reaching.length === 0) return []
  const hits = shares(
    reaching.map(({ kept }) => kept),
    hitsMax,
  )
  const looks = shares(
    reaching.map(({ past }) => past),
    findingsMax,
  )
  const [since, until] = [sql`${sinceUs}::int8`, sql`${untilUs}::int8`]
  const own = sql`f.rule_id = i.rule_id and f.cluster_id = i.cluster_id and f.events > 0 and f.last_time >= ${since}
    and f.first_time < ${until} and ${isShown}`
  const reaches = sql`${own} and (f.first_time < ${since} or f.last_time >= ${until})`
  return await readRows<Edge>(
    store,
    sql`select p.looked, p.found, p."lastUs", w.count as within, o.count as outside, i.most
        from unnest(${idsOf(reaching, 'ruleId')}, ${idsOf(reaching, 'clusterId')}, ${arrayOf('int8', hits)}, ${arrayOf('int8', looks)})
            with ordinality as i (rule_id, cluster_id, most, looks, at)
          cross join lateral (
            select count(*)::int8 as looked, count(*) filter (where g.first_time < ${since} and l.time is not null)::int8 as found,
              max(l.time) as "lastUs"
            from (
              select f.id, f.first_time from finding f where ${own} and f.last_time >= ${until}
              order by f.first_time < ${since} desc, f.id limit i.looks
            ) g left join lateral (
              select h.time from rule_hit h
              where h.finding_id = g.id and h.counts and h.time >= ${since} and h.time < ${until}
              order by h.time desc limit 1
            ) l on true
          ) p
          cross join lateral (${countOf(reaches, sql`h.time >= ${since} and h.time < ${until}`, sql`i.most + 1`)}) w
          cross join lateral (${countOf(
            reaches,
            sql`(h.time < ${since} or h.time >= ${until})`,
            // What is within says it already.
            sql`case when w.count > i.most then i.most + 1 else 0 end`,
          )}) o
        order by i.at`,
  )
}

/** A request is one, whatever steps of it count: those of one time stand beside each other in the index. */
function countOf(reaches: SQL, when: SQL, limit: SQL): SQL {
  return sql`select count(*)::int8 as count from (
    select from finding f cross join lateral (
      select distinct h.time, h.request from rule_hit h where h.finding_id = f.id and h.counts and ${when}
      order by h.time, h.request
    ) n where ${reaches} limit ${limit}
  ) m`
}

/** Of a number that is to suffice for all of them: each what it needs, and the largest the same. */
function shares(needed: readonly number[], max: number): readonly number[] {
  let rest = max
  const given: number[] = []
  const ascending = needed.map((need, index) => ({ need, index })).toSorted((one, other) => one.need - other.need)
  for (const [before, { need, index }] of ascending.entries()) {
    const share = Math.min(need, Math.floor(rest / (needed.length - before)))
    rest -= share
    given[index] = Math.max(shareMin, share)
  }
  return given
}

function idsOf(told: readonly Told[], of: 'clusterId' | 'ruleId'): SQL {
  return arrayOf(
    'int4',
    told.map((one) => one[of]),
  )
}

function together(told: Told, edge: Edge | undefined): RuleFindings {
  const { rule, cluster } = told
  const whole = {
    rule,
    cluster,
    findings: told.findings,
    findingsRelation: 'eq',
    events: told.events,
    eventsRelation: 'eq',
    lastUs: told.lastUs ?? 0,
  } as const
  if (edge === undefined) return whole
  const isCounted = edge.within <= edge.most
  const isTold = isCounted || edge.outside <= edge.most
  return {
    ...whole,
    findings: told.findings + edge.found,
    // Those around the window are looked into before the others.
    findingsRelation: told.around <= edge.looked ? 'eq' : 'gte',
    events: told.events + (isCounted ? edge.within : isTold ? told.kept - edge.outside : edge.most),
    eventsRelation: isTold ? 'eq' : 'gte',
    lastUs: Math.max(whole.lastUs, edge.lastUs ?? 0),
  }
}
