// causeOfRollout: which change of a Deployment made its controller write a ReplicaSet, found by what was written.

import { bodyIn, controllerIn, uidIn, versionIn } from './attributed-objects.ts'
import { essenceOf, type Essence } from './essence.ts'
import { found, isSameInitiator, notFound, type Finding } from './initiator-evidence.ts'
import type { AttributedEvent, Facts, OwnerReference, SpecChange } from './initiator-facts.ts'
import { isSameJson } from './json-values.ts'

/**
 * A new ReplicaSet has the Deployment's template and the label pod-template-hash (kubernetes
 * pkg/controller/deployment/sync.go, getNewReplicaSet); a scale is told in the annotation desired-replicas; annotations
 * and minReadySeconds are copied; all else is the course of a rollout. Each is sought in the changes of the Deployment
 * with the ownerReference's uid that came before by resourceVersion, so that two in one second are told apart.
 */
export function causeOfRollout(seen: AttributedEvent, facts: Facts): Finding {
  const owner = controllerIn(bodyIn(seen))
  if (owner?.kind !== 'Deployment') return notFound('the ReplicaSet has no Deployment')
  const version = versionIn(seen)
  const changes = facts.specChanges(owner.uid, version)
  if (changes.length === 0) return notFound(`who changed the Deployment ${owner.name} was not seen`)
  const after = essenceOf(bodyIn(seen))
  if (seen.event.verb === 'create') return tied(owner, introducer(changes, isTemplateOf(after)), 'its template')
  const uid = uidIn(seen)
  const before = uid === null ? null : facts.stateBefore(uid, version)
  if (before === null) return notFound('what the ReplicaSet was before is not known')
  const asked = askedFor(before, after)
  if (asked.length > 0) return ofAsked(owner, asked, changes)
  if (replicasOf(after) >= replicasOf(before)) return ofGrowth(owner, after, changes)
  return ofShrinking(owner, after, changes, facts.observedGeneration(owner.uid, version))
}

interface Aspect {
  readonly name: string
  readonly isIn: (deployment: Essence) => boolean
}

/** What of the write can only come from a change of the Deployment. */
function askedFor(before: Essence, after: Essence): readonly Aspect[] {
  const aspects: Aspect[] = []
  const { desiredReplicas: desired, minReadySeconds: ready, annotations: copied } = after
  if (desired !== null && desired !== before.desiredReplicas) {
    aspects.push({ name: `${desired} replicas`, isIn: (deployment) => String(replicasOf(deployment)) === desired })
  }
  if (ready !== before.minReadySeconds) {
    aspects.push({ name: 'minReadySeconds', isIn: (deployment) => deployment.minReadySeconds === ready })
  }
  if (!isSameJson(copied, before.annotations)) {
    const isIn = ({ annotations }: Essence): boolean =>
      Object.entries(annotations).every(([key, value]) => copied[key] === value)
    aspects.push({ name: 'annotations', isIn })
  }
  return aspects
}

function ofAsked(owner: OwnerReference, asked: readonly Aspect[], changes: readonly SpecChange[]): Finding {
  const causes = asked.map(({ isIn }) => introducer(changes, isIn))
  const [first] = causes
  if (first === undefined || first === null || causes.includes(null)) return tied(owner, null, nameOf(asked))
  const isOne = causes.every((cause) => cause === first || (cause !== null && isSameInitiator(cause, first)))
  if (!isOne) return notFound('the write does what two had asked for')
  return tied(owner, first, nameOf(asked))
}

function nameOf(asked: readonly Aspect[]): string {
  return asked.map(({ name }) => name).join(' and ')
}

/** The newest ReplicaSet grows: it has the template of the change that is rolled out. */
function ofGrowth(owner: OwnerReference, replicaSet: Essence, changes: readonly SpecChange[]): Finding {
  const cause = introducer(changes, isTemplateOf(replicaSet))
  if (cause === null) return tied(owner, null, 'its template')
  const resumed = changes.find((_, at) => isResumed(changes, at))
  const isLater = resumed !== undefined && changes.indexOf(resumed) < changes.indexOf(cause)
  return tied(owner, isLater ? resumed : cause, isLater ? 'the end of a pause' : 'its template')
}

