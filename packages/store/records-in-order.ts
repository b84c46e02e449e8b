// recordsInOrder: the rows that meet a condition, across the stretches of a window, in steps that are short in time.

import type { Order } from '@plaintrail/query/page'
import type { Window } from '@plaintrail/query/window'
import type { Budget } from './budget.ts'
import type { Stretch } from './event-stretches.ts'
import { positionOf, recordsQuery, type EventPosition, type EventRecord, type WhereIn } from './find-records.ts'
import type { Store } from './open-store.ts'
import { readWithin } from './read-within.ts'

export interface RecordReader {
  /** The next rows, in one statement: fewer than `limit`, or none, where the step was too short for more. */
  next(limit: number): Promise<readonly EventRecord[]>
  /** Up to where everything was read; null at the beginning. */
  position(): EventPosition | null
  /** Everything was read. */
  isAtEnd(): boolean
  /** The budget is spent: `next` would read no more. */
  isSpent(): boolean
}

export interface RecordsAsked {
  readonly where: WhereIn
  /** What is selected as `answers`, beside the row. */
  readonly answers: WhereIn | null
  /** In the order of the page. */
  readonly stretches: readonly Stretch[]
  readonly order: Order
  readonly after: EventPosition | null
  readonly budget: Budget
}

/**
 * Of one statement, in milliseconds; one that takes longer is asked again about a shorter stretch. The first one gets it
 * whatever is left of the budget: a page that got nowhere would be no page.
 */
const stepMsMax = 1_000
/** A stretch that took too long is cut in so many; one that was quick is followed by one of so many times its length. */
const cut = 16
const growth = 4
const spanUsMin = 1_000

export function recordsInOrder(store: Store, asked: RecordsAsked): RecordReader {
  const { where, answers, order, budget } = asked
  const open = [...asked.stretches]
  let position = asked.after
  /** The row after which to go on; none at the end of a part, where all of the next one is to be read. */
  let after = asked.after && !isEnd(asked.after, order) ? asked.after : null
  let spanUs = Infinity
  let isBegun = false
  /** The first part of what is left of the first open stretch. */
  const nextPart = (stretch: Stretch): Stretch =>
    order === 'desc'
      ? { fromUs: Math.max(stretch.fromUs, stretch.toUs - spanUs), toUs: stretch.toUs }
      : { fromUs: stretch.fromUs, toUs: Math.min(stretch.toUs, stretch.fromUs + spanUs) }
  /** Parts begin behind what was read: a shorter one, after a statement that took too long, would lead back into it. */
  const stretchFrom = (stretch: Stretch, timeUs: number): Stretch =>
    order === 'desc' ? { ...stretch, toUs: timeUs + 1 } : { ...stretch, fromUs: timeUs }
  const endPart = (stretch: Stretch, part: Stretch): void => {
    position = endOf(part, order)
    after = null
    const rest =
      order === 'desc' ? { fromUs: stretch.fromUs, toUs: part.fromUs } : { fromUs: part.toUs, toUs: stretch.toUs }
    if (rest.fromUs < rest.toUs) open[0] = rest
    else open.shift()
  }
  return {
    async next(limit) {
      const [stretch] = open
      if (stretch === undefined) return []
      budget.throwIfAborted()
      const part = nextPart(stretch)
      const stepMs = isBegun ? Math.min(stepMsMax, budget.leftMs()) : stepMsMax
      isBegun = true
      const fromMs = budget.leftMs()
      const query = recordsQuery({
        ...part,
        where: where(part),
        answers: answers && answers(part),
        order,
        after,
        limit,
      })
      const records = await readWithin<EventRecord & Record<string, unknown>>(store, query, stepMs)
      if (records === null) {
        spanUs = Math.max(spanUsMin, Math.ceil((part.toUs - part.fromUs) / cut))
        return []
      }
      const last = records.at(-1)
      if (last) position = after = positionOf(last)
      if (last && records.length === limit) open[0] = stretchFrom(stretch, last.time)
      else {
        endPart(stretch, part)
        if (fromMs - budget.leftMs() < stepMs / growth) spanUs *= growth
      }
      return records
    },
    position: () => position,
    isAtEnd: () => open.length === 0,
    isSpent: () => isBegun && budget.leftMs() <= 0,
  }
}

const keyFirst = '0'.repeat(32)
const keyLast = 'f'.repeat(32)

/** What is left of a window after a position. */
export function windowAfter(window: Window, after: EventPosition | null, order: Order): Window {
  if (after === null) return window
  const { sinceUs, untilUs } = window
  // The end of a stretch has no row of its own moment behind it: with that moment still in it the stretch would be read
  // again, and a page that has time for one step would never leave it.
  const momentUs = isEnd(after, order) ? 0 : 1
  return order === 'desc'
    ? { sinceUs, untilUs: Math.min(untilUs, after.timeUs + momentUs) }
    : { sinceUs: Math.max(sinceUs, after.timeUs + 1 - momentUs), untilUs }
}

const isEnd = ({ key }: EventPosition, order: Order): boolean =>
  key.replaceAll('-', '') === (order === 'desc' ? keyFirst : keyLast)

/** Behind every row of the stretch, and before every other one. */
function endOf({ fromUs, toUs }: Stretch, order: Order): EventPosition {
  return order === 'desc' ? { timeUs: fromUs, key: keyFirst } : { timeUs: toUs - 1, key: keyLast }
}
