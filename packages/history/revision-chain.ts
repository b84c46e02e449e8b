// slotIn: takes an observation into the chain of its uid, in whatever order observations come. The store keeps the chain
// as rows; these functions see the neighbours only and answer what to write.

import { isJsonObject, isSameJson, type JsonObject } from './json-values.ts'
import type { Observation } from './observation.ts'
import { unplacedMax, type Fidelity, type Revision } from './revision.ts'
import { isNoWrite, linkOf } from './revision-link.ts'
import { significanceOf } from './significance.ts'
import { withFields } from './with-fields.ts'

/** An observation whose uid is known, and the id of the event that told it. */
export interface Arrival {
  readonly uid: string
  readonly event: string
  readonly observation: Observation
}

/** What the store reads of the uid before a slot: at most three placed revisions, and few unplaced ones. */
export interface Neighbours {
  /** The last placed revision that comes before the observation. */
  readonly before: Revision | null
  /** The one at its very place: equal version, or the end. */
  readonly same: Revision | null
  /** The first that comes after. */
  readonly after: Revision | null
  /** Unplaced ones whose time overlaps that from `before.earliest` to the latest of the observation and `after`. */
  readonly unplaced: readonly Revision[]
}

export interface Slotted {
  /** To be written: new, or in place of `same`. Null where the observation adds nothing (a duplicate, a no-op). */
  readonly write: Revision | null
  /** `same` is to be taken away; its event stays a no-op on this state. */
  readonly replaces: Revision | null
  /** The revision after, made anew against what is now before it. Null where there is none or it stays as it is. */
  readonly remade: Revision | null
  /** `remade` has another state than before, so that the one after it must be made anew too: `relink`. */
  readonly goesOn: boolean
}

const nothing: Slotted = { write: null, replaces: null, remade: null, goesOn: false }

/**
 * Takes a placed observation in (`placeOf` is not null): costs at most three comparisons of states. The chain that comes
 * out is the same in whatever order the same observations come.
 */
export function slotIn(arrival: Arrival, { before, same, after, unplaced }: Neighbours): Slotted {
  const near = { before, unplaced }
  const whole = same === null ? arrival : together(arrival, same)
  if (whole === null) return nothing
  const write = revisionOf(whole, near)
  const remade = after === null ? null : relink(after, { before: write, unplaced })
  return { write, replaces: same, ...changed(after, remade) }
}

/** Takes an observation in that has no place: it is kept by its time, and the placed revision after it made anew. */
export function slotUnplaced(arrival: Arrival, { before, after, unplaced }: Neighbours): Slotted {
  const write: Revision = {
    ...arrival,
    object: null,
    fidelity: arrival.observation.observed === 'metadata-only' ? 'metadata-only' : 'derived',
    significance: significanceOf(null, null, arrival.observation),
    link: { adjacency: 'assumed', reasons: [], unseenMin: 0, fills: [] },
  }
  const remade = after === null ? null : relink(after, { before, unplaced: [...unplaced, write] })
  return { write, replaces: null, ...changed(after, remade) }
}

/** A revision as it is with other neighbours: only what arrived counts, not what it was linked to. */
export function relink(revision: Arrival, near: Pick<Neighbours, 'before' | 'unplaced'>): Revision {
  const { uid, event, observation } = revision
  return revisionOf({ uid, event, observation }, near)
}

function changed(after: Revision | null, remade: Revision | null): Pick<Slotted, 'remade' | 'goesOn'> {
  // Only a derived state is made of the one before it.
  return { remade, goesOn: after !== null && after.observation.object === null && after.observation.sets.length > 0 }
}

