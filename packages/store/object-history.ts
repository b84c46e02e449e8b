// objectHistory: the revisions of an object, newest first, and what each changed.

import type { Scope } from '@plaintrail/query/scope'
import type { Window } from '@plaintrail/query/window'
import { sql } from 'drizzle-orm'
import { objectKey, type ObjectName } from './object-key.ts'
import type { Store } from './open-store.ts'
import { readRows } from './read-rows.ts'
import { endPlace, revisionColumns, type RevisionRow } from './revision-row.ts'
import { changesOf, keyOfChanges, toldRevision, type ToldRevision } from './told-revision.ts'
import { inScope } from './visible-clusters.ts'

export interface HistoryObject {
  readonly id: number
  /** UUID of the cluster. */
  readonly cluster: string
  readonly uid: string
}

export interface HistoryPage {
  readonly revisions: readonly ToldRevision[]
  /** To be asked for as `before`; null at the end. */
  readonly next: number | null
  /** Writes in the window that told no version, newest first, at most `unplacedShownMax`. With the first page only. */
  readonly unplaced: readonly ToldRevision[]
}

const unplacedShownMax = 100
/** Of one revision: all that are written. */
const changesMax = 200
/** Objects of one name: each was made after the one before had gone. */
const objectsMax = 100

/** Those that had the name, newest first, at most 100; none where the scope has not the cluster. */
export async function objectsNamed(store: Store, scope: Scope, name: ObjectName): Promise<readonly HistoryObject[]> {
  return await readRows<HistoryObject & Record<string, unknown>>(
    store,
    sql`select o.id, c.uid::text as cluster, o.uid
        from history_object o join cluster c on c.id = o.cluster_id and ${inScope(scope)}
        where o.object_key = ${String(objectKey(name))}::int8 and c.uid = ${name.cluster}::uuid
          and o.api_group = ${name.apiGroup} and o.resource = ${name.resource}
          and o.namespace = ${name.namespace} and o.name = ${name.name}
        order by o.id desc limit ${objectsMax}`,
  )
}

/**
 * Revisions that may have been made within the window: by resourceVersion, newest first, whatever the clocks say.
 * Empty where the scope has not the cluster.
 */
export async function objectHistory(
  store: Store,
  scope: Scope,
  { id }: Pick<HistoryObject, 'id'>,
  { sinceUs, untilUs }: Window,
  page: { readonly limit: number; readonly before: number | null },
): Promise<HistoryPage> {
  const from = sql`
    from revision r join history_object o on o.id = r.object_id join cluster c on c.id = o.cluster_id and ${inScope(scope)}
    where r.object_id = ${id}::int8 and r.latest >= ${sinceUs}::int8 and r.earliest < ${untilUs}::int8`
  const columns = sql.raw(revisionColumns)
  const rows = await readRows<RevisionRow & Record<string, unknown>>(
    store,
    sql`select ${columns} ${from} and r.place <= ${String(page.before === null ? endPlace : page.before - 1)}::int8
        order by r.place desc limit ${page.limit + 1}`,
  )
  const unplaced =
    page.before === null
      ? await readRows<RevisionRow & Record<string, unknown>>(
          store,
          sql`select ${columns} ${from} and r.place is null order by r.earliest desc, r.key desc limit ${unplacedShownMax}`,
        )
      : []
  const shown = rows.slice(0, page.limit)
  const changes = await changesOf(store, shown, changesMax)
  const told = (row: RevisionRow): ToldRevision => toldRevision(row, changes.get(keyOfChanges(row)) ?? [])
  return {
    revisions: shown.map(told),
    next: rows.length > page.limit ? (shown.at(-1)?.place ?? null) : null,
    unplaced: unplaced.map(told),
  }
}
