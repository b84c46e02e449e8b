// ocsfEvent: an event as API Activity (class 6003) of the Open Cybersecurity Schema Framework.

import { createHash } from 'node:crypto'
import type { StoredEvent } from '@plaintrail/event/event'
import { eventTimes, toMs, toText } from './event-times.ts'
import { addressesOf, fieldsOf, rawFields, rawText, textOf, type ExportRow, type Fields } from './export-row.ts'
import { httpMethod } from './http-method.ts'
import { withoutAbsent } from './without-absent.ts'

export const ocsfVersion = '1.8.0'
const categoryUid = 6
const classUid = 6_003
/** All events are informational: severity belongs to findings. */
const severityId = 1

export function ocsfEvent(row: ExportRow): object {
  const { event } = row
  const raw = rawFields(row)
  const activity = activityOf(event)
  const { reachedUs } = eventTimes(event)
  return withoutAbsent({
    category_uid: categoryUid,
    category_name: 'Application Activity',
    class_uid: classUid,
    class_name: 'API Activity',
    activity_id: activity.id,
    activity_name: activity.name,
    type_uid: classUid * 100 + activity.id,
    severity_id: severityId,
    severity: 'Informational',
    time: toMs(reachedUs),
    time_dt: toText(reachedUs),
    message: event.sentence,
    ...statusOf(event),
    ...controlOf(event),
    metadata: metadataOf(event),
    actor: actorOf(event, raw),
    src_endpoint: sourceOf(event),
    api: apiOf(event, raw),
    http_request: requestOf(event, raw),
    http_response: event.code === null ? null : { code: event.code },
    resources: resourcesOf(event, raw),
    enrichments: enrichmentsOf(event),
    unmapped: unmappedOf(event, raw),
    ...rawOf(row),
  })
}

interface Activity {
  readonly id: 1 | 2 | 3 | 4 | 99
  readonly name: string
}

const activityNames = { 1: 'Create', 2: 'Read', 3: 'Update', 4: 'Delete' } as const
const activityOfMethod: Readonly<Partial<Record<string, 1 | 2 | 3 | 4>>> = {
  GET: 2,
  HEAD: 2,
  OPTIONS: 2,
  POST: 1,
  PUT: 3,
  PATCH: 3,
  DELETE: 4,
}

/** An exec is a GET or a POST on the wire, and neither reads nor makes anything. */
function activityOf(event: StoredEvent): Activity {
  if (event.class === 'connect') return { id: 99, name: 'Connect' }
  const id = activityOfMethod[httpMethod(event) ?? '']
  return id === undefined ? { id: 99, name: event.verb || 'Unknown' } : { id, name: activityNames[id] }
}

function statusOf({ outcome, code, authz }: StoredEvent): Fields {
  const common = { status_code: code === null ? null : String(code), status_detail: authz.reason || null }
  switch (outcome) {
    case 'success':
      return { ...common, status_id: 1, status: 'Success' }
    case 'denied':
    case 'rejected':
    case 'error':
      return { ...common, status_id: 2, status: 'Failure' }
    case 'pending':
      return { ...common, status_id: 99, status: 'Pending' }
    default:
      return outcome satisfies never
  }
}

/** What the authorizer decided; or admission, which answers 403 to what the authorizer allowed. */
function controlOf({ outcome, code, authz }: StoredEvent): Fields {
  if (outcome === 'denied') return { action_id: 2, action: 'Denied', disposition_id: 26, disposition: 'Unauthorized' }
  if (outcome === 'rejected' && code === 403)
    return { action_id: 2, action: 'Denied', disposition_id: 2, disposition: 'Blocked' }
  if (authz.decision === 'allow') return { action_id: 1, action: 'Allowed', disposition_id: 1, disposition: 'Allowed' }
  return { action_id: 0, action: 'Unknown', disposition_id: 0, disposition: 'Unknown' }
}

/** `loggers` is the way that the event took, with the time at each place. */
function metadataOf({ id, audit, cluster, ...event }: StoredEvent): Fields {
  const { reachedUs, seenUs } = eventTimes(event)
  return {
    version: ocsfVersion,
    profiles: ['datetime', 'security_control'],
    product: { name: 'Kubernetes', vendor_name: 'CNCF' },
    uid: id,
    original_event_uid: audit.id,
    correlation_uid: audit.id,
    original_time: event.time,
    tenant_uid: cluster,
    log_name: 'Event',
    log_version: 'audit.k8s.io/v1',
    log_level: audit.level,
    log_provider: 'kube-apiserver',
    logged_time: toMs(seenUs),
    logged_time_dt: toText(seenUs),
    is_truncated: audit.truncated || null,
    loggers: [
      { name: 'kube-apiserver', logged_time: toMs(reachedUs), logged_time_dt: toText(reachedUs) },
      { name: 'plaintrail-receiver', logged_time: toMs(seenUs), logged_time_dt: toText(seenUs) },
    ],
  }
}

/** Always the caller, also where he acted as somebody else. A failed authentication has no user. */
function actorOf({ actor, source, authz }: StoredEvent, raw: Fields | null): Fields {
  const app = source.client.name || source.client.userAgent || null
  const user = {
    name: actor.name,
    uid: textOf(fieldsOf(raw?.['user'])['uid']),
    ...userTypeOf(actor),
    groups: actor.groups.map((name) => ({ name })),
  }
  return {
    app_name: actor.name === '' ? (app ?? 'unknown') : app,
    user: actor.name === '' ? null : user,
    authorizations: authz.decision === 'none' ? null : [authorizationOf(authz)],
  }
}

