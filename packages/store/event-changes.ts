// eventChanges: what each of some events changed, as far as history has followed it.

import { parseEventId } from '@plaintrail/event/identity'
import { changeSummary } from '@plaintrail/history/change-summary'
import type { Fidelity, Significance } from '@plaintrail/history/revision'
import { sql } from 'drizzle-orm'
import { changesShownMax } from './named-revisions.ts'
import type { Store } from './open-store.ts'
import { arrayOf, readRows } from './read-rows.ts'
import { revisionColumns, type RevisionRow } from './revision-row.ts'
import { keyOfChanges } from './changed-field-rows.ts'
import { changesOf, eventIdOf, type ToldChange } from './told-revision.ts'

export interface EventChange {
  readonly fidelity: Fidelity
  readonly significance: Significance
  /** Without the noise, at most `changesShownMax`. */
  readonly changes: readonly Pick<ToldChange, 'path' | 'op' | 'from' | 'to'>[]
  /** Of all of them. */
  readonly changes_count: number
  /** In one line of at most 160 characters; may be empty. */
  readonly summary: string
  /** False where a write that was not seen may have made some of them. */
  readonly sure: boolean
}

/**
 * By event id; none for an event that made no revision: a read, a write that changed nothing, and what is not followed yet.
 * Whoever asks has seen that these events are to be seen. One look-up for their revisions and one for what these changed.
 */
export async function eventChanges(store: Store, events: readonly string[]): Promise<ReadonlyMap<string, EventChange>> {
  const asked = events.flatMap((id) => parseEventId(id) ?? [])
  if (asked.length === 0) return new Map()
  const times = asked.map(({ timeUs }) => timeUs)
  const keys = asked.map(({ key }) => key.toString('hex'))
  // By the uid, which a name may have been given to several of; and by the name, where no body says the uid.
  const rows = await readRows<RevisionRow & Record<string, unknown>>(
    store,
    sql`select distinct on (r.time, r.key) ${sql.raw(revisionColumns)}
        from unnest(${arrayOf('int8', times)}, ${arrayOf('uuid', keys)}) as i (time, key)
          join event e on e.time = i.time and e.key = i.key
          cross join lateral (
            select o.id from history_object o where o.cluster_id = e.cluster_id and o.uid = e.object_uid::text
            union select o.id from history_object o
              where o.object_key = e.object_key and o.cluster_id = e.cluster_id and o.name = e.name) o
          join revision r on r.object_id = o.id and r.time = e.time and r.key = e.key
        where e.time >= ${Math.min(...times)}::int8 and e.time <= ${Math.max(...times)}::int8
          and e.name <> '' and not r.is_read
        order by r.time, r.key, r.place desc nulls last`,
  )
  const changes = await changesOf(store, rows, changesShownMax)
  return new Map(rows.map((row) => [eventIdOf(row), changeOf(row, changes.get(keyOfChanges(row)) ?? [])]))
}

function changeOf({ fidelity, significance, link, ...row }: RevisionRow, changes: readonly ToldChange[]): EventChange {
  return {
    fidelity,
    significance,
    changes: changes.map(({ path, op, from, to }) => ({ path, op, from, to })),
    changes_count: row.changes,
    summary: changeSummary({ significance, changes, changesCount: row.changes }),
    sure: link.adjacency !== 'broken',
  }
}
