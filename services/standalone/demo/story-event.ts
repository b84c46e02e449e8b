// One audit event as text: the fields of audit.k8s.io/v1 Event in Go's order, without kind and apiVersion, as the
// items of a webhook's EventList are (kubernetes/apiserver pkg/apis/audit/v1/types.go).
import type { Caller } from './story-cast.ts'
import { userJson } from './story-cast.ts'
import type { Json, JsonObject } from './story-json.ts'
import { byKey, goJson, microTime } from './story-json.ts'
import type { Target, Verb } from './story-policy.ts'
import { groupVersionOf, levelOf, pathOf } from './story-policy.ts'

/** A request to the API server and how it ended. */
export interface Request {
  readonly by: Caller
  /** The identity acted as (`--as`, `--as-group`). */
  readonly as?: { readonly username: string; readonly groups: readonly string[] }
  readonly verb: Verb
  /** Null for a request to no resource; then `path` says what was asked for. */
  readonly on: Target | null
  readonly path?: string
  readonly query?: string
  /** 200, or 201 for a create, unless said otherwise. */
  readonly code?: number
  readonly body?: Json
  readonly answer?: JsonObject
  readonly failure?: Failure
  readonly annotations?: Readonly<Record<string, string>>
  /** From the request to the response. Drawn where not given. */
  readonly tookUs?: number
}

export interface Failure {
  readonly code: number
  readonly reason: 'Forbidden' | 'Unauthorized' | 'NotFound' | 'Conflict' | 'TooManyRequests' | 'BadRequest'
  readonly message: string
}

export type Stage = 'ResponseStarted' | 'ResponseComplete'

/** What the API server adds when it writes a stage down. */
export interface Stamp {
  readonly auditID: string
  readonly stage: Stage
  readonly receivedUs: number
  readonly stageUs: number
  /** The story's day, counted from 0: tokens change with it. */
  readonly day: number
}

export function eventText(request: Request, stamp: Stamp): string {
  const level = levelOf(request.verb, request.on)
  const withBodies = level === 'RequestResponse' && request.on?.subresource !== 'portforward'
  return goJson({
    level,
    auditID: stamp.auditID,
    stage: stamp.stage,
    requestURI: requestUri(request),
    verb: request.verb,
    user: userJson(request.by, stamp.day),
    impersonatedUser: request.as && { username: request.as.username, groups: request.as.groups },
    sourceIPs: [request.by.ip],
    userAgent: request.by.userAgent,
    objectRef: request.on ? objectRef(request.on) : undefined,
    responseStatus: responseStatus(request),
    requestObject: withBodies ? request.body : undefined,
    responseObject: withBodies ? answerOf(request) : undefined,
    requestReceivedTimestamp: microTime(stamp.receivedUs),
    stageTimestamp: microTime(stamp.stageUs),
    annotations: annotations(request),
  })
}

function requestUri(request: Request): string {
  const path = request.on ? pathOf(request.verb, request.on) : (request.path ?? '/')
  return request.query === undefined ? path : `${path}?${request.query}`
}

function objectRef(target: Target): JsonObject {
  const { group, version } = groupVersionOf(target.resource)
  return {
    resource: target.resource,
    namespace: target.namespace,
    name: target.name,
    uid: target.uid,
    apiGroup: group === '' ? undefined : group,
    apiVersion: version,
    resourceVersion: target.resourceVersion,
    subresource: target.subresource,
  }
}

/** A body that is a Status is repeated here in part; any other success is only a code. */
function responseStatus(request: Request): JsonObject {
  const answer = answerOf(request)
  const code = request.failure?.code ?? request.code ?? (request.verb === 'create' ? 201 : 200)
  if (answer?.['kind'] !== 'Status') return { metadata: {}, code }
  const { status, message, reason, details } = answer
  return { metadata: {}, status, message, reason, details, code }
}

function answerOf(request: Request): JsonObject | undefined {
  return request.failure ? failureStatus(request.failure, request.on) : request.answer
}

/** metav1.Status of an error (apimachinery pkg/api/errors). */
function failureStatus(failure: Failure, target: Target | null): JsonObject {
  const group = target ? groupVersionOf(target.resource).group : ''
  const details = target && { name: target.name, group: group === '' ? undefined : group, kind: target.resource }
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: failure.message,
    reason: failure.reason,
    details: failure.code === 401 ? undefined : (details ?? {}),
    code: failure.code,
  }
}

/** A denied request is `forbid` only where the authorizer said so: admission and conflicts come after its yes. */
function annotations(request: Request): JsonObject | undefined {
  if (request.by.credential === 'refused') return undefined
  const refused = request.failure?.code === 403 && !request.failure.message.includes('violates PodSecurity')
  return byKey({
    'authorization.k8s.io/decision': refused ? 'forbid' : 'allow',
    'authorization.k8s.io/reason': refused || request.as ? '' : request.by.reason,
    ...request.annotations,
  })
}
