// Rows of one object's chain by where they stand: the one at a place, the ones before and after it, the one of an event.

import { sql, type SQL } from 'drizzle-orm'
import type { Store } from './open-store.ts'
import { arrayOf, readRows } from './read-rows.ts'
import { revisionColumns, type RevisionRow } from './revision-row.ts'

/** Where a revision stands. */
export interface RevisionPlace {
  readonly objectId: number
  readonly place: number
}

/** The last one before a place; null where there is none. */
export async function rowBefore(store: Store, { objectId, place }: RevisionPlace): Promise<RevisionRow | null> {
  return await rowUpTo(store, { objectId, place: place - 1 })
}

/** The same of each of some places. */
export async function rowsBefore(
  store: Store,
  places: readonly RevisionPlace[],
): Promise<readonly (RevisionRow | null)[]> {
  if (places.length === 0) return []
  const rows = await readRows<RevisionRow & { readonly at: number } & Record<string, unknown>>(
    store,
    sql`select i.at, b.* from unnest(${arrayOf(
      'int8',
      places.map(({ objectId }) => objectId),
    )}, ${arrayOf(
      'int8',
      places.map(({ place }) => place),
    )}) with ordinality as i (object_id, place, at)
        cross join lateral (
          select ${sql.raw(revisionColumns)} from revision r
          where r.object_id = i.object_id and r.place < i.place order by r.place desc limit 1
        ) b`,
  )
  const byPlace = new Map(rows.map(({ at, ...row }) => [at - 1, row]))
  return places.map((_, index) => byPlace.get(index) ?? null)
}

/** The last one up to a place, itself included, that meets a condition on `revision r`; null where there is none. */
export async function rowUpTo(
  store: Store,
  { objectId, place }: RevisionPlace,
  condition: SQL = sql`true`,
): Promise<RevisionRow | null> {
  return await oneRow(
    store,
    sql`r.object_id = ${objectId}::int8 and r.place <= ${String(place)}::int8 and ${condition} order by r.place desc`,
  )
}

export async function rowAfter(store: Store, { objectId, place }: RevisionPlace): Promise<RevisionRow | null> {
  return await oneRow(store, sql`r.object_id = ${objectId}::int8 and r.place > ${String(place)}::int8 order by r.place`)
}

/** What an event told of one of some objects: of several things the one that stands last. */
export async function rowOfEvent(
  store: Store,
  objectIds: readonly number[],
  { timeUs, key }: { readonly timeUs: number; readonly key: Uint8Array },
): Promise<RevisionRow | null> {
  return await oneRow(
    store,
    sql`r.object_id = any(${arrayOf('int8', objectIds)}) and r.time = ${timeUs}::int8
        and r.key = ${Buffer.from(key).toString('hex')}::uuid order by r.place desc nulls last`,
  )
}

async function oneRow(store: Store, which: SQL): Promise<RevisionRow | null> {
  const [row] = await readRows<RevisionRow & Record<string, unknown>>(
    store,
    sql`select ${sql.raw(revisionColumns)} from revision r where ${which} limit 1`,
  )
  return row ?? null
}
