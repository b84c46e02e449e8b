// eventTimes: when a stage was reached, in the ways in which other schemas write it.

import type { StoredEvent } from '@plaintrail/event/event'
import { formatMicroTime, parseMicroTime } from '@plaintrail/event/time'

export interface EventTimes {
  /** When the stage was reached; else when it was received by the API server; else when by us. */
  readonly reachedUs: number
  readonly seenUs: number
}

export function eventTimes({ time, durationUs, seen }: Pick<StoredEvent, 'time' | 'durationUs' | 'seen'>): EventTimes {
  const seenUs = parseMicroTime(seen) ?? 0
  const receivedUs = time === null ? null : parseMicroTime(time)
  return { reachedUs: receivedUs === null ? seenUs : receivedUs + (durationUs ?? 0), seenUs }
}

export const toMs = (us: number): number => Math.floor(us / 1_000)
export const toText = formatMicroTime
