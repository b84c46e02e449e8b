// changedFieldRows: what revisions changed, as history keeps it.

import type { ChangedField } from '@plaintrail/history/changed-fields'
import { sql } from 'drizzle-orm'
import type { Store } from './open-store.ts'
import { arrayOf, readRows } from './read-rows.ts'
import { opLetters } from './revision-fields.ts'
import { eventOf, type RevisionRow } from './revision-row.ts'

type OfRevision = Pick<RevisionRow, 'objectId' | 'time' | 'key' | 'part'>

export interface ChangedFieldsAsked {
  /** Of one revision, by path. */
  readonly eachMax: number
  /** Whether images count that came with a new object or a larger new value, and are no changes themselves. */
  readonly hasImages: boolean
}

/** By path, under `keyOfChanges`; none of a revision that changed nothing. */
export async function changedFieldRows(
  store: Store,
  revisions: readonly OfRevision[],
  { eachMax, hasImages }: ChangedFieldsAsked,
): Promise<ReadonlyMap<string, readonly ChangedField[]>> {
  if (revisions.length === 0) return new Map()
  const times = revisions.map(({ time }) => time)
  const objects = revisions.map(({ objectId }) => objectId)
  const keys = revisions.map(({ key }) => key)
  const parts = revisions.map(({ part }) => part)
  const isAsked = hasImages ? sql`true` : sql`f.op <> ${opLetters.came}::"char"`
  // The comparisons of times say which partitions are read.
  const found = await readRows<OfRevision & StoredField & Record<string, unknown>>(
    store,
    sql`select i.object_id as "objectId", i.key::text as key, i.part, f.path, f.plain, f.op, f."from", f."to"
        from unnest(${arrayOf('int8', objects)}, ${arrayOf('int8', times)}, ${arrayOf('uuid', keys)},
            ${arrayOf('int4', parts)}) as i (object_id, time, key, part)
          cross join lateral (
            select p.path, p.plain, f.op, f.from_text as "from", f.to_text as "to"
            from changed_field f join field_path p on p.id = f.path_id
            where f.object_id = i.object_id and f.time = i.time and f.key = i.key and f.part = i.part and ${isAsked}
              and f.time >= ${least(times)}::int8 and f.time <= ${most(times)}::int8
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

interface StoredField extends Omit<ChangedField, 'op'> {
  /** A letter of `opLetters`. */
  readonly op: string
}

const words = new Map<string, ChangedField['op']>([
  [opLetters.add, 'add'],
  [opLetters.remove, 'remove'],
  [opLetters.replace, 'replace'],
  [opLetters.came, 'came'],
])

function wordOf(letter: string): ChangedField['op'] {
  const word = words.get(letter)
  if (word === undefined) throw new Error(`could not read a changed field: there is no op "${letter}"`)
  return word
}

const least = (times: readonly number[]): number => times.reduce((a, b) => Math.min(a, b), Infinity)
const most = (times: readonly number[]): number => times.reduce((a, b) => Math.max(a, b), 0)
