// findObjects: which objects the requests that match touched, the last touched first.

import { kindOf } from '@plaintrail/event/resources'
import { formatMicroTime } from '@plaintrail/event/time'
import type { Scope } from '@plaintrail/query/scope'
import type { Snapshot } from '@plaintrail/query/snapshot'
import { sql, type SQL } from 'drizzle-orm'
import { countAtOnce, type Counted, type CountQuestion } from './count-requests.ts'
import { flagBits } from './event-codes.ts'
import type { EventPosition } from './find-records.ts'
import type { Store } from './open-store.ts'
import { arrayOf } from './read-rows.ts'
import type { RequestRows } from './request-rows.ts'

export interface FoundObject {
  readonly cluster: string
  /** Empty for the core group. */
  readonly group: string
  readonly resource: string
  readonly kind: string
  /** Empty for none. */
  readonly namespace: string
  readonly name: string
  /** Those of the objects that had the name one after the other, the last one first. */
  readonly uids: readonly string[]
  /** Requests that match, in the window. */
  readonly requests: number
  /** Of these, writes that went well and were no dry runs. */
  readonly changes: number
  readonly reads: number
  readonly first_seen: string
  readonly last_seen: string
  /** The last one of the changes. */
  readonly last_change: { readonly time: string; readonly actor: string; readonly verb: string } | null
}

export interface ObjectQuestion extends CountQuestion {
  /** At least 1. */
  readonly limit: number
  readonly after: EventPosition | null
  readonly snapshot: Snapshot | null
}

export interface FoundObjects extends Counted {
  readonly objects: readonly FoundObject[]
  readonly next: EventPosition | null
}

/** uids of one object that are told. */
export const uidsMax = 10

export async function findObjects(store: Store, scope: Scope, question: ObjectQuestion): Promise<FoundObjects> {
  const { limit, after } = question
  const { rows, ...counted } = await countAtOnce<CountRow>(store, scope, question, (requests) =>
    countQuery(requests, after, limit + 1),
  )
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  const next = rows.length > limit && last ? { timeUs: last.lastUs, key: last.key } : null
  const told = await readTold(store, scope, { ...question, snapshot: counted.snapshot }, page)
  const countedSinceUs = Math.max(counted.countedSinceUs, told.countedSinceUs)
  return { ...counted, countedSinceUs, objects: page.map((row) => objectOf(row, told.byKey.get(row.key))), next }
}

type CountRow = {
  /** The object key as a UUID that ends in its 16 digits. */
  readonly key: string
  readonly cluster: string
  readonly group: string
  readonly resource: string
  readonly namespace: string
  readonly name: string
  readonly requests: number
  readonly changes: number
  readonly reads: number
  readonly firstUs: number
  readonly lastUs: number
}

const isChange = (row: 'e' | 'r'): SQL => {
  const column = (name: string): SQL => sql.raw(`${row}.${name}`)
  return sql`(${column('class')} = 'w' and ${column('outcome')} = 's'
    and ${column('flags')} & ${flagBits({ dryRun: true })}::int4 = 0)`
}

/** Positions are compared as they are written: a UUID of the key's digits. */
const keyAsUuid = (key: SQL): SQL => sql`lpad(to_hex(${key}), 32, '0')::uuid`

/** What a key stands for is compared all the same: see object-key.ts. */
function countQuery(requests: RequestRows, after: EventPosition | null, limit: number): SQL {
  const isAfter =
    after === null
      ? sql`true`
      : sql`(max(r.time), ${keyAsUuid(sql`r.object_key`)}) < (${after.timeUs}::int8, ${after.key}::uuid)`
  const columns = sql`e.time, e.object_key, e.cluster_id, e.namespace_id, e.name, e.resource_id, e.class,
    e.outcome, e.flags`
  return sql`
    select replace(o.key::text, '-', '') as key, c.name as cluster, d.api_group as group, d.resource,
      coalesce(n.name, '') as namespace, o.name, o.requests, o.changes, o.reads, o.first as "firstUs", o.last as "lastUs"
    from (
      select ${keyAsUuid(sql`r.object_key`)} as key, r.cluster_id, r.namespace_id, r.name,
        max(r.resource_id) as resource_id, count(*) as requests, count(*) filter (where ${isChange('r')}) as changes,
        count(*) filter (where r.class = 'r') as reads, min(r.time) as first, max(r.time) as last
      from (${requests(columns, sql`e.object_key is not null`)}) r
      group by r.object_key, r.cluster_id, r.namespace_id, r.name having ${isAfter}
      order by max(r.time) desc, 1 desc limit ${limit}
    ) o join cluster c on c.id = o.cluster_id join resource d on d.id = o.resource_id
    left join namespace n on n.id = o.namespace_id
    order by o.last desc, o.key desc`
}

interface Told {
  readonly key: string
  readonly uids: readonly string[]
  readonly changedUs: number | null
  readonly actor: string | null
  readonly verb: string | null
}

/** What only the objects of a page are asked for, by the index event_object_time. */
async function readTold(
  store: Store,
  scope: Scope,
  question: CountQuestion,
  page: readonly CountRow[],
): Promise<{ readonly byKey: ReadonlyMap<string, Told>; readonly countedSinceUs: number }> {
  if (page.length === 0) return { byKey: new Map(), countedSinceUs: question.window.sinceUs }
  const keys = arrayOf(
    'int8',
    page.map(({ key }) => BigInt.asIntN(64, BigInt(`0x${key.slice(16)}`))),
  )
  const columns = sql`e.time, e.object_key, e.actor_id, e.verb_id, e.object_uid, ${isChange('e')} as "isChange"`
  const { rows, countedSinceUs } = await countAtOnce<Told & Record<string, unknown>>(
    store,
    scope,
    question,
    (requests) => sql`
      with own as materialized (${requests(columns, sql`e.object_key = any(${keys})`)}),
      uids as (
        select object_key, (array_agg(uid order by last desc))[1:${uidsMax}] as uids from (
          select object_key, object_uid::text as uid, max(time) as last from own where object_uid is not null group by 1, 2
        ) u group by 1
      ),
      changes as (
        select distinct on (object_key) object_key, time, actor_id, verb_id from own where "isChange"
        order by object_key, time desc
      )
      select replace(${keyAsUuid(sql`k.key`)}::text, '-', '') as key, coalesce(u.uids, '{}') as uids,
        c.time as "changedUs", a.name as actor, v.name as verb
      from unnest(${keys}) as k (key)
      left join uids u on u.object_key = k.key left join changes c on c.object_key = k.key
      left join actor a on a.id = c.actor_id left join verb v on v.id = c.verb_id`,
  )
  return { byKey: new Map(rows.map((row) => [row.key, row])), countedSinceUs }
}

function objectOf({ key: _key, firstUs, lastUs, ...row }: CountRow, told: Told | undefined): FoundObject {
  const { uids = [], changedUs = null, actor = null, verb = null } = told ?? {}
  const change = changedUs === null ? null : { time: formatMicroTime(changedUs), actor: actor ?? '', verb: verb ?? '' }
  return {
    ...row,
    kind: kindOf(row.group, row.resource),
    uids,
    first_seen: formatMicroTime(firstUs),
    last_seen: formatMicroTime(lastUs),
    last_change: change,
  }
}
