// namedHistory: the objects that had one name, one after the other, each by its first and its last revision.

import { lifetimesOf, type Lifetime } from '@plaintrail/history/lifetimes'
import type { Scope } from '@plaintrail/query/scope'
import { sql } from 'drizzle-orm'
import { objectKey } from './object-key.ts'
import type { Store } from './open-store.ts'
import { arrayOf, readRows } from './read-rows.ts'
import { endPlace, revisionColumns, type RevisionRow } from './revision-row.ts'
import { toldRevision, type ToldRevision } from './told-revision.ts'
import { inScope, type VisibleCluster } from './visible-clusters.ts'

/** An object of one cluster by its name. */
export interface ClusterObject {
  readonly cluster: VisibleCluster
  /** Empty for the core group. */
  readonly group: string
  readonly resource: string
  /** Empty where there is none. */
  readonly namespace: string
  readonly name: string
}

/** One object that had the name. */
export interface NamedLifetime {
  readonly id: number
  readonly uid: string
  readonly first: ToldRevision
  readonly last: ToldRevision
  /** When the first is known to have been there, and when it may have been written already: microseconds since 1970. */
  readonly firstUs: number
  readonly firstEarliestUs: number
  readonly firstPlace: number
  /** When the last is known to have been there. */
  readonly lastUs: number
  readonly end: Lifetime['end']
}

export interface NamedHistory {
  readonly scope: Scope
  readonly named: ClusterObject
  /** Under which its events are found. */
  readonly keys: readonly bigint[]
  /** In the order in which they lived; those of which no version is known are left out. */
  readonly lifetimes: readonly NamedLifetime[]
  /** Ids of all that had the name. */
  readonly objectIds: readonly number[]
}

/** Objects of one name; the last ones that were seen. */
const objectsMax = 100

/** Empty where history knows nothing of the name, or the scope has not the cluster. */
export async function namedHistory(store: Store, scope: Scope, named: ClusterObject): Promise<NamedHistory> {
  const keys = keysOf(named)
  const rows = await readRows<EndRow & Record<string, unknown>>(
    store,
    sql`select o.id, o.uid, r.* from (
          select o.id, o.uid from history_object o join cluster c on c.id = o.cluster_id and ${inScope(scope)}
          where o.object_key = any(${arrayOf('int8', keys.map(String))}) and o.cluster_id = ${named.cluster.id}::int4
            and o.api_group = ${named.group} and o.resource = ${named.resource} and o.name = ${named.name}
          order by o.id desc limit ${objectsMax}) o
        left join lateral (
          (select ${sql.raw(revisionColumns)} from revision r where r.object_id = o.id and r.place is not null
            order by r.place limit 1)
          union all (select ${sql.raw(revisionColumns)} from revision r where r.object_id = o.id and r.place is not null
            order by r.place desc limit 1)) r on true
        order by o.id, r.place`,
  )
  const objectIds = [...new Set(rows.map(({ id }) => id))]
  const chains = [...Map.groupBy(rows, ({ id }) => id).values()].flatMap(chainOf)
  return { scope, named, keys, objectIds, lifetimes: lifetimesOf(chains).map(lifetimeOf) }
}

/** The API server gives a Namespace itself as its namespace (apiserver pkg/endpoints/request/requestinfo.go). */
function keysOf({ cluster, group, resource, namespace, name }: ClusterObject): readonly bigint[] {
  const isNamespace = group === '' && resource === 'namespaces'
  const places = isNamespace ? ['', name] : [namespace]
  return places.map((place) => objectKey({ cluster: cluster.uid, apiGroup: group, resource, namespace: place, name }))
}

/** Of an object without any revision that has a place, all columns of one are null. */
type EndRow = { readonly id: number; readonly uid: string } & (RevisionRow | { readonly objectId: null })

interface ChainEndOfRow {
  readonly row: RevisionRow
  readonly observation: Pick<RevisionRow, 'earliest' | 'observed'> & { readonly resourceVersion: number | null }
}

interface RowChain {
  readonly id: number
  readonly uid: string
  readonly first: ChainEndOfRow
  readonly last: ChainEndOfRow
}

function chainOf(rows: readonly EndRow[]): readonly RowChain[] {
  const [first] = rows
  const last = rows.at(-1)
  if (first === undefined || last === undefined || first.objectId === null || last.objectId === null) return []
  return [{ id: first.id, uid: first.uid, first: chainEnd(first), last: chainEnd(last) }]
}

function chainEnd(row: RevisionRow): ChainEndOfRow {
  const { place, earliest, observed } = row
  return { row, observation: { resourceVersion: place === endPlace ? null : place, earliest, observed } }
}

function lifetimeOf({ uid, first, last, end }: Lifetime<ChainEndOfRow>): NamedLifetime {
  return {
    id: first.row.objectId,
    uid,
    first: toldRevision(first.row, []),
    last: toldRevision(last.row, []),
    firstUs: first.row.latest,
    firstEarliestUs: first.row.earliest,
    firstPlace: first.row.place ?? endPlace,
    lastUs: last.row.latest,
    end,
  }
}
