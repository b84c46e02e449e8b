// linkOfDrain: that a pod was evicted, or deleted, because its node was being emptied.

import type { AttributedEvent, Facts } from './initiator-facts.ts'
import type { ChainLink } from './initiator.ts'

/** A drain that waits for disruption budgets takes hours; what comes later is another piece of work. */
const drainUsMax = 86_400_000_000

/**
 * A drain first makes the node unschedulable, then evicts its pods one by one or, where it is told to, deletes them
 * (kubectl pkg/drain/drain.go). An Eviction names no node: that is in the pod's last Binding. Only where the same user
 * did both, and nobody took the first back meanwhile. It says what for, and changes no initiator. Null for all else.
 */
export function linkOfDrain({ event }: AttributedEvent, facts: Facts): ChainLink | null {
  const { object, verb, actor, class: kind, outcome } = event
  if (object?.resource !== 'pods' || kind !== 'write' || outcome !== 'success') return null
  const isEviction = object.subresource === 'eviction'
  if (!isEviction && (verb !== 'delete' || object.subresource !== '')) return null
  const cordon = facts.cordonOf(object.namespace, object.name)
  if (cordon === null || cordon.actor.name !== actor.name) return null
  const sinceUs = event.time - cordon.time
  if (sinceUs > drainUsMax) return null
  const did = isEviction ? 'evicted' : 'deleted'
  const seconds = Math.max(0, Math.round(sinceUs / 1_000_000))
  const why = `${actor.name} had made the node ${cordon.node} unschedulable ${seconds} s before, and ${did} a pod that was bound to it`
  return { what: 'drain', event: cordon.id, why }
}
