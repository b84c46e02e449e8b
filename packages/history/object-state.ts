// objectStatesOf: what one audit event tells about objects: states, ends, and writes whose outcome is not in it.

import type { Event, ObjectRef } from '@plaintrail/event/event'
import { queryValues } from '@plaintrail/event/request-uri'
import { isJsonObject, type JsonObject } from './json-values.ts'
import type { Observation, Observed, SetField, Told } from './observation.ts'
import { bodyOf, generationOf, isDeleting, isGone, itemsOfList, versionOf } from './observed-body.ts'
import { patchTypeOf } from './patch-type.ts'
import { setsOf } from './side-effects.ts'

/** Of a list or a deletecollection; what is past it is counted in `leftOut`. */
export const listItemsMax = 5_000
/** Of a manager's name (apiserver pkg/endpoints/handlers/create.go, prefixFromUserAgent). */
const managerCharsMax = 128

/** Subresources whose answer is the parent object (protocol: each is a REST storage over the parent's store). */
const parentAnswers: ReadonlySet<string> = new Set([
  '',
  'status',
  'approval',
  'ephemeralcontainers',
  'resize',
  'finalize',
])
/** Subresources that write to the parent and answer something else. */
const sideEffects: ReadonlySet<string> = new Set(['scale', 'binding', 'eviction'])

/** One event, parsed, and the Event that normalize made of it. */
export interface AuditRecord {
  readonly raw: JsonObject
  readonly event: Event
}

/**
 * At most 5,000 observations (two for each item of a deletecollection), in the order of the answer, or the reason why
 * there is none. Nothing is copied: `object` and `patch.body` are parts of `raw`. Never throws for what an event holds.
 * What counts: stage ResponseComplete, 2xx, no dry run (apiserver pkg/endpoints/handlers, pkg/audit/request.go).
 */
export function objectStatesOf(record: AuditRecord): Told {
  const { raw, event } = record
  const reason = whyNothing(event)
  if (reason !== null || event.object === null) return none(reason ?? 'it is a request to no object')
  const seen: Seen = { ...record, ref: event.object }
  const { verb } = event
  if (verb === 'list' || verb === 'deletecollection') return ofItems(seen, itemsOfList(raw['responseObject']))
  if (sideEffects.has(seen.ref.subresource) || isBinding(seen.ref)) return ofSideEffect(seen)
  if (!parentAnswers.has(seen.ref.subresource)) return none(`${seen.ref.subresource} changes no object`)
  if (verb === 'get') return ofRead(seen)
  if (verb === 'delete') return one(ofDelete(seen))
  if (verb === 'create' || verb === 'update' || verb === 'patch') return ofWrite(seen)
  return none(`${verb} shows and changes no object`)
}

interface Seen extends AuditRecord {
  readonly ref: ObjectRef
}

const none = (reason: string): Told => ({ observations: [], none: reason, leftOut: 0 })
const one = (observation: Observation): Told => ({ observations: [observation], none: null, leftOut: 0 })

function whyNothing(event: Event): string | null {
  if (event.object === null) return 'it is a request to no object'
  if (event.flags.dryRun === true) return 'a dry run changes nothing'
  if (event.stage !== 'ResponseComplete') return 'the request was not complete yet'
  if (event.outcome !== 'success' || (event.code !== null && event.code >= 300)) return 'the request changed nothing'
  if (event.class !== 'read' && event.class !== 'write') return 'it is a connection and no object'
  return null
}

/** A get is a checkpoint: whatever was not seen before it, this is the state at its resourceVersion. */
function ofRead(seen: Seen): Told {
  if (sideEffects.has(seen.ref.subresource)) return none('a Scale is not the object')
  const body = bodyOf(seen.raw['responseObject'])
  if (body.is === 'other') return none(whyNoBody(seen) ?? body.why)
  if (body.is === 'metadata') return one(fromMetadata(seen, body, 'metadata-only'))
  return one({ ...fromObject(seen, body, isDeleting(body.metadata) ? 'deleting' : 'state'), isRead: true })
}

function ofWrite(seen: Seen): Told {
  const body = bodyOf(seen.raw['responseObject'])
  if (body.is === 'object') {
    const observed = isGone(body) ? 'deleted' : isDeleting(body.metadata) ? 'deleting' : 'state'
    return one(fromObject(seen, body, observed))
  }
  if (body.is === 'metadata') return one(fromMetadata(seen, body, isGone(body) ? 'deleted' : 'metadata-only'))
  const missing = whyNoBody(seen)
  // The answer was logged and is no stored object, as of a SubjectAccessReview.
  if (missing === null) return none(body.why)
  const asked = seen.event.verb === 'patch' && hasRequest(seen)
  return one({ ...blank(seen), observed: asked ? 'patch-only' : 'metadata-only', lacks: missing })
}

