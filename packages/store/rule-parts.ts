// createRuleParts: what rules read around an event: what it changed, what its object was, who is behind it, and whether its
// auditID was used again. A look-up or two of each for all events of a batch, and only of those whose rules read it.

import type { Event } from '@plaintrail/event/event'
import type { JsonObject } from '@plaintrail/history/json-values'
import { baseOf } from '@plaintrail/history/revision-link'
import { everything } from '@plaintrail/query/scope'
import type { CostlyPart, Known, Subject, SubjectChange, SubjectInitiator } from '@plaintrail/rules/subject'
import { sql } from 'drizzle-orm'
import { changedFieldRows, keyOfChanges } from './changed-field-rows.ts'
import { initiatorsOf } from './initiators-of.ts'
import { rowsBefore } from './neighbour-rows.ts'
import { lacksOf } from './object-at.ts'
import type { Store } from './open-store.ts'
import { arrayOf, readRows } from './read-rows.ts'
import { revisionColumns, type KeptRevision, type RevisionRow } from './revision-row.ts'
import type { RevisionSources } from './revision-sources.ts'
import type { RuleEvent } from './rule-events.ts'

/** What is left out was not asked for, or is told by the event alone. */
export type RuleParts = Partial<Pick<Subject, CostlyPart>>

export interface AskedParts {
  readonly event: RuleEvent
  readonly parts: ReadonlySet<CostlyPart>
}

export interface RulePartsOptions {
  /** Whether history and attribution are kept here: what they do not know yet is known of an event that is past them. */
  readonly isHistoryOn: boolean
}

/** For each of the events. */
export async function ruleParts(
  store: Store,
  sources: RevisionSources,
  asked: readonly AskedParts[],
  { isHistoryOn }: RulePartsOptions,
): Promise<readonly RuleParts[]> {
  const ofPart = (part: CostlyPart): readonly RuleEvent[] =>
    asked.flatMap(({ event, parts }) => (parts.has(part) ? [event] : []))
  const changing = isHistoryOn ? ofPart('changes').filter(({ told }) => mayHaveChanged(told)) : []
  const before = isHistoryOn ? ofPart('oldObject').filter(({ told }) => told.flags.created !== true) : []
  const revisions = await revisionsOf(store, [...new Set([...changing, ...before])])
  const changes = await changesOf(store, changing, revisions)
  const initiators = await initiatorsBehind(store, isHistoryOn ? ofPart('initiator') : [])
  const reused = await reusedIds(store, ofPart('isAuditIDReused'))
  const states = await statesBefore(store, sources, before, revisions)
  return asked.map(({ event: { id } }) => {
    const [changed, old, initiator] = [changes.get(id), states.get(id), initiators.get(id)]
    return {
      ...(changed !== undefined && { changes: changed }),
      ...(old !== undefined && { oldObject: old }),
      ...(initiator !== undefined && { initiator }),
      ...(reused.has(id) && { isAuditIDReused: true }),
    }
  })
}

const unknown = (because: string): { readonly isKnown: false; readonly because: string } => ({
  isKnown: false,
  because,
})

function mayHaveChanged({ class: kind, outcome, flags }: Event): boolean {
  return kind === 'write' && outcome !== 'denied' && outcome !== 'rejected' && flags.dryRun !== true
}

type OwnRevision = RevisionRow & { readonly uid: string }

/** By event id; of several things that an event tells of its object, the one that stands last. */
async function revisionsOf(store: Store, events: readonly RuleEvent[]): Promise<ReadonlyMap<string, OwnRevision>> {
  if (events.length === 0) return new Map()
  const times = events.map(({ record }) => record.time)
  // By the uid, which a name may have been given to several of; and by the name, where no body says the uid.
  const rows = await readRows<OwnRevision & { readonly at: number } & Record<string, unknown>>(
    store,
    sql`select distinct on (i.at) i.at, o.uid, ${sql.raw(revisionColumns)}
        from unnest(${arrayOf('int8', times)},
            ${arrayOf(
              'uuid',
              events.map(({ record }) => record.key),
            )}) with ordinality as i (time, key, at)
          join event e on e.time = i.time and e.key = i.key
          cross join lateral (
            select o.id, o.uid from history_object o where o.cluster_id = e.cluster_id and o.uid = e.object_uid::text
            union select o.id, o.uid from history_object o
              where o.object_key = e.object_key and o.cluster_id = e.cluster_id and o.name = e.name) o
          join revision r on r.object_id = o.id and r.time = e.time and r.key = e.key
        where e.time >= ${least(times)}::int8 and e.time <= ${most(times)}::int8 and e.name <> '' and not r.is_read
        order by i.at, r.place desc nulls last`,
  )
  return new Map(rows.flatMap(({ at, ...row }) => (events[at - 1] ? [[events[at - 1]?.id ?? '', row] as const] : [])))
}

/** All that history keeps of one write: revision-fields.ts writes no more. */
const keptMax = 1_000

async function changesOf(
  store: Store,
  events: readonly RuleEvent[],
  revisions: ReadonlyMap<string, OwnRevision>,
): Promise<ReadonlyMap<string, Known<readonly SubjectChange[]>>> {
  const written = events.flatMap(({ id }) => revisions.get(id) ?? [])
  const found = await changedFieldRows(store, written, { eachMax: keptMax, hasImages: true })
  return new Map(
    events.map(({ id, told }) => {
      const row = revisions.get(id)
      if (row === undefined) return [id, whereNoRevision(told)] as const
      const own = found.get(keyOfChanges(row)) ?? []
      return [id, knownChanges(row, own)] as const
    }),
  )
}

