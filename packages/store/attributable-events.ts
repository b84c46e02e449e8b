// Events that tell facts or that other events explain: those of a lane by its numbers, and single ones again.

import { formatEventId } from '@plaintrail/event/identity'
import { normalize } from '@plaintrail/event/normalize'
import type { AttributedEvent } from '@plaintrail/history/initiator-facts'
import { sql } from 'drizzle-orm'
import { classCode, flagsOf, outcomeCode, stageCode } from './event-codes.ts'
import { oddBeforeUs } from './event-stretches.ts'
import type { LaneStretch } from './find-arrivals.ts'
import { placeOfEvent } from './initiator-digests.ts'
import type { Store } from './open-store.ts'
import { arrayOf, readRows } from './read-rows.ts'
import { sealsOfNumbers } from './seals-of-numbers.ts'
import type { SegmentItems } from './segment-items.ts'

export interface AttributableEvent {
  readonly id: string
  readonly seq: number
  readonly bytes: Buffer
  readonly flags: number
  /** A write that succeeded: it may tell facts. Others are requests of service accounts. */
  readonly isWrite: boolean
}

export interface AttributableEvents {
  readonly events: readonly AttributableEvent[]
  /** Up to here the numbers were read: less than asked for where their bytes are many. */
  readonly last: number
}

/** Bytes are of events before they are parsed; one event is read whatever its size. */
export async function attributableEvents(
  store: Store,
  items: SegmentItems,
  stretch: LaneStretch,
  bytesMax: number,
): Promise<AttributableEvents> {
  const events: AttributableEvent[] = []
  let bytes = 0
  for (const row of await rowsOf(store, stretch)) {
    if (bytes > bytesMax) return { events, last: row.seq - 1 }
    const event = await read(items, row)
    bytes += event?.bytes.length ?? 0
    if (event !== null) events.push(event)
  }
  return { events, last: stretch.last }
}

/** Those that are still stored, in the order of time. */
export async function attributableAgain(
  store: Store,
  items: SegmentItems,
  ids: readonly string[],
): Promise<readonly AttributableEvent[]> {
  if (ids.length === 0) return []
  const places = ids.map(placeOfEvent)
  const times = places.map(({ time }) => time)
  const keys = places.map(({ key }) => key)
  const from = Math.min(...times)
  const to = Math.max(...times)
  const rows = await readRows<EventRow & Record<string, unknown>>(
    store,
    sql`select ${columns} from unnest(${arrayOf('int8', times)}, ${arrayOf('uuid', keys)}) as p (time, key)
        join event e on e.time = p.time and e.key = p.key and e.time >= ${from}::int8 and e.time <= ${to}::int8
        order by e.time, e.key`,
  )
  return await readAll(items, rows)
}

/** Of an account since a time, where their lanes were attributed up to them; the first 1,000. */
export async function attributedOfAccount(
  store: Store,
  items: SegmentItems,
  { clusterId, name, sinceUs }: { readonly clusterId: number; readonly name: string; readonly sinceUs: number },
): Promise<readonly AttributableEvent[]> {
  const rows = await readRows<EventRow & Record<string, unknown>>(
    store,
    sql`select ${columns} from event e join attribution_position p on p.lane_id = e.lane_id and e.seq < p.next_seq
        where e.time >= ${sinceUs}::int8 and e.time < ${sinceUs + lateUsMax}::int8 and e.cluster_id = ${clusterId}::int4
          and e.stage <> ${stageCode.letter.RequestReceived}
          and e.actor_id = any(array(select a.id from actor a
            where left(a.name, 200) = left(${name}, 200) and a.name = ${name} and a.type = 'service-account'))
        order by e.time limit 1000`,
  )
  return await readAll(items, rows)
}

/** A token's making that comes later than this after its use is not told of what was done with it before. */
const lateUsMax = 3_600_000_000

/** Null where it is no event after all. */
export function parsed({ id, bytes, flags }: AttributableEvent): AttributedEvent | null {
  try {
    const raw = JSON.parse(bytes.toString()) as unknown
    const event = normalize(raw)
    if (event === null || typeof raw !== 'object' || raw === null) return null
    // What the receiver and the worker found out about the item is in its flags, and not in its bytes.
    const known = Object.fromEntries(flagsOf(flags).map((flag) => [flag, true as const]))
    return { id, raw: raw as AttributedEvent['raw'], event: { ...event, flags: known } }
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

interface EventRow {
  readonly seq: number
  readonly time: number
  readonly key: string
  readonly segmentId: number
  readonly item: number
  readonly flags: number
  readonly isWrite: boolean
}

const isWrite = sql`(e.class = ${classCode.letter.write} and e.stage = ${stageCode.letter.ResponseComplete}
  and e.outcome = ${outcomeCode.letter.success} and e.resource_id is not null)`
const columns = sql`e.seq, e.time, e.key::text as key, e.segment_id as "segmentId", e.item, e.flags, ${isWrite} as "isWrite"`

async function rowsOf(store: Store, stretch: LaneStretch): Promise<readonly EventRow[]> {
  const seals = await sealsOfNumbers(store, [stretch])
  if (seals.length === 0) return []
  const fromUs = seals.reduce((least, { timeMin }) => Math.min(least, timeMin ?? least), Number.MAX_SAFE_INTEGER)
  const toUs = seals.reduce((most, { timeMax }) => Math.max(most, timeMax ?? most), 0)
  const segments = arrayOf(
    'int8',
    seals.map(({ segmentId }) => segmentId),
  )
  return await readRows<EventRow & Record<string, unknown>>(
    store,
    sql`select ${columns} from event e join actor a on a.id = e.actor_id
        where e.segment_id = any(${segments})
          and ((e.time >= ${fromUs}::int8 and e.time <= ${toUs}::int8) or e.time < ${oddBeforeUs}::int8)
          and e.lane_id = ${stretch.laneId}::int4 and e.seq > ${stretch.after}::int8 and e.seq <= ${stretch.last}::int8
          and (${isWrite} or (a.type = 'service-account' and e.stage <> ${stageCode.letter.RequestReceived}))
        order by e.seq`,
  )
}

async function readAll(items: SegmentItems, rows: readonly EventRow[]): Promise<readonly AttributableEvent[]> {
  const events: AttributableEvent[] = []
  for (const row of rows) {
    const event = await read(items, row)
    if (event !== null) events.push(event)
  }
  return events
}

async function read(items: SegmentItems, row: EventRow): Promise<AttributableEvent | null> {
  const bytes = await items.read(row.segmentId, row.item)
  const id = formatEventId(row.time, Buffer.from(row.key.replaceAll('-', ''), 'hex'))
  return bytes === null ? null : { id, seq: row.seq, bytes, flags: row.flags, isWrite: row.isWrite }
}
