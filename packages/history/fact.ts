// Fact: what an event tells that attribution of later events may ask for: small, and found by a key.

import type { Actor } from '@plaintrail/event/event'
import type { Essence } from './essence.ts'
import type { End, OwnerReference, SyncKind } from './initiator-facts.ts'

/** What was told, by the keys that factKeys makes. A uid is an object's, texts are as sent. */
export type Tale =
  /** A write that may have changed what the object should be. */
  | {
      readonly kind: 'write'
      readonly isCreate: boolean
      readonly generation: number | null
      readonly essence: Essence
      readonly target?: string
    }
  /** A write to `scale`, which answers with the replicas alone. */
  | { readonly kind: 'scale'; readonly replicas: number }
  /** A write that showed the object with a generation, or one that its controller observed, for the first time. */
  | { readonly kind: 'shown'; readonly essence: Essence }
  | { readonly kind: 'owners'; readonly owners: readonly OwnerReference[] }
  /** A pod has this name. */
  | { readonly kind: 'named'; readonly uid: string; readonly owner: string | null }
  | {
      readonly kind: 'end'
      readonly verb: End['verb']
      readonly propagation: End['propagation']
      /** Of what ended, where the key is of something else. */
      readonly uid: string
    }
  /** Of the pod that has this name then. */
  | { readonly kind: 'eviction'; readonly name: string; readonly propagation: End['propagation'] }
  /** The pod that has this name got its node. */
  | { readonly kind: 'bound'; readonly node: string }
  | { readonly kind: 'cordon'; readonly isOn: boolean }
  | { readonly kind: 'issue'; readonly subject: string }
  | { readonly kind: 'autoscaler'; readonly uid: string }
  | { readonly kind: 'namespace'; readonly uid: string | null; readonly isEnd: boolean }
  | { readonly kind: 'approval' }
  | { readonly kind: 'release'; readonly revision: number }
  | {
      readonly kind: 'sync'
      readonly namespace: string
      readonly revision: string | null
      readonly initiatedBy: string | null
      readonly info?: string
    }

export interface Fact {
  readonly key: string
  /** The id of the event that told it. */
  readonly event: string
  readonly actor: Actor
  /** Whom the actor acted as. */
  readonly impersonated: string | null
  /** What initiatorByItself says of the event is not known until other events are looked at. */
  readonly isOpen: boolean
  /** requestReceivedTimestamp and stageTimestamp, in microseconds since 1970. */
  readonly time: number
  readonly stageTime: number
  /** Of the object after the event; null where its answer does not say it. */
  readonly version: number | null
  /**
   * Facts of one key and one mark say the same: the one with the lowest version stands for all. Null: each counts.
   */
  readonly mark: string | null
  readonly tale: Tale
}

/** Under which key what is asked for stands; texts of any length. */
export const factKeys = {
  /** Its end too, so that nothing is kept of what is gone. */
  object: (uid: string) => `object/${uid}`,
  pod: (namespace: string, name: string) => `pod/${namespace}/${name}`,
  /** Ends of what the object controls. */
  losses: (uid: string) => `losses/${uid}`,
  evictions: (namespace: string) => `evictions/${namespace}`,
  node: (name: string) => `node/${name}`,
  issue: (credentialId: string) => `issue/${credentialId}`,
  autoscalers: (target: string) => `autoscalers/${target}`,
  namespace: (name: string) => `namespace/${name}`,
  approval: (uid: string) => `approval/${uid}`,
  release: (namespace: string, name: string) => `release/${namespace}/${name}`,
  sync: (kind: SyncKind, name: string) => `sync/${kind}/${name}`,
} as const

/** Of a scaleTargetRef or of what is scaled: a kind's plural is guessed as all of Kubernetes' own are made. */
export function targetOf(namespace: string, resource: string, name: string): string {
  return `${namespace}/${resource}/${name}`
}
