// The one statement that stores a batch: it takes the segments off the queue or moves the positions of Kafka's partitions,
// numbers and inserts the events, keeps and seals the segments and quarantines what could not be read. One statement is one
// transaction, so all of it is there or none.

import { byteaArray, int4Array, int8Array, textArray, uuidArray } from './binary-arrays.ts'
import type { Store } from './open-store.ts'
import { outboxArrays, outboxInsert, type NewOutboxRow } from './outbox.ts'
import type { PositionMove } from './take-entries.ts'

/** Told in the commit that events are stored. It says no more: the numbers are in the lanes, and who looks there misses none. */
export const arrivedChannel = 'plaintrail_arrived'

export interface SegmentSeal {
  readonly segmentId: number
  readonly receivedUs: number
  readonly clusterId: number
  readonly laneId: number
  readonly items: number
  readonly stored: number
  /** Where the segment's events begin among the batch's fresh events of its lane. */
  readonly ordinal: number
  readonly timeMin: number | null
  readonly timeMax: number | null
}

export interface QuarantineRow {
  /** 16 bytes. */
  readonly id: Uint8Array
  readonly clusterId: number | null
  readonly segmentId: number
  readonly item: number
  readonly reason: string
  readonly detail: string
  readonly bytes: number
  readonly receivedUs: number
  /** 16 bytes: the item's identity, so that a retried body is quarantined once. */
  readonly digest: Uint8Array
}

/** A segment whose bytes are not in the store yet, because another log had them until now. */
interface NewSegment {
  readonly id: number
  readonly receivedUs: number
  readonly envelope: Uint8Array
}

export interface BatchRows {
  /** Every segment of the batch that is read from the table log; each must still stand in the queue. */
  readonly taken: readonly number[]
  /** Each must still be where it is expected. */
  readonly moves: readonly PositionMove[]
  readonly kept: readonly NewSegment[]
  /** encodeRows of event-rows.ts. */
  readonly events: readonly Buffer[]
  readonly eventCount: number
  readonly freshByLane: ReadonlyMap<number, number>
  readonly seals: readonly SegmentSeal[]
  readonly quarantined: readonly QuarantineRow[]
  /** What must follow from the batch. */
  readonly outbox: readonly NewOutboxRow[]
}

const eventColumns = [
  ['time', 'int8'],
  ['stage_time', 'int8'],
  ['segment_id', 'int8'],
  ['ordinal', 'int4'],
  ['object_key', 'int8'],
  ['lane_id', 'int4'],
  ['item', 'int4'],
  ['cluster_id', 'int4'],
  ['actor_id', 'int4'],
  ['impersonated_id', 'int4'],
  ['groups_id', 'int4'],
  ['client_id', 'int4'],
  ['source_id', 'int4'],
  ['resource_id', 'int4'],
  ['namespace_id', 'int4'],
  ['reason_id', 'int4'],
  ['verb_id', 'int4'],
  ['uri_hash', 'int4'],
  ['flags', 'int4'],
  ['code', 'int2'],
  ['stage', '"char"'],
  ['level', '"char"'],
  ['class', '"char"'],
  ['outcome', '"char"'],
  ['decision', '"char"'],
  ['key', 'uuid'],
  ['audit', 'uuid'],
  ['object_uid', 'uuid'],
  ['name', 'text'],
  ['audit_text', 'text'],
  ['detail', 'text'],
] as const

const names = eventColumns.map(([name]) => name)
const inserted = names.map((name) => (name === 'ordinal' ? 'seq' : name)).join(', ')
const selected = names.map((name) => (name === 'ordinal' ? 'lanes.first_seq + i.ordinal' : `i.${name}`)).join(', ')
const arrays = eventColumns.map(([, type], index) => `$${index + 1}::${type}[]`).join(', ')
const $ = (index: number): string => `$${eventColumns.length + index}`

/**
 * plaintrail_expect undoes all of it when another worker took a segment first. An event that is stored already breaks the
 * unique key, which undoes all of it too: store-batch.ts then leaves the known ones out and comes again. So numbers have
 * no holes, and the usual batch pays nothing for the unusual one.
 */
