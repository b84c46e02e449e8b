// measureRevisions: what a revision takes on disk, and what its state would take if it were kept by itself.

import { zstdCompressSync } from 'node:zlib'
import { normalize } from '@plaintrail/event/normalize'
import { objectStatesOf } from '@plaintrail/history/object-state'
import { openStore, type Connection } from '@plaintrail/store/open-store'
import { itemsOf, type Week } from './weeks.ts'

export interface RevisionSizes {
  readonly revisions: number
  /** A revision, with its share of all that history keeps; by table, with its indexes. */
  readonly bytes: number
  readonly parts: readonly { readonly name: string; readonly bytes: number }[]
}

/** Packed first: a table that was just written has room that the next rows take. */
export async function measureRevisions(connection: Connection): Promise<RevisionSizes> {
  await using store = openStore(connection, { connectionsMax: 1, statementMs: 0, applicationName: 'bench' })
  const { rows: counted } = await store.pool.query<{ count: number }>('select count(*) as count from revision')
  const revisions = counted[0]?.count ?? 0
  const { rows } = await store.pool.query<{ name: string; bytes: number }>(
    `select regexp_replace(c.relname, '_(odd|[0-9]{8})$', '') as name, sum(pg_total_relation_size(c.oid))::int8 as bytes
     from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
       and c.relname ~ '^(revision|changed_field.*|history_object|history_position|field_path|blame_checkpoint)$'
     group by 1 order by 2 desc`,
  )
  const parts = rows.map(({ name, bytes }) => ({ name, bytes: bytes / revisions }))
  return { revisions, parts, bytes: parts.reduce((sum, part) => sum + part.bytes, 0) }
}

/** The mean of all states that writes answered: JSON, packed with zstd, each by itself. */
export function stateBytes(weeks: readonly Week[]): number {
  const sizes = weeks.flatMap(({ bodies }) =>
    bodies.flatMap((body) =>
      itemsOf(body).flatMap((item) => {
        const raw = JSON.parse(item) as Readonly<Record<string, unknown>>
        const event = normalize(raw)
        const isMeant = event?.class === 'write' && event.stage === 'ResponseComplete' && event.outcome === 'success'
        if (!isMeant) return []
        const { observations } = objectStatesOf({ raw, event })
        return observations.flatMap(({ object, isRead }) =>
          object === null || isRead ? [] : [zstdCompressSync(JSON.stringify(object)).length],
        )
      }),
    ),
  )
  return sizes.reduce((sum, size) => sum + size, 0) / sizes.length
}
