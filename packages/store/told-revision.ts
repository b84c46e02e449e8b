// ToldRevision: a revision as readers tell it, with what it changed.

import { formatEventId } from '@plaintrail/event/identity'
import type { Observation } from '@plaintrail/history/observation'
import type { Link, Revision } from '@plaintrail/history/revision'
import { sql } from 'drizzle-orm'
import type { Store } from './open-store.ts'
import { arrayOf, readRows } from './read-rows.ts'
import type { ChangedField } from '@plaintrail/history/changed-fields'
import { opLetters } from './revision-fields.ts'
import { endPlace, eventOf, type RevisionRow } from './revision-row.ts'

/** Images that came with a new object are no changes. */
export interface ToldChange extends ChangedField {
  readonly op: Exclude<ChangedField['op'], 'came'>
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
  /** Without the noise, and no more than changed-fields.ts writes; `changesCount` is of all. */
  readonly changes: readonly ToldChange[]
  readonly changesCount: number
}

export function toldRevision(row: RevisionRow, changes: readonly ToldChange[]): ToldRevision {
  const { observed, isRead, fidelity, significance, link } = row
  return {
    event: eventIdOf(row),
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

export function eventIdOf({ time, key }: { readonly time: number; readonly key: string }): string {
  return formatEventId(time, Buffer.from(key.replaceAll('-', ''), 'hex'))
}

interface ChangeRow {
  readonly objectId: number
  readonly key: string
  readonly part: number
  readonly path: string
  readonly plain: string
  readonly op: string
  readonly from: string | null
  readonly to: string | null
}

/** What each of them changed, at most `eachMax` by path, under `keyOfChanges`. */
export async function changesOf(
  store: Store,
  rows: readonly Pick<RevisionRow, 'objectId' | 'time' | 'key' | 'part' | 'changes'>[],
  eachMax: number,
): Promise<ReadonlyMap<string, readonly ToldChange[]>> {
  const changed = rows.filter(({ changes }) => changes > 0)
  if (changed.length === 0) return new Map()
  const times = changed.map(({ time }) => time)
  // The first comparison says which partitions are read.
  const found = await readRows<ChangeRow & Record<string, unknown>>(
    store,
    sql`select i.object_id as "objectId", i.key::text as key, i.part, f.path, f.plain, f.op, f."from", f."to"
        from unnest(
            ${arrayOf(
              'int8',
              changed.map(({ objectId }) => objectId),
            )}, ${arrayOf('int8', times)},
            ${arrayOf(
              'uuid',
              changed.map(({ key }) => key),
            )}, ${arrayOf(
              'int4',
              changed.map(({ part }) => part),
            )}) as i (object_id, time, key, part)
          cross join lateral (
            select p.path, p.plain, f.op, f.from_text as "from", f.to_text as "to"
            from changed_field f join field_path p on p.id = f.path_id
            where f.object_id = i.object_id and f.time = i.time and f.key = i.key and f.part = i.part
              and f.op <> ${opLetters.came}::"char"
              and f.time >= ${Math.min(...times)}::int8 and f.time <= ${Math.max(...times)}::int8
            order by p.path collate "C", f.op limit ${eachMax}) f
        order by f.path collate "C", f.op`,
  )
  return new Map(
    [...Map.groupBy(found, keyOfChanges)].map(([key, own]) => [
      key,
      own.map(({ path, plain, op, from, to }) => ({ path, plain, op: wordOf(op), from, to })),
    ]),
  )
}

export function keyOfChanges(row: Pick<RevisionRow, 'objectId' | 'key' | 'part'>): string {
  return `${row.objectId}/${eventOf(row)}`
}

function wordOf(letter: string): ToldChange['op'] {
  if (letter === opLetters.add) return 'add'
  return letter === opLetters.remove ? 'remove' : 'replace'
}
