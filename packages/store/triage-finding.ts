// triageFinding: what somebody makes of a finding, and what somebody says about it. Each is a step of its trail.

import type { Scope } from '@plaintrail/query/scope'
import { parseFindingId } from '@plaintrail/rules/finding-id'
import type { Severity } from '@plaintrail/rules/rule'
import {
  isDoneWith,
  needsComment,
  aloneDaysMax,
  aloneEventsMax,
  needsSecond,
  triageReasons,
  type FindingState,
  type TriageReason,
} from '@plaintrail/rules/triage'
import { sql } from 'drizzle-orm'
import type { PoolClient } from 'pg'
import { isLeft } from './finding-condition.ts'
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
  /** Null takes back what somebody proposed. */
  readonly proposed?: null | undefined
}

/**
 * `proposed`: another person has to confirm it, and until then the state is what it was. `own-proposal`: the other person would
 * be who proposed it. `stale`: it is at this version by now. `refused`: what was sent lacks or has too much of a field. The last
 * three changed nothing.
 */
export type Triaged =
  | { readonly kind: 'done' | 'proposed'; readonly version: number }
  | { readonly kind: 'own-proposal'; readonly version: number }
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
  /** Who proposed to ignore it for ever, and why; null where nobody did. */
  readonly proposedBy: string | null
  readonly proposedById: string | null
  readonly proposedReason: TriageReason | null
  readonly proposedComment: string | null
}

const noProposal = { proposedBy: null, proposedById: null, proposedReason: null, proposedComment: null } as const

export interface TriageAsked {
  readonly id: string
  readonly who: Who
  readonly change: TriageChange
  /** Null: whatever it is. */
  readonly ifVersion: number | null
}

/** Of two at once the second waits for the first, and then has an old version. */
export async function triageFinding(
  store: Store,
  scope: Scope,
  asked: TriageAsked,
  nowUs = Date.now() * 1_000,
): Promise<Triaged> {
  const { id, who, change, ifVersion } = asked
  return await transaction(store, async (client) => {
    const before = await lockTriage(client, scope, id)
    if (before === null) return { kind: 'not-found' }
    if (ifVersion !== null && ifVersion !== before.version) return { kind: 'stale', version: before.version }
    const isSecond = isConfirmed(before, change)
    if (isSecond && isProposer(before, who)) return { kind: 'own-proposal', version: before.version }
    const refused = faultOf(before, change, isSecond) ?? faultOfEnd(before, change, nowUs)
    if (refused !== null) return refused
    if (before.steps >= stepsMax) return { kind: 'full' }
    const after = isProposal(before, change) ? proposed(before, change, who) : changed(before, change)
    const isSame = JSON.stringify(after) === JSON.stringify(before)
    if (isSame && change.comment === undefined) return { kind: 'done', version: before.version }
    await writeStep(client, before, { who, did: isSecond ? 'ignore-confirmed' : didOf(before, after), after, change })
    const version = await writeTriage(client, after, { hasChanged: !isSame })
    return { kind: isProposal(before, change) ? 'proposed' : 'done', version }
  })
}

/** Whether it is for ever by this change, and was not, and one person is not enough for that. */
function asksForSecond(before: Triage, { state, until }: TriageChange): boolean {
  return state === 'ignored' && before.state !== 'ignored' && until === undefined && needsSecond(before.severity)
}

const isProposal = (before: Triage, change: TriageChange): boolean =>
  before.proposedBy === null && asksForSecond(before, change)
const isConfirmed = (before: Triage, change: TriageChange): boolean =>
  before.proposedBy !== null && asksForSecond(before, change)

/** Two tokens of one name are one person: the trail could not tell them apart. */
const isProposer = ({ proposedBy, proposedById }: Triage, { name, id }: Who): boolean =>
  proposedBy === name || (id !== null && proposedById === id)

function proposed(before: Triage, { assignee, reason, comment }: TriageChange, who: Who): Triage {
  return {
    ...changed(before, { assignee }),
    proposedBy: who.name,
    proposedById: who.id,
    proposedReason: reason ?? null,
    proposedComment: comment === undefined ? null : storable(comment),
  }
}

function didOf(before: Triage, after: Triage): StepKind {
  if (before.proposedBy === null && after.proposedBy !== null) return 'ignore-proposed'
  if (JSON.stringify(stateSide(before)) !== JSON.stringify(stateSide(after)) || before.reason !== after.reason)
    return 'state'
  if (before.proposedBy !== null && after.proposedBy === null) return 'proposal-withdrawn'
  return before.assignee === after.assignee ? 'comment' : 'assignee'
}