function userTypeOf({ type, groups }: StoredEvent['actor']): Fields {
  switch (type) {
    case 'human':
      return groups.includes('system:masters') ? { type_id: 2, type: 'Admin' } : { type_id: 1, type: 'User' }
    case 'service-account':
      return { type_id: 4, type: 'Service' }
    case 'node':
    case 'control-plane':
      return { type_id: 3, type: 'System' }
    case 'anonymous':
    case 'failed-authentication':
      return { type_id: 0, type: 'Unknown' }
    default:
      return type satisfies never
  }
}

/** `RBAC: allowed by RoleBinding "edit/shop" of Role "edit" to User "alice"` names the binding. */
const binding = /\b((?:Cluster)?RoleBinding) "([^"]+)"/

function authorizationOf({ decision, reason }: StoredEvent['authz']): Fields {
  const [, kind, name] = binding.exec(reason) ?? []
  const policy = reason === '' ? null : { name: name === undefined ? 'authorizer' : `${kind} ${name}`, desc: reason }
  return { decision, policy }
}

/** Only the last address was seen by the API server; those before it are claims. */
function sourceOf({ source }: StoredEvent): Fields {
  const peer = source.ip?.value
  return {
    ...(peer === undefined ? { name: 'unknown' } : { ip: peer }),
    intermediate_ips: source.claimed.map(({ value }) => value),
  }
}

function apiOf({ verb, object, audit, code, cluster, outcome, authz }: StoredEvent, raw: Fields | null): Fields {
  const status = fieldsOf(raw?.['responseStatus'])
  const isFailure = outcome === 'denied' || outcome === 'rejected' || outcome === 'error'
  return {
    operation: verb,
    service: { name: cluster },
    group: object === null || object.group === '' ? null : { name: object.group },
    version: object?.version || null,
    request: { uid: audit.id, data: raw?.['requestObject'] },
    response: {
      code,
      error: isFailure ? (textOf(status['reason']) ?? outcome) : null,
      error_message: isFailure ? authz.reason || null : null,
      message: isFailure ? null : textOf(status['message']),
      data: raw?.['responseObject'],
    },
  }
}

function requestOf(event: StoredEvent, raw: Fields | null): Fields {
  const uri = raw?.['requestURI']
  const [path, query] = typeof uri === 'string' ? uri.split(/\?(.*)/s, 2) : [event.path]
  return {
    http_method: httpMethod(event),
    user_agent: event.source.client.userAgent || null,
    url: path === null || path === undefined ? null : { path, query_string: query },
  }
}

/** No object is named `*`: it stands for all of a kind, as a list or a deletecollection asks for them. */
function resourcesOf({ object }: StoredEvent, raw: Fields | null): readonly Fields[] | null {
  if (object === null) return null
  const type = object.subresource === null ? object.resource : `${object.resource}/${object.subresource}`
  const version = textOf(fieldsOf(raw?.['objectRef'])['resourceVersion'])
  const { name, namespace, uid } = object
  return [{ type, name: name || '*', namespace: namespace || null, uid, version, role_id: 1, role: 'Target' }]
}

function enrichmentsOf({ source, actor }: StoredEvent): readonly Fields[] {
  const provider = 'plaintrail'
  const claims = source.claimed.map(({ value, trust }) => ({
    name: 'src_endpoint.intermediate_ips',
    value,
    provider,
    type: 'trust',
    data: { trust },
  }))
  if (actor.as === null) return claims
  const acted = { name: 'actor.user.name', value: actor.name, provider, type: 'impersonation', data: { as: actor.as } }
  return [...claims, acted]
}

/** What became an attribute, and needs no second place. */
const mapped = new Set([
  'kind',
  'apiVersion',
  'level',
  'auditID',
  'verb',
  'userAgent',
  'requestObject',
  'responseObject',
])

/** Everything else, under the names that Kubernetes has for it. */
function unmappedOf(event: StoredEvent, raw: Fields | null): Fields {
  const { audit, actor, source, object } = event
  const others = Object.fromEntries(Object.entries(raw ?? {}).filter(([name]) => !mapped.has(name)))
  const earlier = event.stages.filter(({ id }) => id !== event.id)
  return {
    kubernetes: {
      ...withoutAbsent({
        stage: audit.stage,
        requestReceivedTimestamp: event.time,
        impersonatedUser: actor.as === null ? null : { username: actor.as },
        sourceIPs: addressesOf(source),
        stages: earlier,
      }),
      ...others,
    },
    plaintrail: {
      class: event.class,
      outcome: event.outcome,
      kind: object?.kind,
      detail: event.detail,
      duration_us: event.durationUs,
      actor_type: actor.type,
      client_version: source.client.version,
      conflict: audit.conflict || null,
      flags: event.flags,
    },
  }
}

function rawOf(row: ExportRow): Fields {
  if (!row.raw) return {}
  const text = rawText(row)
  const value = createHash('sha256').update(row.raw).digest('hex')
  return {
    raw_data: text ?? Buffer.from(row.raw).toString('base64'),
    raw_data_size: row.raw.length,
    raw_data_hash: { algorithm_id: 3, algorithm: 'SHA-256', value },
  }
}
