// What a batch is made of: segments as the worker read them, and the plan of each.

import type { LogEntry } from '@plaintrail/event-log/event-log'
import type { Event } from '@plaintrail/event/event'
import type { JsonObject } from '@plaintrail/history/json-values'
import type { Lane } from './lanes.ts'

export interface ReadSegment extends LogEntry {
  readonly receivedUs: number
  readonly clusterUid: string
  readonly laneName: string
  readonly items: number
  readonly events: readonly ReadEvent[]
  readonly quarantined: readonly UnreadItem[]
}

export interface ReadEvent {
  readonly event: Event
  readonly item: number
  /** 16 bytes: eventKey of packages/event/identity.ts. */
  readonly key: Buffer
  readonly bytes: number
  /** As it was parsed, for those that read it again; null or absent where nobody does. */
  readonly raw?: JsonObject | null
}

/** An item that could not be read, and why. Its bytes stay in the segment. */
export interface UnreadItem {
  readonly item: number
  readonly reason: string
  readonly detail: string
  readonly bytes: number
  /** 16 bytes of its identity. */
  readonly digest: Buffer
}

/** A segment of a batch with what it got before its events were encoded. */
export interface Plan {
  readonly segment: ReadSegment
  readonly segmentId: number
  readonly lane: Lane | null
}
