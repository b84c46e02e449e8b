// Causes of an autoscaler's scale, and of a signed certificate.

import { uidIn } from './attributed-objects.ts'
import { found, notFound, type Finding } from './initiator-evidence.ts'
import type { AttributedEvent, Facts } from './initiator-facts.ts'

/**
 * The autoscaler scales what a HorizontalPodAutoscaler's spec.scaleTargetRef names, by name and without a uid
 * (kubernetes pkg/controller/podautoscaler/horizontal.go). Behind it is who said how far it may go.
 */
export function causeOfScale({ event }: AttributedEvent, facts: Facts): Finding {
  const { object } = event
  if (object === null || object.subresource !== 'scale') return notFound('an autoscaler reports what is')
  const uids = facts.autoscalersOf(object)
  const [uid] = uids
  if (uid === undefined) return notFound(`no autoscaler of ${object.name} was seen`)
  if (uids.length > 1) return notFound(`${uids.length} autoscalers are of ${object.name}`)
  const [change] = facts.specChanges(uid, null)
  if (change === undefined) return notFound('who made the autoscaler was not seen')
  const why = `${change.actor.name} last changed the only autoscaler (uid ${uid}) whose target is ${object.name}`
  return found(change, 'likely', 'autoscaler', why)
}

/** It signs what was approved, and only then (kubernetes pkg/controller/certificates/signer/signer.go). */
export function causeOfCertificate(seen: AttributedEvent, facts: Facts): Finding {
  const uid = uidIn(seen)
  const approval = uid === null ? null : facts.approvalOf(uid)
  if (uid === null || approval === null) return notFound('the approval of the request was not seen')
  return found(approval, 'certain', 'approval', `${approval.actor.name} approved the request with the uid ${uid}`)
}
