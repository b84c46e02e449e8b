// listQuarantined: what was received and could not be read, newest first, with its bytes on request.

import type { Query } from '@plaintrail/query/ast'
import type { Scope } from '@plaintrail/query/scope'
import type { Window } from '@plaintrail/query/window'
import { formatMicroTime } from '@plaintrail/event/time'
import { sql, type SQL } from 'drizzle-orm'
import { positionOf, type EventPosition } from './find-records.ts'
import type { Store } from './open-store.ts'
import { arrayOf, readRows } from './read-rows.ts'
import type { SegmentItems } from './segment-items.ts'
import { asksForClusters, visibleClusters } from './visible-clusters.ts'

export interface QuarantineQuestion {
  /** On when it was received. */
  readonly window: Window
  /** Of a query that says something of clusters: those that it can mean. */
  readonly query: Query
  readonly limit: number
  readonly after: EventPosition | null
  /** Where given, each item's bytes are read from it, together no more than `bytesMax` beyond the first. */
  readonly items?: SegmentItems
  readonly bytesMax: number
}

export interface Quarantined {
  readonly id: string
  /** Null where not even the envelope could be read. */
  readonly cluster: string | null
  /** When it was received, RFC 3339. */
  readonly time: string
  readonly reason: string
  readonly detail: string
  /** Bytes. */
  readonly size: number
  /** Absent where they were not asked for, null where they are gone. */
  readonly bytes?: Buffer | null
}

export interface FoundQuarantined {
  readonly items: readonly Quarantined[]
  readonly next: EventPosition | null
}

type Row = {
  readonly id: string
  readonly cluster: string | null
  readonly receivedUs: number
  readonly segmentId: number
  readonly item: number
  readonly reason: string
  readonly detail: string
  readonly size: number
}

/** What belongs to no cluster is shown to those only who may see everything. */
export async function listQuarantined(
  store: Store,
  scope: Scope,
  question: QuarantineQuestion,
): Promise<FoundQuarantined> {
  const rows = await readQuarantine(store, question, await isVisible(store, scope, question))
  const page = rows.slice(0, question.limit)
  const items: Quarantined[] = []
  let bytesRead = 0
  let last: Row | undefined
  for (const row of page) {
    const bytes = question.items && (await question.items.read(row.segmentId, row.item))
    bytesRead += bytes?.length ?? 0
    if (bytesRead > question.bytesMax && items.length > 0) break
    items.push(quarantined(row, bytes))
    last = row
  }
  const hasMore = items.length < rows.length
  return { items, next: hasMore && last ? positionOf({ time: last.receivedUs, key: last.id }) : null }
}

async function isVisible(store: Store, scope: Scope, { query }: QuarantineQuestion): Promise<SQL> {
  if (scope.kind === 'everything' && !asksForClusters(query)) return sql`true`
  const clusters = await visibleClusters(store, scope, query)
  return sql`q.cluster_id = any(${arrayOf(
    'int4',
    clusters.map(({ id }) => id),
  )})`
}

async function readQuarantine(store: Store, question: QuarantineQuestion, visible: SQL): Promise<readonly Row[]> {
  const { window, after, limit } = question
  const next = after ? sql`(q.received_us, q.id) < (${after.timeUs}::int8, ${after.key}::uuid)` : sql`true`
  return await readRows<Row>(
    store,
    sql`select q.id::text as id, c.name as cluster, q.received_us as "receivedUs", q.segment_id as "segmentId", q.item,
          q.reason, q.detail, q.bytes as size
        from quarantine q left join cluster c on c.id = q.cluster_id
        where q.received_us >= ${window.sinceUs}::int8 and q.received_us < ${window.untilUs}::int8
          and ${next} and ${visible}
        order by q.received_us desc, q.id desc limit ${limit + 1}`,
  )
}

function quarantined(row: Row, bytes: Buffer | null | undefined): Quarantined {
  const { id, cluster, receivedUs, reason, detail, size } = row
  const known = { id, cluster, time: formatMicroTime(receivedUs), reason, detail, size }
  return bytes === undefined ? known : { ...known, bytes }
}
