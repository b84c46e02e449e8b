// factsOfEvent: what one event tells that attribution of later ones may ask for.

import type { ObjectRef } from '@plaintrail/event/event'
import { bodyIn, childOf, controllerIn, numberIn, ownersIn, textIn, uidIn, versionIn } from './attributed-objects.ts'
import { controllerOf } from './controllers.ts'
import { essenceOf } from './essence.ts'
import { factKeys, targetOf, type Fact, type Tale } from './fact.ts'
import { initiatorByItself } from './initiator-by-itself.ts'
import type { AttributedEvent, End, SyncKind } from './initiator-facts.ts'
import { isJsonObject, type JsonObject } from './json-values.ts'

/** Of a deletecollection; what is past it is not known to have ended. */
const itemsMax = 5_000
/** Sources of one Application, and what was said of one sync. */
const [sourcesMax, infosMax] = [10, 4]
/** UTF-16 units of what a client wrote and a fact keeps. */
const textCharsMax = 1_000
const releaseName = /^sh\.helm\.release\.v1\.(.+)\.v(\d{1,9})$/
const policies = ['Background', 'Foreground', 'Orphan'] as const
const syncKinds: ReadonlyMap<string, SyncKind> = new Map([
  ['applications', 'Application'],
  ['kustomizations', 'Kustomization'],
  ['helmreleases', 'HelmRelease'],
])
/** Whose changes are the cause of others' making; a pod's making is that of its binding. */
const changing: ReadonlySet<string> = new Set([
  'deployments',
  'replicasets',
  'replicationcontrollers',
  'statefulsets',
  'daemonsets',
  'jobs',
  'cronjobs',
  'horizontalpodautoscalers',
])

type Told = readonly [key: string, tale: Tale, mark?: string]

/** Empty for what changed nothing. Bounded by the items of a deletecollection, two of each. Never throws for what an event holds. */
export function factsOfEvent(seen: AttributedEvent): readonly Fact[] {
  const { event } = seen
  if (event.stage !== 'ResponseComplete' || event.outcome !== 'success' || event.flags.dryRun === true) return []
  if (event.class !== 'write' || event.object === null) return []
  // When it was is all that says what it may be the cause of.
  if (event.flags.oddTime === true) return []
  const told = toldBy(seen, event.object)
  if (told.length === 0) return []
  const common = {
    event: seen.id,
    actor: event.actor,
    impersonated: event.impersonated?.name ?? null,
    isOpen: initiatorByItself({ ...event, id: seen.id }) === null,
    time: event.time,
    stageTime: event.stageTime ?? event.time,
    version: versionIn(seen),
  }
  return told.map(([key, tale, mark = null]) => ({ ...common, key, mark, tale }))
}

function toldBy(seen: AttributedEvent, object: ObjectRef): readonly Told[] {
  const { verb } = seen.event
  const { resource, subresource, namespace, name } = object
  if (subresource === 'token') return ofToken(seen, object)
  if (subresource === 'eviction') {
    return [[factKeys.evictions(namespace), { kind: 'eviction', name, propagation: propagationOf(seen) }]]
  }
  if (subresource === 'binding') {
    const node = textIn(childOf(seen.raw['requestObject'], 'target'), 'name')
    return node === null ? [] : [[factKeys.pod(namespace, name), { kind: 'bound', node }]]
  }
  if (subresource === 'scale') return ofScale(seen)
  if (verb === 'delete') return [...ofDelete(seen, object), ...ofOwners(bodyIn(seen))]
  if (verb === 'deletecollection') return ofCollection(seen)
  if (subresource === 'approval') {
    const uid = uidIn(seen)
    return uid === null ? [] : [[factKeys.approval(uid), { kind: 'approval' }]]
  }
  return ofWrite(seen, resource, object)
}

/** Only of a person or an account: a kubelet asks for the tokens of its pods, and behind these is the account itself. */
function ofToken({ raw, event }: AttributedEvent, { namespace, name }: ObjectRef): readonly Told[] {
  const id = textIn(raw['annotations'], 'authentication.kubernetes.io/issued-credential-id')
  if (id === null || (event.actor.type !== 'human' && event.actor.type !== 'service-account')) return []
  return [[factKeys.issue(id), { kind: 'issue', subject: `system:serviceaccount:${namespace}:${name}` }]]
}

