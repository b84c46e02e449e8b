// createParsedItems: events parsed once for all who read them in one process: the worker that stores them, and those that follow
// what is stored.

import type { Event, Flags } from '@plaintrail/event/event'
import { normalize } from '@plaintrail/event/normalize'
import { isJsonObject, type JsonObject } from '@plaintrail/history/json-values'
import { flagsOf } from './event-codes.ts'
import { createUnpackedSegments, type SegmentItems, type UnpackedSegments } from './segment-items.ts'

/** Where an event's bytes are. */
export interface ItemPlace {
  readonly segmentId: number
  readonly item: number
  /** The bits of the event's flags (event-codes.ts): what was found out about the item, and is not in its bytes. */
  readonly flags: number
}

export interface ParsedItem {
  /** Others read it too: nobody changes it. */
  readonly raw: JsonObject
  readonly event: Event
  /** Of its JSON. */
  readonly bytes: number
}

/** Of one process and one database. */
export interface ParsedItems {
  /** From memory, else by the segment's bytes, and then it stays; null where these are gone or are no event. */
  read(items: SegmentItems, place: ItemPlace): Promise<ParsedItem | null>
  /** From memory alone. */
  get(place: Pick<ItemPlace, 'segmentId' | 'item'>): ParsedItem | null
  /** In place of what was kept there. */
  keep(segmentId: number, item: number, parsed: ParsedItem): void
  /** Segments whose bytes were needed all the same. */
  readonly unpacked: UnpackedSegments
  /** Where ids may be others' by now. */
  clear(): void
}

/**
 * Bytes of JSON that stay parsed; parsed they take some five times as much. What is followed at once is found here, and
 * what is made up for is read again: 16 MiB are 7,000 events.
 */
export const parsedBytesMaxDefault = 16 * 1024 * 1024

/** Of segments as they were posted: history, attribution and rules read the same, one after the other. */
const unpackedBytesMax = 64 * 1024 * 1024

interface ParsedSegment {
  readonly items: Map<number, ParsedItem>
  bytes: number
}

/** With 0 nothing stays. The segment that came first goes first, as a whole. */
export function createParsedItems(bytesMax: number = parsedBytesMaxDefault): ParsedItems {
  const segments = new Map<number, ParsedSegment>()
  let kept = 0
  const unpacked = createUnpackedSegments(unpackedBytesMax)

  const trim = (): void => {
    for (const [id, { bytes }] of segments) {
      if (kept <= bytesMax) return
      segments.delete(id)
      kept -= bytes
    }
  }

  const keep: ParsedItems['keep'] = (segmentId, item, parsed) => {
    if (parsed.bytes > bytesMax) return
    let segment = segments.get(segmentId)
    if (segment === undefined) segments.set(segmentId, (segment = { items: new Map(), bytes: 0 }))
    const more = parsed.bytes - (segment.items.get(item)?.bytes ?? 0)
    segment.items.set(item, parsed)
    segment.bytes += more
    kept += more
    trim()
  }

  const get: ParsedItems['get'] = ({ segmentId, item }) => segments.get(segmentId)?.items.get(item) ?? null

  return {
    keep,
    unpacked,
    clear() {
      unpacked.clear()
      segments.clear()
      kept = 0
    },
    get,
    async read(items, { segmentId, item, flags }) {
      const known = get({ segmentId, item })
      if (known !== null) return known
      const bytes = await items.read(segmentId, item)
      const parsed = bytes && parsedOf(bytes, flags)
      if (parsed !== null) keep(segmentId, item, parsed)
      return parsed
    },
  }
}

/** Whether those that follow what is stored read the bytes of such an event: the others tell them all in their rows. */
export function isReadAgain({ stage, outcome, object, class: kind, level }: Event): boolean {
  if (stage !== 'ResponseComplete' || outcome !== 'success' || object === null) return false
  if (object.resource === 'events') return false
  return kind === 'write' || (kind === 'read' && level === 'RequestResponse')
}

/** Null for what is no event after all. */
export function parsedOf(bytes: Buffer, flags: number): ParsedItem | null {
  try {
    const raw = JSON.parse(bytes.toString()) as unknown
    const event = normalize(raw)
    if (event === null || !isJsonObject(raw)) return null
    return { raw, event: { ...event, flags: flagsAsSet(flags) }, bytes: bytes.length }
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function flagsAsSet(bits: number): Flags {
  return Object.fromEntries(flagsOf(bits).map((flag) => [flag, true as const]))
}
