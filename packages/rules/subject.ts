// Subject: what a rule is judged on, an event and what is known around it.

import type { Event } from '@plaintrail/event/event'
import type { Confidence, Initiator } from '@plaintrail/history/initiator'
import type { JsonObject } from '@plaintrail/history/json-values'

/**
 * What was found out, or why it is not known, as the end of "… is not known: ". A body that was not recorded is never
 * evidence of anything, and neither is a state that history is not sure of.
 */
export type Known<T> =
  | { readonly isKnown: true; readonly value: T }
  | { readonly isKnown: false; readonly because: string }

/** One field that a write changed, as the history of objects tells it; secrets hidden. */
export interface SubjectChange {
  /** `spec.template.spec.containers[api].image` */
  readonly path: string
  /** `spec.template.spec.containers[].image` */
  readonly plain: string
  /** `came`: an image in a new object or in a larger value that is new; for `image:` alone, and no change itself. */
  readonly op: 'add' | 'remove' | 'replace' | 'came'
  readonly from: string | null
  readonly to: string | null
}

export interface SubjectInitiator extends Initiator {
  readonly confidence: Confidence
}

/** Of one stage of a request. */
export interface Subject {
  /** The id of the event. */
  readonly id: string
  /** The name of its cluster. */
  readonly cluster: string
  readonly event: Event
  /** The event as it was sent, redactions excepted, as JSON.parse gives it. */
  readonly raw: JsonObject
  readonly sentence: string
  /** When the receiver took it in, in microseconds since 1970. */
  readonly receivedUs: number
  /** What it changed; of a read and of a write that changed nothing, nothing. */
  readonly changes: Known<readonly SubjectChange[]>
  /** The state of its object after it: as answered, or as history derives it. Null where there is none any more. */
  readonly object: Known<JsonObject | null>
  /** The state before it; null where it made its object. */
  readonly oldObject: Known<JsonObject | null>
  readonly initiator: Known<SubjectInitiator>
  /** Another event of the cluster has its auditID and stage and other bytes. */
  readonly isAuditIDReused: boolean
}

/** What of a Subject costs more than the event itself; only asked for where a rule reads it. */
export const costlyParts = ['changes', 'oldObject', 'initiator', 'isAuditIDReused'] as const
export type CostlyPart = (typeof costlyParts)[number]
