// objectAt: what an object was at a time, as the API server answered it.

import { stateAt, type StateAt } from '@plaintrail/history/state-at'
import type { Revision } from '@plaintrail/history/revision'
import type { Scope } from '@plaintrail/query/scope'
import { sql } from 'drizzle-orm'
import type { NamedLifetime } from './named-history.ts'
import type { Store } from './open-store.ts'
import { readRows } from './read-rows.ts'
import { eventOf, revisionColumns, type RevisionRow } from './revision-row.ts'
import { createRevisionSources } from './revision-sources.ts'
import type { SegmentItems } from './segment-items.ts'
import { toldRevision, type ToldRevision } from './told-revision.ts'
import { inScope } from './visible-clusters.ts'

export interface ObjectAt extends Pick<StateAt, 'presence' | 'orUnseen'> {
  /** With every field, secrets as keyed digests; null where there was none, or its state is not known. */
  readonly object: Revision['object']
  /** The one in force; null before the first. Its changes are left out. */
  readonly revision: ToldRevision | null
  /** The event that may have changed it by then already. */
  readonly orAlready: ToldRevision | null
  /** The one after it; its link says what may have been between them. */
  readonly next: ToldRevision | null
  /** Why there is no state, as a sentence; null where there is one, or was none. */
  readonly lacks: string | null
  /** An answer showed the state, and it is not made of others. */
  readonly isShown: boolean
}

/** After the one in force: of these the first that began later says what there is to say. */
const laterMax = 16
/**
 * Received before: the one in force is among the last of them, unless clocks of API servers differ by so much that so many were
 * written meanwhile. By version alone, all that came since would be looked at: of 10,000 it took 20 ms.
 */
const earlierMax = 500

/** `timeUs` is in microseconds since 1970. Null where the scope has not the object, or retention took the bytes. */
export async function objectAt(
  store: Store,
  scope: Scope,
  { id, uid }: Pick<NamedLifetime, 'id' | 'uid'>,
  timeUs: number,
  items: SegmentItems,
): Promise<ObjectAt | null> {
  const rows = await rowsAround(store, scope, id, timeUs)
  const sources = createRevisionSources(items)
  const revisions: Revision[] = []
  for (const row of rows) {
    const kept = await sources.load(store.pool, uid, row)
    if (kept === null) return null
    revisions.push(kept.revision)
  }
  if (revisions.length === 0) return null
  const { revision, object, presence, orAlready, orUnseen } = stateAt(timeUs, revisions)
  const told = (one: Revision | null): ToldRevision | null => {
    const row = one && rows.find((known) => eventOf(known) === one.event)
    return row ? toldRevision(row, []) : null
  }
  return {
    object,
    revision: told(revision),
    presence,
    orAlready: told(orAlready),
    orUnseen,
    next: told(revisions[revision === null ? 0 : revisions.indexOf(revision) + 1] ?? null),
    lacks: revision === null || presence === 'gone' ? null : lacksOf(revision),
    isShown: revision !== null && revision.observation.object !== null,
  }
}

/** Why the state after a revision is not known; null where it is. */
export function lacksOf({ object, observation }: Revision): string | null {
  return object === null ? (observation.lacks ?? 'the state that it was made of is not known') : null
}

async function rowsAround(store: Store, scope: Scope, id: number, timeUs: number): Promise<readonly RevisionRow[]> {
  const rows = await readRows<RevisionRow & Record<string, unknown>>(
    store,
    sql`with last as (
          select coalesce(max(b.place) filter (where b.latest <= ${timeUs}::int8), 0) as place
          from (select b.place, b.latest from revision b
            where b.object_id = ${id}::int8 and b.place is not null and b.time <= ${timeUs}::int8
            order by b.time desc limit ${earlierMax}) b)
        select ${sql.raw(revisionColumns)}
        from last, revision r join history_object o on o.id = r.object_id
          join cluster c on c.id = o.cluster_id and ${inScope(scope)}
        where r.object_id = ${id}::int8 and r.place >= last.place
        order by r.place limit ${laterMax + 1}`,
  )
  const end = rows.findIndex(({ earliest }) => earliest > timeUs)
  return end === -1 ? rows : rows.slice(0, end + 1)
}
