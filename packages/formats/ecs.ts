// ecsEvent: an event in the Elastic Common Schema, with the audit event itself where Elastic's integration has it.

import { createHash } from 'node:crypto'
import type { StoredEvent } from '@plaintrail/event/event'
import { eventTimes, toText } from './event-times.ts'
import { addressesOf, fieldsOf, rawFields, rawText, type ExportRow, type Fields } from './export-row.ts'
import { httpMethod } from './http-method.ts'
import { withoutAbsent } from './without-absent.ts'

export const ecsVersion = '8.17.0'
const rbacGroup = 'rbac.authorization.k8s.io'

export function ecsEvent(row: ExportRow): object {
  const { event } = row
  const { actor, source, cluster, code } = event
  const raw = rawFields(row)
  const uri = raw?.['requestURI']
  const peer = source.ip?.value ?? null
  return withoutAbsent({
    '@timestamp': toText(eventTimes(event).reachedUs),
    ecs: { version: ecsVersion },
    message: event.sentence,
    event: eventOf(row),
    user: { name: actor.name || null, roles: actor.groups, effective: { name: actor.as } },
    user_agent: { original: source.client.userAgent || null, name: source.client.name, version: source.client.version },
    source: { ip: peer, address: peer },
    client: { ip: source.claimed[0]?.value },
    related: { ip: [...new Set(addressesOf(source))], user: relatedUsers(actor) },
    orchestrator: { type: 'kubernetes', cluster: { name: cluster }, ...objectOf(event) },
    http: { request: { method: httpMethod(event) }, response: { status_code: code } },
    url: { original: typeof uri === 'string' ? uri : event.path, path: event.path },
    kubernetes: {
      audit: raw === null ? auditOf(event) : { ...raw, annotations: renamed(fieldsOf(raw['annotations'])) },
    },
    plaintrail: {
      class: event.class,
      outcome: event.outcome,
      detail: event.detail,
      actor_type: actor.type,
      flags: event.flags,
      stages: event.stages.map(({ id }) => id),
      conflict: event.audit.conflict || null,
    },
  })
}

const relatedUsers = ({ name, as }: StoredEvent['actor']): readonly string[] => [
  ...new Set([name, as ?? ''].filter((user) => user !== '')),
]

function eventOf(row: ExportRow): Fields {
  const { id, verb, outcome, durationUs, time, seen, authz } = row.event
  const text = rawText(row)
  return {
    kind: 'event',
    module: 'kubernetes',
    dataset: 'kubernetes.audit_logs',
    id,
    action: verb,
    category: categoriesOf(row.event),
    type: typesOf(row.event),
    outcome: outcomeOf(outcome),
    reason: authz.reason || null,
    start: time,
    created: seen,
    duration: durationUs === null ? null : durationUs * 1_000,
    original: text ?? (row.raw ? Buffer.from(row.raw).toString('base64') : null),
    hash: row.raw ? createHash('sha256').update(row.raw).digest('hex') : null,
  }
}

function outcomeOf(outcome: StoredEvent['outcome']): 'success' | 'failure' | 'unknown' {
  if (outcome === 'success') return 'success'
  return outcome === 'pending' ? 'unknown' : 'failure'
}

function categoriesOf({ class: kind, object }: StoredEvent): readonly string[] {
  if (kind === 'connect') return ['session', 'process']
  return object?.group === rbacGroup ? ['api', 'configuration', 'iam'] : ['api', 'configuration']
}

const typeOfMethod: Readonly<Partial<Record<string, string>>> = {
  POST: 'creation',
  PUT: 'change',
  PATCH: 'change',
  DELETE: 'deletion',
}

function typesOf(event: StoredEvent): readonly string[] {
  const what = event.class === 'connect' ? 'start' : (typeOfMethod[httpMethod(event) ?? ''] ?? 'access')
  const { decision } = event.authz
  if (event.outcome === 'denied') return [what, 'denied']
  return decision === 'allow' ? [what, 'allowed'] : [what]
}

function objectOf({ object }: StoredEvent): Fields {
  if (object === null) return {}
  const { group, version, resource, subresource, namespace, name, uid } = object
  return {
    namespace: namespace || null,
    api_version: group === '' ? version : `${group}/${version}`,
    resource:
      subresource === null
        ? { type: resource, name: name || null, id: uid }
        : { type: subresource, name: name || null, id: uid, parent: { type: resource } },
  }
}

/** From what is stored in columns, where the event itself was not asked for. */
function auditOf(event: StoredEvent): object {
  const { audit, actor, source, object, code, authz, time } = event
  return withoutAbsent({
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Event',
    level: audit.level,
    auditID: audit.id,
    stage: audit.stage,
    verb: event.verb,
    user: { username: actor.name, groups: actor.groups },
    impersonatedUser: { username: actor.as },
    sourceIPs: addressesOf(source),
    userAgent: source.client.userAgent || null,
    objectRef: object && {
      resource: object.resource,
      subresource: object.subresource,
      namespace: object.namespace || null,
      name: object.name || null,
      uid: object.uid,
      apiGroup: object.group || null,
      apiVersion: object.version || null,
    },
    responseStatus: { code },
    requestReceivedTimestamp: time,
    stageTimestamp: event.durationUs === null ? null : toText(eventTimes(event).reachedUs),
    annotations: authz.decision === 'none' ? null : { 'authorization_k8s_io/decision': authz.decision },
  })
}

/** A dot in a name would be a level to Elasticsearch: its own integration writes these with `_`. */
function renamed(annotations: Fields): Fields {
  return Object.fromEntries(Object.entries(annotations).map(([name, value]) => [name.replaceAll('.', '_'), value]))
}
