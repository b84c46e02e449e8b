// httpMethod: with which method the request came, as far as the verb says it.

import type { StoredEvent } from '@plaintrail/event/event'

const ofResources: Readonly<Partial<Record<string, string>>> = {
  get: 'GET',
  list: 'GET',
  watch: 'GET',
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETE',
}
/** A request to no resource has its method for a verb. */
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT', 'TRACE'])

/** Null where the verb says nothing, such as one that an authorizer made up. */
export function httpMethod({ verb, object }: Pick<StoredEvent, 'verb' | 'object'>): string | null {
  if (object) return ofResources[verb] ?? null
  const method = verb.toUpperCase()
  return methods.has(method) ? method : null
}
