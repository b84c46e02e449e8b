// triageFinding: what somebody makes of a finding, and what somebody says about it. Each is a step of its trail.

import type { Scope } from '@plaintrail/query/scope'
import { parseFindingId } from '@plaintrail/rules/finding-id'
import type { Severity } from '@plaintrail/rules/rule'
import { isDoneWith, needsComment, type FindingState, type TriageReason } from '@plaintrail/rules/triage'
import { sql } from 'drizzle-orm'
import type { PoolClient } from 'pg'
import type { Store } from './open-store.ts'
import { statementOf } from './read-rows.ts'
import { storable } from './revision-row.ts'
import { timestampOf, timeUs } from './time-position.ts'
import { transaction } from './transaction.ts'
import { writeSteps, type StepKind, type StepSide, type Who } from './triage-steps.ts'
import { inScope } from './visible-clusters.ts'

/** When an ignored finding opens again: at a time, with so many more requests, or with an event that a query means. */
export type IgnoredUntil =
  | { readonly kind: 'time'; readonly atUs: number }
  | { readonly kind: 'events'; readonly more: number }
  | { readonly kind: 'match'; readonly match: string }

/** What is left out stays as it is. */
export interface TriageChange {
  readonly state?: FindingState | undefined
  /** Null for nobody. */
  readonly assignee?: string | null | undefined
  readonly reason?: TriageReason | undefined
  readonly comment?: string | undefined
  readonly until?: IgnoredUntil | undefined
}

/** `stale`: it is at this version by now. `refused`: what was sent lacks or has too much of a field. Both changed nothing. */
export type Triaged =
  | { readonly kind: 'done'; readonly version: number }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'stale'; readonly version: number }
  | { readonly kind: 'refused'; readonly field: keyof TriageChange; readonly says: string }
  | { readonly kind: 'full' }

/** Steps of one finding that people make; what Plaintrail does by itself follows on one of these. */
export const stepsMax = 10_000

interface Triage {
  readonly uuid: string
  readonly clusterId: number
  readonly ruleId: number
  readonly severity: Severity
  readonly events: number
  readonly version: number
  readonly steps: number
  readonly state: FindingState
  readonly assignee: string | null
  readonly reason: string | null
  readonly untilUs: number | null
  readonly untilEvents: number | null
  readonly untilMatch: string | null
}

export interface TriageAsked {
  readonly id: string
  readonly who: Who
  readonly change: TriageChange
  /** Null: whatever it is. */
  readonly ifVersion: number | null
}

/** Of two at once the second waits for the first, and then has an old version. */
export async function triageFinding(store: Store, scope: Scope, asked: TriageAsked): Promise<Triaged> {
  const { id, who, change, ifVersion } = asked
  return await transaction(store, async (client) => {
    const before = await lockTriage(client, scope, id)
    if (before === null) return { kind: 'not-found' }
    if (ifVersion !== null && ifVersion !== before.version) return { kind: 'stale', version: before.version }
    const refused = faultOf(before, change)
    if (refused !== null) return refused
    if (before.steps >= stepsMax) return { kind: 'full' }
    const after = changed(before, change)
    const isSame = JSON.stringify(after) === JSON.stringify(before)
    if (isSame && change.comment === undefined) return { kind: 'done', version: before.version }
    await writeStep(client, before, { who, did: didOf(before, after), after, change })
    return { kind: 'done', version: await writeTriage(client, after, { hasChanged: !isSame }) }
  })
}

function didOf(before: Triage, after: Triage): StepKind {
  if (JSON.stringify(stateSide(before)) !== JSON.stringify(stateSide(after)) || before.reason !== after.reason)
    return 'state'
  return before.assignee === after.assignee ? 'comment' : 'assignee'
}

