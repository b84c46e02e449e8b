// objectHistory: the revisions of an object, newest first, and what each changed.

import { formatEventId } from '@plaintrail/event/identity'
import type { Observation } from '@plaintrail/history/observation'
import type { Link, Revision } from '@plaintrail/history/revision'
import type { Scope } from '@plaintrail/query/scope'
import type { Window } from '@plaintrail/query/window'
import { sql } from 'drizzle-orm'
import { objectKey, type ObjectName } from './object-key.ts'
import type { Store } from './open-store.ts'
import { arrayOf, readRows } from './read-rows.ts'
import type { ChangedField } from './revision-changes.ts'
import { opLetters } from './revision-fields.ts'
import { endPlace, eventOf, revisionColumns, type RevisionRow } from './revision-row.ts'
import { inScope } from './visible-clusters.ts'

export interface HistoryObject {
  readonly id: number
  /** UUID of the cluster. */
  readonly cluster: string
  readonly uid: string
}

export interface ToldRevision {
  /** The id of the event that told it. */
  readonly event: string
  /** When its request was received, in microseconds since 1970. */
  readonly timeUs: number
  /** Null for an end, and where none was told. */
  readonly resourceVersion: number | null
  readonly observed: Observation['observed']
  readonly isRead: boolean
  readonly fidelity: Revision['fidelity']
  readonly significance: Revision['significance']
  readonly link: Link
  /** Without the noise, and no more than revision-changes.ts writes; `changesCount` is of all. */
  readonly changes: readonly ChangedField[]
  readonly changesCount: number
}

export interface HistoryPage {
  readonly revisions: readonly ToldRevision[]
  /** To be asked for as `before`; null at the end. */
  readonly next: number | null
  /** Writes in the window that told no version, newest first, at most `unplacedShownMax`. With the first page only. */
  readonly unplaced: readonly ToldRevision[]
}

const unplacedShownMax = 100
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
    sql`select ${columns} ${from} and r.place < ${page.before ?? endPlace + 1}::int8
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
  const changes = await changesOf(store, id, shown)
  const told = (row: RevisionRow): ToldRevision => toldRevision(row, changes.get(eventOf(row)) ?? [])
  return {
    revisions: shown.map(told),
    next: rows.length > page.limit ? (shown.at(-1)?.place ?? null) : null,
    unplaced: unplaced.map(told),
  }
}

export function toldRevision(row: RevisionRow, changes: readonly ChangedField[]): ToldRevision {
  const { observed, isRead, fidelity, significance, link } = row
  return {
    event: formatEventId(row.time, Buffer.from(row.key.replaceAll('-', ''), 'hex')),
    timeUs: row.time,
    resourceVersion: row.place === endPlace ? null : row.place,
    observed,
    isRead,
    fidelity,
    significance,
    link,
    changes,
    changesCount: row.changes,
  }
}

interface ChangeRow {
  readonly key: string
  readonly part: number
  readonly path: string
  readonly plain: string
  readonly op: string
  readonly from: string | null
  readonly to: string | null
}

async function changesOf(
  store: Store,
  objectId: number,
  rows: readonly RevisionRow[],
): Promise<ReadonlyMap<string, readonly ChangedField[]>> {
  const times = rows.filter(({ changes }) => changes > 0).map(({ time }) => time)
  if (times.length === 0) return new Map()
  const [fromUs, toUs] = [Math.min(...times), Math.max(...times)]
  const found = await readRows<ChangeRow & Record<string, unknown>>(
    store,
    sql`select f.key::text as key, f.part, p.path, p.plain, f.op, f.from_text as "from", f.to_text as "to"
        from changed_field f join field_path p on p.id = f.path_id
        where f.object_id = ${objectId}::int8 and f.time >= ${fromUs}::int8 and f.time <= ${toUs}::int8
          and f.time = any(${arrayOf('int8', times)}) and f.op <> ${opLetters.came}::"char"
        order by p.path collate "C", f.op`,
  )
  return new Map(
    [...Map.groupBy(found, eventOf)].map(([event, own]) => [
      event,
      own.map(({ path, plain, op, from, to }) => ({ path, plain, op: wordOf(op), from, to })),
    ]),
  )
}

function wordOf(letter: string): ChangedField['op'] {
  if (letter === opLetters.add) return 'add'
  return letter === opLetters.remove ? 'remove' : 'replace'
}
