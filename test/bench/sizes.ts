// Bytes an event on disk: rows, every index, segments, and all the small tables.

import { openStore, type Connection } from '@plaintrail/store/open-store'

export interface Sizes {
  readonly parts: readonly { readonly name: string; readonly bytes: number }[]
  /** Bytes an event, everything counted. */
  readonly total: number
}

export async function measureSizes(connection: Connection, cluster: string): Promise<Sizes> {
  await using store = openStore(connection, { connectionsMax: 1, statementMs: 0, applicationName: 'bench' })
  const { rows: counted } = await store.pool.query<{ events: number }>(
    `select coalesce(sum(s.stored), 0)::int8 as events from seal s join cluster c on c.id = s.cluster_id where c.name = $1`,
    [cluster],
  )
  const events = counted[0]?.events ?? 0
  const { rows } = await store.pool.query<{ name: string; bytes: number }>(
    `select case
         when c.relname like 'event\\_%' and c.relkind = 'r' then 'event rows'
         when t.relname like 'event\\_%' then 'index ' || regexp_replace(c.relname, '^event_[0-9]*_?(odd_)?', '')
         when c.relname like 'segment\\_2%' or t.relname like 'segment\\_2%' then 'segments'
         else 'dimensions, seals, queue and the rest'
       end as name,
       sum(pg_relation_size(c.oid) + case when c.relkind = 'r' and c.reltoastrelid <> 0
         then pg_total_relation_size(c.reltoastrelid) else 0 end)::int8 as bytes
     from pg_class c left join pg_index i on i.indexrelid = c.oid left join pg_class t on t.oid = i.indrelid
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'i')
     group by 1 order by 2 desc`,
  )
  const parts = rows.map(({ name, bytes }) => ({ name, bytes: bytes / events }))
  return { parts, total: parts.reduce((sum, part) => sum + part.bytes, 0) }
}
