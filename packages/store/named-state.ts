// namedState: what the object of a name was at a time, at a version or after an event, and how far that is to be trusted.

import { parseEventId } from '@plaintrail/event/identity'
import { formatMicroTime } from '@plaintrail/event/time'
import type { Fidelity, Revision } from '@plaintrail/history/revision'
import type { StateAt } from '@plaintrail/history/state-at'
import { sql } from 'drizzle-orm'
import { looseWrites, type LooseWrite } from './loose-writes.ts'
import type { NamedHistory, NamedLifetime } from './named-history.ts'
import { isMeant, type NamedRevision } from './named-revisions.ts'
import { rowAfter, rowBefore, rowOfEvent, rowUpTo, type RevisionPlace } from './neighbour-rows.ts'
import { lacksOf, objectAt } from './object-at.ts'
import type { Store } from './open-store.ts'
import { arrayOf, readRows } from './read-rows.ts'
import { endPlace, type RevisionRow } from './revision-row.ts'
import { createRevisionSources } from './revision-sources.ts'
import type { SegmentItems } from './segment-items.ts'
import { toldRevision } from './told-revision.ts'

/** Times are in microseconds since 1970; a version is a resourceVersion. */
export type HistoryPoint =
  | { readonly kind: 'time'; readonly timeUs: number }
  | { readonly kind: 'event'; readonly id: string }
  | { readonly kind: 'version'; readonly version: number }

export interface NamedState extends Pick<StateAt, 'presence'> {
  /** What was asked for, or when its event was received. */
  readonly timeUs: number
  readonly uid: string | null
  /** With every field, secrets as keyed digests; null where there was none, or its state is not known. */
  readonly object: Revision['object']
  /** What made it, or was the first to show it. */
  readonly revision: NamedRevision | null
  /** Of the state and not of the change to it, so never `gap`. */
  readonly fidelity: Fidelity | null
  /** The next revision, where it may have been in force already. */
  readonly orAlready: NamedRevision | null
  /** Why a write that was not seen may have changed it by then, as sentences; empty where nothing speaks of one. */
  readonly doubts: readonly string[]
  /** Why there is no state although it was or may have been there, as a sentence; null where there is one. */
  readonly lacks: string | null
  /** Where its revision stands; null for one without a place. */
  readonly at: RevisionPlace | null
}

/** What reads states, for one answer: an event's bytes are parsed once. */
export interface StateReader {
  readonly store: Store
  readonly history: NamedHistory
  readonly items: SegmentItems
}

/** Null where the point is an event that is not one of this object, or not there. */
export async function namedState(reader: StateReader, point: HistoryPoint): Promise<NamedState | null> {
  switch (point.kind) {
    case 'time':
      return await atTime(reader, point.timeUs)
    case 'event':
      return await afterEvent(reader, point.id)
    case 'version':
      return await atVersion(reader, point.version)
    default:
      return point satisfies never
  }
}

/**
 * The state before that of a revision, as it stands in its chain. `meant`: before the last one up to it that changed more
 * than status and the like. Null where `state` is of no revision with a place.
 */
export async function stateBefore(
  reader: StateReader,
  { at, timeUs, uid }: NamedState,
  { meant }: { readonly meant: boolean },
): Promise<NamedState | null> {
  if (at === null) return null
  const { store, history } = reader
  const last = await rowUpTo(store, at, meant ? isMeant : undefined)
  const before = last?.place == null ? null : await rowBefore(store, { objectId: at.objectId, place: last.place })
  if (before !== null) return await afterRow(reader, before)
  const first = history.lifetimes.find(({ id }) => id === at.objectId)?.first
  return { ...unknown(first?.timeUs ?? timeUs, first?.significance === 'created' ? 'not-yet' : 'maybe'), uid }
}

const unknown = (timeUs: number, presence: NamedState['presence']): NamedState => ({
  timeUs,
  presence,
  uid: null,
  object: null,
  revision: null,
  fidelity: null,
  orAlready: null,
  doubts: [],
  lacks: null,
  at: null,
})