function ofScale(seen: AttributedEvent): readonly Told[] {
  const uid = uidIn(seen)
  const replicas = numberIn(childOf(childOf(seen.raw, 'responseObject'), 'spec'), 'replicas')
  return uid === null || replicas === null ? [] : [[factKeys.object(uid), { kind: 'scale', replicas }]]
}

function ofDelete(seen: AttributedEvent, { resource, name }: ObjectRef): readonly Told[] {
  const uid = uidIn(seen)
  const told = uid === null ? [] : ofEnd(seen, uid, bodyIn(seen), 'delete')
  if (resource !== 'namespaces') return told
  return [...told, [factKeys.namespace(name), { kind: 'namespace', uid, isEnd: true }]]
}

function ofCollection(seen: AttributedEvent): readonly Told[] {
  const items: unknown = childOf(seen.raw, 'responseObject')['items']
  return (Array.isArray(items) ? items.slice(0, itemsMax) : []).filter(isJsonObject).flatMap((item) => {
    const uid = textIn(childOf(item, 'metadata'), 'uid')
    return uid === null ? [] : [...ofEnd(seen, uid, item, 'deletecollection'), ...ofOwners(item)]
  })
}

function ofEnd(seen: AttributedEvent, uid: string, body: JsonObject, verb: End['verb']): readonly Told[] {
  const tale: Tale = { kind: 'end', verb, propagation: propagationOf(seen), uid }
  const owner = controllerIn(body)
  return [
    [factKeys.object(uid), tale],
    ...(owner === null ? [] : [[factKeys.losses(owner.uid), tale, `end/${uid}/${seen.id}`] as const]),
  ]
}

function propagationOf({ raw }: AttributedEvent): End['propagation'] {
  const policy = textIn(childOf(raw, 'requestObject'), 'propagationPolicy')
  return policies.find((one) => one === policy) ?? null
}

function ofOwners(object: JsonObject): readonly Told[] {
  const uid = textIn(childOf(object, 'metadata'), 'uid')
  const owners = ownersIn(object)
  if (uid === null || owners.length === 0) return []
  const mark = `owners/${owners.map((owner) => `${owner.uid}${owner.isController ? '!' : ''}`).join()}`
  return [[factKeys.object(uid), { kind: 'owners', owners }, mark]]
}

function ofWrite(seen: AttributedEvent, resource: string, ref: ObjectRef): readonly Told[] {
  const object = bodyIn(seen)
  const uid = uidIn(seen)
  const isCreate = seen.event.flags.created === true
  const told: Told[] = []
  if (resource === 'namespaces' && isCreate) {
    told.push([factKeys.namespace(ref.name), { kind: 'namespace', uid, isEnd: false }])
  }
  if (resource === 'nodes' && ref.subresource === '') told.push(...ofCordon(seen, ref))
  if (uid === null) return told
  told.push(...ofOwners(object))
  const name = textIn(childOf(object, 'metadata'), 'name') ?? ''
  const [, release, revision] = (resource === 'secrets' ? releaseName.exec(name) : null) ?? []
  if (release !== undefined) {
    told.push([factKeys.release(ref.namespace, release), { kind: 'release', revision: Number(revision) }])
  }
  const kind = syncKinds.get(resource)
  if (kind !== undefined) told.push([factKeys.sync(kind, name), syncIn(object, ref.namespace)])
  if (textIn(object, 'kind') === 'PartialObjectMetadata' || !isJsonObject(seen.raw['responseObject'])) return told
  return [...told, ...ofState(seen, uid, object, ref)]
}

