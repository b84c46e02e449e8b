// causeOfReplica: why a controller made or deleted a pod (or a job) of what it keeps: a change of that, or a loss.

import { bodyIn, controllerIn, uidIn, versionIn } from './attributed-objects.ts'
import { controllerOf, type Controller } from './controllers.ts'
import { found, isSameInitiator, notFound, type Finding } from './initiator-evidence.ts'
import type { AttributedEvent, End, Facts, OwnerReference, SpecChange } from './initiator-facts.ts'

/** A controller answers a loss within seconds; after a minute there is another reason, which was not seen. */
const reactionUsMax = 60_000_000

/**
 * What it was not allowed to do it tries again, a quarter of an hour later at most (client-go util/workqueue,
 * DefaultControllerRateLimiter). Many audit policies do not log what it reports.
 */
const retriedUsMax = 1_800_000_000

/** Owners whose change says all there is: a Job and a CronJob run what they say, whenever that is. */
const runners: ReadonlySet<string> = new Set(['Job', 'CronJob'])

/**
 * The owner is the ownerReference with controller=true (apimachinery pkg/apis/meta/v1/controller_ref.go); a retry of a
 * Job is the Job's too. A ReplicaSet's pods follow its spec.replicas (kubernetes pkg/controller/replicaset/replica_set.go,
 * manageReplicas), and replace what was taken away.
 */
export function causeOfReplica(seen: AttributedEvent, facts: Facts): Finding {
  const owner = ownerOf(seen, facts)
  if (owner === null) return notFound('the event does not say whose it is')
  const changes = facts.specChanges(owner.uid, versionIn(seen))
  if (runners.has(owner.kind)) return ofRunner(owner, changes)
  const isMade = seen.event.verb === 'create'
  const change = changes.find((_, at) => isTowards(isMade, changes, at))
  const loss = isMade ? lossOf(owner, facts, change, seen) : null
  const { observed, isOpen } = progress(owner, facts, change, seen)
  const isLong = change !== undefined && seen.event.time - change.time > retriedUsMax
  if (loss !== null) return ofLoss(owner, loss, isOpen && !isLong ? change : undefined)
  if (change === undefined) return notFound(`who changed the ${owner.kind} ${owner.name} was not seen`)
  const [{ generation: last } = change] = changes
  if (observed !== null && last !== null && observed > last) {
    return notFound(`a change of the ${owner.kind} was not seen, which its controller reports`)
  }
  if (!isOpen) {
    return notFound(`the last change of the ${owner.kind} had been carried out`)
  }
  if (isLong && owner.kind === 'ReplicaSet') {
    return notFound(`the last change of the ${owner.kind} was long before, and whether it was carried out was not seen`)
  }
  const others = changes.filter(
    (other, at) =>
      isTowards(isMade, changes, at) &&
      isOlder(other, change) &&
      !isObserved(other, observed) &&
      !isSameInitiator(other, change),
  )
  const gone = isMade || others.length === 0 ? null : goneSince(owner, facts, changes, { observed, seen })
  if (!others.every(({ essence }) => hasItsWay(essence, gone)))
    return notFound(`two had changed the ${owner.kind} before its controller had done what the first wanted`)
  // Others keep pods for more reasons than their spec: new nodes, an order to keep.
  const confidence = owner.kind === 'ReplicaSet' ? 'certain' : 'likely'
  const generation = change.generation === null ? 'a change' : `generation ${change.generation}`
  return found(change, confidence, 'owner', `${says(owner)}, whose ${generation} wants ${isMade ? 'more' : 'less'}`)
}

function ownerOf(seen: AttributedEvent, facts: Facts): OwnerReference | null {
  const said = controllerIn(bodyIn(seen))
  if (said !== null) return said
  const uid = uidIn(seen)
  return uid === null ? null : (facts.ownersOf(uid)?.find(({ isController }) => isController) ?? null)
}

function ofRunner(owner: OwnerReference, [change]: readonly SpecChange[]): Finding {
  if (change === undefined) return notFound(`who made the ${owner.kind} ${owner.name} was not seen`)
  return found(change, 'certain', 'owner', `${says(owner)}, which ${change.actor.name} last changed`)
}

function says({ kind, name, uid }: OwnerReference): string {
  return `its ownerReference with controller=true is the ${kind} ${name} with the uid ${uid}`
}

