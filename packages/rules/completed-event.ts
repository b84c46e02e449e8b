// completedEvent: an event of a test with what it leaves out, so that a test says only what it is about.

import { hash } from 'node:crypto'
import { isClusterScoped, kindOf } from '@plaintrail/event/resources'
import { isJsonObject, type JsonObject } from '@plaintrail/history/json-values'
import { objectPath } from './object-path.ts'

/** When events of tests begin: one a second. */
const beginsMs = Date.UTC(2026, 0, 1)

/** `index` is that of the event in its test. Nothing that is there is changed, but that a body gets what every object has. */
export function completedEvent(event: JsonObject, index: number): JsonObject {
  const time = new Date(beginsMs + index * 1000).toISOString().replace('Z', '000Z')
  const verb = typeof event['verb'] === 'string' ? event['verb'] : 'get'
  const received = event['requestReceivedTimestamp'] ?? time
  const whole = {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    auditID: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    level: levelOf(event),
    stage: 'ResponseComplete',
    verb,
    requestURI: pathOf(event, verb),
    sourceIPs: ['192.0.2.1'],
    userAgent: 'kubectl/v1.35.0 (test)',
    requestReceivedTimestamp: received,
    stageTimestamp: received,
    ...event,
    user: completedBy(event['user'], { username: 'test' }),
    annotations: completedBy(event['annotations'], decisionOf(event)),
    responseStatus: completedBy(event['responseStatus'], { code: verb === 'create' ? 201 : 200 }),
  }
  return { ...whole, ...bodiesOf(event, index) }
}

const objectIn = (event: JsonObject, name: string): JsonObject => {
  const value = event[name]
  return isJsonObject(value) ? value : {}
}

/** What is there and is no map stays as it is: a test may be about that. */
const completedBy = (value: unknown, usual: JsonObject): unknown =>
  value === undefined ? usual : isJsonObject(value) ? { ...usual, ...value } : value

/**
 * Who is not authenticated never reaches the authorizer. What is refused with 403 is by the authorizer, unless the message
 * is of somebody else: admission, or a validation.
 */
function decisionOf(event: JsonObject): JsonObject {
  const { code, message } = objectIn(event, 'responseStatus')
  if (code === 401) return {}
  const isByOthers = typeof message === 'string' && !/ cannot \S+ (?:resource|path) /.test(message)
  return { 'authorization.k8s.io/decision': code === 403 && !isByOthers ? 'forbid' : 'allow' }
}

function levelOf(event: JsonObject): string {
  if (event['responseObject'] !== undefined) return 'RequestResponse'
  return event['requestObject'] === undefined ? 'Metadata' : 'Request'
}

function pathOf({ objectRef }: JsonObject, verb: string): string {
  if (!isJsonObject(objectRef)) return '/'
  const isOfMany = verb === 'list' || verb === 'watch' || verb === 'create' || verb === 'deletecollection'
  const subresource = textIn(objectRef, 'subresource')
  return objectPath({
    apiGroup: textIn(objectRef, 'apiGroup'),
    apiVersion: textIn(objectRef, 'apiVersion') || 'v1',
    resource: textIn(objectRef, 'resource'),
    namespace: textIn(objectRef, 'namespace'),
    name: isOfMany && subresource === '' ? '' : textIn(objectRef, 'name'),
    subresource,
  })
}

/** Verbs whose bodies are the object itself, unless their kind says otherwise. */
const verbsOfOne: ReadonlySet<string> = new Set(['get', 'create', 'update', 'patch'])

/** What every object that was answered has, and a test need not say: without a uid it would be no stored object. */
function bodiesOf(event: JsonObject, index: number): JsonObject {
  const { requestObject, responseObject, objectRef } = event
  if (!isJsonObject(objectRef)) return {}
  const completed = (body: unknown, own: JsonObject): unknown => {
    if (!isJsonObject(body) || body['kind'] === 'Status') return body
    const metadata = body['metadata'] ?? (isObjectAlone && body['kind'] === undefined ? {} : undefined)
    if (!isJsonObject(metadata)) return body
    return { ...typeIn(objectRef), ...body, metadata: { ...namesIn(objectRef), ...own, ...metadata } }
  }
  const isWritten = event['verb'] === 'create' || event['verb'] === 'update'
  const isObjectAlone = textIn(objectRef, 'subresource') === '' && verbsOfOne.has(textIn(event, 'verb'))
  const uid = textIn(objectRef, 'uid') || uidOf(objectRef)
  return {
    ...(requestObject !== undefined && { requestObject: isWritten ? completed(requestObject, {}) : requestObject }),
    ...(responseObject !== undefined && {
      responseObject: completed(responseObject, { uid, resourceVersion: String(index + 1) }),
    }),
  }
}

function namesIn(objectRef: JsonObject): JsonObject {
  const [name, namespace] = [textIn(objectRef, 'name'), textIn(objectRef, 'namespace')]
  const isClusters = isClusterScoped(textIn(objectRef, 'apiGroup'), textIn(objectRef, 'resource')) === true
  return { ...(name !== '' && { name }), ...(namespace !== '' && !isClusters && { namespace }) }
}

function typeIn(objectRef: JsonObject): JsonObject {
  const [group, version] = [textIn(objectRef, 'apiGroup'), textIn(objectRef, 'apiVersion') || 'v1']
  return {
    apiVersion: group === '' ? version : `${group}/${version}`,
    kind: kindOf(group, textIn(objectRef, 'resource')),
  }
}

/** Always the same of one object. */
function uidOf(objectRef: JsonObject): string {
  const names = ['apiGroup', 'resource', 'namespace', 'name'].map((name) => textIn(objectRef, name))
  const hex = hash('sha256', JSON.stringify(names))
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

const textIn = (object: JsonObject, name: string): string => {
  const value = object[name]
  return typeof value === 'string' ? value : ''
}
