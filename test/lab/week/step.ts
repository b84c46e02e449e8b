// Step: one thing that somebody does to the lab's cluster, and what was done by it: the truth that answers are held against.

import type { EventClass, Outcome } from '@plaintrail/event/event'
import type { Clients } from './clients.ts'

export interface Step {
  /** Unique. */
  readonly name: string
  readonly title: string
  /** Does it, and says what was done: from the script and from what clients were told, never from an audit event. */
  readonly run: (lab: Lab) => Promise<readonly Deed[]>
  /** Whose state is asked for afterwards: `deployments.apps/shop/api`. */
  readonly objects?: readonly string[]
}

/** What a step may use. */
export interface Lab {
  readonly clients: Clients
  /** As in `1.37`. */
  readonly version: string
  /** Until it is true; rejects after half a minute with what was waited for. */
  readonly until: (what: string, isDone: () => Promise<boolean>) => Promise<void>
  readonly pause: (ms: number) => Promise<void>
  /** What a plain get shows, asked by somebody who does nothing else. */
  readonly get: (object: string) => Promise<KubernetesObject | null>
  readonly list: (resource: string, namespace: string, selector?: string) => Promise<readonly KubernetesObject[]>
  /** Ends the API server with the signal and starts it again, with more flags. */
  readonly restart: (signal: NodeJS.Signals, flags?: readonly string[]) => Promise<void>
}

export interface KubernetesObject {
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly uid?: string
    readonly resourceVersion?: string
    readonly generation?: number
    readonly deletionTimestamp?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly spec?: Readonly<Record<string, unknown>>
  readonly status?: Readonly<Record<string, unknown>>
}

/** Who did what to which object, with what result. */
export interface Deed {
  /** Username; empty for credentials that nobody has. */
  readonly actor: string
  /** Whom the actor acted as. */
  readonly as?: string
  readonly verb: string
  readonly class: EventClass
  readonly outcome: Outcome
  /** HTTP status. */
  readonly code: number
  /** Resource, namespace, name and subresource: `deployments.apps/shop/api`, `pods/shop/target/exec`; a name may end in `*`. */
  readonly object?: string
  /** Of a request to no resource. */
  readonly path?: string
  /** How many events tell of it: exactly so many, or some where a controller decides. One by default. */
  readonly times?: number | 'some'
  /** The client's program, where it says so. */
  readonly client?: string
  readonly dryRun?: true
  readonly created?: true
  /** What of it no audit event can tell. */
  readonly untold?: string
  /** The event cannot be there, and why: `the API server was killed before it posted`. */
  readonly lost?: string
}

type More = Partial<Omit<Deed, 'actor' | 'verb' | 'object'>>

/** A change that was made. */
export const wrote = (actor: string, verb: string, object: string, more: More = {}): Deed => ({
  actor,
  verb,
  object,
  class: 'write',
  outcome: 'success',
  code: 200,
  ...more,
})

/** A POST that made something. */
export const created = (actor: string, object: string, more: More = {}): Deed =>
  wrote(actor, 'create', object, { code: 201, created: true, ...more })

export const read = (actor: string, verb: string, object: string, more: More = {}): Deed =>
  wrote(actor, verb, object, { class: 'read', ...more })

/** A connection that was opened and has ended. */
export const connected = (actor: string, verb: string, object: string, more: More = {}): Deed =>
  wrote(actor, verb, object, { class: 'connect', code: 101, ...more })

export const denied: More = { outcome: 'denied', code: 403 }
/** Allowed by RBAC, refused by an admission plugin. */
export const forbidden: More = { outcome: 'rejected', code: 403 }
export const rejected = (code: number): More => ({ outcome: 'rejected', code })

/** A controller of kube-controller-manager; how often it acts is its own affair. */
export const controller = (name: string): string => `system:serviceaccount:kube-system:${name}`
export const some: More = { times: 'some' }