const text = `
  with taken as (
    delete from segment_queue where segment_id = any(${$(1)}::int8[]) returning segment_id
  ), moved as (
    update log_position set next_offset = m.next, moved_at = now()
    from unnest(${$(24)}::text[], ${$(25)}::int4[], ${$(26)}::int8[], ${$(27)}::int8[])
      as m (topic, partition, expected, next)
    where log_position.topic = m.topic and log_position.partition = m.partition
      and log_position.next_offset = m.expected
    returning 1
  ), kept as (
    insert into segment (id, received_us, bytes, envelope)
    select k.id, k.received_us, octet_length(k.envelope), k.envelope
    from unnest(${$(29)}::int8[], ${$(30)}::int8[], ${$(31)}::bytea[]) as k (id, received_us, envelope)
  ), lanes as (
    update lane set next_seq = lane.next_seq + fresh.events
    from unnest(${$(2)}::int4[], ${$(3)}::int8[]) as fresh (lane_id, events)
    where lane.id = fresh.lane_id
    returning lane.id, lane.next_seq - fresh.events as first_seq
  ), stored as (
    insert into event (${inserted})
    select ${selected}
    from unnest(${arrays}) as i (${names.join(', ')})
    join lanes on lanes.id = i.lane_id
    returning 1
  ), sealed as (
    insert into seal (segment_id, received_us, cluster_id, lane_id, items, stored, first_seq, time_min, time_max)
    select s.segment_id, s.received_us, s.cluster_id, s.lane_id, s.items, s.stored, lanes.first_seq + s.ordinal,
      s.time_min, s.time_max
    from unnest(${$(4)}::int8[], ${$(5)}::int8[], ${$(6)}::int4[], ${$(7)}::int4[], ${$(8)}::int4[], ${$(9)}::int4[],
      ${$(10)}::int4[], ${$(11)}::int8[], ${$(12)}::int8[])
      as s (segment_id, received_us, cluster_id, lane_id, items, stored, ordinal, time_min, time_max)
    join lanes on lanes.id = s.lane_id
  ), quarantined as (
    insert into quarantine (id, cluster_id, segment_id, item, reason, detail, bytes, received_us, digest)
    select * from unnest(${$(13)}::uuid[], ${$(14)}::int4[], ${$(15)}::int8[], ${$(16)}::int4[], ${$(17)}::text[],
      ${$(18)}::text[], ${$(19)}::int4[], ${$(20)}::int8[], ${$(21)}::uuid[])
    on conflict do nothing
  ), followed as (
    ${outboxInsert(eventColumns.length + 32)}
  )
  select plaintrail_expect('segments taken', (select count(*) from taken), ${$(22)}::int8),
    plaintrail_expect('positions moved', (select count(*) from moved), ${$(28)}::int8),
    plaintrail_expect('events stored', (select count(*) from stored), ${$(23)}::int8),
    case when ${$(23)}::int8 > 0 then pg_notify('${arrivedChannel}', '') end,
    (select json_object_agg(lanes.id, lanes.first_seq) from lanes) as "firstSeqs"`

/**
 * Rejects with 23505 when an event is stored already, with PT001 when a segment is no longer in the queue or a position is
 * not where it was expected. Returns the number of the first fresh event of each lane, by the lane's id.
 */
export async function insertBatch(store: Store, rows: BatchRows): Promise<ReadonlyMap<number, number>> {
  const { seals, quarantined, moves, kept } = rows
  const inserted = await store.pool.query<{ firstSeqs: Readonly<Record<string, number>> | null }>({
    name: 'insert-batch',
    text,
    values: [
      ...rows.events,
      int8Array(rows.taken),
      int4Array([...rows.freshByLane.keys()]),
      int8Array([...rows.freshByLane.values()]),
      int8Array(seals.map((seal) => seal.segmentId)),
      int8Array(seals.map((seal) => seal.receivedUs)),
      int4Array(seals.map((seal) => seal.clusterId)),
      int4Array(seals.map((seal) => seal.laneId)),
      int4Array(seals.map((seal) => seal.items)),
      int4Array(seals.map((seal) => seal.stored)),
      int4Array(seals.map((seal) => seal.ordinal)),
      int8Array(seals.map((seal) => seal.timeMin)),
      int8Array(seals.map((seal) => seal.timeMax)),
      uuidArray(quarantined.map((row) => row.id)),
      int4Array(quarantined.map((row) => row.clusterId)),
      int8Array(quarantined.map((row) => row.segmentId)),
      int4Array(quarantined.map((row) => row.item)),
      textArray(quarantined.map((row) => row.reason)),
      textArray(quarantined.map((row) => row.detail)),
      int4Array(quarantined.map((row) => row.bytes)),
      int8Array(quarantined.map((row) => row.receivedUs)),
      uuidArray(quarantined.map((row) => row.digest)),
      rows.taken.length,
      rows.eventCount,
      textArray(moves.map((move) => move.topic)),
      int4Array(moves.map((move) => move.partition)),
      int8Array(moves.map((move) => move.expected)),
      int8Array(moves.map((move) => move.next)),
      moves.length,
      int8Array(kept.map((segment) => segment.id)),
      int8Array(kept.map((segment) => segment.receivedUs)),
      byteaArray(kept.map((segment) => segment.envelope)),
      ...outboxArrays(rows.outbox),
    ],
  })
  return new Map(Object.entries(inserted.rows[0]?.firstSeqs ?? {}).map(([laneId, seq]) => [Number(laneId), seq]))
}
