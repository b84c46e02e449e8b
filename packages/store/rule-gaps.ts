// judgeGaps: what rules say of the stretches in which events of a cluster are known to be missing. A gap that grows is one
// hit, and one that turns out to be none (a worker had been behind) is taken back.

import { hash } from 'node:crypto'
import { formatMicroTime } from '@plaintrail/event/time'
import { evaluateGap } from '@plaintrail/rules/evaluate'
import { filledText } from '@plaintrail/rules/filled-text'
import { sql } from 'drizzle-orm'
import type { PoolClient } from 'pg'
import { lockKnown } from './finding-rows.ts'
import { recountFindings, takeFoundHits, type FoundHit } from './findings-of-hits.ts'
import { boundedFields, findingUuid, uuidOf, type JudgedCluster } from './judge-events.ts'
import type { JudgedRule, JudgedRules } from './judged-rules.ts'
import type { Store } from './open-store.ts'
import { makeRuleHitDays } from './partitions.ts'
import { readRows } from './read-rows.ts'
import type { RuleBook } from './rule-book.ts'
import type { HitPlace } from './rule-hits.ts'
import { dayOf } from './segment-id.ts'
import { transaction } from './transaction.ts'

/** Gaps that ended longer ago are what they were. In microseconds. */
const recentUs = 3_600_000_000
/** Of gaps that began longer ago everything was said: the days of their hits may be gone. In microseconds. */
const begunUs = 8 * 86_400_000_000
/** The newest of them. */
const gapsMax = 1_000

interface GapRow {
  readonly id: number
  readonly clusterId: number
  readonly clusterUid: string
  readonly cluster: string
  readonly cause: string
  readonly detail: string
  readonly fromUs: number
  readonly toUs: number
  readonly occurrences: number
  readonly open: boolean
}

/** How many gaps were looked at. To be called again and again, by any number of callers. */
export async function judgeGaps(store: Store, book: RuleBook<JudgedRules>, nowUs: number): Promise<number> {
  const rules = await transaction(store, async (client) => (await book.open(client)).ready.onGaps)
  if (rules.length === 0) return 0
  const gaps = await recentGaps(store, nowUs)
  await makeRuleHitDays(store, new Set(gaps.map(({ fromUs }) => dayOf(fromUs))))
  for (const own of Map.groupBy(gaps, ({ clusterId }) => clusterId).values()) {
    const [first] = own
    if (first === undefined) continue
    const cluster = { id: first.clusterId, uid: first.clusterUid, name: first.cluster }
    await transaction(store, async (client) => {
      const hits = own.flatMap((gap) => rules.flatMap((rule) => hitOf(cluster, rule, gap) ?? []))
      await takeFoundHits({ store, client, clusterId: cluster.id, book }, await atTheirFirstTime(client, hits))
    })
  }
  await takeBack(store, { book, rules, sinceUs: nowUs - begunUs })
  return gaps.length
}

async function recentGaps(store: Store, nowUs: number): Promise<readonly GapRow[]> {
  return await readRows<GapRow & Record<string, unknown>>(
    store,
    sql`select g.id, c.id as "clusterId", c.uid::text as "clusterUid", c.name as cluster, g.cause, g.detail,
          g.from_us as "fromUs", g.to_us as "toUs", g.occurrences, g.open
        from gap g join cluster c on c.id = g.cluster_id
        where g.to_us >= ${nowUs - recentUs}::int8 and g.from_us >= ${nowUs - begunUs}::int8 order by g.to_us desc, g.id desc limit ${gapsMax}`,
  )
}

const second = 1_000_000

