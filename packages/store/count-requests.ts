// countRequests: ask statements of all requests that match, from the newest to the oldest, for as long as the budget lasts.

import type { Query } from '@plaintrail/query/ast'
import type { Scope } from '@plaintrail/query/scope'
import type { Snapshot } from '@plaintrail/query/snapshot'
import type { Window } from '@plaintrail/query/window'
import type { SQL } from 'drizzle-orm'
import type pg from 'pg'
import { budgetOf, type Budget } from './budget.ts'
import { knownEventDays } from './event-days.ts'
import { eventStretches, type Stretch } from './event-stretches.ts'
import { pageMsMax } from './find-events.ts'
import { positionOf, type EventPosition } from './find-records.ts'
import type { Store } from './open-store.ts'
import { queryConditions, type QueryConditions } from './query-conditions.ts'
import { readRequests } from './read-requests.ts'
import { canTally, readTallies, type TalliedStretch, type TallyCount } from './read-tallies.ts'
import { readWithin } from './read-within.ts'
import { requestRows, rowsAt, type RequestRows } from './request-rows.ts'
import { takeSnapshot } from './take-snapshot.ts'

export interface CountQuestion {
  readonly query: Query
  readonly window: Window
  /** What was stored later is not counted; null to take one now. */
  readonly snapshot?: Snapshot | null
  /** budgetOf(pageMsMax) unless given. */
  readonly budget?: Budget
  /** False to count everything from the events, which takes longer. */
  readonly mayTally?: boolean
}

export interface Counted {
  /** What was stored by then is counted. */
  readonly snapshot: Snapshot
  /** From here to the end of the window everything is counted: the window's beginning, unless the budget was spent. */
  readonly countedSinceUs: number
}

export interface CountedRows<Row> extends Counted {
  readonly rows: readonly Row[]
}

type Count = (rows: RequestRows) => SQL
type Take<Row> = (rows: readonly Row[]) => void

/** A count that is the sum of those of stretches. */
export interface AddedCount<Row> {
  /** Makes a statement of the requests of a stretch. */
  readonly count: Count
  readonly take: Take<Row>
  /** Where tallies can answer for the events. */
  readonly tally?: TallyCount
}

/** Of one statement: one that takes longer is asked again about shorter stretches. */
const stepMsMax = 4_000
/** What the first statement gets when the budget is spent before it. */
const stepMsMin = 100
/** Of reading tallies: a year's are read in less than a second, and the events are there if they are not. */
const tallyMsMax = 2_000
/** What the count of rows that were found one by one gets when the finding took all the budget: they are few. */
const lastMsMin = 1_000
/** Microseconds that one statement is about at most: it reads a week in about half a second. */
const stretchUsMax = 8 * 86_400_000_000
const cut = 8
const spanUsMin = 60_000_000
/** Requests whose sentences were read one by one, in one statement. */
const positionsMax = 10_000

export async function countRequests<Row extends pg.QueryResultRow>(
  store: Store,
  scope: Scope,
  question: CountQuestion,
  added: AddedCount<Row>,
): Promise<Counted & { readonly isTallied: boolean }> {
  let isTallied = false
  const found = await counted(store, scope, question, async (counting) => {
    const { conditions, window } = counting
    if (conditions.text !== null) return await countOneByOne(counting, added.count, added.take)
    const tallied = await talliedStretches(counting, scope, question, added)
    isTallied = tallied.length > 0
    return await countInParts(counting, partsAround(await knownEventDays(store), window, tallied), added)
  })
  return { ...found, isTallied }
}

async function talliedStretches<Row extends pg.QueryResultRow>(
  { store, conditions, snapshot, window, budget }: Counting,
  scope: Scope,
  { query, mayTally = true }: CountQuestion,
  { tally }: AddedCount<Row>,
): Promise<readonly TalliedStretch<Row>[]> {
  const { lanes } = snapshot
  if (!mayTally || tally === undefined || lanes === null || !canTally(query, tally)) return []
  const msMax = Math.min(tallyMsMax, Math.max(stepMsMin, budget.leftMs()))
  const where = conditions.where({ fromUs: window.sinceUs, toUs: window.untilUs })
  return await readTallies(store, { scope, query, where, lanes, window, msMax }, tally)
}

/**
 * The same in one statement, for what does not add up: of all that match, or, where that takes too long, of the newest of
 * them.
 */
export async function countAtOnce<Row extends pg.QueryResultRow>(
  store: Store,
  scope: Scope,
  question: CountQuestion,
  count: Count,
): Promise<CountedRows<Row>> {
  let rows: readonly Row[] = []
  const found = await counted(store, scope, question, async (counting) => {
    const take = (taken: readonly Row[]): void => void (rows = taken)
    if (counting.conditions.text !== null) return await countOneByOne(counting, count, take, true)
    return await countNewest(counting, count, take)
  })
  return { ...found, rows }
}

async function counted(
  store: Store,
  scope: Scope,
  question: CountQuestion,
  count: (counting: Counting) => Promise<number>,
): Promise<Counted> {
  const { query, window, budget = budgetOf(pageMsMax) } = question
  // In this order, as findEvents does.
  const snapshot = question.snapshot ?? (await takeSnapshot(store, scope, query))
  const conditions = await queryConditions(store, scope, query)
  if (conditions === null) return { snapshot, countedSinceUs: window.sinceUs }
  return { snapshot, countedSinceUs: await count({ store, conditions, snapshot, window, budget }) }
}

