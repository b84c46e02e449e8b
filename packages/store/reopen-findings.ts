// reopenFindings: what people were done with and is not over: a resolved finding with a new event, and an ignored one whose
// time is up, which has as many events as it may have, or one that its query means.

import type { FindingState } from '@plaintrail/rules/triage'
import { everything } from '@plaintrail/query/scope'
import { sql } from 'drizzle-orm'
import type { PoolClient } from 'pg'
import { readAgain, type HidingTools } from './hidden-hits.ts'
import type { Store } from './open-store.ts'
import { queryConditions } from './query-conditions.ts'
import { arrayOf, statementOf } from './read-rows.ts'
import type { HitPlace } from './rule-hits.ts'
import { timestampOf, timeUs } from './time-position.ts'
import { transaction } from './transaction.ts'
import { itself, writeSteps, type StepSide } from './triage-steps.ts'

interface DoneFinding {
  readonly id: string
  readonly clusterId: number
  readonly ruleId: number
  readonly state: FindingState
  readonly events: number
  readonly reason: string | null
  readonly assignee: string | null
  readonly untilUs: number | null
  readonly untilEvents: number | null
  readonly untilMatch: string | null
}

const columns = sql`f.id::text as id, f.cluster_id as "clusterId", f.rule_id as "ruleId", f.state, f.events, f.reason,
  f.assignee, ${timeUs(sql`f.ignored_until`)} as "untilUs", f.ignored_events as "untilEvents", f.ignored_match as "untilMatch"`

/**
 * `gained`: of findings that are locked and written, the requests that have come to count. In their transaction.
 * `isGivenBack`: they are no new ones, an exception had hidden them; the trail must not say that something happened anew.
 */
export async function reopenFindings(
  tools: HidingTools,
  gained: ReadonlyMap<string, readonly HitPlace[]>,
  isGivenBack: boolean,
): Promise<void> {
  const { client } = tools
  const { rows } = await client.query<DoneFinding>(
    statementOf(sql`select ${columns} from finding f
      where f.id = any(${arrayOf('uuid', [...gained.keys()])}) and f.state in ('resolved', 'ignored') order by f.id`),
  )
  const over: ReopenedFinding[] = []
  for (const finding of rows) {
    if (finding.state === 'resolved') {
      over.push({ finding, why: isGivenBack ? 'an exception that hid events of it is over' : 'there is a new event' })
      continue
    }
    const why = await whyIgnoreOver(tools, finding, gained.get(finding.id) ?? [])
    if (why !== null) over.push({ finding, why })
  }
  await reopen(client, over)
}

interface ReopenedFinding {
  readonly finding: DoneFinding
  readonly why: string
}

async function whyIgnoreOver(
  tools: HidingTools,
  finding: DoneFinding,
  hits: readonly HitPlace[],
): Promise<string | null> {
  const { untilEvents, untilMatch, events } = finding
  if (untilEvents !== null && events >= untilEvents) return `there are ${events} events`
  if (untilMatch !== null && (await meansOne(tools, untilMatch, hits))) return 'there is an event that its query means'
  return null
}

async function meansOne({ client, store }: HidingTools, match: string, hits: readonly HitPlace[]): Promise<boolean> {
  const query = readAgain(match)
  // What cannot be read any more must not keep anything from being seen.
  if (query === null) return true
  const conditions = await queryConditions(store, everything, query, 'few')
  if (conditions === null) return false
  const times = hits.map(({ timeUs }) => timeUs)
  const [fromUs, toUs] = [
    times.reduce((a, b) => Math.min(a, b), Number.MAX_SAFE_INTEGER),
    times.reduce((a, b) => Math.max(a, b), 0),
  ]
  const { rowCount } = await client.query(
    statementOf(sql`
      select from unnest(${arrayOf(
        'uuid',
        hits.map(({ findingId }) => findingId),
      )}, ${arrayOf('int8', times)},
          ${arrayOf(
            'uuid',
            hits.map(({ request }) => request),
          )}) as i (finding_id, time, request)
      join rule_hit h on h.finding_id = i.finding_id and h.time = i.time and h.request = i.request and h.counts
        and h.time >= ${fromUs}::int8 and h.time <= ${toUs}::int8
      join event e on e.time = h.time and e.key = h.key and e.time >= ${fromUs}::int8 and e.time <= ${toUs}::int8
      where (${conditions.where({ fromUs, toUs: toUs + 1 })}) limit 1`),
  )
  return rowCount === 1
}

/** Findings in one transaction. */
const findingsMax = 100

/** How many were ignored until then; microseconds since 1970. By any number of callers. */
export async function reopenByTime(store: Store, nowUs: number): Promise<number> {
  let reopened = 0
  for (let some = findingsMax; some === findingsMax; reopened += some) {
    some = await transaction(store, async (client) => {
      const { rows } = await client.query<DoneFinding>(
        statementOf(sql`select ${columns} from finding f where f.ignored_until <= ${timestampOf(nowUs)} and f.state = 'ignored'
          order by f.id limit ${findingsMax} for update skip locked`),
      )
      await reopen(
        client,
        rows.map((finding) => ({ finding, why: 'its time is up' })),
      )
      return rows.length
    })
  }
  return reopened
}

async function reopen(client: PoolClient, over: readonly ReopenedFinding[]): Promise<void> {
  if (over.length === 0) return
  await client.query(
    `update finding f set regressed = f.state = 'resolved', state = 'open', reason = null, ignored_until = null,
       ignored_events = null, ignored_match = null, triage_version = f.triage_version + 1,
       triage_steps = f.triage_steps + 1, triaged_at = clock_timestamp()
     where f.id = any($1::uuid[])`,
    [over.map(({ finding }) => finding.id)],
  )
  await writeSteps(
    client,
    over.map(({ finding, why }) => ({
      who: itself,
      did: finding.state === 'resolved' ? 'regressed' : 'ignore-over',
      findingId: finding.id,
      clusterId: finding.clusterId,
      ruleId: finding.ruleId,
      exceptionId: null,
      tokenId: null,
      before: sideOf(finding),
      after: { state: 'open', assignee: finding.assignee },
      reason: finding.reason,
      comment: why,
    })),
  )
}

function sideOf({ state, assignee, untilUs, untilEvents, untilMatch }: DoneFinding): StepSide {
  return {
    state,
    ...(untilUs === null ? {} : { until_us: untilUs }),
    ...(untilEvents === null ? {} : { until_events: untilEvents }),
    ...(untilMatch === null ? {} : { until_match: untilMatch }),
    assignee,
  }
}
