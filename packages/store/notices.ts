// Notices: what the system has to tell its operators, such as that something could not be read. Each is the effect of a row
// of the outbox, or has an id made of what it tells, so that none is told twice.

import { hash, randomBytes } from 'node:crypto'
import type { PoolClient } from 'pg'
import type { Query } from '@plaintrail/query/ast'
import type { Scope } from '@plaintrail/query/scope'
import type { Window } from '@plaintrail/query/window'
import { formatMicroTime } from '@plaintrail/event/time'
import { sql, type SQL } from 'drizzle-orm'
import { positionOf, type EventPosition } from './find-records.ts'
import type { Store } from './open-store.ts'
import type { NewOutboxRow } from './outbox.ts'
import { arrayOf, readRows } from './read-rows.ts'
import { storable } from './revision-row.ts'
import { isBefore, timestampOf, timeUs } from './time-position.ts'
import { asksForClusters, visibleClusters } from './visible-clusters.ts'

export const quarantineNoticed = 'quarantine.noticed'

/** The payload of quarantine.noticed: what one batch put in quarantine of one cluster. */
export interface QuarantineNoticed {
  /** Null where not even the envelope could be read. */
  readonly clusterId: number | null
  readonly count: number
  /** How many by each reason. */
  readonly reasons: Readonly<Record<string, number>>
}

/** To be written to the outbox in the transaction that writes these to quarantine: one row a cluster. */
export function quarantineOutbox(
  rows: readonly { readonly clusterId: number | null; readonly reason: string }[],
): readonly NewOutboxRow[] {
  return [...Map.groupBy(rows, ({ clusterId }) => clusterId)].map(([clusterId, own]) => {
    const reasons = Object.fromEntries(
      [...Map.groupBy(own, ({ reason }) => reason)].map(([key, { length }]) => [key, length]),
    )
    const payload: QuarantineNoticed = { clusterId, count: own.length, reasons }
    return { id: randomUuidBytes(), kind: quarantineNoticed, payload }
  })
}

/** Version 4, as randomUUID makes them. */
function randomUuidBytes(): Buffer {
  const bytes = randomBytes(16)
  bytes[6] = (bytes.readUInt8(6) & 0x0f) | 0x40
  bytes[8] = (bytes.readUInt8(8) & 0x3f) | 0x80
  return bytes
}

export interface NewNotice {
  /** Of the outbox row. */
  readonly id: string
  readonly kind: string
  readonly clusterId: number | null
  /** One sentence. */
  readonly detail: string
}

/** In the transaction of `client`: an effect for completeJob. Returns the cluster's name. */
export async function addNotice(client: PoolClient, notice: NewNotice): Promise<string | null> {
  const { rows } = await client.query<{ cluster: string | null }>(
    `insert into notice (id, kind, cluster_id, detail) values ($1::uuid, $2, $3::int4, $4)
     returning (select c.name from cluster c where c.id = cluster_id) as cluster`,
    [notice.id, notice.kind, notice.clusterId, notice.detail],
  )
  return rows[0]?.cluster ?? null
}

/** The kind of a notice that files of the rules' folder cannot be read. */
export const rulesUnreadable = 'rules.unreadable'
/** UTF-16 units. */
const detailCharsMax = 1_000
const dayUs = 86_400_000_000

export interface UnreadableRules {
  readonly folder: string
  /** Of all that is in it. */
  readonly digest: string
  /** At least one: `FILE:LINE:COLUMN: MESSAGE`. */
  readonly errors: readonly string[]
}

/** Once a day for the same folder with the same in it, however many workers read it. */
export async function noticeUnreadableRules(
  store: Store,
  { folder, digest, errors }: UnreadableRules,
  nowUs = Date.now() * 1_000,
): Promise<void> {
  const day = Math.floor(nowUs / dayUs)
  const id = hash('sha256', JSON.stringify([rulesUnreadable, folder, digest, day])).slice(0, 32)
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''
  const says = `rules in ${folder} cannot be read, and what it brought before stays in force, of files that are gone too: ${errors[0]}`
  const detail = storable(says.slice(0, detailCharsMax - more.length) + more)
  await readRows(
    store,
    sql`insert into notice (id, kind, cluster_id, detail) values (${id}::uuid, ${rulesUnreadable}, null, ${detail})
        on conflict (id) do nothing`,
  )
}

export interface Notice {
  readonly id: string
  /** RFC 3339. */
  readonly time: string
  readonly kind: string
  readonly cluster: string | null
  readonly detail: string
}

export interface FoundNotices {
  readonly items: readonly Notice[]
  readonly next: EventPosition | null
}

export interface NoticeQuestion {
  readonly window: Window
  /** Of a query that says something of clusters: those that it can mean. */
  readonly query: Query
  readonly limit: number
  readonly after: EventPosition | null
}

type Row = Omit<Notice, 'time'> & { readonly atUs: number }

/** Newest first. What is about no cluster is shown to those only who may see everything. */
export async function listNotices(store: Store, scope: Scope, question: NoticeQuestion): Promise<FoundNotices> {
  const { window, limit, after } = question
  const rows = await readRows<Row>(
    store,
    sql`select n.id::text as id, ${timeUs(sql`n.at`)} as "atUs", n.kind, c.name as cluster, n.detail
        from notice n left join cluster c on c.id = n.cluster_id
        where n.at >= ${timestampOf(window.sinceUs)} and n.at < ${timestampOf(window.untilUs)}
          and ${isBefore(sql`n.at`, sql`n.id`, after)} and ${await isVisible(store, scope, question.query)}
        order by n.at desc, n.id desc limit ${limit + 1}`,
  )
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    items: page.map(({ id, atUs, ...said }) => ({ id, time: formatMicroTime(atUs), ...said })),
    next: rows.length > limit && last ? positionOf({ time: last.atUs, key: last.id }) : null,
  }
}

async function isVisible(store: Store, scope: Scope, query: Query): Promise<SQL> {
  if (scope.kind === 'everything' && !asksForClusters(query)) return sql`true`
  const clusters = await visibleClusters(store, scope, query)
  return sql`n.cluster_id = any(${arrayOf(
    'int4',
    clusters.map(({ id }) => id),
  )})`
}

/** With the events that they are about. */
export async function dropNotices(store: Store, beforeUs: number): Promise<void> {
  await readRows(store, sql`delete from notice where at < ${timestampOf(beforeUs)}`)
}
