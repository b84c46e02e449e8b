// Observation: what one audit event tells about one object. Made by object-state.ts, taken by revision-chain.ts.

import type { JsonObject } from './json-values.ts'
import type { PatchType } from './patch-type.ts'

export const observedKinds = ['state', 'deleted', 'deleting', 'patch-only', 'metadata-only'] as const
/**
 * `state`: the whole object as stored. `deleting`: the whole object with a deletionTimestamp, still there, or word that
 * a delete was taken (then `object` is null). `deleted`: it is gone; `object` is its last state where the answer had it.
 * `patch-only`: what was asked for, but not what came of it. `metadata-only`: that it was written, and no more.
 */
export type Observed = (typeof observedKinds)[number]

export interface Observation {
  /** metadata.uid; null where the event does not say it, and a reader must find it by name and time. */
  readonly uid: string | null
  /** Empty for the core group. */
  readonly apiGroup: string
  /** As in the object: `apps/v1`. The version is the one the client asked for and may change between events. */
  readonly apiVersion: string
  readonly resource: string
  /** Empty where no body says it. */
  readonly kind: string
  readonly namespace: string
  readonly name: string
  /** metadata.resourceVersion as a number; null where there is none, or where it is no decimal number. */
  readonly resourceVersion: number | null
  /** metadata.generation; null for types that have none. */
  readonly generation: number | null
  readonly observed: Observed
  /** The state, as the API server sent it (secrets replaced by keyed digests); null where it is not known. */
  readonly object: JsonObject | null
  /** A get or an item of a list: it says what is there, and nothing of who made it so. */
  readonly isRead: boolean
  /** The request made the object. */
  readonly isCreate: boolean
  readonly verb: string
  readonly subresource: string
  /** Status is all that the write may have changed: `status` and `approval`. */
  readonly isStatusOnly: boolean
  /** What a side effect is known to have set, where no answer shows the object: replicas by scale, nodeName by binding. */
  readonly sets: readonly SetField[]
  /** The body of a patch; null for every other verb. */
  readonly patch: { readonly type: PatchType; readonly why: string; readonly body: unknown } | null
  /**
   * The resourceVersion that the write demanded to find (an update with metadata.resourceVersion, a delete with a
   * precondition): since it succeeded, nothing was written between that one and this one. Null for an unconditional one.
   */
  readonly basedOn: number | null
  /** As managedFields would name the writer. */
  readonly manager: { readonly name: string; readonly operation: 'Apply' | 'Update' | null }
  /** The write happened within these two, in microseconds since 1970: received, and stageTimestamp. A read: seen then. */
  readonly earliest: number
  readonly latest: number
  /** Secret values in `object` are keyed digests: equal where the values are equal. */
  readonly isRedacted: boolean
  /** Why there is no state, as a sentence; null where there is one. */
  readonly lacks: string | null
}

export interface SetField {
  /** Keys from the root: `['spec', 'replicas']`. */
  readonly path: readonly string[]
  readonly value: unknown
}

export interface Told {
  readonly observations: readonly Observation[]
  /** Why the event tells of no object, as a sentence; null where it does. */
  readonly none: string | null
  /** Items of a list that were left out, past the bound. */
  readonly leftOut: number
}
