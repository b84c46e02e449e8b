// causeOfController: what made a controller of the cluster do a write, by which controller it is.

import type { Event, ObjectRef } from '@plaintrail/event/event'
import { childOf, textIn, uidIn } from './attributed-objects.ts'
import { causeOfCollection, causeOfNamespace, causeOfNewNamespace } from './causes-of-deletes.ts'
import { causeOfReplica } from './causes-of-replicas.ts'
import { causeOfRollout } from './causes-of-rollouts.ts'
import { causeOfCertificate, causeOfScale } from './causes-of-scales.ts'
import type { Controller } from './controllers.ts'
import { found, notFound, type Finding } from './initiator-evidence.ts'
import type { AttributedEvent, Facts } from './initiator-facts.ts'

/** The only controllers whose writes other events explain. */
const explained: ReadonlySet<Controller> = new Set<Controller>([
  'manager',
  'scheduler',
  'deployment-controller',
  'replicaset-controller',
  'statefulset-controller',
  'daemon-set-controller',
  'job-controller',
  'cronjob-controller',
  'horizontal-pod-autoscaler',
  'generic-garbage-collector',
  'namespace-controller',
  'service-account-controller',
  'root-ca-cert-publisher',
  'certificate-controller',
])

/** These change an object by its status, which is what they are for. */
const byStatus: Readonly<Partial<Record<Controller, readonly string[]>>> = {
  'namespace-controller': ['namespaces'],
  'certificate-controller': ['certificatesigningrequests'],
  manager: ['namespaces', 'certificatesigningrequests'],
}

/** Why nobody is behind what the controller did, as the event alone says it; null where other events may tell. */
export function reportOf(
  deed: Pick<Event, 'class' | 'outcome'> & { readonly object: Pick<ObjectRef, 'resource' | 'subresource'> | null },
  controller: Controller,
): string | null {
  const { object } = deed
  if (deed.class !== 'write' || deed.outcome !== 'success')
    return 'a controller that reads or is refused changes nothing'
  if (object === null) return 'it is a request to no object'
  if (!explained.has(controller)) return 'why this controller writes does not show in audit events'
  const { resource, subresource } = object
  const isOwn =
    resource === 'events' ||
    resource === 'leases' ||
    (subresource === 'status' && byStatus[controller]?.includes(resource) !== true) ||
    (controller === 'scheduler' && subresource !== 'binding') ||
    (controller === 'horizontal-pod-autoscaler' && subresource !== 'scale')
  return isOwn ? 'a controller reports what is, which nobody asked for' : null
}

/** Of what reportOf says nothing about. */
export function causeOfController(seen: AttributedEvent, facts: Facts, name: Controller): Finding {
  const { object, verb } = seen.event
  const controller = name === 'manager' ? byDeed(seen) : name
  if (object === null) return notFound('it is a request to no object')
  switch (controller) {
    case 'certificate-controller':
      return causeOfCertificate(seen, facts)
    case 'namespace-controller':
      return causeOfNamespace(seen, facts)
    case 'horizontal-pod-autoscaler':
      return causeOfScale(seen, facts)
    case 'scheduler':
      return ofBinding(seen, facts)
    case 'generic-garbage-collector':
      return causeOfCollection(seen, facts)
    case 'deployment-controller': {
      const isWrite = object.resource === 'replicasets' && (verb === 'create' || verb === 'update')
      return isWrite ? causeOfRollout(seen, facts) : notFound('the controller tidies up')
    }
    case 'replicaset-controller':
    case 'statefulset-controller':
    case 'daemon-set-controller':
    case 'job-controller':
    case 'cronjob-controller':
      return causeOfReplica(seen, facts)
    case 'service-account-controller':
    case 'root-ca-cert-publisher':
      return causeOfNewNamespace(seen, facts)
    default:
      return notFound('why this controller writes does not show in audit events')
  }
}

/**
 * Which controller it is where all share the manager's username: the collector names the uid that it found (its
 * preconditions) or takes owners and finalizers away by patch; the others never do for what they keep.
 */
function byDeed({ event, raw }: AttributedEvent): Controller {
  const { verb, object } = event
  const request = raw['requestObject']
  if (object === null || object.resource === 'events') return 'manager'
  if (object.subresource === 'scale') return 'horizontal-pod-autoscaler'
  if (verb === 'deletecollection' || object.resource === 'namespaces') return 'namespace-controller'
  if (object.resource === 'certificatesigningrequests') return 'certificate-controller'
  if (object.subresource !== '') return 'manager'
  if (verb === 'delete' && textIn(childOf(request, 'preconditions'), 'uid') !== null) return 'generic-garbage-collector'
  const patched = verb === 'patch' ? childOf(request, 'metadata') : {}
  if (patched['finalizers'] === null || Array.isArray(patched['ownerReferences'])) return 'generic-garbage-collector'
  if (object.resource === 'replicasets') return 'deployment-controller'
  if (object.resource === 'pods') return 'replicaset-controller'
  if (object.resource === 'jobs') return 'cronjob-controller'
  if (verb === 'create' && object.resource === 'serviceaccounts') return 'service-account-controller'
  return verb === 'create' && object.resource === 'configmaps' ? 'root-ca-cert-publisher' : 'manager'
}

/** A Binding has the uid of the pod that it was decided for (kubernetes pkg/scheduler/framework/plugins/defaultbinder). */
function ofBinding(seen: AttributedEvent, facts: Facts): Finding {
  const uid = textIn(childOf(seen.raw['requestObject'], 'metadata'), 'uid') ?? uidIn(seen)
  if (uid === null) return notFound('the binding does not say the uid of the pod')
  const made = facts.specChanges(uid, null).find(({ isCreate }) => isCreate)
  if (made === undefined) return notFound('who made the pod was not seen')
  return found(made, 'certain', 'scheduled', `${made.actor.name} made the pod with the uid ${uid}, which needed a node`)
}
