// attribute: who is behind an event: the person, the service account or the commit, and by what evidence.

import { causeOfController } from './causes-of-controllers.ts'
import { causeOfCredential, hasKnownToken } from './causes-of-credentials.ts'
import { causeOfKubelet } from './causes-of-kubelets.ts'
import { causeOfSync } from './causes-of-syncs.ts'
import { controllerOf } from './controllers.ts'
import { linkOfRelease } from './helm-release.ts'
import { lesser, type Finding } from './initiator-evidence.ts'
import { initiatorByItself } from './initiator-by-itself.ts'
import type { AttributedEvent, Facts } from './initiator-facts.ts'
import { unknown, type Attribution, type ChainLink } from './initiator.ts'
import { linkOfCommit } from './link-of-commit.ts'
import { linkOfDrain } from './link-of-drain.ts'
import { linkOfTool } from './link-of-tool.ts'

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
  const alone = initiatorByItself({ ...event, id: seen.id })
  if (actor.type === 'anonymous' || actor.type === 'failed-authentication') return alone ?? nobody([])
  const credential = causeOfCredential(seen, facts)
  // A controller's token that a person had made is that person's, and no controller's.
  if (credential !== null) return concluded(seen, credential, linksBeside(seen, facts))
  if (options.kubelets?.has(actor.name) === true) return concluded(seen, causeOfKubelet(seen, facts))
  if (alone === null) {
    const controller = controllerOf(actor.name)
    return concluded(
      seen,
      controller === null ? causeOfKubelet(seen, facts) : causeOfController(seen, facts, controller),
    )
  }
  if (alone.initiator.kind === 'unknown') return alone
  const sync = actor.type === 'service-account' ? causeOfSync(seen, facts) : null
  if (sync?.isFound === true) return concluded(seen, sync)
  return {
    ...alone,
    confidence: hasKnownToken(seen, facts) ? 'certain' : alone.confidence,
    chain: [...alone.chain, ...linksBeside(seen, facts)],
    considered: sync?.considered ?? [],
  }
}

/** What for and how, where it was no controller: they say nothing about who is behind it. */
function linksBeside(seen: AttributedEvent, facts: Facts): readonly ChainLink[] {
  const links = [linkOfRelease(seen, facts), linkOfDrain(seen, facts), linkOfTool(seen), linkOfCommit(seen)]
  return links.filter((link) => link !== null)
}

function nobody(considered: readonly string[], chain: readonly ChainLink[] = []): Attribution {
  return { initiator: unknown, confidence: 'unknown', chain, considered: considered.slice(0, consideredMax) }
}

/** The chain of the cause with one link before it, and what is said beside the event; as sure as its weakest link. */
function concluded({ id }: AttributedEvent, finding: Finding, beside: readonly ChainLink[] = []): Attribution {
  if (!finding.isFound) return nobody(finding.considered)
  const { link, cause } = finding
  const behind = cause.attribution
  if (cause.id === id || behind.chain.some(({ event }) => event === id))
    return nobody(['the chain comes back to itself'])
  if (behind.chain.length + beside.length >= linksMax) return nobody([`the chain is longer than ${linksMax}`])
  const initiator = finding.initiator ?? behind.initiator
  const confidence = lesser(finding.confidence, finding.initiator === undefined ? behind.confidence : 'certain')
  // Where the evidence names somebody, who wrote it is not between the two.
  const chain = [...beside, { ...link, event: cause.id }, ...(finding.initiator === undefined ? behind.chain : [])]
  if (confidence === 'unknown' || initiator.kind === 'unknown') return nobody(behind.considered, chain)
  return { initiator, confidence, chain, considered: [] }
}
