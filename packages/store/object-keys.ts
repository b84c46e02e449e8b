// namedObjects: the keys of all objects that a query can mean where it names some, if these are few: one index then finds
// their events.

import { isClusterScoped } from '@plaintrail/event/resources'
import type { And, Matches, Query } from '@plaintrail/query/ast'
import type { Scope } from '@plaintrail/query/scope'
import { sql, type SQL } from 'drizzle-orm'
import { objectKey } from './object-key.ts'
import type { Store } from './open-store.ts'
import { isExact } from './pattern-matches.ts'
import { readRows } from './read-rows.ts'
import { isKind } from './term-ids.ts'
import { visibleClusters, type VisibleCluster } from './visible-clusters.ts'

/** A key costs a hash, and an index look-up a day; with more of them the other conditions do better. */
const keysMax = 200
/** Parts of a query that name an object in full, such as `obj:cm/leader,lease/leader`. More are read by other indexes. */
const namingPartsMax = 16

export interface ObjectKeys {
  readonly keys: readonly bigint[]
  /** The parts of the `and` that the keys follow from. */
  readonly naming: readonly Matches[]
}

/** For each `and` in the queries that names objects exactly; none for one that could mean too many. */
export async function namedObjects(
  store: Store,
  scope: Scope,
  queries: readonly Query[],
): Promise<ReadonlyMap<Query, ObjectKeys>> {
  const named = queries.flatMap(namingsIn)
  const asked = [...new Map(named.map((naming) => [naming.query, naming])).values()].slice(0, namingPartsMax)
  if (asked.length === 0) return new Map()
  const [clusters, resources, namespaces] = await Promise.all([
    visibleClusters(store, scope),
    resourcesOf(store, asked),
    asked.some(({ ns }) => ns === null) ? namespaceNames(store) : null,
  ])
  return new Map(
    asked.flatMap((naming, index) => {
      const known = { clusters, resources: resources[index] ?? [], namespaces }
      const keys = keysOf(naming, known)
      if (keys === null) return []
      const { kind, ns, name } = naming
      return [[naming.query, { keys, naming: ns === null ? [kind, name] : [kind, ns, name] }] as const]
    }),
  )
}

interface Naming {
  readonly query: And
  readonly kind: Matches
  readonly name: Matches
  readonly ns: Matches | null
  readonly cluster: Matches | null
}

function namingsIn(query: Query): readonly Naming[] {
  switch (query.kind) {
    case 'and': {
      const own = namingOf(query)
      return [...(own === null ? [] : [own]), ...query.parts.flatMap(namingsIn)]
    }
    case 'or':
      return query.parts.flatMap(namingsIn)
    case 'not':
      return namingsIn(query.part)
    case 'matches':
    case 'within':
    case 'says':
      return []
    default:
      return query satisfies never
  }
}

function namingOf(query: And): Naming | null {
  const find = (key: Matches['key']): Matches | null =>
    query.parts.find(
      (part): part is Matches => part.kind === 'matches' && part.key === key && part.values.every(isExact),
    ) ?? null
  const [kind, name, ns, cluster] = [find('kind'), find('name'), find('ns'), find('cluster')]
  if (kind === null || name === null || name.values.some(([text]) => text === '')) return null
  // A namespace that is a glob could be any.
  const hasOtherNs = ns === null && query.parts.some((part) => part.kind === 'matches' && part.key === 'ns')
  return hasOtherNs ? null : { query, kind, name, ns, cluster }
}

interface GroupAndResource {
  readonly apiGroup: string
  readonly resource: string
}

interface Known {
  readonly clusters: readonly VisibleCluster[]
  readonly resources: readonly GroupAndResource[]
  /** Null where they are not needed, or too many to try. */
  readonly namespaces: readonly string[] | null
}

/** Null where they would be too many. */
function keysOf({ name, ns, cluster }: Naming, known: Known): readonly bigint[] | null {
  const asked = cluster === null ? null : new Set(cluster.values.map(([text]) => text))
  const clusters = known.clusters.filter((one) => asked === null || asked.has(one.name))
  const keys: bigint[] = []
  for (const object of known.resources) {
    for (const [text] of name.values) {
      const places = placesOf(object, text, ns?.values.map(([place]) => place) ?? [], known.namespaces)
      if (places === null || keys.length + places.size * clusters.length > keysMax) return null
      for (const namespace of places) {
        for (const { uid } of clusters) keys.push(objectKey({ cluster: uid, ...object, namespace, name: text }))
      }
    }
  }
  return keys
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

/** Those resources of the kinds that any event was ever about, for each naming. */
async function resourcesOf(store: Store, asked: readonly Naming[]): Promise<readonly (readonly GroupAndResource[])[]> {
  const selects = asked.map(
    ({ kind }, index): SQL => sql`(select distinct ${index}::int4 as n, r.api_group as "apiGroup", r.resource
      from resource r where ${isKind(kind.values)} limit ${keysMax + 1})`,
  )
  const rows = await readRows<GroupAndResource & { readonly n: number }>(store, sql.join(selects, sql` union all `))
  const found = asked.map((): GroupAndResource[] => [])
  for (const { n, apiGroup, resource } of rows) found[n]?.push({ apiGroup, resource })
  return found
}

/** Null when there are more than could be tried. */
async function namespaceNames(store: Store): Promise<readonly string[] | null> {
  const rows = await readRows<{ name: string }>(store, sql`select n.name from namespace n limit ${keysMax + 1}`)
  return rows.length > keysMax ? null : rows.map(({ name }) => name)
}