/**
 * The Status of a delete says that the object is gone, and responseStatus keeps it at every level; an object says it by
 * having no deletionTimestamp (it was taken away at once) or nothing that holds it (pkg/endpoints/handlers/delete.go).
 */
function ofDelete(seen: Seen): Observation {
  const body = bodyOf(seen.raw['responseObject'])
  if (body.is === 'object') {
    return fromObject(seen, body, !isDeleting(body.metadata) || isGone(body) ? 'deleted' : 'deleting')
  }
  if (body.is === 'metadata') {
    const gone = !isDeleting(body.metadata) || isGone(body)
    return fromMetadata(seen, body, gone ? 'deleted' : 'metadata-only')
  }
  const status = seen.raw['responseStatus']
  const isStatus = isJsonObject(status) && status['status'] === 'Success'
  return { ...blank(seen), observed: isStatus ? 'deleted' : 'metadata-only', lacks: whyNoBody(seen) ?? body.why }
}

/**
 * A list's items are checkpoints. A deletecollection answers with the objects it found, as they were before it deleted
 * them, and no event follows for each (store.go, DeleteCollection): each is a checkpoint and a delete.
 */
function ofItems(seen: Seen, items: readonly JsonObject[] | null): Told {
  if (items === null) return none(whyNoBody(seen) ?? 'what was answered is no list of objects')
  const told: Observation[] = []
  for (const item of items.slice(0, listItemsMax)) {
    const body = bodyOf(item)
    if (body.is === 'other') continue
    const found = { ...ofItem(seen, body), isRead: true, patch: null, basedOn: null }
    told.push(found)
    if (seen.event.verb === 'deletecollection') told.push(endOfItem(seen, found))
  }
  const leftOut = Math.max(0, items.length - listItemsMax)
  return told.length === 0 ? none('the list has no objects') : { observations: told, none: null, leftOut }
}

function ofItem(seen: Seen, body: SeenBody): Observation {
  if (body.is === 'metadata') return fromMetadata(seen, body, 'metadata-only')
  return fromObject(seen, body, isDeleting(body.metadata) ? 'deleting' : 'state')
}

/** What holds an object is a finalizer, and for a Pod its grace period; then it is gone only later. */
function endOfItem(seen: Seen, found: Observation): Observation {
  const metadata = found.object?.['metadata']
  const options = seen.raw['requestObject']
  const isHeld = isJsonObject(metadata) && Array.isArray(metadata['finalizers']) && metadata['finalizers'].length > 0
  const isGraceful = found.resource === 'pods' && !(isJsonObject(options) && options['gracePeriodSeconds'] === 0)
  const isWaiting = isJsonObject(options) && ['Foreground', 'Orphan'].includes(String(options['propagationPolicy']))
  return {
    ...found,
    resourceVersion: null,
    generation: null,
    observed: isHeld || isGraceful || isWaiting || found.object === null ? 'deleting' : 'deleted',
    object: null,
    isRead: false,
    lacks: 'a deletecollection answers with what was there before it',
  }
}

/** Scale, Binding and Eviction write to another object than they answer. */
function ofSideEffect(seen: Seen): Told {
  if (seen.event.class !== 'write') return none('a Scale is not the object')
  const { sets, uid, resourceVersion } = setsOf(seen.ref, seen.raw)
  const isEviction = seen.ref.subresource === 'eviction'
  const lacks =
    sets.length === 0 && !isEviction
      ? whyNoBody(seen)
      : `a ${seen.ref.subresource || 'binding'} does not show the object`
  return one({
    ...blank(seen),
    uid: uid ?? seen.event.object?.uid ?? null,
    // A binding may be posted to `bindings`, and is of a pod all the same.
    resource: isBinding(seen.ref) ? 'pods' : seen.ref.resource,
    resourceVersion,
    observed: isEviction ? 'deleting' : sets.length > 0 ? 'patch-only' : 'metadata-only',
    sets,
    lacks,
  })
}

function isBinding(ref: ObjectRef): boolean {
  return ref.resource === 'bindings' && ref.apiGroup === ''
}

type SeenBody = Extract<ReturnType<typeof bodyOf>, { readonly is: 'object' | 'metadata' }>

function fromObject(seen: Seen, body: SeenBody, observed: Observed): Observation {
  return { ...identified(seen, body), observed, object: body.object, lacks: null }
}

