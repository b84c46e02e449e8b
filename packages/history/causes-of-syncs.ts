// causeOfSync: which commit or person a GitOps system says that it acts for.

import { bodyIn, childOf, textIn } from './attributed-objects.ts'
import { notFound, type Finding } from './initiator-evidence.ts'
import type { AttributedEvent, Facts, Sync, SyncKind } from './initiator-facts.ts'
import type { JsonObject } from './json-values.ts'

interface Claim {
  readonly kind: SyncKind
  readonly namespace: string | null
  readonly name: string
}

/**
 * Labels and annotations of an object can be written by anybody who may write it, so they only say where to look. What
 * they name must have been written by the very service account that makes this request: then the revision and who
 * started the sync are that system's own word, and still a claim. Null where the object names no such system.
 */
export function causeOfSync(seen: AttributedEvent, facts: Facts): Finding | null {
  if (seen.event.class !== 'write') return null
  const object = bodyIn(seen)
  const claim = argoClaim(seen, object) ?? fluxClaim(object)
  if (claim === null) return null
  const sync = facts.syncOf(claim.kind, claim.namespace, claim.name)
  if (sync === null) return notFound(`the ${claim.kind} ${claim.name} that it names was not seen to sync`)
  const { name } = seen.event.actor
  if (sync.actor.name !== name) {
    return notFound(
      `it names the ${claim.kind} ${claim.name}, which is written by ${sync.actor.name} and not by ${name}`,
    )
  }
  return ofSync(claim, sync)
}

function ofSync({ kind, name }: Claim, sync: Sync): Finding {
  const { revision, initiatedBy, info } = sync
  const at = revision === null ? '' : ` at ${revision}`
  const by = initiatedBy === null ? '' : ` by ${initiatedBy}`
  const why = `${sync.actor.name}, which writes both, says that the ${kind} ${name} was synced${at}${by}${info === null ? '' : ` (${info})`}`
  const claimed = { isFound: true, cause: sync, confidence: 'likely', link: { what: 'sync', why } } as const
  if (initiatedBy !== null) return { ...claimed, initiator: { kind: 'person', name: initiatedBy } }
  if (revision !== null) return { ...claimed, initiator: { kind: 'commit', name: revision } }
  return notFound(`the ${kind} ${name} says neither a revision nor who started the sync`)
}

/**
 * `<application>:<group>/<Kind>:<namespace>/<name>`, and not of this object where it was copied with it (Argo CD
 * util/argo/resource_tracking.go). An application outside of Argo CD's namespace is `<namespace>_<application>`.
 */
function argoClaim({ event }: AttributedEvent, object: JsonObject): Claim | null {
  const id = textIn(childOf(childOf(object, 'metadata'), 'annotations'), 'argocd.argoproj.io/tracking-id')
  const [application, type, where] = id?.split(':', 3) ?? []
  if (application === undefined || type === undefined || where === undefined || event.object === null) return null
  const { apiGroup, namespace, name } = event.object
  const kind = textIn(object, 'kind') ?? ''
  if (type !== `${apiGroup}/${kind}` || where !== `${namespace}/${name}`) return null
  const [first = '', second] = application.split('_', 2)
  return second === undefined
    ? { kind: 'Application', namespace: null, name: first }
    : { kind: 'Application', namespace: first, name: second }
}

/** Labels `<kind>.toolkit.fluxcd.io/name` and `/namespace` (fluxcd/pkg ssa, SetOwnerLabels). */
function fluxClaim(object: JsonObject): Claim | null {
  const labels = childOf(childOf(object, 'metadata'), 'labels')
  for (const [prefix, kind] of fluxKinds) {
    const name = textIn(labels, `${prefix}.toolkit.fluxcd.io/name`)
    if (name !== null) return { kind, namespace: textIn(labels, `${prefix}.toolkit.fluxcd.io/namespace`), name }
  }
  return null
}

const fluxKinds = [
  ['kustomize', 'Kustomization'],
  ['helm', 'HelmRelease'],
] as const
