// KnownFacts: answers what attribution of one event asks, from facts that were looked up by key; says which are missing.

import { uidIn, versionIn } from './attributed-objects.ts'
import { factKeys, targetOf, type Fact, type Tale } from './fact.ts'
import type {
  AttributedEvent,
  Cause,
  Cordon,
  End,
  Facts,
  Issue,
  NamespaceLife,
  OwnerReference,
  Release,
  ScaleTarget,
  SpecChange,
  Sync,
  SyncKind,
} from './initiator-facts.ts'
import type { Essence } from './essence.ts'
import { initiatorByItself } from './initiator-by-itself.ts'
import { unknown, type Attribution } from './initiator.ts'

/** What was looked up so far. To be answered at once, by memory. */
export interface LookedUp {
  /** Undefined where the key was not looked up yet. In any order; more than were asked for do no harm. */
  factsOf(key: string): readonly Fact[] | undefined
  /** Null where nothing is kept of the event; undefined where it was not looked up yet. */
  attributionOf(event: string): Attribution | null | undefined
}

const changesMax = 20
/** Clocks of two API servers of a cluster are no further apart. */
export const skewUsMax = 1_000_000
/** An eviction is answered within seconds, and a pod is gone within its grace period. */
const evictionUsMax = 3_600_000_000

/**
 * Only what was before the event counts, whatever is known by now: by resourceVersion, which is one for a cluster, where
 * both have one; else what had been received before the event was answered.
 */
export class KnownFacts implements Facts {
  readonly #seen: AttributedEvent
  readonly #lookedUp: LookedUp
  readonly #version: number | null
  readonly #until: number
  /** Keys and events that the answers depend on. */
  readonly looked = new Set<string>()
  /** Of these, what was not looked up: what was answered meanwhile does not count. */
  readonly missing = new Set<string>()
  readonly missingEvents = new Set<string>()

  constructor(seen: AttributedEvent, lookedUp: LookedUp) {
    this.#seen = seen
    this.#lookedUp = lookedUp
    this.#version = versionIn(seen)
    this.#until = seen.event.stageTime ?? seen.event.time
  }

