// seedFinding: a rule, a finding of it and its hits, written row by row, for tests of what is asked about them.

import { createHash } from 'node:crypto'
import { parseEventId } from '@plaintrail/event/identity'
import { formatFindingId } from '@plaintrail/rules/finding-id'
import { parseRules } from '@plaintrail/rules/parse-rules'
import type { Store } from './open-store.ts'
import { makeRuleHitDays } from './partitions.ts'
import { currentRule, putRules } from './rules.ts'
import { dayOf } from './segment-id.ts'

export interface SeededFinding {
  /** Of a rule that is there already: seedRule. */
  readonly rule: string
  /** UUID of the cluster. */
  readonly cluster: string
  readonly group: Readonly<Record<string, string | null>>
  /** Ids of events, one a request, the last of them the latest. */
  readonly events: readonly string[]
  /** Of events that matched and do not count. */
  readonly near?: readonly string[]
  readonly summary?: string
  readonly fields?: Readonly<Record<string, string | null>>
}

/** The text of a rule, right but for what a test changes in it. */
export function ruleText(name: string, more: Readonly<Record<string, unknown>> = {}): string {
  const spec = { title: `Title of ${name}`, severity: 'high', match: 'verb:create', ...more }
  return `apiVersion: plaintrail.dev/v1\nkind: Rule\nmetadata: {name: ${name}}\nspec: ${JSON.stringify(spec)}\n`
}

/** Its version. */
export async function seedRule(store: Store, text: string, author = 'test'): Promise<number> {
  const { rules, errors } = parseRules(text)
  const [first] = errors
  if (first !== undefined) throw new Error(`${first.line}:${first.column}: ${first.message}`)
  const [put] = await putRules(store, { source: 'api', author, rules })
  return put !== undefined && 'version' in put ? put.version : 0
}

/** Its id. */
export async function seedFinding(store: Store, seeded: SeededFinding): Promise<string> {
  const { cluster, group, events, near = [], summary = 'something was found', fields = group } = seeded
  const rule = await currentRule(store, seeded.rule)
  if (rule === null) throw new Error(`there is no rule ${seeded.rule}`)
  const digest = createHash('sha256')
    .update(JSON.stringify([cluster, rule.name, group]))
    .digest()
    .subarray(0, 16)
  const places = [...events, ...near].map((id, index) => {
    const parsed = parseEventId(id)
    if (parsed === null) throw new Error(`${id} is no id of an event`)
    return { ...parsed, counts: index < events.length }
  })
  const days = new Set(places.map(({ timeUs }) => dayOf(timeUs)))
  await makeRuleHitDays(
    store,
    [...days].filter((day) => day >= firstDay),
  )
  const times = places.filter(({ counts }) => counts).map(({ timeUs }) => timeUs)
  await store.pool.query(
    `insert into finding (first_time, last_time, events, opened_at, id, cluster_id, rule_id, version, severity, controls,
       summary, "group", fields)
     select $1, $2, $3, clock_timestamp(), $4, c.id, r.id, $5, $6, $7, $8, $9, $10 from cluster c, rule r
     where c.uid = $11 and r.name = $12`,
    [
      Math.min(...times),
      Math.max(...times),
      times.length,
      digest.toString('hex'),
      rule.version,
      rule.told.severity,
      rule.told.controls,
      summary,
      JSON.stringify(group),
      JSON.stringify(fields),
      cluster,
      rule.name,
    ],
  )
  await store.pool.query(
    `insert into rule_hit (time, stage_time, finding_id, request, key, cluster_id, version, step, stage_rank, counts, fields)
     select i.time, i.time, $1, i.key, i.key, c.id, $2, 0, 3, i.counts, '{}'
     from cluster c, unnest($3::int8[], $4::uuid[], $5::bool[]) as i (time, key, counts) where c.uid = $6`,
    [
      digest.toString('hex'),
      rule.version,
      places.map(({ timeUs }) => timeUs),
      places.map(({ key }) => key.toString('hex')),
      places.map(({ counts }) => counts),
      cluster,
    ],
  )
  return formatFindingId(digest)
}

/** Before it times are none that can be used: there is a partition for these. */
const firstDay = 16_071
