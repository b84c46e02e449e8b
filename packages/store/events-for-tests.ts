// Events stored as the running system stores them, envelope, segment, queue and batch, for tests that then ask for them.

import { eventIdentity, eventKey } from '@plaintrail/event/identity'
import { normalize } from '@plaintrail/event/normalize'
import { decodeEnvelope, encodeEnvelope, type EnvelopeProblem } from '@plaintrail/event-log/envelope'
import type { LogEntry } from '@plaintrail/event-log/event-log'
import type { Store } from './open-store.ts'
import { makePartitionsAhead } from './partitions.ts'
import type { ReadSegment } from './batch-plan.ts'
import { createBatchWriter, type BatchWriterOptions } from './store-batch.ts'
import { tableLogReader, tableLogWriter } from './table-log.ts'

export interface Delivery {
  /** UUID of the cluster. */
  readonly cluster: string
  /** `main` unless given. */
  readonly lane?: string
  /** Each item's bytes, as in `items` of an EventList. */
  readonly items: readonly string[]
  readonly receivedAtUs: number
  /** Of items that the receiver could not read. */
  readonly problems?: readonly EnvelopeProblem[]
}

/** Each delivery becomes one segment; all of them are stored in one batch. */
export async function storeDeliveries(
  store: Store,
  deliveries: readonly Delivery[],
  options: BatchWriterOptions = {},
): Promise<void> {
  const writer = tableLogWriter(store)
  for (const { cluster, lane = 'main', items, receivedAtUs, problems = [] } of deliveries) {
    await makePartitionsAhead(store, receivedAtUs)
    const header = { cluster, lane, receivedAtUs, credential: 'test', redactions: [], duplicateKeys: [] }
    const { bounds, body } = joined(items)
    await writer.append(await encodeEnvelope({ ...header, problems }, bounds, body), {
      cluster,
      lane,
      receivedAtUs,
      bodyBytes: body.length,
    })
  }
  const entries = await tableLogReader(store).read({ entries: 10_000, bytes: 1024 ** 3 })
  await createBatchWriter(store, options).store(entries.map(readSegment))
}

function joined(items: readonly string[]): { bounds: Uint32Array; body: Buffer } {
  const parts = items.map((item) => Buffer.from(item))
  const bounds = new Uint32Array(parts.length * 2)
  let at = 0
  for (const [index, part] of parts.entries()) {
    bounds.set([at, at + part.length], index * 2)
    at += part.length
  }
  return { bounds, body: Buffer.concat(parts) }
}

function readSegment({ position, envelope }: LogEntry): ReadSegment {
  const { header, bounds, body } = decodeEnvelope(envelope)
  const uid = Buffer.from(header.cluster.replaceAll('-', ''), 'hex')
  const read = Array.from({ length: bounds.length / 2 }, (_, item) => {
    const raw = body.subarray(bounds[item * 2], bounds[item * 2 + 1])
    const problem = header.problems.find((known) => known.item === item)
    const event = problem ? null : normalize(JSON.parse(raw.toString()))
    return { item, key: eventKey(eventIdentity(raw), uid), bytes: raw.length, event, problem }
  })
  return {
    position,
    envelope,
    receivedUs: header.receivedAtUs,
    clusterUid: header.cluster,
    laneName: header.lane,
    items: read.length,
    events: read.flatMap(({ item, key, bytes, event }) => (event ? [{ item, key, bytes, event }] : [])),
    quarantined: read.flatMap(({ problem, key, bytes }) => (problem ? [{ ...problem, bytes, digest: key }] : [])),
  }
}