function revisionOf(arrival: Arrival, near: Pick<Neighbours, 'before' | 'unplaced'>): Revision {
  const { observation } = arrival
  const { before } = near
  const unplaced = unplacedLookedAt(near.unplaced.filter((write) => overlaps(write, before, observation)))
  const link = linkOf({ before, observation, unplaced })
  const object = observation.object ?? derivedObject(before, observation)
  const isBroken = link.adjacency === 'broken' || link.unseenMin > 0
  return {
    ...arrival,
    object,
    fidelity: fidelityOf(observation, isBroken),
    significance: significanceOf(before?.object ?? null, object, observation),
    link,
  }
}

/**
 * Of writes without a version those that a link looks at, by their time: at most `unplacedMax`, reports last, since of
 * these one is enough to know of all; the first that ended before the others.
 */
function unplacedLookedAt(unplaced: readonly Revision[]): readonly Revision[] {
  if (unplaced.length <= unplacedMax) return unplaced
  const isReport = ({ significance }: Revision): number => Number(significance === 'status')
  return unplaced
    .toSorted(
      (a, b) =>
        isReport(a) - isReport(b) || a.observation.latest - b.observation.latest || (a.event < b.event ? -1 : 1),
    )
    .slice(0, unplacedMax)
    .toSorted((a, b) => a.observation.earliest - b.observation.earliest || (a.event < b.event ? -1 : 1))
}

function fidelityOf({ observed, object, sets }: Observation, isBroken: boolean): Fidelity {
  // That it is gone is known without any state.
  if (object !== null || observed === 'deleted') return isBroken ? 'gap' : 'exact'
  return sets.length > 0 || observed === 'patch-only' ? 'derived' : 'metadata-only'
}

/** The state before with the fields that are known to be set; a changed spec raises generation. */
function derivedObject(before: Revision | null, { sets, resourceVersion, observed }: Observation): JsonObject | null {
  if (before === null || before.object === null || sets.length === 0 || observed === 'deleted') return null
  const changed = withFields(before.object, sets)
  const metadata = isJsonObject(changed['metadata']) ? changed['metadata'] : {}
  const generation = metadata['generation']
  const isRaised = typeof generation === 'number' && !isSameJson(before.object['spec'], changed['spec'])
  const raised = isRaised ? { generation: generation + 1 } : {}
  return { ...changed, metadata: { ...metadata, ...raised, resourceVersion: String(resourceVersion) } }
}

/** Whether a write without a version may have happened between the two. */
function overlaps({ observation }: Revision, before: Revision | null, { latest }: Observation): boolean {
  return observation.earliest <= latest && (before === null || observation.latest >= before.observation.earliest)
}

/**
 * What two observations of one version say together; null where the new one adds nothing. The maker is kept, with the
 * state of the other where it has none itself: a get after a scale shows the whole of what the scale made.
 */
function together(arrival: Arrival, same: Revision): Arrival | null {
  const [maker, other] = isMaker(arrival, same) ? [arrival, same] : [same, arrival]
  const { observation } = maker
  const { object, observed, apiVersion, kind, generation, isRedacted } = other.observation
  const adopts = observation.object === null && object !== null
  if (maker === same && !adopts) return null
  const { uid, event } = maker
  if (!adopts) return { uid, event, observation }
  const isEnd = observation.observed === 'deleted'
  const state = { object, observed: isEnd ? observation.observed : observed, apiVersion, kind, generation, isRedacted }
  return { uid, event, observation: { ...observation, ...state, lacks: null } }
}

/**
 * Which of two observations of one version made it: a create did, a read and a no-op did not, and of two writes the one
 * that ended first, since the other can only have found its version.
 */
function isMaker(arrival: Arrival, same: Arrival): boolean {
  const [mine, other] = [rankOf(arrival), rankOf(same)]
  for (const [at, rank] of mine.entries()) {
    const difference = rank - (other[at] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return arrival.event < same.event
}

/** Lower is better, the first that differs decides. */
function rankOf({ observation }: Arrival): readonly number[] {
  const { isCreate, latest, earliest } = observation
  return [Number(!isCreate), Number(isNoWrite(observation)), latest, earliest]
}
