// The embedded profile's event log: the segment table itself, and a small queue of what the worker has not read yet.
// Bytes are written once; taking an entry off the queue happens in insert-batch.ts, with what was derived from it.

import {
  LogUnavailable,
  type AppendHeader,
  type LogEntry,
  type LogReader,
  type LogWriter,
} from '@plaintrail/event-log/event-log'
import { sqlState, type Store } from './open-store.ts'
import { makePartitionsAhead } from './partitions.ts'
import { dayOf } from './segment-id.ts'

/** Postgres takes values up to 1 GiB; no body that the receiver lets in comes near it. */
const envelopeBytesMax = 512 * 1024 * 1024

/** Returns when Postgres has committed with synchronous_commit on: the bytes are on disk. */
export function tableLogWriter(store: Store): LogWriter {
  return {
    envelopeBytesMax,
    async append(envelope, { receivedAtUs, bodyBytes }) {
      const append = (): Promise<unknown> => appendSegment(store, envelope, { receivedAtUs, bodyBytes })
      try {
        await append().catch(async (error: unknown) => {
          if (sqlState(error) !== checkViolation) throw error
          await makePartitionsAhead(store, receivedAtUs)
          await append()
        })
      } catch (cause) {
        throw new LogUnavailable('could not append to the log: Postgres did not take the segment', { cause })
      }
    },
  }
}

/** What Postgres says where a row has no partition: the machine slept for days, and the timer that makes them with it. */
const checkViolation = '23514'

async function appendSegment(
  store: Store,
  envelope: Uint8Array,
  { receivedAtUs, bodyBytes }: Pick<AppendHeader, 'receivedAtUs' | 'bodyBytes'>,
): Promise<void> {
  await store.pool.query({
    name: 'append-segment',
    text: `with s as (
             insert into segment (id, received_us, bytes, envelope)
             values ($1::int8 * 4294967296 + nextval('segment_number'), $2::int8, $3::int4, $4::bytea)
             returning id
           )
           insert into segment_queue (segment_id, bytes) select id, $5::int4 from s`,
    values: [dayOf(receivedAtUs), receivedAtUs, envelope.length, envelope, bodyBytes],
  })
}

export function tableLogReader(store: Store): LogReader {
  const given = new Set<number>()
  return {
    async read(limit) {
      const entries = await readQueue(store, [...given], limit)
      for (const { position } of entries) given.add(position.offset)
      return entries
    },
    settled(positions) {
      for (const { offset } of positions) given.delete(offset)
    },
    rewind: () => given.clear(),
  }
}

/** At least one entry, however large, and then as many as fit. */
async function readQueue(
  store: Store,
  given: readonly number[],
  limit: { readonly entries: number; readonly bytes: number },
): Promise<readonly LogEntry[]> {
  const { rows } = await store.pool.query<{ id: number; envelope: Buffer }>({
    name: 'read-queue',
    text: `with next as (
             select segment_id, bytes from segment_queue
             where not segment_id = any($1::int8[]) order by segment_id limit $2
           ), fitting as (
             select segment_id from (
               select segment_id, bytes, sum(bytes) over (order by segment_id) as total from next
             ) n where total = bytes or total <= $3
           )
           select s.id, s.envelope from fitting f join segment s on s.id = f.segment_id order by s.id`,
    values: [given, limit.entries, limit.bytes],
  })
  return rows.map(({ id, envelope }) => ({ position: { log: 'table', offset: id }, envelope }))
}

export interface QueueDepth {
  readonly segments: number
  readonly bytes: number
}

/** What was accepted and is not yet visible. */
export async function queueDepth(store: Store): Promise<QueueDepth> {
  const { rows } = await store.pool.query<{ segments: number; bytes: number }>({
    name: 'queue-depth',
    text: 'select count(*)::int8 as segments, coalesce(sum(bytes), 0)::int8 as bytes from segment_queue',
  })
  return rows[0] ?? { segments: 0, bytes: 0 }
}