  /** Newest first. */
  #of<Kind extends Tale['kind']>(key: string, kinds: readonly Kind[]): readonly Told<Kind>[] {
    return this.#known(key, kinds).filter((fact) => this.#isBefore(fact))
  }

  /**
   * Newest first, of what can only be before, such as the making of a token that is used: clocks of two API servers may
   * say otherwise.
   */
  #ever<Kind extends Tale['kind']>(key: string, kinds: readonly Kind[]): readonly Told<Kind>[] {
    return this.#known(key, kinds).filter(({ time }) => time <= this.#until + skewUsMax)
  }

  #known<Kind extends Tale['kind']>(key: string, kinds: readonly Kind[]): readonly Told<Kind>[] {
    this.looked.add(key)
    const facts = this.#lookedUp.factsOf(key)
    if (facts === undefined) this.missing.add(key)
    return (facts ?? [])
      .filter((fact): fact is Told<Kind> => kinds.some((kind) => kind === fact.tale.kind))
      .filter(({ event }) => event !== this.#seen.id)
      .toSorted((one, other) => other.stageTime - one.stageTime || (one.event < other.event ? 1 : -1))
  }

  #isBefore({ version, time }: Fact): boolean {
    return version !== null && this.#version !== null ? version < this.#version : time <= this.#until
  }

  #causeOf(fact: Fact): Cause {
    const attributionOf = (): Attribution => this.#attributionOf(fact)
    return {
      id: fact.event,
      actor: fact.actor,
      time: fact.stageTime,
      get attribution() {
        return attributionOf()
      },
    }
  }

  #attributionOf({ event, actor, impersonated, isOpen }: Fact): Attribution {
    this.looked.add(event)
    const kept = this.#lookedUp.attributionOf(event)
    if (kept === undefined) this.missingEvents.add(event)
    if (kept !== undefined && kept !== null) return kept
    const as = impersonated === null ? null : { name: impersonated }
    const deed = {
      id: event,
      actor,
      impersonated: as,
      class: 'write',
      outcome: 'success',
      verb: '',
      object: null,
    } as const
    return (isOpen ? null : initiatorByItself(deed)) ?? notYet
  }

  specChanges(uid: string, before: number | null): readonly SpecChange[] {
    return this.#course(uid, before).changes.toReversed().slice(0, changesMax)
  }

  stateBefore(uid: string, before: number | null): Essence | null {
    return this.#course(uid, before).state
  }

  observedGeneration(uid: string, before: number | null): number | null {
    return this.#course(uid, before).observed
  }

  /** What became of the object, write after write. */
  #course(uid: string, before: number | null): Course {
    const facts = this.#of(factKeys.object(uid), ['write', 'scale', 'shown'])
      .filter(({ version }) => version !== null && (before === null || version < before))
      .toSorted((one, other) => (one.version ?? 0) - (other.version ?? 0))
    const course: Course = { changes: [], state: null, observed: null }
    for (const fact of facts) this.#take(course, fact)
    return course
  }

  #take(course: Course, fact: Told<'write' | 'scale' | 'shown'>): void {
    const { tale, version } = fact
    const last = course.changes.at(-1)
    if (tale.kind === 'scale') {
      if (course.state?.replicas === tale.replicas) return
      const essence = course.state === null ? null : { ...course.state, replicas: tale.replicas }
      const generation = last === undefined || last.generation === null ? null : last.generation + 1
      course.changes.push(Object.assign(this.#causeOf(fact), scaled, { resourceVersion: version, generation, essence }))
      course.state = essence ?? course.state
      return
    }
    const { essence } = tale
    course.state = essence
    course.observed = larger(course.observed, essence.observedGeneration)
    if (tale.kind === 'shown') return
    const { isCreate, generation } = tale
    const isSame = last !== undefined && (version === last.resourceVersion || isEqual(generation, last.generation))
    if (isSame && !isCreate) return
    const change = { resourceVersion: version, isCreate, generation, essence }
    course.changes.push(Object.assign(this.#causeOf(fact), change))
  }

  ownersOf(uid: string): readonly OwnerReference[] | null {
    const [last] = this.#of(factKeys.object(uid), ['owners'])
    return last?.tale.owners ?? null
  }

  endOf(uid: string): End | null {
    const ends: readonly Told<'end' | 'eviction'>[] = [
      ...this.#ever(factKeys.object(uid), ['end']),
      ...this.#evictionsOf(uid),
    ]
    const [first] = ends.toSorted((one, other) => one.stageTime - other.stageTime)
    return first === undefined ? null : this.#endOf(first)
  }

  #endOf(fact: Told<'end' | 'eviction'>): End {
    const { tale } = fact
    const { propagation } = tale
    const how =
      tale.kind === 'end'
        ? ({ verb: tale.verb, saidBy: 'uid', propagation } as const)
        : ({ verb: 'eviction', saidBy: 'name', propagation } as const)
    return Object.assign(this.#causeOf(fact), how, { resourceVersion: fact.version })
  }

  /** An eviction says a pod's name alone: it counts for the pod that was made with it last before. */
  #evictionsOf(uid: string): readonly Told<'eviction'>[] {
    const { object } = this.#seen.event
    if (object?.resource !== 'pods' || uidIn(this.#seen) !== uid) return []
    return this.#evictions(object.namespace).filter((fact) => {
      return fact.tale.name === object.name && this.#podNamed(object.namespace, fact)?.tale.uid === uid
    })
  }

  #evictions(namespace: string): readonly Told<'eviction'>[] {
    return this.#of(factKeys.evictions(namespace), ['eviction']).filter(
      ({ stageTime }) => this.#until - stageTime <= evictionUsMax,
    )
  }

  #podNamed(namespace: string, { tale, stageTime }: Told<'eviction'>): Told<'named'> | undefined {
    return this.#of(factKeys.pod(namespace, tale.name), ['named']).find((named) => named.time <= stageTime)
  }

  cordonOf(namespace: string, pod: string): Cordon | null {
    const [bound] = this.#of(factKeys.pod(namespace, pod), ['bound'])
    if (bound === undefined) return null
    const { node } = bound.tale
    const [cordon] = this.#of(factKeys.node(node), ['cordon'])
    return cordon?.tale.isOn === true ? Object.assign(this.#causeOf(cordon), { node }) : null
  }

  lossesOf(ownerUid: string): readonly End[] {
    const { namespace = '' } = this.#seen.event.object ?? {}
    const ends = this.#of(factKeys.losses(ownerUid), ['end'])
    const evictions = this.#evictions(namespace).filter(
      (fact) => this.#podNamed(namespace, fact)?.tale.owner === ownerUid,
    )
    const firsts = new Map<string, Told<'end' | 'eviction'>>()
    // Oldest first: what was taken away twice was lost by the first.
    for (const fact of [...ends, ...evictions].toSorted((one, other) => one.stageTime - other.stageTime)) {
      const { tale } = fact
      const uid = tale.kind === 'end' ? tale.uid : (this.#podNamed(namespace, { ...fact, tale })?.tale.uid ?? '')
      if (!firsts.has(uid)) firsts.set(uid, fact)
    }
    return [...firsts.values()]
      .map((fact) => this.#endOf(fact))
      .toSorted((one, other) => other.time - one.time)
      .slice(0, changesMax)
  }

  issueOf(credentialId: string): Issue | null {
    const [issue] = this.#ever(factKeys.issue(credentialId), ['issue'])
    return issue === undefined ? null : Object.assign(this.#causeOf(issue), { subject: issue.tale.subject })
  }

  autoscalersOf({ namespace, resource, name }: ScaleTarget): readonly string[] {
    const target = targetOf(namespace, resource, name)
    const uids = this.#of(factKeys.autoscalers(target), ['autoscaler']).map(({ tale }) => tale.uid)
    return [...new Set(uids)].filter((uid) => {
      const [last] = this.#of(factKeys.object(uid), ['write'])
      return last?.tale.target === target && this.#of(factKeys.object(uid), ['end']).length === 0
    })
  }

  namespace(name: string): NamespaceLife | null {
    const facts = this.#of(factKeys.namespace(name), ['namespace'])
    const at = facts.findIndex(({ tale }) => !tale.isEnd)
    const created = facts[at]
    // The first to delete it since it was made began its end.
    const deleted = facts.slice(0, at === -1 ? facts.length : at).findLast(({ tale }) => tale.isEnd)
    if (created === undefined && deleted === undefined) return null
    return {
      uid: deleted?.tale.uid ?? created?.tale.uid ?? null,
      created: created === undefined ? null : this.#causeOf(created),
      deleted: deleted === undefined ? null : this.#causeOf(deleted),
    }
  }

  approvalOf(uid: string): Cause | null {
    const [approval] = this.#ever(factKeys.approval(uid), ['approval'])
    return approval === undefined ? null : this.#causeOf(approval)
  }

  releaseOf(namespace: string, name: string): Release | null {
    const [release] = this.#of(factKeys.release(namespace, name), ['release'])
    return release === undefined ? null : Object.assign(this.#causeOf(release), { revision: release.tale.revision })
  }

  syncOf(kind: SyncKind, namespace: string | null, name: string): Sync | null {
    const syncs = this.#of(factKeys.sync(kind, name), ['sync']).filter(
      ({ tale }) => namespace === null || tale.namespace === namespace,
    )
    const [last] = syncs
    if (last === undefined || syncs.some(({ tale }) => tale.namespace !== last.tale.namespace)) return null
    const { revision, initiatedBy, info = null } = last.tale
    return Object.assign(this.#causeOf(last), { revision, initiatedBy, info })
  }
}

type Told<Kind extends Tale['kind']> = Fact & { readonly tale: Extract<Tale, { readonly kind: Kind }> }

interface Course {
  readonly changes: SpecChange[]
  state: Essence | null
  observed: number | null
}

const scaled = { isCreate: false } as const

const notYet: Attribution = {
  initiator: unknown,
  confidence: 'unknown',
  chain: [],
  considered: ['who is behind the event that caused it is not known yet'],
}

function larger(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other)
}

function isEqual(one: number | null, other: number | null): boolean {
  return one !== null && one === other
}