function hitOf(cluster: JudgedCluster, { ruleId, version, compiled }: JudgedRule, gap: GapRow): FoundHit | null {
  const evaluation = evaluateGap(compiled, cluster.name, {
    cluster: cluster.name,
    kind: gap.cause,
    detail: gap.detail,
    from: formatMicroTime(gap.fromUs),
    until: formatMicroTime(gap.toUs),
    seconds: Math.floor((gap.toUs - gap.fromUs) / second),
    occurrences: gap.occurrences,
    open: gap.open,
  })
  if (evaluation.kind !== 'match') return null
  const { rule } = compiled
  const fields = boundedFields(compiled.tells.includes('cluster') ? { cluster: cluster.name } : {})
  const told = { version, severity: rule.severity, controls: rule.controls, fields }
  return {
    finding: {
      ...told,
      id: findingUuid(cluster.uid, rule.name, evaluation.group),
      ruleId,
      summary: filledText(rule.summary, fields),
      group: boundedFields(Object.fromEntries(rule.groupBy.map((name, at) => [name, evaluation.group[at] ?? null]))),
    },
    timeUs: gap.fromUs,
    request: uuidOf(hash('sha256', `gap/${gap.id}`)),
    step: 0,
    version,
    key: null,
    gapId: gap.id,
    stageRank: 0,
    stageTimeUs: gap.toUs,
    dueUs: null,
    value: null,
    fields,
  }
}

/** A gap may come to begin earlier than it was known to: it is the same hit. */
async function atTheirFirstTime(client: PoolClient, hits: readonly FoundHit[]): Promise<readonly FoundHit[]> {
  const { rows } = await client.query<{ findingId: string; gapId: number; timeUs: number }>(
    `select h.finding_id::text as "findingId", h.gap_id as "gapId", min(h.time) as "timeUs" from rule_hit h
     where h.finding_id = any($1::uuid[]) and h.gap_id = any($2::int8[]) and h.time >= $3
     group by h.finding_id, h.gap_id`,
    [
      hits.map(({ finding }) => finding.id),
      hits.map(({ gapId }) => gapId),
      hits.reduce((least, { timeUs }) => Math.min(least, timeUs), Number.MAX_SAFE_INTEGER),
    ],
  )
  const first = new Map(rows.map(({ findingId, gapId, timeUs }) => [`${findingId}/${gapId}`, timeUs]))
  return hits.map((hit) => ({ ...hit, timeUs: first.get(`${hit.finding.id}/${hit.gapId}`) ?? hit.timeUs }))
}

interface GoneHit extends HitPlace {
  readonly clusterId: number
  readonly version: number
  readonly counts: boolean
}

interface TakeBack {
  readonly book: RuleBook<JudgedRules>
  readonly rules: readonly JudgedRule[]
  readonly sinceUs: number
}

/** What was found of gaps that are not there any more. */
async function takeBack(store: Store, { book, rules, sinceUs }: TakeBack): Promise<void> {
  const isGone = 'h.time >= $2 and h.gap_id is not null and not exists (select from gap g where g.id = h.gap_id)'
  await transaction(store, async (client) => {
    const { rows: found } = await client.query<{ id: string }>(
      `select distinct f.id::text as id from finding f join rule_hit h on h.finding_id = f.id
       where f.rule_id = any($1::int4[]) and ${isGone}`,
      [rules.map(({ ruleId }) => ruleId), sinceUs],
    )
    if (found.length === 0) return
    const ids = found.map(({ id }) => id)
    await lockKnown(client, ids)
    const { rows } = await client.query<GoneHit>(
      `delete from rule_hit h where h.finding_id = any($1::uuid[]) and ${isGone}
       returning h.cluster_id as "clusterId", h.finding_id::text as "findingId", h.time as "timeUs",
         h.request::text as request, h.step, h.version, h.counts`,
      [ids, sinceUs],
    )
    for (const [clusterId, own] of Map.groupBy(rows, (row) => row.clusterId)) {
      const touched = own.map(({ findingId, version, timeUs }) => ({
        findingId,
        version,
        fromUs: timeUs,
        toUs: timeUs,
      }))
      const counted = own.filter(({ counts }) => counts)
      await recountFindings({ store, client, clusterId, book }, touched, counted)
    }
  })
}