function fromMetadata(seen: Seen, body: SeenBody, observed: Observed): Observation {
  const lacks = 'the client asked for the metadata alone (PartialObjectMetadata)'
  return { ...identified(seen, body), kind: '', apiVersion: '', observed, lacks, isRead: seen.event.class === 'read' }
}

function identified(seen: Seen, { object, metadata, uid }: SeenBody): Observation {
  return {
    ...blank(seen),
    uid,
    apiVersion: textOf(object['apiVersion']),
    kind: textOf(object['kind']),
    namespace: textOf(metadata['namespace']),
    name: textOf(metadata['name']),
    resourceVersion: versionOf(metadata['resourceVersion']),
    generation: generationOf(metadata),
  }
}

/** What is known of the write before its answer is read. */
function blank(seen: Seen): Observation {
  const { event, ref } = seen
  const patch = event.verb === 'patch' && hasRequest(seen) ? patchOf(seen) : null
  return {
    uid: ref.uid,
    apiGroup: ref.apiGroup,
    apiVersion: ref.apiGroup === '' ? ref.apiVersion : `${ref.apiGroup}/${ref.apiVersion}`,
    resource: ref.resource,
    kind: '',
    namespace: ref.namespace,
    name: ref.name,
    resourceVersion: null,
    generation: null,
    observed: 'metadata-only',
    object: null,
    isRead: false,
    isCreate: event.flags.created === true,
    verb: event.verb,
    subresource: ref.subresource,
    isStatusOnly: ref.subresource === 'status' || ref.subresource === 'approval',
    sets: noSets,
    patch,
    basedOn: basedOnOf(seen),
    manager: managerOf(seen, patch),
    earliest: event.time,
    latest: event.stageTime ?? event.time,
    isRedacted: event.flags.redacted === true,
    lacks: null,
  }
}

const noSets: readonly SetField[] = []

function hasRequest({ raw }: Seen): boolean {
  return typeof raw['requestObject'] === 'object' && raw['requestObject'] !== null
}

function patchOf({ raw, event, ref }: Seen): Observation['patch'] {
  const body = raw['requestObject']
  const { requestURI, time, stageTime } = event
  const { apiGroup } = ref
  const told = patchTypeOf({
    requestURI,
    requestObject: body,
    responseObject: raw['responseObject'],
    apiGroup,
    time,
    stageTime,
  })
  return { ...told, body }
}

/**
 * The version demanded: an update and a patch carry it in metadata, a delete in its preconditions (GuaranteedUpdate and
 * Delete, apiserver pkg/storage/etcd3/store.go: another stored version is a 409). objectRef has an update's at any level.
 */
function basedOnOf({ raw, event }: Seen): number | null {
  const body = raw['requestObject']
  switch (event.verb) {
    case 'update':
      return versionIn(body, 'metadata') ?? versionIn(raw, 'objectRef')
    case 'patch':
      return versionIn(body, 'metadata') ?? testedVersion(body)
    case 'delete':
      return versionIn(body, 'preconditions')
    default:
      return null
  }
}

/** A JSON patch demands a version by testing it. */
function testedVersion(body: unknown): number | null {
  if (!Array.isArray(body)) return null
  const test = body.find(
    (step) => isJsonObject(step) && step['op'] === 'test' && step['path'] === '/metadata/resourceVersion',
  )
  return isJsonObject(test) ? versionOf(test['value']) : null
}

function versionIn(body: unknown, key: string): number | null {
  const inner = isJsonObject(body) ? body[key] : null
  return isJsonObject(inner) ? versionOf(inner['resourceVersion']) : null
}

/** The `fieldManager` of the query, else the user agent up to its slash (apiserver …/handlers/create.go). */
function managerOf({ raw, event }: Seen, patch: Observation['patch']): Observation['manager'] {
  const asked = queryValues(event.requestURI, 'fieldManager')[0] ?? ''
  const agent = textOf(raw['userAgent']).split('/', 1)[0] ?? ''
  const operation =
    patch === null ? 'Update' : patch.type === 'apply' ? 'Apply' : patch.type === 'ambiguous' ? null : 'Update'
  return { name: (asked || agent).slice(0, managerCharsMax), operation }
}

/** Why the event has no answer although one was given; null where it has. */
function whyNoBody({ raw, event }: Seen): string | null {
  if (event.flags.truncated === true) return 'the bodies were cut off by the API server (audit.k8s.io/truncated)'
  if (event.flags.bodyTooLarge === true) return 'the bodies were too large to be read'
  if (event.level === 'Metadata') return 'the audit policy logs no bodies here (level Metadata)'
  if (event.level === 'Request') return 'the audit policy logs no answers here (level Request)'
  return isJsonObject(raw['responseObject']) ? null : 'the event has no answer'
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
