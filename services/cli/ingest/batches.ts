// batches: items as the bodies of requests, EventLists as an API server posts them.
import type { AuditItem } from './audit-items.ts'

export interface Batch {
  /** The events in it; for bytes that are no JSON, and so alone in their body, none. */
  readonly events: readonly Uint8Array[]
  readonly body: Uint8Array<ArrayBuffer>
}

/** What an API server puts into one request (kubernetes/apiserver plugin/pkg/audit/buffered, MaxBatchSize). */
const batchEventsMax = 400
const batchBytesMax = 4 * 1024 * 1024

const head = Buffer.from('{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[')
const comma = Buffer.from(',')
const tail = Buffer.from(']}')

/** In the order of the items. An event over the limit is alone in its batch; what is too large is only reported. */
export async function* batches(items: AsyncIterable<AuditItem>, onTooLarge: () => void): AsyncGenerator<Batch> {
  let events: Uint8Array[] = []
  let eventsBytes = 0
  for await (const item of items) {
    if (item.kind === 'too-large') {
      onTooLarge()
      continue
    }
    const isFull = events.length >= batchEventsMax || eventsBytes + item.bytes.length > batchBytesMax
    if (events.length > 0 && (isFull || item.kind === 'not-json')) {
      yield batchOf(events)
      events = []
      eventsBytes = 0
    }
    if (item.kind === 'not-json') {
      yield { events: [], body: Buffer.concat([item.bytes]) }
      continue
    }
    events.push(item.bytes)
    eventsBytes += item.bytes.length + comma.length
  }
  if (events.length > 0) yield batchOf(events)
}

/** The events' bytes are put together as they are: the receiver tells a repeated event by them. */
export function batchOf(events: readonly Uint8Array[]): Batch {
  const pieces = events.flatMap((event, index) => (index === 0 ? [event] : [comma, event]))
  return { events, body: Buffer.concat([head, ...pieces, tail]) }
}