async function atTime(reader: StateReader, timeUs: number): Promise<NamedState> {
  const { store, history, items } = reader
  const { lifetimes, scope } = history
  const begun = lifetimes.findLastIndex(({ firstUs }) => firstUs <= timeUs)
  const lifetime = lifetimes[Math.max(0, begun)]
  if (lifetime === undefined) return await withLoose(reader, unknown(timeUs, 'maybe'), timeUs)
  const at = await objectAt(store, scope, lifetime, timeUs, items)
  if (at === null) return { ...unknown(timeUs, 'maybe'), lacks: pastRetention }
  const { uid, id } = lifetime
  const told = (one: typeof at.revision): NamedRevision | null => one && { ...one, uid }
  const next = lifetimes[Math.max(0, begun) + 1]
  const state: NamedState = {
    timeUs,
    presence: at.presence,
    uid: at.revision === null ? null : uid,
    object: at.object,
    revision: told(at.revision),
    fidelity: at.revision === null ? null : fidelityOf(at.presence, at.isShown, at.object),
    orAlready: told(at.orAlready),
    doubts: at.orUnseen ? doubtsOf(at.next?.link.reasons ?? []) : [],
    lacks: at.lacks,
    at: at.revision && { objectId: id, place: at.revision.resourceVersion ?? endPlace },
  }
  return await withLoose(reader, withNext(state, lifetime, next), timeUs)
}

export const pastRetention = 'the bytes of its events are past retention'

function fidelityOf(presence: NamedState['presence'], isShown: boolean, object: NamedState['object']): Fidelity {
  if (presence === 'gone' || isShown) return 'exact'
  return object === null ? 'metadata-only' : 'derived'
}

function doubtsOf(reasons: readonly { readonly says: string }[]): readonly string[] {
  return [...new Set(reasons.map(({ says }) => says))]
}

/** What the object that had the name afterwards says of this one. */
function withNext(state: NamedState, lifetime: NamedLifetime, next: NamedLifetime | undefined): NamedState {
  if (next === undefined) return state
  const first = formatMicroTime(next.firstUs)
  const isAlready = next.firstEarliestUs <= state.timeUs
  const orAlready = state.orAlready ?? (isAlready ? { ...next.first, uid: next.uid } : null)
  if (state.presence === 'present' && lifetime.end === 'unseen' && lifetime.lastUs <= state.timeUs) {
    const says = `its end was not seen, and at ${first} another object had the name`
    return { ...state, orAlready, presence: 'maybe', doubts: [...state.doubts, says] }
  }
  if (state.presence === 'gone' && next.first.significance !== 'created') {
    const says = `when another object was made under its name was not seen: it was there at ${first}`
    return { ...state, orAlready, doubts: [...state.doubts, says] }
  }
  return { ...state, orAlready }
}

/** Writes that have no place in the chain, between its revision and a time. */
async function withLoose(reader: StateReader, state: NamedState, untilUs: number): Promise<NamedState> {
  const sinceUs = state.revision === null ? 0 : state.revision.timeUs + 1
  const [write] = await looseWrites(reader.store, reader.history, {
    sinceUs,
    untilUs: untilUs + 1,
    before: null,
    limit: 1,
    // Whoever reports its status shows that it is there.
    withStatus: state.presence === 'gone',
  })
  if (write === undefined) return state
  // What was written to a name after its object had gone is another one.
  if (state.revision === null || state.presence === 'gone') return afterLoose(write, state.timeUs)
  const says = `a write at ${formatMicroTime(write.timeUs)} does not say what came of it`
  return { ...state, doubts: [...state.doubts, says] }
}

function afterLoose(write: LooseWrite, timeUs: number): NamedState {
  const isEnding = write.observed === 'deleting' || write.observed === 'deleted'
  return {
    ...unknown(timeUs, isEnding ? 'maybe' : 'present'),
    uid: write.uid,
    revision: write,
    fidelity: 'metadata-only',
    lacks: write.link.reasons[0]?.says ?? 'the event does not show the object',
  }
}

