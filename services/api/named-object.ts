// namedObject: the object that a path names, in a cluster that the caller may see.

import type { Request } from 'express'
import { kindOf, resourcesNamed } from '@plaintrail/event/resources'
import { valueLengthMax } from '@plaintrail/query/bounds'
import { QueryError } from '@plaintrail/query/query-error'
import type { Scope } from '@plaintrail/query/scope'
import { findCluster } from '@plaintrail/store/clusters'
import type { ClusterObject } from '@plaintrail/store/named-history'
import type { Store } from '@plaintrail/store/open-store'
import { Problem } from './problems.ts'
import type { NamedObject } from './schemas/revision-schemas.ts'

/** What stands in the path of an object, for the document. */
export const objectInPath = {
  cluster: 'The name of a cluster.',
  group: 'An API group; `core` for the core group.',
  resource: 'The plural, such as `deployments`.',
  ns: 'A namespace; `_` for none.',
  name: 'The name of the object.',
}

export async function namedObject(store: Store, scope: Scope, request: Request): Promise<ClusterObject> {
  const [clusterName, group, resource, ns, name] = ['cluster', 'group', 'resource', 'ns', 'name'].map((part) =>
    objectSegment(request, part),
  )
  const cluster = await findCluster(store, scope, clusterName ?? '')
  if (cluster === null) throw noSuchObject()
  // As people and kubectl spell it; a resource that nobody knows is taken as it is.
  const [known] = resourcesNamed(`${resource}.${group === 'core' ? 'v1' : group}`)
  return {
    cluster,
    group: group === 'core' ? '' : (group ?? ''),
    resource: known?.resource ?? resource ?? '',
    namespace: ns === '_' ? '' : (ns ?? ''),
    name: name ?? '',
  }
}

export function noSuchObject(): Problem {
  return new Problem(
    'not_found',
    'no event that is stored names such an object',
    'links.history of an event is a path that there is; GET /v1/objects has all of them.',
  )
}

/** Throws QueryError. */
export function objectSegment(request: Request, part: string): string {
  const text = String(request.params[part])
  if (text.length <= valueLengthMax && !text.includes('\0')) return text.toWellFormed()
  throw new QueryError({
    message: `could not read ${part}: no object has such a one`,
    parameter: part,
    hint: 'links.history of an event is a path that there is.',
  })
}

export function objectAnswer({ cluster, group, resource, namespace, name }: ClusterObject): NamedObject {
  return { cluster: cluster.name, group, resource, kind: kindOf(group, resource), namespace, name }
}
