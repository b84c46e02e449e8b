// rowOf: an item of an EventList as the store would give it back, for tests that have no store.

import { flagNames, type StoredEvent } from '@plaintrail/event/event'
import { eventIdentity, eventKey, formatEventId } from '@plaintrail/event/identity'
import { normalize } from '@plaintrail/event/normalize'
import { kindOf } from '@plaintrail/event/resources'
import { sentence } from '@plaintrail/event/sentence'
import { formatMicroTime } from '@plaintrail/event/time'
import type { ExportRow } from './export-row.ts'

export interface Place {
  readonly cluster: string
  /** 16 bytes. */
  readonly clusterUid: Buffer
  readonly seenUs: number
}

const somewhere: Place = { cluster: 'lab', clusterUid: Buffer.alloc(16), seenUs: Date.UTC(2026, 10, 20, 12) * 1_000 }

export interface MadeRow extends ExportRow {
  readonly raw: Buffer
}

export function rowOf(item: string | Buffer, place: Place = somewhere): MadeRow {
  const raw = Buffer.from(item)
  return { event: storedOf(raw, place), raw }
}

/** Of one stage: nothing is known of others. */
function storedOf(raw: Buffer, { cluster, clusterUid, seenUs }: Place): StoredEvent {
  const event = normalize(JSON.parse(raw.toString()))
  if (!event) throw new Error(`no event: ${raw.toString().slice(0, 200)}`)
  const { object, source, client, flags } = event
  const id = formatEventId(event.time, eventKey(eventIdentity(raw), clusterUid))
  const names = flagNames.filter((name) => flags[name])
  const isOdd = names.includes('oddTime')
  return {
    id,
    time: isOdd ? null : formatMicroTime(event.time),
    seen: formatMicroTime(seenUs),
    sentence: sentence(event),
    cluster,
    class: event.class,
    verb: event.verb,
    outcome: event.outcome,
    code: event.code,
    durationUs: isOdd || event.stageTime === null ? null : event.stageTime - event.time,
    actor: {
      name: event.actor.name,
      type: event.actor.type,
      as: event.impersonated?.name ?? null,
      groups: event.actor.groups,
    },
    source: {
      ip: source.peer === null ? null : { value: source.peer, trust: 'verified' },
      claimed: source.claimed.map((value) => ({ value, trust: 'claimed' })),
      client: { name: client.name, version: client.version, userAgent: client.userAgent, trust: 'claimed' },
    },
    object: object && {
      group: object.apiGroup,
      version: object.apiVersion,
      resource: object.resource,
      kind: kindOf(object.apiGroup, object.resource),
      namespace: object.namespace,
      name: object.name,
      uid: object.uid,
      subresource: object.subresource || null,
    },
    path: object ? null : event.path,
    detail: event.detail,
    audit: {
      id: event.auditID,
      stage: event.stage,
      level: event.level,
      truncated: names.includes('truncated'),
      conflict: false,
    },
    authz: { decision: event.decision, reason: event.reason },
    flags: names,
    stages: [{ id, stage: event.stage, time: timeOf(event.stageTime), code: event.code }],
  }
}

const timeOf = (us: number | null): string | null => (us === null ? null : formatMicroTime(us))

/** One item that is plain; `different` is merged over it. */
export function itemWith(different: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    level: 'RequestResponse',
    auditID: '8f0c3e1a-0000-4000-8000-000000000001',
    stage: 'ResponseComplete',
    requestURI: '/apis/apps/v1/namespaces/shop/deployments/checkout?fieldManager=kubectl',
    verb: 'patch',
    user: { username: 'alice@acme.example', uid: 'u-1', groups: ['sre', 'system:authenticated'] },
    sourceIPs: ['203.0.113.9', '10.0.3.7'],
    userAgent: 'kubectl/v1.33.3 (linux/amd64) kubernetes/1234567',
    objectRef: {
      resource: 'deployments',
      namespace: 'shop',
      name: 'checkout',
      apiGroup: 'apps',
      apiVersion: 'v1',
      resourceVersion: '77',
    },
    responseStatus: { metadata: {}, code: 200 },
    requestReceivedTimestamp: '2026-11-20T11:59:58.418211Z',
    stageTimestamp: '2026-11-20T11:59:58.431213Z',
    annotations: {
      'authorization.k8s.io/decision': 'allow',
      'authorization.k8s.io/reason': 'RBAC: allowed by ClusterRoleBinding "sre" of ClusterRole "edit" to Group "sre"',
    },
    ...different,
  })
}