async function lockTriage(client: PoolClient, scope: Scope, id: string): Promise<Triage | null> {
  const bytes = parseFindingId(id)
  if (bytes === null) return null
  const { rows } = await client.query<Triage>(
    statementOf(sql`
      select f.id::text as uuid, f.cluster_id as "clusterId", f.rule_id as "ruleId", f.severity, f.events,
        f.triage_version as version, f.triage_steps as steps, f.state, f.assignee, f.reason,
        ${timeUs(sql`f.ignored_until`)} as "untilUs", f.ignored_events as "untilEvents", f.ignored_match as "untilMatch",
        f.proposed_by as "proposedBy", f.proposed_by_id::text as "proposedById", f.proposed_reason as "proposedReason",
        f.proposed_comment as "proposedComment"
      from finding f join cluster c on c.id = f.cluster_id
      where f.id = ${bytes.toString('hex')}::uuid and ${isLeft} and ${inScope(scope)} for update of f`),
  )
  return rows[0] ?? null
}

/** Who confirms gives the reason that was proposed, or none. */
function faultOf(before: Triage, change: TriageChange, isSecond: boolean): Triaged | null {
  const { state, reason, comment, until } = change
  const after = state ?? before.state
  const isDone = isDoneWith(after)
  if (change.proposed === null && state !== undefined)
    return refuse('proposed', 'what is proposed is taken back, or the state is changed, and not both')
  if (isSecond && reason !== undefined && reason !== before.proposedReason)
    return refuse('reason', `${before.proposedBy} proposed it as ${before.proposedReason}, and two must say the same`)
  if (until !== undefined && after !== 'ignored')
    return refuse('until', 'only an ignored finding opens again by itself')
  if (reason !== undefined && !isDone) return refuse('reason', `a finding that is ${after} has none`)
  if (!isDone || (state === undefined && reason === undefined && until === undefined)) return null
  if (reason === undefined && !isSecond && (before.reason === null || after !== before.state))
    return refuse('reason', `a finding that is ${after} needs a reason: ${triageReasons.join(', ')}`)
  const isSaid = comment !== undefined && comment.trim() !== ''
  if (needsComment(before.severity) && !isSaid)
    return refuse('comment', `who is done with a finding of severity ${before.severity} says in words why`)
  return null
}

/** An end that is far away, or that may never come, is for ever: two people can say that, without an end. */
function faultOfEnd({ severity }: Triage, { until }: TriageChange, nowUs: number): Triaged | null {
  if (until === undefined || !needsSecond(severity)) return null
  const isNear =
    (until.kind === 'time' && until.atUs <= nowUs + aloneDaysMax * dayUs) ||
    (until.kind === 'events' && until.more <= aloneEventsMax)
  if (isNear) return null
  return refuse(
    'until',
    `one person ignores a critical finding for ${aloneDaysMax} days or ${aloneEventsMax} events at most; for longer leave the end out, and another person confirms it`,
  )
}

const dayUs = 86_400_000_000

const refuse = (field: keyof TriageChange, says: string): Triaged => ({ kind: 'refused', field, says })

/** What somebody proposed is settled once the finding is done with in any way. */
function changed(before: Triage, change: TriageChange): Triage {
  const { state = before.state, assignee, until } = change
  const reason = change.reason ?? (isConfirmed(before, change) ? before.proposedReason : null)
  const isKept = state === before.state && until === undefined
  return {
    ...before,
    ...(change.proposed === null || (!isKept && isDoneWith(state)) ? noProposal : {}),
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

const sideOf = (triage: Triage): StepSide => ({
  ...stateSide(triage),
  assignee: triage.assignee,
  ...(triage.proposedBy === null ? {} : { proposed_by: triage.proposedBy }),
})

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
      tokenId: null,
      before: isComment ? null : sideOf(before),
      after: isComment ? null : sideOf(after),
      reason: reasonOf(did, before, after),
      comment: change.comment === undefined ? null : storable(change.comment),
    },
  ])
}

function reasonOf(did: StepKind, before: Triage, after: Triage): string | null {
  if (did === 'state' || did === 'ignore-confirmed') return after.reason
  return did === 'ignore-proposed' ? after.proposedReason : did === 'proposal-withdrawn' ? before.proposedReason : null
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
        ignored_events = ${untilEvents}, ignored_match = ${untilMatch}, proposed_by = ${after.proposedBy},
        proposed_by_id = ${after.proposedById}, proposed_reason = ${after.proposedReason},
        proposed_comment = ${after.proposedComment},
        proposed_at = case when ${after.proposedBy}::text is not null then coalesce(f.proposed_at, clock_timestamp()) end
      where f.id = ${uuid}::uuid returning f.triage_version as version`),
  )
  return rows[0]?.version ?? 0
}
