// findRecords: rows of the event table in the order of time, from one stretch of it, after one position.

import type { Order } from '@plaintrail/query/page'
import { sql, type SQL } from 'drizzle-orm'
import type { Stretch } from './event-stretches.ts'
import type { Store } from './open-store.ts'
import { readRows } from './read-rows.ts'

/** A row of the event table, as far as answers need it. Ids are those of the dimension tables. */
export interface EventRecord {
  readonly time: number
  /** A UUID. */
  readonly key: string
  readonly stageTime: number | null
  readonly segmentId: number
  readonly item: number
  readonly clusterId: number
  readonly actorId: number
  readonly impersonatedId: number | null
  readonly groupsId: number
  readonly clientId: number
  readonly sourceId: number
  readonly resourceId: number | null
  readonly namespaceId: number | null
  readonly reasonId: number | null
  readonly uriHash: number
  readonly flags: number
  readonly verbId: number
  readonly code: number | null
  readonly stage: string
  readonly level: string
  readonly class: string
  readonly outcome: string
  readonly decision: string
  /** A UUID. */
  readonly audit: string
  readonly objectUid: string | null
  readonly name: string | null
  readonly auditText: string | null
  readonly detail: string | null
  /** What was asked for beside the row: RecordQuestion. */
  readonly answers?: readonly boolean[]
}

/** A condition on `event e`, for the rows of one stretch: what has a time itself is looked up in it alone. */
export type WhereIn = (stretch: Stretch) => SQL

/** Where a row stands in the order of all: by time, then by key. */
export interface EventPosition {
  readonly timeUs: number
  /** 16 bytes in hex. */
  readonly key: string
}

export interface RecordQuestion {
  /** A condition on `event e`. */
  readonly where: SQL
  /** Selected as `answers`. */
  readonly answers?: SQL | null
  /** Microseconds since 1970, the second not included: they say which partitions are read. */
  readonly fromUs: number
  readonly toUs: number
  readonly order: Order
  readonly after: EventPosition | null
  readonly limit: number
}

export async function findRecords(store: Store, question: RecordQuestion): Promise<readonly EventRecord[]> {
  return await readRows<EventRecord & Record<string, unknown>>(store, recordsQuery(question))
}

export function recordsQuery({ where, answers, fromUs, toUs, order, after, limit }: RecordQuestion): SQL {
  const inTime = sql`e.time >= ${fromUs}::int8 and e.time < ${toUs}::int8`
  const next = after === null ? sql`true` : isAfter(after, order)
  const by = order === 'desc' ? sql`e.time desc, e.key desc` : sql`e.time, e.key`
  const more = answers ? sql`, ${answers} as answers` : sql``
  return sql`select ${recordColumns}${more} from event e where ${inTime} and ${next} and ${where} order by ${by} limit ${limit}`
}

export function positionOf({ time, key }: Pick<EventRecord, 'time' | 'key'>): EventPosition {
  return { timeUs: time, key: key.replaceAll('-', '') }
}

/** The first comparison follows from the second, but partitions are left out by the first alone. */
function isAfter({ timeUs, key }: EventPosition, order: Order): SQL {
  return order === 'desc'
    ? sql`e.time <= ${timeUs}::int8 and (e.time, e.key) < (${timeUs}::int8, ${key}::uuid)`
    : sql`e.time >= ${timeUs}::int8 and (e.time, e.key) > (${timeUs}::int8, ${key}::uuid)`
}

export const recordColumns = sql`
  e.time, e.key::text as key, e.stage_time as "stageTime", e.segment_id as "segmentId", e.item,
  e.cluster_id as "clusterId", e.actor_id as "actorId", e.impersonated_id as "impersonatedId",
  e.groups_id as "groupsId", e.client_id as "clientId", e.source_id as "sourceId", e.resource_id as "resourceId",
  e.namespace_id as "namespaceId", e.reason_id as "reasonId", e.uri_hash as "uriHash", e.flags,
  e.verb_id as "verbId", e.code, e.stage, e.level, e.class, e.outcome, e.decision, e.audit::text as audit,
  e.object_uid::text as "objectUid", e.name, e.audit_text as "auditText", e.detail`
