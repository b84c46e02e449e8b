// coverageOfRules: how the rules in force fared on what a cluster sent, and what they lacked.

import { formatEventId } from '@plaintrail/event/identity'
import { sql } from 'drizzle-orm'
import type { Store } from './open-store.ts'
import { readRows } from './read-rows.ts'
import { currentRules, type RuleVersion } from './rules.ts'

/** One text that a rule could not judge by, or failed with. */
export interface RuleLack {
  /** A JSON pointer into the variables of the expression, a qualifier or a field; empty where all others are counted. */
  readonly what: string
  /** As the end of a sentence; of an error what it says. */
  readonly because: string
  readonly isError: boolean
  /** Events. */
  readonly count: number
  /** The id of one of them. */
  readonly example: string
}

export interface RuleCoverage {
  readonly rule: RuleVersion
  /** Events that could concern it, and what came of them; all others are no match. */
  readonly evaluated: number
  readonly matched: number
  readonly insufficient: number
  readonly errors: number
  /** Those of most events first, at most `lacksMax`. */
  readonly lacks: readonly RuleLack[]
}

/** Told of one rule. */
const lacksMax = 5

/** Days since 1970, both in it. */
export interface DaySpan {
  readonly sinceDay: number
  readonly untilDay: number
}

/**
 * One for each rule in force that is not off, by name: what its present version met. Rules about gaps are left out. `of`: rules
 * in force that are read already.
 */
export async function coverageOfRules(
  store: Store,
  clusterId: number,
  days: DaySpan,
  of: readonly RuleVersion[] | null = null,
): Promise<readonly RuleCoverage[]> {
  const [rules, counts, lacks] = await Promise.all([
    of ?? currentRules(store),
    countsOf(store, clusterId, days),
    lacksOf(store, clusterId, days),
  ])
  const countsByRule = new Map(counts.map((row) => [keyOf(row), row]))
  const lacksByRule = Map.groupBy(lacks, keyOf)
  return rules
    .filter(({ told }) => told.state !== 'off' && told.on === 'event')
    .map((rule) => {
      const key = keyOf({ name: rule.name, version: rule.version })
      const { evaluated = 0, matched = 0, insufficient = 0, errors = 0 } = countsByRule.get(key) ?? {}
      return { rule, evaluated, matched, insufficient, errors, lacks: (lacksByRule.get(key) ?? []).map(lackOf) }
    })
}

interface OfRule {
  readonly name: string
  readonly version: number
}

const keyOf = ({ name, version }: OfRule): string => `${name}/${version}`

interface CountsRow extends OfRule, Record<string, unknown> {
  readonly evaluated: number
  readonly matched: number
  readonly insufficient: number
  readonly errors: number
}

async function countsOf(
  store: Store,
  clusterId: number,
  { sinceDay, untilDay }: DaySpan,
): Promise<readonly CountsRow[]> {
  return await readRows<CountsRow>(
    store,
    sql`select r.name, v.version, sum(v.evaluated)::int8 as evaluated, sum(v.matched)::int8 as matched,
          sum(v.insufficient)::int8 as insufficient, sum(v.errors)::int8 as errors
        from rule_coverage v join rule r on r.id = v.rule_id
        where v.cluster_id = ${clusterId}::int4 and v.day >= ${sinceDay}::int4 and v.day <= ${untilDay}::int4
        group by r.name, v.version`,
  )
}

interface LackRow extends OfRule, Record<string, unknown> {
  readonly what: string
  readonly because: string
  readonly isError: boolean
  readonly count: number
  readonly time: number
  readonly key: string
}

async function lacksOf(store: Store, clusterId: number, { sinceDay, untilDay }: DaySpan): Promise<readonly LackRow[]> {
  return await readRows<LackRow>(
    store,
    sql`select l.name, l.version, l.what, l.because, l."isError", l.count, l.time, l.key from (
          select r.name, m.version, m.what, m.because, m.is_error as "isError", sum(m.count)::int8 as count,
            max(m.time) as time, (array_agg(m.key order by m.time desc))[1]::text as key,
            row_number() over (partition by r.name, m.version order by sum(m.count) desc, m.what, m.because) as rank
          from rule_missing m join rule r on r.id = m.rule_id
          where m.cluster_id = ${clusterId}::int4 and m.day >= ${sinceDay}::int4 and m.day <= ${untilDay}::int4
          group by r.name, m.version, m.what, m.because, m.is_error) l
        where l.rank <= ${lacksMax} order by l.name, l.version, l.rank`,
  )
}

function lackOf({ what, because, isError, count, time, key }: LackRow): RuleLack {
  return { what, because, isError, count, example: formatEventId(time, Buffer.from(key.replaceAll('-', ''), 'hex')) }
}
