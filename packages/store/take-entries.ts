// What a batch takes from its log, whichever log that is: entries off the queue of the table log, or positions of Kafka's
// partitions moved on and the entries' bytes kept as segments.

import type { KafkaPosition, Position } from '@plaintrail/event-log/event-log'
import type { Store } from './open-store.ts'
import { dayOf, segmentIdAt } from './segment-id.ts'

export interface PositionMove {
  readonly topic: string
  readonly partition: number
  /** What the position must be for the move to be made. */
  readonly expected: number
  readonly next: number
}

/** One move a partition: entries of a partition stand in the batch in their order, without a hole between them. */
export function positionMoves(positions: readonly Position[]): readonly PositionMove[] {
  const ofKafka = positions.filter((position): position is KafkaPosition => position.log === 'kafka')
  const partitions = Map.groupBy(ofKafka, ({ topic, partition }) => `${topic}/${partition}`)
  return [...partitions.values()].flatMap((own) => {
    const [first] = own
    const last = own.at(-1)
    if (!first || !last) return []
    return [{ topic: first.topic, partition: first.partition, expected: first.after, next: last.offset + 1 }]
  })
}

export interface SegmentIds {
  /** As many new ids, for segments received on the day of `receivedUs`. */
  take(receivedUs: number): Promise<number>
}

/** Numbers taken from Postgres at once. Those that a stop leaves over are never used, which nothing minds. */
const numbersABlock = 256
/** Kafka keeps entries for days; a time further away is a clock that is wrong, and would make partitions of odd days. */
const daysBackMax = 45
const daysAheadMax = 1

export function createSegmentIds(store: Store, nowUs: () => number): SegmentIds {
  let numbers: number[] = []
  let asked: Promise<void> | null = null
  const fill = async (): Promise<void> => {
    const { rows } = await store.pool.query<{ number: number }>({
      name: 'segment-numbers',
      text: `select nextval('segment_number') as number from generate_series(1, $1::int4)`,
      values: [numbersABlock],
    })
    numbers = rows.map(({ number }) => number).toReversed()
  }
  return {
    async take(receivedUs) {
      let number = numbers.pop()
      while (number === undefined) {
        asked ??= fill().finally(() => (asked = null))
        await asked
        number = numbers.pop()
      }
      const today = dayOf(nowUs())
      const day = dayOf(receivedUs)
      return segmentIdAt(day < today - daysBackMax || day > today + daysAheadMax ? today : day, number)
    },
  }
}
