// Event: the one shape of an audit event that every room speaks, made by normalize.ts from one item of an EventList.
// Names are those of audit.k8s.io/v1 where Kubernetes has one (kubernetes/apiserver pkg/apis/audit/v1/types.go).

export const stages = ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic', 'Unknown'] as const
/** `Unknown` stands for a stage that audit.k8s.io/v1 does not define; the raw bytes keep what was sent. */
export type Stage = (typeof stages)[number]

export const levels = ['None', 'Metadata', 'Request', 'RequestResponse', 'Unknown'] as const
export type Level = (typeof levels)[number]

export const eventClasses = ['read', 'write', 'connect', 'other'] as const
/**
 * What kind of thing was done: `connect` (exec, attach, portforward, proxy) is told from the subresource and never from
 * the verb, because kubectl 1.30 and later send exec as a GET. `other` is a request to no resource (`/healthz`).
 */
export type EventClass = (typeof eventClasses)[number]

export const outcomes = ['success', 'denied', 'rejected', 'error', 'pending'] as const
/**
 * `denied` by authentication or authorization; `rejected` by admission, validation or a conflict; `error` by a fault;
 * `pending` where the stage says nothing yet (RequestReceived).
 */
export type Outcome = (typeof outcomes)[number]

export const decisions = ['allow', 'forbid', 'none'] as const
/** The annotation `authorization.k8s.io/decision`; `none` where the request never reached the authorizer. */
export type Decision = (typeof decisions)[number]

export const actorTypes = [
  'human',
  'service-account',
  'node',
  'control-plane',
  'anonymous',
  'failed-authentication',
] as const
export type ActorType = (typeof actorTypes)[number]

/** Who: the authenticated caller, or the identity that the caller acted as. */
export interface Actor {
  /** `user.username` as sent, sanitized; empty for a failed authentication. */
  readonly name: string
  readonly type: ActorType
  readonly groups: readonly string[]
}

/** Where the request came from. Only `peer` (the last address) was seen by the API server; the rest is a claim. */
export interface Source {
  readonly peer: string | null
  readonly claimed: readonly string[]
}

/** The program that the user agent claims to be. Never proof of anything. */
export interface Client {
  readonly userAgent: string
  /** `kubectl`, `helm`, `argocd` …; the user agent's first word where it is no known one; null where there is none. */
  readonly name: string | null
  readonly version: string | null
}

/** What was touched. `name` and `uid` come from the response where the request had none (generateName). */
export interface ObjectRef {
  /** Empty for the core group. */
  readonly apiGroup: string
  readonly apiVersion: string
  readonly resource: string
  readonly subresource: string
  readonly namespace: string
  readonly name: string
  readonly uid: string | null
}

/** Facts about an event that are yes or no. Each is one bit in the store; the order is fixed, so only append. */
export const flagNames = [
  /** dryRun=All: nothing was changed. */
  'dryRun',
  /** audit.k8s.io/truncated: the API server removed the bodies. */
  'truncated',
  /** Code 201, or the response says so: the request made the object, whatever its verb (apply makes too). */
  'created',
  /** The name was made by the API server from generateName. */
  'generateName',
  /** The time was missing, not a time, or outside 2014 to 2100. */
  'oddTime',
  /** A NUL or a lone surrogate in an indexed text was replaced by U+FFFD; the raw bytes keep it. */
  'sanitized',
  /** A top-level field was there twice; the last one counts, as in JSON.parse. */
  'duplicateKeys',
  /** Secret values were replaced by keyed digests before anything was written. */
  'redacted',
  /** Too large to read the bodies; the rest was read. */
  'bodyTooLarge',
  /** An admission webhook failed and was ignored: a control was skipped. */
  'failedOpen',
  /** A field had another type than audit.k8s.io gives it and was read as absent. */
  'malformed',
  /** audit.k8s.io/v1beta1 or another old version. */
  'legacyVersion',
] as const
export type FlagName = (typeof flagNames)[number]
export type Flags = Readonly<Partial<Record<FlagName, true>>>

export interface Event {
  /** As sent. A client can choose it (header Audit-ID), so it is neither unique nor to be trusted. */
  readonly auditID: string
  readonly stage: Stage
  readonly level: Level
  /** requestReceivedTimestamp in microseconds since 1970; 0 with the flag `oddTime` where it cannot be used. */
  readonly time: number
  /** stageTimestamp in microseconds since 1970, or null. */
  readonly stageTime: number | null
  readonly verb: string
  readonly class: EventClass
  readonly outcome: Outcome
  /** HTTP status of the response; null before there is one. */
  readonly code: number | null
  readonly decision: Decision
  /** Why it was allowed, refused or rejected, in the API server's words; empty where it says nothing. */
  readonly reason: string
  readonly actor: Actor
  /** impersonatedUser: the identity that was acted as, or null. */
  readonly impersonated: Actor | null
  readonly source: Source
  readonly client: Client
  readonly requestURI: string
  /** Null for a request to no resource; then `path` says what was asked for. */
  readonly object: ObjectRef | null
  /** The path of requestURI without its query. */
  readonly path: string
  /**
   * What the bodies say was done, in a few words for the sentence (`image api:1.9`, `replicas 5`, `command sh -c ls`),
   * or null. At most 300 characters.
   */
  readonly detail: string | null
  readonly flags: Flags
}

/** An event as an answer: what the store gives back and the API serializes. Times are RFC 3339 with six digits. */
export interface StoredEvent {
  readonly id: string
  /** requestReceivedTimestamp; null where the event has no usable time. */
  readonly time: string | null
  /** When our receiver took it in. */
  readonly seen: string
  readonly sentence: string
  readonly cluster: string
  readonly class: EventClass
  readonly verb: string
  readonly outcome: Outcome
  readonly code: number | null
  /** From requestReceivedTimestamp to the last stage's stageTimestamp, in microseconds. */
  readonly durationUs: number | null
  readonly actor: {
    readonly name: string
    readonly type: ActorType
    /** The identity acted as, or null. */
    readonly as: string | null
    readonly groups: readonly string[]
  }
  readonly source: {
    readonly ip: { readonly value: string; readonly trust: 'verified' } | null
    readonly claimed: readonly { readonly value: string; readonly trust: 'claimed' }[]
    readonly client: {
      readonly name: string | null
      readonly version: string | null
      readonly userAgent: string
      readonly trust: 'claimed'
    }
  }
  readonly object: {
    readonly group: string
    readonly version: string
    readonly resource: string
    readonly kind: string
    readonly namespace: string
    readonly name: string
    readonly uid: string | null
    readonly subresource: string | null
  } | null
  /** The path asked for, where the request was to no resource. */
  readonly path: string | null
  readonly detail: string | null
  readonly audit: {
    readonly id: string
    readonly stage: Stage
    readonly level: Level
    readonly truncated: boolean
    /** Another event of the same auditID and stage has other bytes. */
    readonly conflict: boolean
  }
  readonly authz: { readonly decision: Decision; readonly reason: string }
  readonly flags: readonly FlagName[]
  /** Every stage of the request that is stored, first to last, this one included. */
  readonly stages: readonly {
    readonly id: string
    readonly stage: Stage
    readonly time: string | null
    readonly code: number | null
  }[]
}
