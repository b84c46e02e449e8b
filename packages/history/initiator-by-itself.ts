// initiatorByItself: who is behind an event, as far as the event alone says it: most of them need no other.

import type { Event } from '@plaintrail/event/event'
import { reportOf } from './causes-of-controllers.ts'
import { controllerOf } from './controllers.ts'
import { unknown, type Attribution } from './initiator.ts'

/** What is looked at: an Event has it, and an event that is answered too. */
export interface Deed {
  readonly id: string
  readonly actor: Pick<Event['actor'], 'name' | 'type'>
  readonly impersonated: { readonly name: string } | null
  readonly class: Event['class']
  readonly outcome: Event['outcome']
  readonly verb: string
  readonly object: { readonly resource: string; readonly subresource: string } | null
}

/**
 * What attribute says where nothing else was seen; null for what controllers and kubelets do because of other events. A
 * token that somebody else had made, a sync or a release changes what is said of an account or a person. An account is
 * `likely` itself: whose token it is was not looked at.
 */
export function initiatorByItself(deed: Deed): Attribution | null {
  const { actor } = deed
  if (actor.type === 'anonymous' || actor.type === 'failed-authentication') return nobody('nobody was authenticated')
  if (actor.type === 'node') return isPodsEnd(deed) ? null : nobody('a kubelet reports what is, which nobody asked for')
  const controller = deed.impersonated === null ? controllerOf(actor.name) : null
  if (controller !== null) {
    const report = reportOf(deed, controller)
    return report === null ? null : nobody(report)
  }
  if (actor.type === 'control-plane') return nobody(`${actor.name} is a part of the control plane`)
  return itself(deed)
}

/** A pod that was deleted or evicted stays until its kubelet has stopped it and deletes it. */
export function isPodsEnd({ verb, object, outcome }: Pick<Deed, 'verb' | 'object' | 'outcome'>): boolean {
  return verb === 'delete' && object?.resource === 'pods' && object.subresource === '' && outcome === 'success'
}

/** `user` is authenticated; `impersonatedUser` is whom it acted as (apiserver pkg/endpoints/filters/impersonation.go). */
function itself({ id, actor, impersonated }: Deed): Attribution {
  const why = `${actor.name} was authenticated and acted as ${impersonated?.name ?? ''}`
  const chain = impersonated === null ? [] : [{ what: 'impersonation', event: id, why }]
  const isPerson = actor.type === 'human'
  const initiator = { kind: isPerson ? 'person' : 'service-account', name: actor.name } as const
  return { initiator, confidence: isPerson ? 'certain' : 'likely', chain, considered: [] }
}

function nobody(considered: string): Attribution {
  return { initiator: unknown, confidence: 'unknown', chain: [], considered: [considered] }
}