/** Others shrink for the newest; for which change is known once the controller has reported its generation. */
function ofShrinking(
  owner: OwnerReference,
  replicaSet: Essence,
  changes: readonly SpecChange[],
  observed: number | null,
): Finding {
  const unseen = notFound(`a change of the Deployment ${owner.name} was not seen`)
  const rollouts = rolloutsOf(changes, replicaSet, observed)
  const [newest] = rollouts
  const last = changes[0]?.generation ?? null
  if (last !== null && observed !== null && observed > last) return unseen
  // A ReplicaSet with the template that is wanted shrinks for no rollout: another template must be wanted by now.
  if (!isKnown(changes[0]) || isTemplateOf(replicaSet)(changes[0].essence)) return unseen
  const isWhole = changes.slice(0, newest === undefined ? 0 : changes.indexOf(newest)).every((change, at) => {
    const before = changes[at + 1]
    return before !== undefined && isNext(change, before)
  })
  if (!isWhole) return unseen
  if (newest === undefined) return notFound(`the change of the Deployment that is rolled out was not seen`)
  // Up to the one that the controller is known to be at.
  const at = rollouts.findIndex(({ generation }) => observed !== null && generation !== null && observed >= generation)
  const open = at === -1 ? rollouts : rollouts.slice(0, at + 1)
  if (!open.every((one) => one === newest || isSameInitiator(one, newest))) {
    return notFound('two had changed the template before the controller had reported the second')
  }
  return tied(owner, newest, 'a rollout')
}

/**
 * Newest first, those for which the ReplicaSet may shrink. Once the controller has reported the last change that wanted
 * its template, only what came after that makes it shrink.
 */
function rolloutsOf(
  changes: readonly SpecChange[],
  replicaSet: Essence,
  observed: number | null,
): readonly SpecChange[] {
  const rollouts = changes.filter((_, at) => isRollout(changes, at))
  const at = changes.findIndex((change) => isKnown(change) && isTemplateOf(replicaSet)(change.essence))
  const wanting = changes[at]
  const since = changes.slice(0, Math.max(at, 0))
  if (wanting === undefined || wanting.generation === null || observed === null) return rollouts
  const isWhole = since.every((change, index) => isNext(change, changes[index + 1] ?? change))
  return isWhole && observed >= wanting.generation ? rollouts.filter((change) => since.includes(change)) : rollouts
}

function isRollout(changes: readonly SpecChange[], at: number): boolean {
  const [change, before] = [changes[at], changes[at + 1]]
  if (change === undefined) return false
  if (change.isCreate) return true
  if (!isKnown(change) || !isKnown(before) || !isNext(change, before)) return false
  return !isSameTemplate(change.essence, before.essence) || isResumed(changes, at)
}

function isResumed(changes: readonly SpecChange[], at: number): boolean {
  const [change, before] = [changes[at], changes[at + 1]]
  if (!isKnown(change) || !isKnown(before)) return false
  return before.essence.isPaused && !change.essence.isPaused
}

type Known = SpecChange & { readonly essence: Essence }

function isKnown(change: SpecChange | undefined): change is Known {
  return change !== undefined && change.essence !== null
}

/** The change that made it so, of the newest run of states that are so; null where that is older than what was seen. */
function introducer(changes: readonly SpecChange[], isSo: (deployment: Essence) => boolean): SpecChange | null {
  let run: SpecChange | null = null
  for (const change of changes) {
    // One state that is not known could have been the other way.
    if (!isKnown(change)) return null
    // Between the two somebody else may have made it so.
    if (run !== null && !isNext(run, change)) return null
    if (isSo(change.essence)) run = change
    else if (run !== null) return run
    if (change.isCreate) return run
  }
  return null
}

/** A Deployment's generation goes up by one with each change of its spec or annotations (its PrepareForUpdate). */
function isNext(change: SpecChange, before: SpecChange): boolean {
  return change.generation !== null && before.generation !== null && change.generation === before.generation + 1
}

function tied(owner: OwnerReference, cause: SpecChange | null, what: string): Finding {
  if (cause === null) return notFound(`which change of the Deployment ${owner.name} asked for ${what} was not seen`)
  const generation = cause.generation === null ? '' : ` (generation ${cause.generation})`
  const why = `its Deployment ${owner.name} (uid ${owner.uid}, controller=true) got ${what} from ${cause.actor.name}`
  return found(cause, 'certain', 'owner', `${why}${generation}`)
}

function isTemplateOf(replicaSet: Essence): (deployment: Essence) => boolean {
  return (deployment) => isSameTemplate(deployment, replicaSet)
}

function isSameTemplate(one: Essence, other: Essence): boolean {
  return one.template !== '' && one.template === other.template
}

function replicasOf({ replicas }: Essence): number {
  return replicas ?? 1
}
