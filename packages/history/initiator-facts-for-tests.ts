// FactsForTests: what the store does with rows, done with maps: takes events as they arrive and answers as Facts.

import { normalize } from '@plaintrail/event/normalize'
import { bodyIn, childOf, numberIn, ownersIn, textIn, uidIn, versionIn } from './attributed-objects.ts'
import type {
  AttributedEvent,
  Cause,
  Cordon,
  End,
  Facts,
  Issue,
  NamespaceLife,
  OwnerReference,
  ScaleTarget,
  SpecChange,
  Release,
  Sync,
  SyncKind,
} from './initiator-facts.ts'
import { attribute, type AttributionOptions } from './attribute.ts'
import { essenceOf, type Essence } from './essence.ts'
import { unknown, type Attribution } from './initiator.ts'
import { isJsonObject, type JsonObject } from './json-values.ts'

const changesMax = 20
const releaseName = /^sh\.helm\.release\.v1\.(.+)\.v(\d{1,9})$/
const policies = ['Background', 'Foreground', 'Orphan'] as const
const notYet: Attribution = {
  initiator: unknown,
  confidence: 'unknown',
  chain: [],
  considered: ['it goes in a circle'],
}
const syncKinds: ReadonlyMap<string, SyncKind> = new Map([
  ['applications', 'Application'],
  ['kustomizations', 'Kustomization'],
  ['helmreleases', 'HelmRelease'],
])

interface State {
  readonly version: number | null
  readonly essence: Essence
}

export class FactsForTests implements Facts {
  readonly #options: AttributionOptions
  readonly #attributions = new Map<string, Attribution>()
  readonly #changes = new Map<string, SpecChange[]>()
  readonly #states = new Map<string, State[]>()
  readonly #owners = new Map<string, readonly OwnerReference[]>()
  readonly #names = new Map<string, string>()
  readonly #ends = new Map<string, End>()
  readonly #issues = new Map<string, Issue>()
  readonly #autoscalers = new Map<string, JsonObject>()
  readonly #namespaces = new Map<string, NamespaceLife>()
  readonly #approvals = new Map<string, Cause>()
  readonly #releases = new Map<string, Release>()
  readonly #syncs = new Map<string, Sync>()
  readonly #nodes = new Map<string, string>()
  readonly #cordons = new Map<string, Cause>()

  constructor(options: AttributionOptions = {}) {
    this.#options = options
  }

  /** Remembers the events, then attributes each; those of one EventList may be in any order. */
  take(events: readonly AttributedEvent[]): readonly Attribution[] {
    for (const event of events.toSorted((one, other) => timeOf(one) - timeOf(other))) this.#remember(event)
    return events.map((event) => this.#attributionOf(event))
  }

  #attributionOf(seen: AttributedEvent): Attribution {
    const known = this.#attributions.get(seen.id)
    if (known !== undefined) return known
    this.#attributions.set(seen.id, notYet)
    const made = attribute(seen, this, this.#options)
    this.#attributions.set(seen.id, made)
    return made
  }

  #remember(seen: AttributedEvent): void {
    const { event } = seen
    if (event.stage !== 'ResponseComplete' || event.outcome !== 'success' || event.flags.dryRun === true) return
    if (event.class !== 'write' || event.object === null) return
    const { resource, subresource, namespace, name } = event.object
    if (subresource === 'token') this.#rememberToken(seen)
    else if (subresource === 'eviction') {
      const uid = this.#names.get(`pods/${namespace}/${name}`)
      if (uid !== undefined) this.#end(uid, seen, 'eviction', 'name')
    } else if (subresource === 'binding') {
      const { target } = childOf(seen.raw, 'requestObject')
      this.#nodes.set(`${namespace}/${name}`, textIn(target, 'name') ?? '')
    } else if (subresource === 'scale') this.#rememberScale(seen)
    else if (event.verb === 'delete') this.#rememberDelete(seen)
    else if (event.verb === 'deletecollection') {
      const items: unknown = childOf(seen.raw, 'responseObject')['items']
      for (const item of Array.isArray(items) ? items.filter(isJsonObject) : []) {
        this.#keepOwners(item)
        const uid = textIn(childOf(item, 'metadata'), 'uid')
        if (uid !== null) this.#end(uid, seen, 'deletecollection', 'uid')
      }
    } else if (subresource === 'approval') this.#approvals.set(uidIn(seen) ?? '', this.#causeOf(seen))
    else this.#rememberWrite(seen, resource)
  }

