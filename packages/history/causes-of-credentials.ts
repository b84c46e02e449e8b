// causeOfCredential: who had the token made that a service account's request was authenticated with.

import type { ActorType } from '@plaintrail/event/event'
import { childOf } from './attributed-objects.ts'
import { found, type Finding } from './initiator-evidence.ts'
import type { AttributedEvent, Facts, Issue } from './initiator-facts.ts'

/**
 * The id of the credential: `JTI=` and the token's id (apiserver pkg/authentication/serviceaccount/util.go). Only of
 * `user`, which the API server fills; extra of an impersonated user is what a client sends in Impersonate-Extra headers.
 */
const credentialKey = 'authentication.kubernetes.io/credential-id'

/**
 * A TokenRequest's annotation `authentication.kubernetes.io/issued-credential-id` is the same id (kubernetes
 * pkg/registry/core/serviceaccount/storage/token.go). Null where it was not seen, or where a kubelet or
 * kube-controller-manager asked for it, as they do for pods and controllers: behind those is the account itself.
 */
export function causeOfCredential(seen: AttributedEvent, facts: Facts): Finding | null {
  const issue = issueOf(seen, facts)
  if (issue === null || !issuers.has(issue.actor.type)) return null
  const { name } = seen.event.actor
  // The token is that one for certain; that it was not given to somebody else is not.
  const why = `${name} used the token with the credential id that was issued to ${issue.actor.name}`
  return found(issue, 'likely', 'credential', why)
}

const issuers: ReadonlySet<ActorType> = new Set(['human', 'service-account'])

/** Whether it was seen who had the token made; if not, it may have been anybody. */
export function hasKnownToken(seen: AttributedEvent, facts: Facts): boolean {
  return issueOf(seen, facts) !== null
}

function issueOf({ raw, event }: AttributedEvent, facts: Facts): Issue | null {
  if (event.actor.type !== 'service-account') return null
  const ids = childOf(childOf(raw, 'user'), 'extra')[credentialKey]
  const id: unknown = Array.isArray(ids) && ids.length === 1 ? ids[0] : null
  if (typeof id !== 'string' || !id.startsWith('JTI=')) return null
  const issue = facts.issueOf(id)
  return issue === null || issue.subject !== event.actor.name || issue.actor.name === event.actor.name ? null : issue
}
