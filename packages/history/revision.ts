// Revision: one state of an object, or one write whose outcome was not seen, with what is known of the change to it.

import type { JsonObject } from './json-values.ts'
import type { Observation, SetField } from './observation.ts'

export const fidelities = ['exact', 'derived', 'metadata-only', 'gap'] as const
/**
 * `exact`: the API server answered this state, and nothing speaks of a write between it and the revision before that is not
 * known, so what differs was changed by this event (but for status, where `link` says `but-status`). `gap`: the state is as answered, but what differs is not this event's alone (see
 * `link`). `derived`: known from a patch or a side effect; no answer showed it. `metadata-only`: that it was written.
 */
export type Fidelity = (typeof fidelities)[number]

export const significances = [
  'created',
  'deleted',
  'deleting',
  'changed',
  'status',
  'renewal',
  'bookkeeping',
  'unknown',
] as const
/**
 * What a reader may set apart. `status`: nothing but status differs. `renewal`: a lease or a leader's record was renewed.
 * `bookkeeping`: only managedFields, versions and what controllers and clients note for themselves (noise.ts) differ. `unknown`: there is nothing to compare with.
 */
export type Significance = (typeof significances)[number]

export const gapKinds = [
  'beginning',
  'read',
  'version',
  'generation',
  'section',
  'deletion',
  'manager',
  'repeated',
  'unasked',
  'unplaced',
  'state-unknown',
] as const
export type GapKind = (typeof gapKinds)[number]

/** Why the difference between a revision and the one before is not that event's alone. */
export interface GapReason {
  readonly kind: GapKind
  /** False where something else explains it as well, such as admission. */
  readonly isCertain: boolean
  /** As a sentence for a reader. */
  readonly says: string
}

/** How many unplaced revisions a link looks at; with more that are no reports, the first are enough to say that it is broken. */
export const unplacedMax = 16

export const adjacencies = ['first', 'proven', 'assumed', 'but-status', 'broken'] as const
/**
 * `first`: a create, so there is nothing before. `proven`: the write demanded the version of the revision before, and was
 * let through. `assumed`: nothing speaks of another write; one of the same manager, in the same second and of the same
 * fields, could hide there (1 in 2,200 exact revisions of the recorded week with a twentieth of its events dropped).
 * `but-status`: all that speaks of another write speaks of one to status: what that can have changed (status-writes.ts) is
 * not this event's alone, and all else is as with `assumed`; where reports are logged without bodies and a twentieth of all
 * events was dropped, 1 change in 500 was of the same manager's write just before.
 */
export type Adjacency = (typeof adjacencies)[number]

/** What is known of the time between a revision and the one before. */
export interface Link {
  readonly adjacency: Adjacency
  /** Empty unless `broken` or `but-status`. */
  readonly reasons: readonly GapReason[]
  /** How many writes were certainly not seen; 0 where none is certain, or where a status write that was seen explains it. */
  readonly unseenMin: number
  /** Side effects between the two that made a part of the difference, such as the binding of a pod. */
  readonly fills: readonly Fill[]
}

/** Fields that another event set, which tells no version (side-effects.ts). */
export interface Fill {
  readonly event: string
  /** When at the latest, in microseconds since 1970. */
  readonly time: number
  readonly sets: readonly SetField[]
}

export interface Revision {
  readonly uid: string
  /** The event that told it; unique, with `part` for the second thing that one event tells of a uid. */
  readonly event: string
  readonly observation: Observation
  /** The state after it: as answered, or made of the state before where `fidelity` is `derived`; null where unknown. */
  readonly object: JsonObject | null
  readonly fidelity: Fidelity
  readonly significance: Significance
  readonly link: Link
}

/** Its place among the placed revisions of its uid; null for a write that tells no version and is no end. */
export interface Place {
  readonly isEnd: boolean
  /** Of an end it is only told, and does not order. */
  readonly resourceVersion: number | null
}

/** An end comes after every state, whatever its version, since no uid comes back. */
export function placeOf({ observed, resourceVersion }: Observation): Place | null {
  if (observed === 'deleted') return { isEnd: true, resourceVersion }
  return resourceVersion === null ? null : { isEnd: false, resourceVersion }
}

/** Below 0 where `a` comes first, 0 where they are the same revision. */
export function comparePlaces(a: Place, b: Place): number {
  if (a.isEnd || b.isEnd) return Number(a.isEnd) - Number(b.isEnd)
  return (a.resourceVersion ?? 0) - (b.resourceVersion ?? 0)
}