/** Of a person or an account that says so in the request: controllers write nodes all the time, whatever they are. */
function ofCordon({ raw, event }: AttributedEvent, { name }: ObjectRef): readonly Told[] {
  const { type } = event.actor
  if ((type !== 'human' && type !== 'service-account') || controllerOf(event.actor.name) !== null) return []
  const asked = raw['requestObject']
  const isAsked = Array.isArray(asked)
    ? asked.some((operation) => textIn(operation, 'path') === '/spec/unschedulable')
    : Object.hasOwn(childOf(asked, 'spec'), 'unschedulable')
  if (!isAsked && event.verb !== 'update') return []
  const isAnswered = isJsonObject(raw['responseObject'])
  const state = isAnswered ? raw['responseObject'] : asked
  return [[factKeys.node(name), { kind: 'cordon', isOn: childOf(state, 'spec')['unschedulable'] === true }]]
}

function ofState(seen: AttributedEvent, uid: string, object: JsonObject, ref: ObjectRef): readonly Told[] {
  const { resource, subresource, namespace } = ref
  const isCreate = seen.event.flags.created === true
  const isPod = resource === 'pods' && isCreate && subresource === ''
  if (!isPod && !changing.has(resource)) return []
  const essence = essenceOf(object)
  const generation = numberIn(childOf(object, 'metadata'), 'generation')
  if (subresource !== '' && subresource !== 'ephemeralcontainers') {
    const mark = `shown/${generation}/${essence.observedGeneration}`
    return [[factKeys.object(uid), { kind: 'shown', essence }, mark]]
  }
  if (isPod) {
    const name = textIn(childOf(object, 'metadata'), 'name') ?? ''
    const owner = controllerIn(object)?.uid ?? null
    const template = { ...essence, annotations: {} }
    return [
      [factKeys.object(uid), { kind: 'write', isCreate, generation, essence: template }],
      [factKeys.pod(namespace, name), { kind: 'named', uid, owner }],
    ]
  }
  const target = resource === 'horizontalpodautoscalers' ? scaledBy(object, namespace) : null
  const write = { kind: 'write', isCreate, generation, essence } as const
  if (target === null) return [[factKeys.object(uid), write]]
  return [
    [factKeys.object(uid), { ...write, target }],
    [factKeys.autoscalers(target), { kind: 'autoscaler', uid }, `autoscaler/${uid}`],
  ]
}

function scaledBy(object: JsonObject, namespace: string): string {
  const target = childOf(childOf(object, 'spec'), 'scaleTargetRef')
  return targetOf(namespace, `${(textIn(target, 'kind') ?? '').toLowerCase()}s`, textIn(target, 'name') ?? '')
}

function syncIn(object: JsonObject, namespace: string): Tale {
  const status = childOf(object, 'status')
  const operation = childOf(status, 'operationState')
  const revision =
    revisionIn(childOf(operation, 'syncResult')) ??
    revisionIn(childOf(status, 'sync')) ??
    textIn(status, 'lastAttemptedRevision')
  const by = childOf(childOf(operation, 'operation'), 'initiatedBy')
  const initiatedBy = by['automated'] === true ? null : textIn(by, 'username')
  const info = infoIn(childOf(operation, 'operation'))
  return {
    kind: 'sync',
    namespace,
    revision: revision?.slice(0, textCharsMax) ?? null,
    initiatedBy: initiatedBy?.slice(0, textCharsMax) ?? null,
    ...(info === '' ? {} : { info: info.slice(0, textCharsMax) }),
  }
}

/** Of an Application with several sources they are many (Argo CD pkg/apis/application/v1alpha1, `revisions`). */
function revisionIn(synced: JsonObject): string | null {
  const revisions = synced['revisions']
  const many = Array.isArray(revisions) ? revisions.slice(0, sourcesMax).filter(isText) : []
  return textIn(synced, 'revision') ?? (many.length === 0 ? null : [...new Set(many)].join(', '))
}

/** A list of names and values (Operation.info). */
function infoIn(operation: JsonObject): string {
  const info = operation['info']
  return (Array.isArray(info) ? info.slice(0, infosMax) : [])
    .map((one) => ({ name: textIn(one, 'name'), value: textIn(one, 'value') }))
    .flatMap(({ name, value }) => (name === null || value === null ? [] : [`${name}: ${value}`]))
    .join(', ')
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
