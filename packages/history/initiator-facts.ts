// Facts: what was seen before an event, as attribution asks for it. The store answers from tables, a test from a list.

import type { Actor, Event } from '@plaintrail/event/event'
import type { Essence } from './essence.ts'
import type { Attribution } from './initiator.ts'
import type { JsonObject } from './json-values.ts'

/** One event, parsed, the Event that normalize made of it, and what links call it. */
export interface AttributedEvent {
  /** Whatever the caller knows it by; unique. */
  readonly id: string
  readonly raw: JsonObject
  readonly event: Event
}

/** An earlier event, and what was found out about who is behind it. */
export interface Cause {
  readonly id: string
  readonly actor: Actor
  /** In microseconds since 1970, of whichever API server took it. */
  readonly time: number
  readonly attribution: Attribution
}

/** A write that made an object or changed what it should be: no status, no dry run, no write that changed nothing. */
export interface SpecChange extends Cause {
  readonly isCreate: boolean
  readonly resourceVersion: number | null
  readonly generation: number | null
  /** Of the object after it; null where the audit policy logs no answers. Replicas set by a scale are in it. */
  readonly essence: Essence | null
}

/** The first request that took an object away, or began to. */
export interface End extends Cause {
  readonly verb: 'delete' | 'deletecollection' | 'eviction'
  /** DeleteOptions.propagationPolicy; null where the request did not say. */
  readonly propagation: 'Background' | 'Foreground' | 'Orphan' | null
  /** Its answer said the uid, or it only named what had that name then, as an Eviction does. */
  readonly saidBy: 'uid' | 'name'
  /** Of what ended, after it; null where the answer does not say it. */
  readonly resourceVersion: number | null
}

export interface OwnerReference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly isController: boolean
}

/** Who made a token: the TokenRequest whose annotation has its id. */
export interface Issue extends Cause {
  /** The username that the token speaks for. */
  readonly subject: string
}

export interface NamespaceLife {
  readonly uid: string | null
  readonly created: Cause | null
  readonly deleted: Cause | null
}

/** The last thing that an Argo CD Application, a Flux Kustomization or HelmRelease said of its sync. */
export interface Sync extends Cause {
  readonly revision: string | null
  /** operationState.operation.initiatedBy.username of an Application; null where it ran by itself. */
  readonly initiatedBy: string | null
  /** operationState.operation.info of an Application, `name: value` each: what whoever started it said of it. */
  readonly info: string | null
}

/** The last secret `sh.helm.release.v1.<release>.v<revision>` that was written (helm pkg/storage/storage.go). */
export interface Release extends Cause {
  readonly revision: number
}

/** Who made the node unschedulable to which a pod was bound last, where it still is. */
export interface Cordon extends Cause {
  readonly node: string
}

export type SyncKind = 'Application' | 'Kustomization' | 'HelmRelease'

/**
 * Every answer is of one cluster and bounded: at most 20 of a list, newest first. `before` is a resourceVersion: only
 * what was written before it counts; null where the event has none, then all that was seen counts. Nothing throws for
 * what is not known: null, or an empty list.
 */
export interface Facts {
  readonly specChanges: (uid: string, before: number | null) => readonly SpecChange[]
  /** Of the object after the last write of any kind; null where that was not seen whole. */
  readonly stateBefore: (uid: string, before: number | null) => Essence | null
  /** The highest status.observedGeneration that a write showed before. */
  readonly observedGeneration: (uid: string, before: number | null) => number | null
  /** Of its last state that was seen; null where none was. */
  readonly ownersOf: (uid: string) => readonly OwnerReference[] | null
  readonly endOf: (uid: string) => End | null
  /** Of the pod that has the name now. */
  readonly cordonOf: (namespace: string, pod: string) => Cordon | null
  /** Ends of what the owner controls, newest first. */
  readonly lossesOf: (ownerUid: string) => readonly End[]
  readonly issueOf: (credentialId: string) => Issue | null
  /** The uids of autoscalers that are there and whose scaleTargetRef is this. */
  readonly autoscalersOf: (target: ScaleTarget) => readonly string[]
  readonly namespace: (name: string) => NamespaceLife | null
  readonly approvalOf: (uid: string) => Cause | null
  readonly releaseOf: (namespace: string, name: string) => Release | null
  /** `namespace` is null where the object does not say it; then the name must be that of one only. */
  readonly syncOf: (kind: SyncKind, namespace: string | null, name: string) => Sync | null
}

export interface ScaleTarget {
  readonly apiGroup: string
  readonly resource: string
  readonly namespace: string
  readonly name: string
}
