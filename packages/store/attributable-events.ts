// Events that tell facts or that other events explain: those of a lane by its numbers, and single ones again.

import { formatEventId } from '@plaintrail/event/identity'
import type { AttributedEvent } from '@plaintrail/history/initiator-facts'
import { sql } from 'drizzle-orm'
import { classCode, outcomeCode, stageCode } from './event-codes.ts'
import { oddBeforeUs } from './event-stretches.ts'
import type { LaneStretch } from './find-arrivals.ts'
import { placeOfEvent } from './initiator-digests.ts'
import type { Store } from './open-store.ts'
import { parsedOf, type ParsedItems } from './parsed-items.ts'
import { arrayOf, readRows } from './read-rows.ts'
import { sealsOfNumbers } from './seals-of-numbers.ts'
import type { SegmentItems } from './segment-items.ts'

export interface AttributableEvent {
  readonly id: string
  readonly seq: number
  readonly flags: number
  /** Null for a write that succeeded, which may tell facts: it is `seen`. Others are requests of service accounts. */
  readonly bytes: Buffer | null
  readonly seen: AttributedEvent | null
}

export interface EventReader {
  readonly store: Store
  readonly items: SegmentItems
  readonly parsed: ParsedItems
}

export interface AttributableEvents {
  readonly events: readonly AttributableEvent[]
  /** Up to here the numbers were read: less than asked for where their bytes are many. */
  readonly last: number
}

/** Bytes are of events before they are parsed; one event is read whatever its size. */
export async function attributableEvents(
  reader: EventReader,
  stretch: LaneStretch,
  bytesMax: number,
): Promise<AttributableEvents> {
  const events: AttributableEvent[] = []
  let bytes = 0
  const rows = await rowsOf(reader.store, stretch)
  const missing = rows.filter((row) => !row.isWrite || reader.parsed.get(row) === null)
  await reader.items.readAhead([...new Set(missing.map(({ segmentId }) => segmentId))])
  for (const row of rows) {
    if (bytes > bytesMax) return { events, last: row.seq - 1 }
    const known = { id: idOf(row), seq: row.seq, flags: row.flags }
    if (row.isWrite) {
      const read = await reader.parsed.read(reader.items, row)
      bytes += read?.bytes ?? 0
      if (read !== null) events.push({ ...known, bytes: null, seen: { ...read, id: known.id } })
    } else {
      const read = await reader.items.read(row.segmentId, row.item)
      bytes += read?.length ?? 0
      if (read !== null) events.push({ ...known, bytes: read, seen: null })
    }
  }
  return { events, last: stretch.last }
}

/** Those that are still stored, in the order of time. */
export async function attributableAgain(
  { store, items, parsed }: EventReader,
  ids: readonly string[],
): Promise<readonly AttributedEvent[]> {
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
  const events: AttributedEvent[] = []
  for (const row of rows) {
    const read = await parsed.read(items, row)
    if (read !== null) events.push({ ...read, id: idOf(row) })
  }
  return events
}

/** Of an account since a time, where their lanes were attributed up to them; the first 1,000. */
export async function attributedOfAccount(
  { store, items }: EventReader,
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
  const events: AttributableEvent[] = []
  for (const row of rows) {
    const bytes = await items.read(row.segmentId, row.item)
    if (bytes !== null) events.push({ id: idOf(row), seq: row.seq, flags: row.flags, bytes, seen: null })
  }
  return events
}

/** A token's making that comes later than this after its use is not told of what was done with it before. */
const lateUsMax = 3_600_000_000

/** Null where it is no event after all. */
export function seenOf({ id, bytes, flags, seen }: AttributableEvent): AttributedEvent | null {
  const read = bytes && parsedOf(bytes, flags)
  return seen ?? (read && { ...read, id })
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

function idOf({ time, key }: EventRow): string {
  return formatEventId(time, Buffer.from(key.replaceAll('-', ''), 'hex'))
}