async function afterEvent(reader: StateReader, id: string): Promise<NamedState | null> {
  const { store, history } = reader
  const parsed = parseEventId(id)
  if (parsed === null) return null
  const row = await rowOfEvent(store, history.objectIds, parsed)
  if (row !== null && row.place !== null) return await afterRow(reader, row)
  const { timeUs } = parsed
  const asked = { sinceUs: timeUs, untilUs: timeUs + 1, before: null, limit: looseMax, withStatus: true }
  const loose = (await looseWrites(store, history, asked)).find(({ event }) => event === id)
  if (loose !== undefined) return afterLoose(loose, timeUs)
  const endUs = await endOfEvent(reader, parsed)
  return endUs === null ? null : await atTime(reader, endUs)
}

/** Of one object in one microsecond. */
const looseMax = 100

/** When the request ended, if it was about this object. */
async function endOfEvent(
  { store, history }: StateReader,
  { timeUs, key }: { readonly timeUs: number; readonly key: Buffer },
): Promise<number | null> {
  const { keys, named } = history
  const [row] = await readRows<{ endUs: number }>(
    store,
    sql`select coalesce(e.stage_time, e.time) as "endUs" from event e
        where e.time = ${timeUs}::int8 and e.key = ${key.toString('hex')}::uuid and e.cluster_id = ${named.cluster.id}::int4
          and e.object_key = any(${arrayOf('int8', keys.map(String))}) and e.name = ${named.name}`,
  )
  return row?.endUs ?? null
}

async function atVersion(reader: StateReader, version: number): Promise<NamedState> {
  const { store, history } = reader
  const { lifetimes } = history
  const lifetime = lifetimes.findLast(({ firstPlace }) => firstPlace <= version)
  if (lifetime === undefined) {
    const first = lifetimes[0]?.first
    return unknown(first?.timeUs ?? 0, first?.significance === 'created' ? 'not-yet' : 'maybe')
  }
  const row = await rowUpTo(store, { objectId: lifetime.id, place: version })
  if (row?.place == null) return unknown(lifetime.first.timeUs, 'maybe')
  const state = await afterRow(reader, row)
  if (row.place === version) return state
  const next = await rowAfter(store, { objectId: lifetime.id, place: row.place })
  if (next?.place === endPlace) return await atVersionOfEnd(reader, { state, next, version })
  return next?.link.adjacency === 'broken' ? { ...state, doubts: doubtsOf(next.link.reasons) } : state
}

/** The end comes after every state, and some ends tell their version. */
async function atVersionOfEnd(
  reader: StateReader,
  { state, next, version }: { readonly state: NamedState; readonly next: RevisionRow; readonly version: number },
): Promise<NamedState> {
  const kept = await createRevisionSources(reader.items).load(reader.store.pool, state.uid ?? '', next)
  const ended = kept?.revision.observation.resourceVersion ?? null
  if (ended !== null) return ended <= version ? await afterRow(reader, next) : state
  const says = `its end, at ${formatMicroTime(next.time)}, tells no version, and may have come before`
  return { ...state, presence: 'maybe', doubts: [says] }
}

/** Right after a revision. */
async function afterRow({ store, history, items }: StateReader, row: RevisionRow): Promise<NamedState> {
  const uid = history.lifetimes.find(({ id }) => id === row.objectId)?.uid ?? ''
  const kept = await createRevisionSources(items).load(store.pool, uid, row)
  const presence = row.observed === 'deleted' ? 'gone' : 'present'
  const object = presence === 'gone' ? null : (kept?.revision.object ?? null)
  const isShown = kept !== null && kept.revision.observation.object !== null
  return {
    ...unknown(row.time, presence),
    uid,
    object,
    revision: { ...toldRevision(row, []), uid },
    fidelity: fidelityOf(presence, isShown, object),
    lacks: presence === 'gone' ? null : kept === null ? pastRetention : lacksOf(kept.revision),
    at: row.place === null ? null : { objectId: row.objectId, place: row.place },
  }
}
