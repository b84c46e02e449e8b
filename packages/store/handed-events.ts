// createHandedEvents: what a worker stored, handed over to those that judge it in the same process, so that they need no rows.

import { crc32 } from 'node:zlib'
import type { Event } from '@plaintrail/event/event'
import { auditUuid, uuidBytes } from './audit-uuid.ts'
import { flagBits, stageCode } from './event-codes.ts'
import type { LaneStretch } from './find-arrivals.ts'
import type { RuleEvent, RuleRecord } from './rule-events.ts'
import { formatEventId } from '@plaintrail/event/identity'

export interface HandedItem {
  readonly event: Event
  readonly item: number
  /** 16 bytes. */
  readonly key: Buffer
}

/** Events of one segment that were stored, in the order of their numbers. */
interface HandedSegment {
  readonly segmentId: number
  readonly clusterId: number
  readonly laneId: number
  readonly firstSeq: number
  /** When the receiver took it in, in microseconds since 1970. */
  readonly receivedUs: number
  readonly items: readonly HandedItem[]
}

/** Of one process and one database. Whoever finds nothing here reads rows, which tell the same. */
export interface HandedEvents {
  give(segment: HandedSegment): void
  /** Those of the stretch that are here, by their numbers. */
  take(stretch: LaneStretch): readonly RuleEvent[]
  /** What is judged is not asked for again: up to this number of the lane. */
  release(laneId: number, last: number): void
  /** Where numbers and ids may be others' by now. */
  clear(): void
}

/** Events that wait here, 1.3 KiB each (40 MiB); those that come when it is full are read by their rows. */
const handedEventsMax = 30_000
/** What nobody took for so long is another worker's to judge. */
const staleMs = 60_000

interface WaitingSegment extends HandedSegment {
  readonly givenMs: number
}

/** With 0 nothing waits. */
export function createHandedEvents(
  eventsMax: number = handedEventsMax,
  nowMs: () => number = () => performance.now(),
): HandedEvents {
  /** By lane, each in the order of numbers, which is that of commits. */
  const lanes = new Map<number, WaitingSegment[]>()
  let waiting = 0

  const keepOf = (laneId: number, isKept: (segment: WaitingSegment) => boolean): void => {
    const own = lanes.get(laneId) ?? []
    const kept = own.filter(isKept)
    for (const { items } of own) waiting -= items.length
    for (const { items } of kept) waiting += items.length
    if (kept.length === 0) lanes.delete(laneId)
    else lanes.set(laneId, kept)
  }

  return {
    give(segment) {
      const now = nowMs()
      const { laneId, items } = segment
      if (waiting + items.length > eventsMax) {
        for (const lane of lanes.keys()) keepOf(lane, ({ givenMs }) => now - givenMs < staleMs)
      }
      if (items.length === 0 || waiting + items.length > eventsMax) return
      waiting += items.length
      const own = lanes.get(laneId)
      if (own === undefined) lanes.set(laneId, [{ ...segment, givenMs: now }])
      else own.push({ ...segment, givenMs: now })
    },
    take({ laneId, after, last }) {
      return (lanes.get(laneId) ?? []).flatMap((segment) => {
        const { firstSeq, items } = segment
        if (firstSeq > last || firstSeq + items.length - 1 <= after) return []
        const own = items.slice(Math.max(0, after + 1 - firstSeq), last + 1 - firstSeq)
        const from = Math.max(firstSeq, after + 1)
        return own.map((item, index) => new HandedEvent(segment, item, from + index))
      })
    },
    release(laneId, last) {
      if (lanes.has(laneId)) keepOf(laneId, ({ firstSeq, items }) => firstSeq + items.length - 1 > last)
    },
    clear() {
      lanes.clear()
      waiting = 0
    },
  }
}

/** What costs to be told is told when it is asked for: of most events nobody asks. */
class HandedEvent implements RuleEvent {
  readonly seq: number
  readonly told: Event
  private readonly segment: HandedSegment
  private readonly item: HandedItem
  private knownId: string | null = null
  private knownRecord: RuleRecord | null = null

  constructor(segment: HandedSegment, item: HandedItem, seq: number) {
    this.seq = seq
    this.told = asItsRowTells(item.event)
    this.segment = segment
    this.item = item
  }

  get receivedUs(): number {
    return this.segment.receivedUs
  }

  get id(): string {
    return (this.knownId ??= formatEventId(this.told.time, this.item.key))
  }

  get record(): RuleRecord {
    return (this.knownRecord ??= recordOf(this.segment, this.item))
  }
}

function recordOf({ segmentId, clusterId }: HandedSegment, { event, item, key }: HandedItem): RuleRecord {
  return {
    time: event.time,
    key: uuidText(key),
    stageTime: event.stageTime,
    segmentId,
    item,
    clusterId,
    uriHash: crc32(event.requestURI) | 0,
    flags: flagBits(event.flags),
    stage: stageCode.letter[event.stage],
    audit: uuidText(auditUuid(event.auditID)),
    auditText: uuidBytes(event.auditID) === null ? event.auditID : null,
  }
}

/** Which events of a week a rule finds must not depend on whether it was asked soon. */
function asItsRowTells(event: Event): Event {
  const { object, impersonated } = event
  const path = object === null ? event.path : ''
  const hasOddUid = object !== null && object.uid !== null && uuidBytes(object.uid) === null
  return {
    ...event,
    requestURI: path,
    path,
    ...(hasOddUid && { object: { ...object, uid: null } }),
    ...(impersonated !== null && { impersonated: { ...impersonated, groups: [] } }),
  }
}

function uuidText(bytes: Buffer): string {
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}
