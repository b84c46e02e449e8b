// segmentItems: the bytes of single items, cut from their segments; the segments used last stay unpacked in memory.

import { decodeEnvelope, type Envelope } from '@plaintrail/event-log/envelope'
import { sql } from 'drizzle-orm'
import type { Store } from './open-store.ts'
import { arrayOf, readRows } from './read-rows.ts'

export interface SegmentItems {
  /**
   * Item `item` of a segment as it was received, or the envelope as it stands for -1; a copy. Null where the segment is
   * gone or has no such item. Rejects with EnvelopeError when the segment is damaged.
   */
  read(segmentId: number, item: number): Promise<Buffer | null>
  /** Reads segments that are soon asked for in one statement, as far as they are few bytes: `read` is right without it. */
  readAhead(segmentIds: readonly number[]): Promise<void>
}

export const wholeEnvelope = -1

/**
 * Memory for unpacked segments, in bytes. One that is larger stays alone until another is read: the events of a page are
 * mostly of one segment, and unpacking one of 64 MiB takes 0.2 s. With 0 none stays.
 */
const cacheBytesMaxDefault = 32 * 1024 * 1024

/** Packed bytes that are read ahead at once. */
const aheadBytesMax = 2 * 1024 * 1024

export function createSegmentItems(store: Store, cacheBytesMax: number = cacheBytesMaxDefault): SegmentItems {
  return segmentItemsIn(store, createUnpackedSegments(cacheBytesMax))
}

/** What is unpacked is shared by all that are given the same: those that follow one after the other read the same segments. */
export function segmentItemsIn(store: Store, unpacked: UnpackedSegments): SegmentItems {
  return {
    async read(segmentId, item) {
      const cached = unpacked.get(segmentId)
      const packed = cached ? null : await readSegment(store, segmentId)
      if (item === wholeEnvelope) return packed ?? (await readSegment(store, segmentId))
      const envelope = cached ?? (packed && decodeEnvelope(packed))
      if (!envelope) return null
      unpacked.keep(segmentId, envelope)
      return itemOf(envelope, item)
    },
    async readAhead(segmentIds) {
      const missing = segmentIds.filter((id) => unpacked.get(id) === null)
      if (missing.length < 2 || unpacked.bytesMax === 0) return
      for (const { id, envelope } of await readSegments(store, missing)) unpacked.keep(id, decodeEnvelope(envelope))
    },
  }
}

/** Of one process and one database. */
export interface UnpackedSegments {
  readonly bytesMax: number
  get(id: number): Envelope | null
  /** As the one used last. */
  keep(id: number, envelope: Envelope): void
  /** Where ids may be others' by now. */
  clear(): void
}

export function createUnpackedSegments(bytesMax: number = cacheBytesMaxDefault): UnpackedSegments {
  /** In the order of use, the longest unused first. */
  const unpacked = new Map<number, Envelope>()
  let cachedBytes = 0
  return {
    bytesMax,
    get: (id) => unpacked.get(id) ?? null,
    keep(id, envelope) {
      const before = unpacked.get(id)
      if (before) cachedBytes -= sizeOf(before)
      unpacked.delete(id)
      if (bytesMax === 0) return
      unpacked.set(id, envelope)
      cachedBytes += sizeOf(envelope)
      for (const [oldest, old] of unpacked) {
        if (cachedBytes <= bytesMax || oldest === id) break
        unpacked.delete(oldest)
        cachedBytes -= sizeOf(old)
      }
    },
    clear() {
      unpacked.clear()
      cachedBytes = 0
    },
  }
}

async function readSegment(store: Store, id: number): Promise<Buffer | null> {
  const [row] = await readRows<{ envelope: Buffer }>(
    store,
    sql`select s.envelope from segment s where s.id = ${id}::int8`,
  )
  return row?.envelope ?? null
}

async function readSegments(
  store: Store,
  ids: readonly number[],
): Promise<readonly { readonly id: number; readonly envelope: Buffer }[]> {
  return await readRows(
    store,
    sql`select s.id, s.envelope from segment s
        join (
          select l.id, sum(octet_length(l.envelope)) over (order by l.id) as bytes from segment l
          where l.id = any(${arrayOf('int8', ids)})
        ) few on few.id = s.id and few.bytes <= ${aheadBytesMax}
        where s.id = any(${arrayOf('int8', ids)})`,
  )
}

/** A copy: a slice would keep the whole body in memory as long as an answer waits to be sent. */
function itemOf({ bounds, body }: Envelope, item: number): Buffer | null {
  const start = bounds[item * 2]
  const end = bounds[item * 2 + 1]
  return start === undefined || end === undefined ? null : Buffer.from(body.subarray(start, end))
}

function sizeOf({ body, bounds }: Envelope): number {
  return body.length + bounds.byteLength
}