/** Whether the change at `at` raised spec.replicas (or made the owner), or lowered it; true where there are none. */
function isTowards(isMade: boolean, changes: readonly SpecChange[], at: number): boolean {
  const change = changes[at]
  if (change === undefined) return false
  if (!change.isCreate && change.generation !== null && changes[at + 1]?.generation !== change.generation - 1)
    return false
  const now = change.essence?.replicas ?? null
  const before = changes[at + 1]
  if (change.isCreate || before === undefined) return change.isCreate && isMade
  const was = before.essence?.replicas ?? null
  if (now === null || was === null) return true
  return isMade ? now > was : now < was
}

/**
 * A ReplicaSet's controller makes or takes away as many before it reports (kubernetes pkg/controller/replicaset,
 * BurstReplicas); others do it one by one, long after they have reported.
 */
const burstMax = 500

/** How many fewer there are for certain than a change that the controller has not reported could have found. */
interface Gone {
  readonly most: number
  readonly count: number
}

function hasItsWay(essence: SpecChange['essence'], gone: Gone | null): boolean {
  const left = essence?.replicas ?? null
  return gone !== null && left !== null && gone.count >= gone.most - left
}

/**
 * No more can have been there than any change wanted since the last that was reported, itself included; since then the
 * controller took so many away. By versions: clocks of two API servers do not tell which came first. Null where a change
 * was not seen.
 */
function goneSince(
  owner: OwnerReference,
  facts: Facts,
  changes: readonly SpecChange[],
  { observed, seen }: { readonly observed: number | null; readonly seen: AttributedEvent },
): Gone | null {
  const reported = changes.findIndex((change) => isObserved(change, observed))
  const since = changes.slice(0, reported + 1)
  const first = since.at(-2)?.resourceVersion ?? null
  const until = versionIn(seen)
  const isWhole = since.every(
    ({ generation, essence }, at) =>
      essence?.replicas != null &&
      (at === reported || (generation !== null && generation - 1 === since[at + 1]?.generation)),
  )
  const isAtOnce = owner.kind === 'ReplicaSet' && changes.every(({ essence }) => (essence?.replicas ?? 0) <= burstMax)
  if (reported === -1 || first === null || until === null || !isWhole || !isAtOnce) return null
  const gone = facts
    .lossesOf(owner.uid)
    .filter(({ resourceVersion: at }) => at !== null && at > first && at < until)
    .filter(({ actor }) => keepers.has(controllerOf(actor.name)))
  return { most: Math.max(...since.map(({ essence }) => essence?.replicas ?? 0)), count: gone.length }
}

function isOlder(one: SpecChange, other: SpecChange): boolean {
  return (one.resourceVersion ?? 0) < (other.resourceVersion ?? 0)
}

/** Open: the controller has not yet reported the change's generation, so that it is at work on it. */
function progress(
  owner: OwnerReference,
  facts: Facts,
  change: SpecChange | undefined,
  seen: AttributedEvent,
): { readonly observed: number | null; readonly isOpen: boolean } {
  const observed = facts.observedGeneration(owner.uid, versionIn(seen))
  return { observed, isOpen: change !== undefined && !isObserved(change, observed) }
}

function isObserved({ generation }: SpecChange, observed: number | null): boolean {
  return generation !== null && observed !== null && observed >= generation
}

/** The newest that somebody else than its controller caused after the change, and not long ago. */
function lossOf(
  owner: OwnerReference,
  facts: Facts,
  change: SpecChange | undefined,
  { event }: AttributedEvent,
): End | null {
  const loss = facts.lossesOf(owner.uid).find(({ actor }) => !keepers.has(controllerOf(actor.name)))
  if (loss === undefined || loss.time > event.time || event.time - loss.time > reactionUsMax) return null
  return change === undefined || loss.time > change.time ? loss : null
}

/** What these take away they wanted less of. */
const keepers: ReadonlySet<Controller | null> = new Set<Controller | null>(['replicaset-controller', 'manager'])

/** That a new one stands for the lost one is known by time alone. */
function ofLoss(owner: OwnerReference, loss: End, open: SpecChange | undefined): Finding {
  if (open !== undefined && !isSameInitiator(loss, open)) {
    return notFound(`it may stand for one that was taken away, or for a change of the ${owner.kind}`)
  }
  const why = `${says(owner)}, which had just lost one to ${loss.actor.name} and no change since`
  return found(loss, 'likely', 'lost-replica', why)
}
