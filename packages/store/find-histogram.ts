// findHistogram: how many requests match in each stretch of a window, all stretches of one length.

import { eventClasses, outcomes } from '@plaintrail/event/event'
import { QueryError } from '@plaintrail/query/query-error'
import type { Scope } from '@plaintrail/query/scope'
import type { Window } from '@plaintrail/query/window'
import { sql, type SQL } from 'drizzle-orm'
import { countRequests, type Counted, type CountQuestion } from './count-requests.ts'
import { classCode, outcomeCode } from './event-codes.ts'
import type { Store } from './open-store.ts'
import { hoursAQuarter, hourUs } from './quarters.ts'
import type { TallyCount } from './read-tallies.ts'
import type { RequestRows } from './request-rows.ts'

const minuteUs = 60_000_000

/** In microseconds, shortest first. All divide a day, so that buckets begin at midnight UTC. */
export const intervals = {
  '1m': minuteUs,
  '5m': 5 * minuteUs,
  '15m': 15 * minuteUs,
  '1h': 60 * minuteUs,
  '6h': 360 * minuteUs,
  '1d': 1_440 * minuteUs,
} as const
export type Interval = keyof typeof intervals
const intervalNames = Object.keys(intervals) as readonly Interval[]

export const histogramKeys = ['outcome', 'class', 'verb', 'cluster'] as const
export type HistogramKey = (typeof histogramKeys)[number]

/** A year of hours needs 8,760: ask for days. */
export const bucketsMax = 5_000
/** Of an interval that nobody chose: about as many bars as a chart has room for. */
const bucketsAuto = 120
/** Values of the key, those of most requests; a client can make up verbs. */
export const histogramValuesMax = 20
/** Values that one statement tells apart, those of most requests. */
export const valuesCountedMax = 100

export interface Bucket {
  readonly fromUs: number
  /** Itself not in it. */
  readonly toUs: number
  readonly count: number
  /** Null where no key was asked for; values without requests are left out. */
  readonly by: Readonly<Record<string, number>> | null
}

export interface HistogramQuestion extends CountQuestion {
  /** Null for one that suits the window. */
  readonly interval: Interval | null
  readonly by: HistogramKey | null
}

export interface Histogram extends Counted {
  /** Oldest first, empty ones too; the first and the last reach as far as the window. */
  readonly buckets: readonly Bucket[]
  readonly interval: Interval
}

/** Throws QueryError where there would be more than bucketsMax. */
export async function findHistogram(store: Store, scope: Scope, question: HistogramQuestion): Promise<Histogram> {
  const { window, by } = question
  const interval = question.interval ?? intervalFor(window)
  const lengthUs = intervals[interval]
  if (bucketCount(window, lengthUs) > bucketsMax) throw tooMany()
  const counted = await countBuckets(store, scope, question, lengthUs)
  // Which verbs are not told apart depends on the stretches that a count is made of.
  const isOther = counted.isTallied && [...counted.counts.values()].some((values) => values.has(null))
  const { snapshot, countedSinceUs, counts } = isOther
    ? await countBuckets(store, scope, { ...question, snapshot: counted.snapshot, mayTally: false }, lengthUs)
    : counted
  const shown = by === null ? null : mostUsed([...counts.values()])
  const buckets = bucketsOf(window, lengthUs, counts, shown && { names: shown, by })
  return { snapshot, countedSinceUs, interval, buckets }
}

async function countBuckets(store: Store, scope: Scope, question: HistogramQuestion, lengthUs: number) {
  const counts = new Map<number, Map<string | null, number>>()
  const counted = await countRequests<CountRow>(store, scope, question, {
    count: (requests) => countQuery(requests, lengthUs, question.by),
    take: (rows) => {
      for (const { bucket, value, count } of rows) {
        const own = counts.get(bucket) ?? new Map<string | null, number>()
        own.set(value, (own.get(value) ?? 0) + count)
        counts.set(bucket, own)
      }
    },
    ...(lengthUs % hourUs === 0 ? { tally: talliesOf(lengthUs, question.by) } : {}),
  })
  return { ...counted, counts }
}

export function intervalFor(window: Window): Interval {
  return intervalNames.find((name) => bucketCount(window, intervals[name]) <= bucketsAuto) ?? '1d'
}

/** Of which the number of the first is that of its interval since 1970. */
function bucketCount({ sinceUs, untilUs }: Window, lengthUs: number): number {
  return Math.ceil(untilUs / lengthUs) - Math.floor(sinceUs / lengthUs)
}

type CountRow = { readonly bucket: number; readonly value: string | null; readonly count: number }

