// Causes of what is taken away: by the garbage collector after an owner, by the namespace controller with a namespace.

import { childOf, ownersIn, bodyIn, textIn, uidIn } from './attributed-objects.ts'
import { found, notFound, type Finding } from './initiator-evidence.ts'
import type { AttributedEvent, End, Facts } from './initiator-facts.ts'
import { isJsonObject } from './json-values.ts'

/**
 * The collector deletes what has no owner left, and what blocks the foreground deletion of its owner; it takes its own
 * finalizers off what waits for that, and an owner out of the references of its orphans (kubernetes
 * pkg/controller/garbagecollector/garbagecollector.go, attemptToDeleteItem, orphanDependents). It names uids throughout.
 */
export function causeOfCollection(seen: AttributedEvent, facts: Facts): Finding {
  const uid = uidIn(seen)
  if (uid === null) return notFound('the event does not say the uid of what was collected')
  if (seen.event.verb === 'delete')
    return ofDependent(
      uid,
      ownersIn(bodyIn(seen)).map(({ uid: owner }) => owner),
      facts,
    )
  if (seen.event.verb === 'patch') return ofPatch(seen, uid, facts)
  return notFound(`the garbage collector does not ${seen.event.verb}`)
}

function ofDependent(uid: string, said: readonly string[], facts: Facts): Finding {
  const owners = said.length > 0 ? said : (facts.ownersOf(uid) ?? []).map((owner) => owner.uid)
  if (owners.length === 0) return notFound('the owners of what was collected are not known')
  const ends = owners.map((owner) => facts.endOf(owner))
  const [last] = ends.filter((end) => end !== null && end.propagation !== 'Orphan').toSorted(byTime)
  if (last === undefined || last === null) return notFound('the delete of its owner was not seen')
  // With several owners the last to go is the cause, and which that is only time says.
  if (ends.length > 1 && last.propagation !== 'Foreground') {
    if (ends.includes(null)) return notFound('the delete of one of its owners was not seen')
    return found(last, 'likely', 'deleted-owner', `${last.actor.name} deleted the last of its ${ends.length} owners`)
  }
  return ofEnd(last, 'deleted-owner', `its owner`)
}

/** `$patch: delete` on an owner's uid, or finalizers set to null on the one that waits. */
function ofPatch(seen: AttributedEvent, uid: string, facts: Facts): Finding {
  const metadata = childOf(seen.raw['requestObject'], 'metadata')
  const removed = (Array.isArray(metadata['ownerReferences']) ? metadata['ownerReferences'] : [])
    .filter(isJsonObject)
    .filter((owner) => owner['$patch'] === 'delete')
    .map((owner) => textIn(owner, 'uid'))
  const [owner] = removed
  if (owner !== undefined && owner !== null) {
    const end = facts.endOf(owner)
    return end === null ? notFound('the delete of its owner was not seen') : ofEnd(end, 'orphaned', 'its owner')
  }
  const end = facts.endOf(uid)
  return end === null ? notFound('the delete that it waited for was not seen') : ofEnd(end, 'deleted', 'it')
}

function ofEnd(end: End, what: string, whom: string): Finding {
  const how = end.propagation === null ? '' : ` (${end.propagation})`
  const confidence = end.saidBy === 'uid' ? 'certain' : 'likely'
  return found(end, confidence, what, `${end.actor.name} deleted ${whom}, by its uid${how}`)
}

function byTime(one: End | null, other: End | null): number {
  return (other?.time ?? 0) - (one?.time ?? 0)
}

/**
 * All that is in a namespace goes after the namespace was deleted, and no sooner (kubernetes
 * pkg/controller/namespace/deletion/namespaced_resources_deleter.go: it returns where there is no deletionTimestamp).
 */
export function causeOfNamespace(seen: AttributedEvent, facts: Facts): Finding {
  const { object } = seen.event
  const name = (object?.resource === 'namespaces' ? object.name : object?.namespace) ?? ''
  const life = name === '' ? null : facts.namespace(name)
  if (life === null || life.deleted === null) return notFound(`the delete of the namespace ${name} was not seen`)
  const { name: who } = life.deleted.actor
  const uid = object?.resource === 'namespaces' ? uidIn(seen) : null
  if (uid !== null && life.uid !== null && uid !== life.uid) {
    return notFound(`the namespace ${name} that ${who} deleted has another uid`)
  }
  // What was in it does not say the uid of its namespace.
  if (uid === null || life.uid === null)
    return found(life.deleted, 'likely', 'deleted-namespace', `${who} deleted the namespace ${name}`)
  return found(life.deleted, 'certain', 'deleted-namespace', `${who} deleted the namespace with the uid ${uid}`)
}

/** Every namespace gets an account `default` and a configmap with the cluster's CA (kubernetes pkg/controller/…). */
export function causeOfNewNamespace(seen: AttributedEvent, facts: Facts): Finding {
  const name = seen.event.object?.namespace ?? ''
  const created = name === '' ? null : (facts.namespace(name)?.created ?? null)
  if (seen.event.verb !== 'create') return notFound('it keeps up what every namespace has')
  if (created === null) return notFound(`the creation of the namespace ${name} was not seen`)
  const late = seen.event.time - created.time
  // Later it is put back after a delete, or after the controllers were away.
  if (late > newNamespaceUsMax || late < -newNamespaceUsMax) return notFound('the namespace was made long before')
  return found(created, 'likely', 'new-namespace', `${created.actor.name} made the namespace ${name} just before`)
}

const newNamespaceUsMax = 30_000_000
