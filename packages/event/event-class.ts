// What kind of thing was asked for: a read, a write, a connection into a running thing, or none of these.

import type { EventClass, ObjectRef } from './event.ts'

const connectSubresources: ReadonlySet<string> = new Set(['exec', 'attach', 'portforward', 'proxy'])
const readVerbs: ReadonlySet<string> = new Set(['get', 'list', 'watch', 'head'])
const writeVerbs: ReadonlySet<string> = new Set(['create', 'update', 'patch', 'delete', 'deletecollection'])
/** Groups whose `…reviews` are questions: a create of one is answered and stores nothing. */
const reviewGroups: ReadonlySet<string> = new Set([
  'authentication.k8s.io',
  'authorization.k8s.io',
  'authorization.openshift.io',
  'security.openshift.io',
])

/**
 * `other` is a request to no resource, whatever its verb, and one with a verb that Kubernetes does not define.
 * The verb `proxy` is that of the old paths `/api/v1/proxy/…`; `watch` that of `/api/v1/watch/…` too.
 */
export function eventClassOf(verb: string, object: ObjectRef | null): EventClass {
  if (object === null) return 'other'
  if (verb === 'proxy' || connectSubresources.has(object.subresource)) return 'connect'
  if (readVerbs.has(verb) || (verb === 'create' && isReview(object))) return 'read'
  return writeVerbs.has(verb) ? 'write' : 'other'
}

function isReview(object: ObjectRef): boolean {
  return object.resource.endsWith('reviews') && reviewGroups.has(object.apiGroup)
}