/** A write whose answer was logged and that made no revision changed nothing. */
function whereNoRevision({ level, object, flags, verb }: Event): Known<readonly SubjectChange[]> {
  const isShown = level === 'RequestResponse' && flags.truncated !== true && flags.bodyTooLarge !== true
  const isOfOne = object !== null && object.name !== '' && object.resource !== 'events' && verb !== 'deletecollection'
  return isShown && isOfOne ? { isKnown: true, value: [] } : unknown('the event does not show what came of it')
}

function knownChanges(
  { link, fidelity, changes }: RevisionRow,
  value: readonly SubjectChange[],
): Known<readonly SubjectChange[]> {
  const [reason] = link.reasons
  if (link.adjacency === 'broken') return unknown(reason?.says ?? 'a write before it was not seen')
  if (fidelity === 'metadata-only') return unknown('the event does not show the object')
  const told = value.filter(({ op }) => op !== 'came').length
  return told < changes ? unknown(`it changed ${changes} fields, of which ${told} are kept`) : { isKnown: true, value }
}

async function statesBefore(
  store: Store,
  sources: RevisionSources,
  events: readonly RuleEvent[],
  revisions: ReadonlyMap<string, OwnRevision>,
): Promise<ReadonlyMap<string, Known<JsonObject | null>>> {
  const states = new Map<string, Known<JsonObject | null>>()
  const placed: { readonly id: string; readonly own: OwnRevision; readonly place: number }[] = []
  for (const { id } of events) {
    const own = revisions.get(id)
    const told = withoutBefore(own)
    if (told !== null) states.set(id, told)
    else if (own != null && own.place !== null) placed.push({ id, own, place: own.place })
  }
  const rows = await rowsBefore(
    store,
    placed.map(({ own: { objectId }, place }) => ({ objectId, place })),
  )
  await sources.readAhead(rows.flatMap((row) => row ?? []))
  for (const [index, { id, own }] of placed.entries()) {
    const row = rows[index] ?? null
    const before = row && (await sources.load(store.pool, own.uid, row))
    states.set(id, stateBefore(before, own))
  }
  return states
}

/** Null where it is to be read. */
function withoutBefore(own: OwnRevision | undefined): Known<null> | null {
  if (own === undefined) return unknown('it made no new state of its object that is known')
  const { place, link } = own
  if (link.adjacency === 'first') return { isKnown: true, value: null }
  if (link.adjacency === 'broken') return unknown(link.reasons[0]?.says ?? 'a write before it was not seen')
  return place === null ? unknown('the event does not show which state it changed') : null
}

function stateBefore(before: KeptRevision | null, { link }: OwnRevision): Known<JsonObject | null> {
  if (before === null) return unknown('what was before it was not seen')
  const base = baseOf(before.revision, link)
  return base === null
    ? unknown(lacksOf(before.revision) ?? 'what was before it was not seen')
    : { isKnown: true, value: base }
}

async function initiatorsBehind(
  store: Store,
  events: readonly RuleEvent[],
): Promise<ReadonlyMap<string, Known<SubjectInitiator>>> {
  const found = await initiatorsOf(
    store,
    everything,
    events.map(({ id, told }) => ({
      id,
      class: told.class,
      outcome: told.outcome,
      verb: told.verb,
      actor: { ...told.actor, as: told.impersonated?.name ?? null },
      object: told.object && { ...told.object, subresource: told.object.subresource || null },
    })),
  )
  return new Map(
    events.map(({ id }): readonly [string, Known<SubjectInitiator>] => {
      const attribution = found.get(id) ?? null
      if (attribution === null) return [id, unknown('it is not attributed')]
      const { initiator, confidence } = attribution
      return [id, { isKnown: true, value: { ...initiator, confidence } }]
    }),
  )
}

/** Whoever sends an auditID again does it soon; of all days the look-up would take as long as the batch. */
const reusedWithinUs = 3_600_000_000

/** Ids of the events of whose auditID and stage the cluster has other bytes. */
async function reusedIds(store: Store, events: readonly RuleEvent[]): Promise<ReadonlySet<string>> {
  if (events.length === 0) return new Set()
  const times = events.map(({ record }) => record.time)
  const { rows } = await store.pool.query<{ at: number }>(
    `select distinct i.at
     from unnest($1::int8[], $2::uuid[], $3::uuid[], $4::"char"[], $5::int4[], $6::text[])
       with ordinality as i (time, key, audit, stage, cluster_id, audit_text, at)
     join event e on e.audit = i.audit and e.cluster_id = i.cluster_id and e.stage = i.stage and e.key <> i.key
       and e.audit_text is not distinct from i.audit_text
       and e.time >= i.time - $7::int8 and e.time <= i.time + $7::int8
     where e.time >= $8::int8 and e.time <= $9::int8`,
    [
      times,
      events.map(({ record }) => record.key),
      events.map(({ record }) => record.audit),
      events.map(({ record }) => record.stage),
      events.map(({ record }) => record.clusterId),
      events.map(({ record }) => record.auditText),
      reusedWithinUs,
      least(times) - reusedWithinUs,
      most(times) + reusedWithinUs,
    ],
  )
  return new Set(rows.flatMap(({ at }) => events[at - 1]?.id ?? []))
}

const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b), Number.MAX_SAFE_INTEGER)
const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), 0)
