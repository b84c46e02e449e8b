// revisionStep: what one event changed in an object: the states before and after it, and who changed the same since.

import { parseEventId } from '@plaintrail/event/identity'
import type { JsonObject } from '@plaintrail/history/json-values'
import { baseOf } from '@plaintrail/history/revision-link'
import { sql } from 'drizzle-orm'
import type { NamedRevision } from './named-revisions.ts'
import { namedState, pastRetention, type StateReader } from './named-state.ts'
import { rowBefore, rowOfEvent } from './neighbour-rows.ts'
import { lacksOf } from './object-at.ts'
import { readRows } from './read-rows.ts'
import { revisionColumns, type RevisionRow } from './revision-row.ts'
import { createRevisionSources } from './revision-sources.ts'
import { toldRevision } from './told-revision.ts'

export interface RevisionStep {
  /** Null for an event that made none: it changed nothing that is known. */
  readonly revision: NamedRevision | null
  /** What the event found, with what others are known to have set meanwhile; null where there was nothing, or `lacks` says why. */
  readonly before: JsonObject | null
  /** Null where it is gone. */
  readonly after: JsonObject | null
  /** Why one of them is not known, as a sentence; null where both are. */
  readonly lacks: string | null
  readonly objectId: number | null
}

const none = { before: null, after: null, lacks: null, objectId: null }

/** Null where the event is not one of this object, or not there. */
export async function revisionStep(reader: StateReader, id: string): Promise<RevisionStep | null> {
  const { store, history } = reader
  const parsed = parseEventId(id)
  const row = parsed && (await rowOfEvent(store, history.objectIds, parsed))
  if (row !== null && row.place !== null) return await stepOf(reader, row, row.place)
  const state = await namedState(reader, { kind: 'event', id })
  if (state === null) return null
  return state.revision?.event === id
    ? { ...none, revision: state.revision, lacks: state.lacks }
    : { ...none, revision: null }
}

async function stepOf({ store, history, items }: StateReader, row: RevisionRow, place: number): Promise<RevisionStep> {
  const { objectId } = row
  const uid = history.lifetimes.find(({ id }) => id === objectId)?.uid ?? ''
  const sources = createRevisionSources(items)
  const kept = await sources.load(store.pool, uid, row)
  const rowOfBefore = await rowBefore(store, { objectId, place })
  const before = rowOfBefore && (await sources.load(store.pool, uid, rowOfBefore))
  const step = { revision: { ...toldRevision(row, []), uid }, objectId }
  if (kept === null || (rowOfBefore !== null && before === null))
    return { ...step, before: null, after: null, lacks: pastRetention }
  const isEnd = row.observed === 'deleted'
  const base = baseOf(before?.revision ?? null, kept.revision.link)
  const isMade = row.significance === 'created'
  const lacksAfter = isEnd ? null : lacksOf(kept.revision)
  const lacksBefore =
    base === null && !isMade ? ((before && lacksOf(before.revision)) ?? 'what was before it was not seen') : null
  return { ...step, before: base, after: isEnd ? null : kept.revision.object, lacks: lacksAfter ?? lacksBefore }
}

/** Changed fields of one object that are looked at, the newest first. */
const sinceMax = 1_000

/** For each path of a change, the last revision after a time that changed it, something in it, or all around it. */
export async function changersSince(
  { store, history }: StateReader,
  objectId: number,
  sinceUs: number,
  paths: readonly string[],
): Promise<ReadonlyMap<string, NamedRevision>> {
  if (paths.length === 0) return new Map()
  const uid = history.lifetimes.find(({ id }) => id === objectId)?.uid ?? ''
  const rows = await readRows<RevisionRow & { readonly path: string } & Record<string, unknown>>(
    store,
    sql`select ${sql.raw(revisionColumns)}, f.path from (
          select f.time, f.key, f.part, p.path from changed_field f join field_path p on p.id = f.path_id
          where f.object_id = ${objectId}::int8 and f.time > ${sinceUs}::int8
          order by f.time desc limit ${sinceMax}) f
        join revision r on r.object_id = ${objectId}::int8 and r.time = f.time and r.key = f.key and r.part = f.part
        order by r.time desc`,
  )
  return new Map(
    paths.flatMap((path) => {
      const row = rows.find((one) => isAround(one.path, path) || isAround(path, one.path))
      return row === undefined ? [] : [[path, { ...toldRevision(row, []), uid }] as const]
    }),
  )
}

/** Whether a path leads to another, or past it. */
function isAround(outer: string, inner: string): boolean {
  return inner.startsWith(outer) && ['', '.', '['].includes(inner.slice(outer.length, outer.length + 1))
}
