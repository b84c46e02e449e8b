// attribute: who is behind an event: the person, the service account or the commit, and by what evidence.

import { causeOfController } from './causes-of-controllers.ts'
import { causeOfCredential, hasKnownToken } from './causes-of-credentials.ts'
import { causeOfKubelet } from './causes-of-kubelets.ts'
import { causeOfSync } from './causes-of-syncs.ts'
import { controllerOf, type Controller } from './controllers.ts'
import { linkOfRelease } from './helm-release.ts'
import { lesser, type Finding } from './initiator-evidence.ts'
import type { AttributedEvent, Facts } from './initiator-facts.ts'
import { unknown, type Attribution, type ChainLink, type Confidence } from './initiator.ts'

export interface AttributionOptions {
  /** Usernames of agents that do a kubelet's work under another name, such as kwok's. */
  readonly kubelets?: ReadonlySet<string>
}

/** A longer chain is not believed: owners nest four deep at most, with a delete, an autoscaler and a token before. */
const linksMax = 16
const consideredMax = 8

/**
 * Pure; costs a bounded number of facts. Never goes by the user agent, and never by labels or annotations that anybody
 * could have written. What an earlier event was attributed to is taken from the facts, so causes come first; attribute
 * again when one arrives late.
 */
export function attribute(seen: AttributedEvent, facts: Facts, options: AttributionOptions = {}): Attribution {
  const { event } = seen
  const { actor } = event
  if (actor.type === 'anonymous' || actor.type === 'failed-authentication') {
    return nobody(['nobody was authenticated'])
  }
  const credential = causeOfCredential(seen, facts)
  // A controller's token that a person had made is that person's, and no controller's.
  if (credential !== null) return concluded(seen, credential)
  if (actor.type === 'node' || options.kubelets?.has(actor.name) === true) {
    return concluded(seen, causeOfKubelet(seen, facts))
  }
  const controller = event.impersonated === null ? controllerOf(actor.name) : null
  if (controller !== null) return concluded(seen, ofController(seen, facts, controller))
  if (actor.type === 'control-plane') return nobody([`${actor.name} is a part of the control plane`])
  if (actor.type === 'human') return itself(seen, facts, 'person')
  const sync = causeOfSync(seen, facts)
  return sync?.isFound === true
    ? concluded(seen, sync)
    : itself(seen, facts, 'service-account', sync?.considered, hasKnownToken(seen, facts) ? 'certain' : 'likely')
}

function ofController(seen: AttributedEvent, facts: Facts, controller: Controller): Finding {
  if (seen.event.class !== 'write' || seen.event.outcome !== 'success') {
    return { isFound: false, considered: ['a controller that reads or is refused changes nothing'] }
  }
  return causeOfController(seen, facts, controller)
}

/** `user` is authenticated; `impersonatedUser` is whom it acted as (apiserver pkg/endpoints/filters/impersonation.go). */
function itself(
  seen: AttributedEvent,
  facts: Facts,
  kind: 'person' | 'service-account',
  considered: readonly string[] = [],
  confidence: Confidence = 'certain',
): Attribution {
  const { id, event } = seen
  const { actor, impersonated } = event
  const why = `${actor.name} was authenticated and acted as ${impersonated?.name ?? ''}`
  const acted = impersonated === null ? [] : [{ what: 'impersonation', event: id, why }]
  const release = linkOfRelease(seen, facts)
  const chain = release === null ? acted : [...acted, release]
  return { initiator: { kind, name: actor.name }, confidence, chain, considered }
}

function nobody(considered: readonly string[], chain: readonly ChainLink[] = []): Attribution {
  return { initiator: unknown, confidence: 'unknown', chain, considered: considered.slice(0, consideredMax) }
}

/** The chain of the cause with one link before it; as sure as its weakest link. */
function concluded({ id }: AttributedEvent, finding: Finding): Attribution {
  if (!finding.isFound) return nobody(finding.considered)
  const { link, cause } = finding
  const behind = cause.attribution
  if (cause.id === id || behind.chain.some(({ event }) => event === id))
    return nobody(['the chain comes back to itself'])
  if (behind.chain.length >= linksMax) return nobody([`the chain is longer than ${linksMax}`])
  const initiator = finding.initiator ?? behind.initiator
  const confidence = lesser(finding.confidence, finding.initiator === undefined ? behind.confidence : 'certain')
  // Where the evidence names somebody, who wrote it is not between the two.
  const chain = [{ ...link, event: cause.id }, ...(finding.initiator === undefined ? behind.chain : [])]
  if (confidence === 'unknown' || initiator.kind === 'unknown') return nobody(behind.considered, chain)
  return { initiator, confidence, chain, considered: [] }
}
