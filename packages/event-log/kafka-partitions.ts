// kafkaPartitions: what a reader holds of each partition that is assigned to it. Only kafka-reader.ts changes it.

import { decodeHeader } from './envelope.ts'
import type { LogEntry } from './event-log.ts'

export interface PartitionKey {
  readonly topic: string
  readonly partition: number
}

/**
 *   unplaced ──place──► placed ──unplace──► unplaced      (rewind; kafkajs jumped; assigned anew)
 *      │                                        ▲
 *      └──fail──► faulty ─────────unplace───────┘
 *
 * Only a placed one takes messages, and only those that were fetched from `fetchNext`: whatever a seek, a rebalance or a
 * rewind has overtaken was fetched from elsewhere.
 */
export interface Partition extends PartitionKey {
  phase: 'unplaced' | 'placed' | 'faulty'
  /** Why it was faulty when it was last placed, and what to do; empty where it was not. */
  fault: string
  /** Counts placings: one that was begun under an earlier number is void. */
  epoch: number
  /** Where the next fetch begins. */
  fetchNext: number
  /** `after` of the next entry to come. */
  after: number
  /** The offset after the last that was settled, or the loaded position. */
  settledNext: number
  /** The offset after the last of the log, as last heard. */
  highWatermark: number
  /** Up to where a loss was said. */
  lostBefore: number
  /** Not given yet, oldest first, from `taken` on. */
  entries: Held[]
  taken: number
}

interface Held {
  readonly entry: LogEntry
  readonly bodyBytes: number
}

interface FetchedMessage {
  readonly offset: string
  readonly value: Buffer | null
}

export interface KafkaPartitions {
  /** Of envelopes that were not given yet. */
  readonly heldBytes: number
  all(): readonly Partition[]
  get(key: PartitionKey): Partition | undefined
  /** Drops those that are not named, with what they hold; returns those that are new. */
  assign(keys: readonly PartitionKey[]): readonly Partition[]
  /** Empties it and begins a new epoch. */
  unplace(partition: Partition): void
  /** `next` is the offset after the last that was fetched, which may be a marker of Kafka's own. */
  take(partition: Partition, messages: readonly FetchedMessage[], next: number): void
  read(limit: { readonly entries: number; readonly bytes: number }): readonly LogEntry[]
}

export function kafkaPartitions(): KafkaPartitions {
  const partitions = new Map<string, Partition>()
  let heldBytes = 0
  /** Where the next read begins, so that a partition with much to give does not keep the others waiting. */
  let turn = 0
  const nameOf = ({ topic, partition }: PartitionKey): string => `${topic}/${partition}`
  const drop = (partition: Partition): void => {
    for (const { entry } of partition.entries.slice(partition.taken)) heldBytes -= entry.envelope.length
    partition.entries = []
    partition.taken = 0
  }
  return {
    get heldBytes() {
      return heldBytes
    },
    all: () => [...partitions.values()],
    get: (key) => partitions.get(nameOf(key)),
    assign(keys) {
      const names = new Set(keys.map(nameOf))
      for (const [name, partition] of partitions) {
        if (names.has(name)) continue
        drop(partition)
        // So that a placing in flight finds that it is void.
        partition.epoch += 1
        partitions.delete(name)
      }
      const added = keys.filter((key) => !partitions.has(nameOf(key))).map(unplacedPartition)
      for (const partition of added) partitions.set(nameOf(partition), partition)
      return added
    },
    unplace(partition) {
      drop(partition)
      partition.epoch += 1
      partition.phase = 'unplaced'
    },
    take(partition, messages, next) {
      for (const message of messages) {
        const held = hold(partition, message)
        partition.entries.push(held)
        heldBytes += held.entry.envelope.length
      }
      partition.fetchNext = next
    },
    read({ entries: entriesMax, bytes: bytesMax }) {
      const given: LogEntry[] = []
      let bytes = 0
      const waiting = [...partitions.values()].filter(({ entries }) => entries.length > 0)
      for (let idle = 0; idle < waiting.length && given.length < entriesMax; turn += 1) {
        const partition = waiting[turn % waiting.length]
        const next = partition?.entries[partition.taken]
        if (partition === undefined || next === undefined) {
          idle += 1
          continue
        }
        if (given.length > 0 && bytes + next.bodyBytes > bytesMax) break
        idle = 0
        giveNext(partition)
        heldBytes -= next.entry.envelope.length
        bytes += next.bodyBytes
        given.push(next.entry)
      }
      return given
    },
  }
}

function unplacedPartition({ topic, partition }: PartitionKey): Partition {
  return {
    topic,
    partition,
    phase: 'unplaced',
    fault: '',
    epoch: 0,
    fetchNext: 0,
    after: 0,
    settledNext: 0,
    highWatermark: 0,
    lostBefore: 0,
    entries: [],
    taken: 0,
  }
}

/** A message without a value is no envelope; the worker quarantines it as it does any other. */
function hold(partition: Partition, { offset, value }: FetchedMessage): Held {
  const envelope = value ?? new Uint8Array()
  const at = Number(offset)
  const position = {
    log: 'kafka',
    topic: partition.topic,
    partition: partition.partition,
    offset: at,
    after: partition.after,
  } as const
  partition.after = at + 1
  return { entry: { position, envelope }, bodyBytes: bodyBytesOf(envelope) }
}

function bodyBytesOf(envelope: Uint8Array): number {
  try {
    const { bodyBytes } = decodeHeader(envelope)
    return Number.isSafeInteger(bodyBytes) && bodyBytes >= 0 ? bodyBytes : envelope.length
  } catch {
    return envelope.length
  }
}

/** Not one shift an entry: a buffer of small entries is long. */
function giveNext(partition: Partition): void {
  partition.taken += 1
  if (partition.taken === partition.entries.length) {
    partition.entries = []
    partition.taken = 0
  }
}
