// readDimensions: the texts that the ids in some rows stand for, in one statement.

import { dimensionColumns, type Dimension } from './dimensions.ts'
import type { EventRecord } from './find-records.ts'
import type { Store } from './open-store.ts'

type Named = Dimension | 'cluster'

/** The values of a dimension's columns, in the order of dimensionColumns; empty where there is no such id. */
export type Texts = (dimension: Named, id: number | null) => readonly string[]

/** Each dimension's columns, and which columns of an event hold its ids. */
const sources: Readonly<
  Record<
    Named,
    { readonly columns: readonly string[]; readonly ids: (record: EventRecord) => readonly (number | null)[] }
  >
> = {
  cluster: { columns: ['name'], ids: (record) => [record.clusterId] },
  actor: { columns: dimensionColumns.actor, ids: (record) => [record.actorId, record.impersonatedId] },
  actor_groups: { columns: dimensionColumns.actor_groups, ids: (record) => [record.groupsId] },
  client: { columns: dimensionColumns.client, ids: (record) => [record.clientId] },
  source: { columns: dimensionColumns.source, ids: (record) => [record.sourceId] },
  resource: { columns: dimensionColumns.resource, ids: (record) => [record.resourceId] },
  namespace: { columns: dimensionColumns.namespace, ids: (record) => [record.namespaceId] },
  verb: { columns: dimensionColumns.verb, ids: (record) => [record.verbId] },
  reason: { columns: dimensionColumns.reason, ids: (record) => [record.reasonId] },
}

const text = Object.entries(sources)
  .map(
    ([table, { columns }], index) =>
      `select '${table}' as dimension, id, array[${columns.join(', ')}] as texts
       from ${table} where id = any($${index + 1}::int4[])`,
  )
  .join(' union all ')

export async function readDimensions(store: Store, records: readonly EventRecord[]): Promise<Texts> {
  const values = Object.values(sources).map(({ ids }) => [
    ...new Set(records.flatMap((record) => ids(record)).filter((id) => id !== null)),
  ])
  const { rows } = await store.pool.query<{ dimension: string; id: number; texts: readonly string[] }>({
    name: 'read-dimensions',
    text,
    values,
  })
  const found = new Map(rows.map((row) => [`${row.dimension}/${row.id}`, row.texts]))
  return (dimension, id) => found.get(`${dimension}/${id}`) ?? []
}
