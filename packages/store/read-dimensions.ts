// readDimensions: the texts that the ids in some rows stand for, in one statement for those that are not remembered.

import { dimensionColumns, type Dimension } from './dimensions.ts'
import type { EventRecord } from './find-records.ts'
import type { Store } from './open-store.ts'
import { remembered } from './remembered.ts'

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
  // No event has one: changed fields do.
  field_path: { columns: dimensionColumns.field_path, ids: () => [] },
}

const text = Object.entries(sources)
  .map(
    ([table, { columns }], index) =>
      `select '${table}/' || id as key, array[${columns.join(', ')}] as texts
       from ${table} where id = any($${index + 1}::int4[])`,
  )
  .join(' union all ')

export async function readDimensions(store: Store, records: readonly EventRecord[]): Promise<Texts> {
  const keys = Object.entries(sources).flatMap(([dimension, { ids }]) =>
    records.flatMap((record) => ids(record).map((id) => keyOf(dimension, id))),
  )
  const found = await textsOf(
    store,
    keys.filter((key) => key !== null),
  )
  return (dimension, id) => found.get(keyOf(dimension, id) ?? '') ?? []
}

/** `actor/17` */
function keyOf(dimension: string, id: number | null): string | null {
  return id === null ? null : `${dimension}/${id}`
}

const textsOf = remembered<string, readonly string[]>(async (store, missing) => {
  const idsOf = Map.groupBy(missing, (key) => key.slice(0, key.indexOf('/')))
  const { rows } = await store.pool.query<{ key: string; texts: readonly string[] }>({
    name: 'read-dimensions',
    text,
    values: Object.keys(sources).map((dimension) =>
      (idsOf.get(dimension) ?? []).map((key) => Number(key.slice(dimension.length + 1))),
    ),
  })
  return rows.map((row) => [row.key, row.texts] as const)
})
