// objectKeys: the keys of all objects that a filter can mean, where these are few: one index then finds their events.

import { isClusterScoped } from '@plaintrail/event/resources'
import { isGlob, type EventFilter, type Terms } from '@plaintrail/query/filter'
import { objectKey } from './object-key.ts'
import type { Scope } from '@plaintrail/query/scope'
import type { Store } from './open-store.ts'
import { namespaceNames, resourcesOfKinds, type GroupAndResource } from './resolve-names.ts'
import { visibleClusters } from './visible-clusters.ts'

/** A key costs a hash, and an index look-up a day; with more of them the other conditions do better. */
const keysMax = 200

/** Null where the filter does not name objects exactly, or could mean too many. */
export async function objectKeys(store: Store, scope: Scope, filter: EventFilter): Promise<readonly bigint[] | null> {
  const kinds = exactValues(filter.kind)
  const names = exactValues(filter.name)
  const asked = filter.ns?.any ?? []
  if (!kinds || !names || asked.some(isGlob)) return null
  const [clusters, resources, known] = await Promise.all([
    visibleClusters(store, scope, filter.cluster),
    resourcesOfKinds(store, kinds, keysMax),
    asked.length > 0 ? null : namespaceNames(store, keysMax),
  ])
  const keys: bigint[] = []
  for (const object of resources) {
    for (const name of names) {
      const places = placesOf(object, name, asked, known)
      if (places === null || keys.length + places.size * clusters.length > keysMax) return null
      for (const namespace of places) {
        for (const { uid } of clusters) keys.push(objectKey({ cluster: uid, ...object, namespace, name }))
      }
    }
  }
  return keys
}

function exactValues(terms: Terms | undefined): readonly string[] | null {
  const values = terms?.any ?? []
  return values.length === 0 || values.some((value) => value === '' || isGlob(value)) ? null : values
}

/** The namespaces that the object can stand in, the empty one for none; null where these are too many to try. */
function placesOf(
  { apiGroup, resource }: GroupAndResource,
  name: string,
  asked: readonly string[],
  known: readonly string[] | null,
): ReadonlySet<string> | null {
  const places = new Set(asked.length > 0 ? asked : [''])
  if (asked.length === 0 && isClusterScoped(apiGroup, resource) !== true) {
    if (known === null) return null
    for (const namespace of known) places.add(namespace)
  }
  // The API server gives a Namespace itself as its namespace (apiserver pkg/endpoints/request/requestinfo.go).
  if (apiGroup === '' && resource === 'namespaces' && places.has('')) places.add(name)
  return places
}