function countQuery(requests: RequestRows, lengthUs: number, by: HistogramKey | null): SQL {
  const { column } = sources[by ?? 'none']
  return namedCounts(
    sql`select r.time / ${lengthUs}::int8 as bucket, r.value, count(*) as n
      from (${requests(sql`e.time, ${column} as value`)}) r group by 1, 2`,
    by,
  )
}

/** A tally has the requests of each hour by cluster, class, outcome and verb. */
function talliesOf(lengthUs: number, by: HistogramKey | null): TallyCount {
  const { column } = sources[by ?? 'none']
  const sum = (quarters: SQL, where: SQL): SQL =>
    namedCounts(
      sql`select (e.quarter::int8 * ${hoursAQuarter}::int8 + h.number - 1) * ${hourUs}::int8 / ${lengthUs}::int8 as bucket,
          ${column} as value, sum(h.n)::int8 as n
        from tally_hour e cross join lateral unnest(e.counts) with ordinality as h (n, number)
        where e.quarter = any(${quarters}) and h.n > 0 and ${where} group by 1, 2`,
      by,
    )
  return { keys: new Set(['cluster', 'class', 'outcome', 'verb']), needs: ['hour'], sum }
}

/** A client can make up verbs: the value is null of those requests whose verbs are not told apart. */
function namedCounts(counted: SQL, by: HistogramKey | null): SQL {
  const { name, join } = sources[by ?? 'none']
  if (by !== 'verb') return sql`select r.bucket, ${name} as value, r.n as count from (${counted}) r ${join}`
  return sql`
    with counted as (${counted}), kept as (
      select value from counted group by value order by sum(n) desc, value limit ${valuesCountedMax}
    )
    select c.bucket, ${name} as value, sum(c.n)::int8 as count
    from counted c left join kept r on r.value = c.value left ${join} group by 1, 2`
}

const sources: Readonly<Record<HistogramKey | 'none', { column: SQL; name: SQL; join: SQL }>> = {
  none: { column: sql`''`, name: sql`''`, join: sql`` },
  outcome: { column: sql`e.outcome`, name: sql`r.value::text`, join: sql`` },
  class: { column: sql`e.class`, name: sql`r.value::text`, join: sql`` },
  verb: {
    column: sql`e.verb_id`,
    name: sql`lower(v.name collate "C")`,
    join: sql`join verb v on v.id = r.value`,
  },
  cluster: { column: sql`e.cluster_id`, name: sql`c.name`, join: sql`join cluster c on c.id = r.value` },
}

function mostUsed(buckets: readonly ReadonlyMap<string | null, number>[]): ReadonlySet<string> {
  const totals = new Map<string, number>()
  for (const bucket of buckets)
    for (const [value, count] of bucket) if (value !== null) totals.set(value, (totals.get(value) ?? 0) + count)
  const ranked = [...totals].toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
  return new Set(ranked.slice(0, histogramValuesMax).map(([value]) => value))
}

function bucketsOf(
  window: Window,
  lengthUs: number,
  counts: ReadonlyMap<number, ReadonlyMap<string | null, number>>,
  shown: { readonly names: ReadonlySet<string>; readonly by: HistogramKey | null } | null,
): readonly Bucket[] {
  const first = Math.floor(window.sinceUs / lengthUs)
  return Array.from({ length: bucketCount(window, lengthUs) }, (_, index) => {
    const own = [...(counts.get(first + index) ?? [])]
    return {
      fromUs: Math.max(window.sinceUs, (first + index) * lengthUs),
      toUs: Math.min(window.untilUs, (first + index + 1) * lengthUs),
      count: own.reduce((total, [, count]) => total + count, 0),
      by:
        shown &&
        byWord(
          own.flatMap(([value, count]) => (value !== null && shown.names.has(value) ? [[value, count] as const] : [])),
          shown.by,
        ),
    }
  })
}

function byWord(
  counts: readonly (readonly [string, number])[],
  by: HistogramKey | null,
): Readonly<Record<string, number>> {
  const word = (value: string): string =>
    by === 'outcome' ? outcomeCode.word(value) : by === 'class' ? classCode.word(value) : value
  const order = (value: string): number => [...outcomes, ...eventClasses].findIndex((known) => known === value)
  const told = counts.map(([value, count]) => [word(value), count] as const)
  return Object.fromEntries(told.toSorted(([a], [b]) => order(a) - order(b) || (a < b ? -1 : 1)))
}

function tooMany(): QueryError {
  return new QueryError({
    message: `could not count: the window has more than ${bucketsMax} stretches of that length`,
    parameter: 'interval',
    hint: 'Send a longer interval or a later since.',
  })
}