interface Counting {
  readonly store: Store
  readonly conditions: QueryConditions
  readonly snapshot: Snapshot
  readonly window: Window
  readonly budget: Budget
}

/** Its rows, where they are known already. */
interface Part<Row> extends Stretch {
  readonly rows?: readonly Row[]
}

/** The whole window, newest first: what is tallied, and between it what is to be counted. */
function partsAround<Row>(
  days: readonly number[],
  window: Window,
  tallied: readonly TalliedStretch<Row>[],
): readonly Part<Row>[] {
  const parts: Part<Row>[] = []
  let { untilUs } = window
  const between = (sinceUs: number): void => {
    for (const stretch of eventStretches(days, { sinceUs, untilUs }, 'desc')) {
      parts.push(...cutUp(stretch, stretchUsMax))
    }
  }
  for (const stretch of tallied) {
    between(stretch.toUs)
    parts.push(stretch)
    untilUs = stretch.fromUs
  }
  between(window.sinceUs)
  return parts
}

async function countInParts<Row extends pg.QueryResultRow>(
  { store, conditions, snapshot, window, budget }: Counting,
  parts: readonly Part<Row>[],
  { count, take }: AddedCount<Row>,
): Promise<number> {
  const open = [...parts]
  let countedSinceUs = window.untilUs
  let isBegun = false
  for (let part = open.shift(); part !== undefined; part = open.shift()) {
    budget.throwIfAborted()
    if (isBegun && budget.leftMs() <= 0) return countedSinceUs
    const msMax = Math.min(stepMsMax, isBegun ? budget.leftMs() : Math.max(stepMsMin, budget.leftMs()))
    isBegun = true
    const rows = part.rows ?? (await readWithin<Row>(store, count(requestRows(conditions, part, snapshot)), msMax))
    if (rows !== null) {
      take(rows)
      countedSinceUs = part.fromUs
    } else if (part.toUs - part.fromUs > spanUsMin) open.unshift(...cutUp(part, (part.toUs - part.fromUs) / cut))
    else return countedSinceUs
  }
  return window.sinceUs
}

/** The newest first. */
function cutUp({ fromUs, toUs }: Stretch, spanUs: number): readonly Stretch[] {
  const parts: Stretch[] = []
  const span = Math.max(1, Math.ceil(spanUs))
  for (let end = toUs; end > fromUs; end -= span) parts.push({ fromUs: Math.max(fromUs, end - span), toUs: end })
  return parts
}

/** Each attempt gets half of what is left. */
async function countNewest<Row extends pg.QueryResultRow>(
  { store, conditions, snapshot, window, budget }: Counting,
  count: Count,
  take: Take<Row>,
): Promise<number> {
  let spanUs = window.untilUs - window.sinceUs
  for (let isBegun = false; !isBegun || budget.leftMs() > stepMsMin; isBegun = true) {
    budget.throwIfAborted()
    const fromUs = Math.max(window.sinceUs, window.untilUs - spanUs)
    const rowsAsked = requestRows(conditions, { fromUs, toUs: window.untilUs }, snapshot)
    const rows = await readWithin<Row>(store, count(rowsAsked), Math.max(stepMsMin, budget.leftMs() / 2))
    if (rows !== null) {
      take(rows)
      return fromUs
    }
    spanUs = Math.max(spanUsMin, Math.ceil(spanUs / cut))
  }
  return window.untilUs
}

/** A sentence stands in no row: requests are found one by one, and then counted some thousands at a time, or all together. */
async function countOneByOne<Row extends pg.QueryResultRow>(
  { store, conditions, snapshot, window, budget }: Counting,
  count: Count,
  take: Take<Row>,
  isAtOnce = false,
): Promise<number> {
  const stretch = { fromUs: window.sinceUs, toUs: window.untilUs }
  const asked = { window, order: 'desc', after: null, snapshot, budget } as const
  const reader = await readRequests(store, conditions, asked, positionsMax)
  let positions: EventPosition[] = []
  let countedSinceUs = window.untilUs
  const isCounted = async (): Promise<boolean> => {
    const msMax = Math.min(stepMsMax, Math.max(lastMsMin, budget.leftMs()))
    const rows = await readWithin<Row>(store, count(rowsAt(positions, stretch)), msMax)
    if (rows !== null) take(rows)
    positions = []
    return rows !== null
  }
  while (!reader.isAtEnd() && !reader.isSpent()) {
    positions.push(...(await reader.next()).map(({ record }) => positionOf(record)))
    if (!isAtOnce && positions.length > 0 && !(await isCounted())) return countedSinceUs
    // Others may have the time of the last one and be still to come.
    countedSinceUs = Math.min(countedSinceUs, (reader.position()?.timeUs ?? window.untilUs) + 1)
    if (isAtOnce && positions.length >= positionsMax) break
  }
  if (isAtOnce && !(await isCounted())) return window.untilUs
  return reader.isAtEnd() ? window.sinceUs : countedSinceUs
}
