// causeOfKubelet: who took away the pod that a kubelet removes.

import { uidIn } from './attributed-objects.ts'
import { found, notFound, type Finding } from './initiator-evidence.ts'
import { isPodsEnd } from './initiator-by-itself.ts'
import type { AttributedEvent, Facts } from './initiator-facts.ts'

/**
 * A pod that was deleted or evicted stays until its kubelet has stopped it and deletes it with a grace period of 0
 * (kubernetes pkg/kubelet/status/status_manager.go; eviction: pkg/registry/core/pod/storage/eviction.go). What else a
 * kubelet writes is a report of what is, and nobody's wish.
 */
export function causeOfKubelet(seen: AttributedEvent, facts: Facts): Finding {
  const { event } = seen
  if (!isPodsEnd(event)) return notFound('a kubelet reports what is, which nobody asked for')
  const uid = uidIn(seen)
  if (uid === null) return notFound('the event does not say the uid of the pod')
  const end = facts.endOf(uid)
  if (end === null || end.id === seen.id) return notFound('no delete and no eviction of the pod was seen before')
  const { actor, saidBy, verb } = end
  const did = verb === 'eviction' ? 'evicted' : 'deleted'
  if (saidBy === 'uid') return found(end, 'certain', 'deleted-pod', `${actor.name} ${did} the pod with the uid ${uid}`)
  const why = `${actor.name} ${did} the pod that had the name ${event.object?.name ?? ''} then`
  return found(end, 'likely', verb === 'eviction' ? 'eviction' : 'deleted-pod', why)
}