async function lockTriage(client: PoolClient, scope: Scope, id: string): Promise<Triage | null> {
  const bytes = parseFindingId(id)
  if (bytes === null) return null
  const { rows } = await client.query<Triage>(
    statementOf(sql`
      select f.id::text as uuid, f.cluster_id as "clusterId", f.rule_id as "ruleId", f.severity, f.events,
        f.triage_version as version, f.triage_steps as steps, f.state, f.assignee, f.reason,
        ${timeUs(sql`f.ignored_until`)} as "untilUs", f.ignored_events as "untilEvents", f.ignored_match as "untilMatch"
      from finding f join cluster c on c.id = f.cluster_id
      where f.id = ${bytes.toString('hex')}::uuid and f.events > 0 and ${inScope(scope)} for update of f`),
  )
  return rows[0] ?? null
}

function faultOf(before: Triage, { state, reason, comment, until }: TriageChange): Triaged | null {
  const after = state ?? before.state
  const isDone = isDoneWith(after)
  if (until !== undefined && after !== 'ignored')
    return refuse('until', 'only an ignored finding opens again by itself')
  if (reason !== undefined && !isDone) return refuse('reason', `a finding that is ${after} has none`)
  if (!isDone || (state === undefined && reason === undefined && until === undefined)) return null
  if (reason === undefined && (before.reason === null || after !== before.state))
    return refuse('reason', `a finding that is ${after} needs one`)
  const isSaid = comment !== undefined && comment.trim() !== ''
  if (needsComment(before.severity) && !isSaid)
    return refuse('comment', `who is done with a finding of severity ${before.severity} says in words why`)
  return null
}

const refuse = (field: keyof TriageChange, says: string): Triaged => ({ kind: 'refused', field, says })

function changed(before: Triage, { state = before.state, assignee, reason, until }: TriageChange): Triage {
  const isKept = state === before.state && until === undefined
  return {
    ...before,
    state,
    assignee: assignee === undefined ? before.assignee : assignee === null ? null : storable(assignee),
    reason: isDoneWith(state) ? (reason ?? before.reason) : null,
    untilUs: isKept ? before.untilUs : until?.kind === 'time' ? until.atUs : null,
    untilEvents: isKept ? before.untilEvents : until?.kind === 'events' ? before.events + until.more : null,
    untilMatch: isKept ? before.untilMatch : until?.kind === 'match' ? storable(until.match) : null,
  }
}

function stateSide({ state, untilUs, untilEvents, untilMatch }: Triage): StepSide {
  return {
    state,
    ...(untilUs === null ? {} : { until_us: untilUs }),
    ...(untilEvents === null ? {} : { until_events: untilEvents }),
    ...(untilMatch === null ? {} : { until_match: untilMatch }),
  }
}

const sideOf = (triage: Triage): StepSide => ({ ...stateSide(triage), assignee: triage.assignee })

interface MadeStep {
  readonly who: Who
  readonly did: StepKind
  readonly after: Triage
  readonly change: Pick<TriageChange, 'comment'>
}

async function writeStep(client: PoolClient, before: Triage, { who, did, after, change }: MadeStep): Promise<void> {
  const isComment = did === 'comment'
  await writeSteps(client, [
    {
      who,
      did,
      findingId: before.uuid,
      clusterId: before.clusterId,
      ruleId: before.ruleId,
      exceptionId: null,
      before: isComment ? null : sideOf(before),
      after: isComment ? null : sideOf(after),
      reason: did === 'state' ? after.reason : null,
      comment: change.comment === undefined ? null : storable(change.comment),
    },
  ])
}

/** A comment is a step and no change: what others have of the finding is not old by it. */
async function writeTriage(
  client: PoolClient,
  after: Triage,
  { hasChanged }: { hasChanged: boolean },
): Promise<number> {
  const { uuid, state, assignee, reason, untilUs, untilEvents, untilMatch } = after
  const { rows } = await client.query<{ version: number }>(
    statementOf(sql`
      update finding f set triage_steps = f.triage_steps + 1, triage_version = f.triage_version + ${hasChanged ? 1 : 0},
        triaged_at = clock_timestamp(), state = ${state}, regressed = f.regressed and ${state === 'open'}, assignee = ${assignee},
        reason = ${reason}, ignored_until = ${untilUs === null ? sql`null` : timestampOf(untilUs)},
        ignored_events = ${untilEvents}, ignored_match = ${untilMatch}
      where f.id = ${uuid}::uuid returning f.triage_version as version`),
  )
  return rows[0]?.version ?? 0
}