  #causeOf(seen: AttributedEvent): Cause {
    const attributionOf = (): Attribution => this.#attributionOf(seen)
    return {
      id: seen.id,
      actor: seen.event.actor,
      time: timeOf(seen),
      get attribution() {
        return attributionOf()
      },
    }
  }

  #rememberWrite(seen: AttributedEvent, resource: string): void {
    const object = bodyIn(seen)
    const uid = uidIn(seen)
    if (resource === 'namespaces' && seen.event.flags.created === true) {
      const { name } = seen.event.object ?? { name: '' }
      this.#namespaces.set(name, { uid, created: this.#causeOf(seen), deleted: null })
    }
    const { unschedulable } = childOf(seen.raw['requestObject'], 'spec')
    if (resource === 'nodes' && unschedulable !== undefined) {
      const { name: node = '' } = seen.event.object ?? {}
      if (unschedulable === true) this.#cordons.set(node, this.#causeOf(seen))
      else this.#cordons.delete(node)
    }
    if (uid === null) return
    this.#keepOwners(object)
    const { namespace = '', subresource = '' } = seen.event.object ?? {}
    const name = textIn(childOf(object, 'metadata'), 'name') ?? ''
    this.#names.set(`${resource}/${namespace}/${name}`, uid)
    const [, release, revision] = (resource === 'secrets' ? releaseName.exec(name) : null) ?? []
    if (release !== undefined) {
      this.#releases.set(`${namespace}/${release}`, Object.assign(this.#causeOf(seen), { revision: Number(revision) }))
    }
    const kind = syncKinds.get(resource)
    if (kind !== undefined) this.#syncs.set(`${kind}/${namespace}/${name}`, syncIn(object, this.#causeOf(seen)))
    if (textIn(object, 'kind') === 'PartialObjectMetadata' || !isJsonObject(seen.raw['responseObject'])) return
    if (resource === 'horizontalpodautoscalers') this.#autoscalers.set(uid, object)
    if (subresource === '' || subresource === 'ephemeralcontainers') this.#change(uid, seen, object)
    push(this.#states, uid, { version: versionIn(seen), essence: essenceOf(object) }, ({ version }) => version)
  }

  #change(uid: string, seen: AttributedEvent, object: JsonObject): void {
    const before = this.specChanges(uid, versionIn(seen))[0]
    const generation = numberIn(childOf(object, 'metadata'), 'generation')
    const isCreate = seen.event.flags.created === true
    if (!isCreate && generation !== null && generation === before?.generation) return
    if (!isCreate && before !== undefined && versionIn(seen) === before.resourceVersion) return
    this.#pushChange(uid, seen, { isCreate, generation, essence: essenceOf(object) })
  }

  #pushChange(uid: string, seen: AttributedEvent, more: Pick<SpecChange, 'isCreate' | 'generation' | 'essence'>): void {
    const change = Object.assign(this.#causeOf(seen), { resourceVersion: versionIn(seen), ...more })
    push(this.#changes, uid, change, ({ resourceVersion }) => resourceVersion)
  }

  #rememberScale(seen: AttributedEvent): void {
    const uid = uidIn(seen)
    const replicas = numberIn(childOf(childOf(seen.raw, 'responseObject'), 'spec'), 'replicas')
    if (uid === null || replicas === null) return
    const version = versionIn(seen)
    const before = this.specChanges(uid, version)[0]
    const state = this.stateBefore(uid, version)
    if (state?.replicas === replicas) return
    const essence = state === null ? null : { ...state, replicas }
    const generation = before?.generation === undefined || before.generation === null ? null : before.generation + 1
    this.#pushChange(uid, seen, { isCreate: false, generation, essence })
    if (essence !== null) push(this.#states, uid, { version, essence }, (one) => one.version)
  }

  #rememberDelete(seen: AttributedEvent): void {
    const { resource = '', name = '' } = seen.event.object ?? {}
    this.#keepOwners(bodyIn(seen))
    const uid = uidIn(seen)
    if (uid !== null) this.#end(uid, seen, 'delete', 'uid')
    if (resource !== 'namespaces') return
    this.#namespaces.set(name, {
      uid,
      created: this.#namespaces.get(name)?.created ?? null,
      deleted: this.#causeOf(seen),
    })
  }

  #end(uid: string, seen: AttributedEvent, verb: End['verb'], saidBy: End['saidBy']): void {
    const known = this.#ends.get(uid)
    const cause = this.#causeOf(seen)
    if (known !== undefined && known.time <= cause.time) return
    const policy = textIn(childOf(seen.raw, 'requestObject'), 'propagationPolicy')
    const propagation = policies.find((one) => one === policy) ?? null
    const how = { verb, saidBy, propagation, resourceVersion: versionIn(seen) }
    this.#ends.set(uid, Object.assign(cause, how))
  }

  #rememberToken(seen: AttributedEvent): void {
    const id = textIn(seen.raw['annotations'], 'authentication.kubernetes.io/issued-credential-id')
    const { namespace = '', name = '' } = seen.event.object ?? {}
    if (id === null) return
    const subject = `system:serviceaccount:${namespace}:${name}`
    this.#issues.set(id, Object.assign(this.#causeOf(seen), { subject }))
  }

  #keepOwners(object: JsonObject): void {
    const uid = textIn(childOf(object, 'metadata'), 'uid')
    if (uid === null) return
    const owners = ownersIn(object)
    if (owners.length > 0 || !this.#owners.has(uid)) this.#owners.set(uid, owners)
  }

  specChanges(uid: string, before: number | null): readonly SpecChange[] {
    return (this.#changes.get(uid) ?? [])
      .filter(({ resourceVersion }) => isBefore(resourceVersion, before))
      .slice(0, changesMax)
  }

  stateBefore(uid: string, before: number | null): Essence | null {
    return this.#states.get(uid)?.find(({ version }) => isBefore(version, before))?.essence ?? null
  }

  observedGeneration(uid: string, before: number | null): number | null {
    return this.stateBefore(uid, before)?.observedGeneration ?? null
  }

  ownersOf(uid: string): readonly OwnerReference[] | null {
    return this.#owners.get(uid) ?? null
  }

  endOf(uid: string): End | null {
    return this.#ends.get(uid) ?? null
  }

  cordonOf(namespace: string, pod: string): Cordon | null {
    const node = this.#nodes.get(`${namespace}/${pod}`) ?? ''
    const cordon = this.#cordons.get(node)
    return cordon === undefined ? null : Object.assign(cordon, { node })
  }

  lossesOf(ownerUid: string): readonly End[] {
    return [...this.#ends]
      .filter(([uid]) => this.#owners.get(uid)?.some((owner) => owner.isController && owner.uid === ownerUid) === true)
      .map(([, end]) => end)
      .toSorted((one, other) => other.time - one.time)
      .slice(0, changesMax)
  }

  issueOf(credentialId: string): Issue | null {
    return this.#issues.get(credentialId) ?? null
  }

  autoscalersOf({ namespace, resource, name }: ScaleTarget): readonly string[] {
    const isOf = (object: JsonObject): boolean => {
      const target = childOf(childOf(object, 'spec'), 'scaleTargetRef')
      const isThere = textIn(childOf(object, 'metadata'), 'namespace') === namespace
      return isThere && target['name'] === name && `${String(target['kind']).toLowerCase()}s` === resource
    }
    return [...this.#autoscalers].filter(([uid, object]) => !this.#ends.has(uid) && isOf(object)).map(([uid]) => uid)
  }

  namespace(name: string): NamespaceLife | null {
    return this.#namespaces.get(name) ?? null
  }

  approvalOf(uid: string): Cause | null {
    return this.#approvals.get(uid) ?? null
  }

  releaseOf(namespace: string, name: string): Release | null {
    return this.#releases.get(`${namespace}/${name}`) ?? null
  }

  syncOf(kind: SyncKind, namespace: string | null, name: string): Sync | null {
    const found = [...this.#syncs].filter(([key]) => {
      const [of, where, what] = key.split('/')
      return of === kind && what === name && (namespace === null || where === namespace)
    })
    return found.length === 1 ? (found[0]?.[1] ?? null) : null
  }
}

/** The items of an EventList as they were posted. */
export function attributedEvents(list: string): readonly AttributedEvent[] {
  const { items } = JSON.parse(list) as { readonly items: readonly JsonObject[] }
  return items.flatMap((raw) => {
    const event = normalize(raw)
    return event === null ? [] : [{ id: idOf(raw), raw, event }]
  })
}

/** A client may choose the auditID, so it alone is not unique. */
function idOf(raw: JsonObject): string {
  return ['auditID', 'stage', 'stageTimestamp'].map((key) => String(raw[key])).join('/')
}

function timeOf({ event }: AttributedEvent): number {
  return event.stageTime ?? event.time
}

function isBefore(version: number | null, before: number | null): boolean {
  return before === null || (version !== null && version < before)
}

/** Newest first. */
function push<Value>(
  map: Map<string, Value[]>,
  key: string,
  value: Value,
  versionOf: (value: Value) => number | null,
): void {
  const values = map.get(key) ?? []
  const at = values.findIndex((other) => (versionOf(other) ?? 0) <= (versionOf(value) ?? 0))
  map.set(key, values.toSpliced(at === -1 ? values.length : at, 0, value))
}

function syncIn(object: JsonObject, cause: Cause): Sync {
  const status = childOf(object, 'status')
  const operation = childOf(status, 'operationState')
  const { revisions } = childOf(operation, 'syncResult')
  const revision =
    (Array.isArray(revisions) ? revisions.join(', ') : null) ??
    textIn(childOf(operation, 'syncResult'), 'revision') ??
    textIn(childOf(status, 'sync'), 'revision') ??
    textIn(status, 'lastAttemptedRevision')
  const by = childOf(childOf(operation, 'operation'), 'initiatedBy')
  const initiatedBy = by['automated'] === true ? null : textIn(by, 'username')
  return Object.assign(cause, { revision, initiatedBy, info: null })
}
