// findArrivals: the rows that lanes got, by their numbers: those that one of some questions asks for.

import type { StoredEvent } from '@plaintrail/event/event'
import type { Query } from '@plaintrail/query/ast'
import type { Scope } from '@plaintrail/query/scope'
import { sql, type SQL } from 'drizzle-orm'
import { recordColumns, type EventRecord } from './find-records.ts'
import { oddBeforeUs } from './event-stretches.ts'
import { joinStages } from './join-stages.ts'
import type { Store } from './open-store.ts'
import { queryConditions, type QueryConditions } from './query-conditions.ts'
import { arrayOf, readRows } from './read-rows.ts'
import { readSiblings } from './read-siblings.ts'
import { laneArrays, sealsOfNumbers, type SealOfNumbers } from './seals-of-numbers.ts'
import { sentencesOf, storedEvents } from './stored-events.ts'

/** Numbers of one lane. */
export interface LaneStretch {
  readonly laneId: number
  /** The first one is the next. */
  readonly after: number
  /** Itself among them. */
  readonly last: number
}

export interface Question {
  readonly scope: Scope
  readonly query: Query
}

/** A row as it came: a stage of a request is one by itself. */
export interface Arrival {
  readonly laneId: number
  readonly seq: number
  /** `stages` are those that are stored by now. */
  readonly event: StoredEvent
  /** Which of the questions ask for it. */
  readonly asked: readonly number[]
}

/** Numbers of all lanes together that one call reads well: five batches of an API server. */
export const numbersAReadMax = 2_000

/**
 * In the order of the stretches, and of the numbers in each. Names are looked up anew each time: one that nobody had when
 * the question was asked may be in the new rows. What retention took is left out.
 */
export async function findArrivals(
  store: Store,
  stretches: readonly LaneStretch[],
  questions: readonly Question[],
): Promise<readonly Arrival[]> {
  const [seals, conditions] = await Promise.all([
    sealsOfNumbers(store, stretches),
    Promise.all(questions.map(({ scope, query }) => queryConditions(store, scope, query, 'few'))),
  ])
  if (seals.length === 0 || conditions.every((condition) => condition === null)) return []
  const rows = await readRows<ArrivedRow>(store, arrivalsQuery(stretches, seals, conditions))
  const asked = await whoAsked(store, rows, conditions)
  const found = rows.flatMap((row, index) => {
    const own = asked[index] ?? []
    return own.length === 0 ? [] : [{ row, asked: own }]
  })
  const events = await eventsOf(
    store,
    found.map(({ row }) => row),
  )
  const arrivals = found.flatMap(({ row: { laneId, seq }, asked: own }, index) => {
    const event = events[index]
    return event === undefined ? [] : [{ laneId, seq, event, asked: own }]
  })
  const place = new Map(stretches.map(({ laneId }, index) => [laneId, index]))
  return arrivals.toSorted((a, b) => (place.get(a.laneId) ?? 0) - (place.get(b.laneId) ?? 0) || a.seq - b.seq)
}

/** Rows alone, each with the stages of its request that are stored. */
export async function eventsOf(store: Store, records: readonly EventRecord[]): Promise<readonly StoredEvent[]> {
  const siblings = await readSiblings(store, records)
  return await storedEvents(
    store,
    records.map((record, index) => {
      const { stages = [], conflict = false } = siblings[index] ?? {}
      return { record, stages: joinStages(record, stages), conflict }
    }),
  )
}

type ArrivedRow = EventRecord & {
  readonly laneId: number
  readonly seq: number
  /** One for each question. */
  readonly met: readonly boolean[]
  /** What SQL answered to the parts of each question's text; null where it has none. */
  readonly parts: readonly (readonly boolean[] | null)[]
}

/**
 * One statement for all questions, whoever asks. The times of the seals leave out partitions at plan time; what has no
 * usable time is in no seal's times, and in a partition of its own.
 */
function arrivalsQuery(
  stretches: readonly LaneStretch[],
  seals: readonly SealOfNumbers[],
  conditions: readonly (QueryConditions | null)[],
): SQL {
  const usable = seals.filter(({ timeMin }) => timeMin !== null)
  const [fromUs, toUs] = [
    usable.reduce((least, { timeMin }) => Math.min(least, timeMin ?? least), Infinity),
    usable.reduce((most, { timeMax }) => Math.max(most, timeMax ?? most), 0),
  ]
  const all = { fromUs: 0, toUs: toUs + 1 }
  const where = conditions.map((one) => (one === null ? sql`false` : sql`(${one.where(all)}) is true`))
  const parts = conditions.map((one) => one?.text?.answers(all) ?? sql`null::bool[]`)
  const isOdd = sql`e.time < ${oddBeforeUs}::int8`
  const inTime =
    usable.length === 0 ? isOdd : sql`((e.time >= ${fromUs}::int8 and e.time <= ${toUs}::int8) or ${isOdd})`
  const { lanes, afters, lasts } = laneArrays(stretches)
  const place = sql`array_position(${lanes}, e.lane_id)`
  return sql`
    select ${recordColumns}, e.lane_id as "laneId", e.seq, array[${sql.join(where, sql`, `)}]::bool[] as met,
      json_build_array(${sql.join(parts, sql`, `)}) as parts
    from event e
    where e.segment_id = any(${arrayOf(
      'int8',
      seals.map(({ segmentId }) => segmentId),
    )}) and ${inTime}
      and e.seq > (${afters})[${place}] and e.seq <= (${lasts})[${place}]
      and (${sql.join(where, sql` or `)})`
}

/** For each row the questions that ask for it: by SQL, and where a question asks for a text, by the sentence. */
async function whoAsked(
  store: Store,
  rows: readonly ArrivedRow[],
  conditions: readonly (QueryConditions | null)[],
): Promise<readonly (readonly number[])[]> {
  const asksText = conditions.some((condition) => condition !== null && condition.text !== null)
  const sentences = asksText ? await sentencesOf(store, rows) : []
  return rows.map(({ met, parts }, index) =>
    conditions.flatMap((condition, question) => {
      if (condition === null || met[question] !== true) return []
      const says = condition.text?.holds(parts[question] ?? [], sentences[index] ?? '') ?? true
      return says ? [question] : []
    }),
  )
}
