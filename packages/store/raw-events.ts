// rawEvents: the bytes of events exactly as they arrived (or as redaction left them), by id.

import { parseEventId } from '@plaintrail/event/identity'
import type { Scope } from '@plaintrail/query/scope'
import { sql } from 'drizzle-orm'
import { findRecord } from './find-event.ts'
import type { Store } from './open-store.ts'
import { arrayOf, readRows } from './read-rows.ts'
import type { SegmentItems } from './segment-items.ts'
import { inScope } from './visible-clusters.ts'

/** Null where there is no such event in the scope, or its segment is gone. */
export async function rawEvent(store: Store, scope: Scope, id: string, items: SegmentItems): Promise<Buffer | null> {
  const record = await findRecord(store, scope, id)
  return record && (await items.read(record.segmentId, record.item))
}

/**
 * The bytes of each event, in the order of `ids`, null where they are gone. Ends early, though not before the first, when
 * one more would make it more than `bytesMax`.
 */
export async function rawEvents(
  store: Store,
  scope: Scope,
  asked: { readonly ids: readonly string[]; readonly bytesMax: number },
  items: SegmentItems,
): Promise<readonly (Buffer | null)[]> {
  const places = await findPlaces(store, scope, asked.ids)
  const found: (Buffer | null)[] = []
  let bytes = 0
  for (const id of asked.ids) {
    const place = places.get(id)
    const raw = place ? await items.read(place.segmentId, place.item) : null
    bytes += raw?.length ?? 0
    if (bytes > asked.bytesMax && found.length > 0) break
    found.push(raw)
  }
  return found
}

interface Place {
  readonly segmentId: number
  readonly item: number
}

async function findPlaces(store: Store, scope: Scope, ids: readonly string[]): Promise<ReadonlyMap<string, Place>> {
  const parsed = ids.flatMap((id) => {
    const position = parseEventId(id)
    return position ? [{ id, timeUs: position.timeUs, key: Buffer.from(position.key).toString('hex') }] : []
  })
  const times = arrayOf(
    'int8',
    parsed.map(({ timeUs }) => timeUs),
  )
  const keys = arrayOf(
    'uuid',
    parsed.map(({ key }) => key),
  )
  const rows = await readRows<Place & { n: number }>(
    store,
    sql`select i.n::int4 as n, e.segment_id as "segmentId", e.item
        from unnest(${times}, ${keys}) with ordinality as i (time, key, n)
        join event e on e.time = i.time and e.key = i.key and e.time = any(${times})
        join cluster c on c.id = e.cluster_id and ${inScope(scope)}`,
  )
  return new Map(rows.map(({ n, segmentId, item }) => [parsed[n - 1]?.id ?? '', { segmentId, item }]))
}
