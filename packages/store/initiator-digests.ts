// How facts and events are found: digests of what they are asked by, and hashes of these for what depends on them.

import { hash } from 'node:crypto'
import { parseEventId } from '@plaintrail/event/identity'

/** A UUID, of one cluster. */
export function factDigest(clusterId: number, text: string): string {
  return uuidOf(hash('sha256', `${clusterId}/${text}`))
}

/** As Postgres writes an int8: half of a UUID, which is a digest by itself. */
export function dependencyHash(uuid: string): string {
  return String(BigInt.asIntN(64, BigInt(`0x${uuid.replaceAll('-', '').slice(0, 16)}`)))
}

export interface EventPlace {
  /** Microseconds since 1970. */
  readonly time: number
  /** A UUID. */
  readonly key: string
}

/** Throws for what is no event's id. */
export function placeOfEvent(id: string): EventPlace {
  const parsed = parseEventId(id)
  if (parsed === null) throw new Error(`could not find an event: ${id} is no event's id`)
  return { time: parsed.timeUs, key: uuidOf(Buffer.from(parsed.key).toString('hex')) }
}

function uuidOf(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}
