// linkOfRelease: the revision of a Helm release that a write belongs to, by the release's own secret.

import { bodyIn, childOf, textIn } from './attributed-objects.ts'
import type { AttributedEvent, Facts } from './initiator-facts.ts'
import type { ChainLink } from './initiator.ts'

/**
 * Helm has no account of its own: it acts as whoever runs it, so that it adds a link and changes no initiator. The
 * annotations meta.helm.sh/release-name and -namespace (helm pkg/action/validate.go) can be written by anybody and only
 * say where to look: the release's last secret must be the work of the same user. Null for all else.
 */
export function linkOfRelease(seen: AttributedEvent, facts: Facts): ChainLink | null {
  if (seen.event.class !== 'write') return null
  const annotations = childOf(childOf(bodyIn(seen), 'metadata'), 'annotations')
  const name = textIn(annotations, 'meta.helm.sh/release-name')
  const namespace = textIn(annotations, 'meta.helm.sh/release-namespace')
  if (name === null || namespace === null) return null
  const release = facts.releaseOf(namespace, name)
  if (release === null || release.actor.name !== seen.event.actor.name) return null
  const why = `${release.actor.name}, who wrote both, says that it is of the release ${name}, revision ${release.revision}`
  return { what: 'release', event: release.id, why }
}
