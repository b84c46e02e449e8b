// columnsOf: an event as a row of a table. CSV and Parquet have the same columns, under the same names, in this order.

import type { StoredEvent } from '@plaintrail/event/event'
import type { ExportRow } from './export-row.ts'

/** `texts` is a list, `time` a text of RFC 3339 with six digits, `bytes` exactly what was stored. */
export type Column =
  | Typed<'text', string | null>
  | Typed<'integer', number | null>
  | Typed<'boolean', boolean>
  | Typed<'time', string | null>
  | Typed<'texts', readonly string[]>
  | Typed<'bytes', Uint8Array | null>

interface Typed<Type extends string, Value> {
  readonly name: string
  readonly type: Type
  readonly valueOf: (row: ExportRow) => Value
}

const text = (name: string, of: (event: StoredEvent) => string | null): Column => ({
  name,
  type: 'text',
  valueOf: ({ event }) => of(event),
})
const integer = (name: string, of: (event: StoredEvent) => number | null): Column => ({
  name,
  type: 'integer',
  valueOf: ({ event }) => of(event),
})
const boolean = (name: string, of: (event: StoredEvent) => boolean): Column => ({
  name,
  type: 'boolean',
  valueOf: ({ event }) => of(event),
})
const time = (name: string, of: (event: StoredEvent) => string | null): Column => ({
  name,
  type: 'time',
  valueOf: ({ event }) => of(event),
})
const texts = (name: string, of: (event: StoredEvent) => readonly string[]): Column => ({
  name,
  type: 'texts',
  valueOf: ({ event }) => of(event),
})

/** Names and order are promised: a new column goes to the end. */
const columns: readonly Column[] = [
  time('time', (event) => event.time),
  text('cluster', (event) => event.cluster),
  text('actor', (event) => event.actor.name),
  text('verb', (event) => event.verb),
  text('resource', (event) => event.object?.resource ?? null),
  text('subresource', (event) => event.object?.subresource ?? null),
  text('namespace', (event) => event.object?.namespace ?? null),
  text('name', (event) => event.object?.name ?? null),
  text('outcome', (event) => event.outcome),
  integer('code', (event) => event.code),
  text('sentence', (event) => event.sentence),
  text('detail', (event) => event.detail),
  text('class', (event) => event.class),
  text('kind', (event) => event.object?.kind ?? null),
  text('api_group', (event) => event.object?.group ?? null),
  text('api_version', (event) => event.object?.version ?? null),
  text('object_uid', (event) => event.object?.uid ?? null),
  text('path', (event) => event.path),
  text('actor_type', (event) => event.actor.type),
  text('acted_as', (event) => event.actor.as),
  texts('actor_groups', (event) => event.actor.groups),
  text('source_ip', ({ source }) => source.ip?.value ?? null),
  texts('claimed_ips', ({ source }) => source.claimed.map(({ value }) => value)),
  text('client', ({ source }) => source.client.name),
  text('client_version', ({ source }) => source.client.version),
  text('user_agent', ({ source }) => source.client.userAgent),
  text('decision', (event) => event.authz.decision),
  text('reason', (event) => event.authz.reason),
  text('audit_id', (event) => event.audit.id),
  text('stage', (event) => event.audit.stage),
  text('level', (event) => event.audit.level),
  boolean('truncated', (event) => event.audit.truncated),
  boolean('conflict', (event) => event.audit.conflict),
  integer('duration_us', (event) => event.durationUs),
  texts('flags', (event) => event.flags),
  time('seen', (event) => event.seen),
  text('id', (event) => event.id),
  texts('stage_ids', (event) => event.stages.map(({ id }) => id)),
]

const raw: Column = { name: 'raw', type: 'bytes', valueOf: (row) => row.raw ?? null }

export function columnsOf(withRaw: boolean): readonly Column[] {
  return withRaw ? [...columns, raw] : columns
}
