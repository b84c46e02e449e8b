// tallyQuarters: count the quarters of a day that are over, and keep what was counted exact as late events come.

import { stages } from '@plaintrail/event/event'
import { everything } from '@plaintrail/query/scope'
import type { Snapshot } from '@plaintrail/query/snapshot'
import { sql, type SQL } from 'drizzle-orm'
import type pg from 'pg'
import { currentTallies } from './current-tallies.ts'
import { facetFields, facetSets, facetSources } from './facet-sources.ts'
import { laneHeads } from './lane-heads.ts'
import { sqlState, type Store } from './open-store.ts'
import { eventDays } from './partitions.ts'
import { hoursAQuarter, hourUs, quarterOf, quartersADay, quarterStartUs } from './quarters.ts'
import { arrayOf, statementOf } from './read-rows.ts'
import { requestRows, type RequestRows } from './request-rows.ts'
import { transaction } from './transaction.ts'
import { queryCanceled } from './within-view.ts'

export interface TallyBounds {
  /** The newest days that have events; of older ones there are no tallies. */
  readonly daysMax: number
  /** Quarters that one run counts. */
  readonly quartersMax: number
  /** Milliseconds after which a run begins no other quarter. */
  readonly runMsMax: number
  /** Milliseconds of one statement: a quarter that takes longer has no tally, and is tried again after a day. */
  readonly countMsMax: number
  /** Values of one field, of all clusters and classes together: a client can make up verbs, user agents and names. */
  readonly valuesMax: number
}

export const tallyBounds: TallyBounds = {
  daysMax: 100,
  quartersMax: 100,
  runMsMax: 30_000,
  countMsMax: 60_000,
  valuesMax: 20_000,
}

export interface Tallied {
  /** Quarters that were counted, newest first. */
  readonly counted: readonly number[]
  /** That took too long. */
  readonly givenUp: readonly number[]
  /** How many are left for the next run. */
  readonly left: number
}

/** How long after its end a quarter is counted: watches last ten minutes, and their ends have the time of their beginning. */
const settledUs = 15 * 60_000_000
/** Of the time since the last run: of 256 lanes that each send every second it may be half a day. */
const sealsMax = 10_000_000
/** Bytes of the values of one field. */
const valueBytesMax = 4 * 1024 * 1024

/** Idempotent, and safe beside another run, which then counts other quarters. Ends between two quarters when the signal says so. */
export async function tallyQuarters(
  store: Store,
  nowUs: number,
  { signal, bounds = tallyBounds }: { readonly signal?: AbortSignal; readonly bounds?: TallyBounds } = {},
): Promise<Tallied> {
  const endMs = performance.now() + bounds.runMsMax
  const ended = await endedQuarters(store, nowUs, bounds.daysMax)
  await moveState(store, ended)
  const missing = await missingQuarters(store, ended)
  const found: { counted: number[]; givenUp: number[] } = { counted: [], givenUp: [] }
  let begun = 0
  for (const quarter of missing.slice(0, bounds.quartersMax)) {
    if (performance.now() > endMs || signal?.aborted === true) break
    begun += 1
    const outcome = await tallyQuarter(store, quarter, bounds)
    if (outcome === 'counted') found.counted.push(quarter)
    if (outcome === 'given up') found.givenUp.push(quarter)
    if (outcome === 'another run counts') break
  }
  return { ...found, left: missing.length - begun }
}

/** Newest first. */
async function endedQuarters(store: Store, nowUs: number, daysMax: number): Promise<readonly number[]> {
  const endBefore = quarterOf(nowUs - settledUs)
  const days = (await eventDays(store)).filter((day) => day * quartersADay < endBefore)
  return days
    .toReversed()
    .slice(0, daysMax)
    .flatMap((day) => [3, 2, 1, 0].map((number) => day * quartersADay + number))
    .filter((quarter) => quarter < endBefore)
}

/**
 * Drops what the events that came since have made wrong, and what is too old; all that is left is exact as of now. So a reader
 * has the seals of a few minutes to look at, and none that retention took.
 */
async function moveState(store: Store, ended: readonly number[]): Promise<void> {
  const { last: lanes } = await laneHeads(store)
  await transaction(store, async (client) => {
    if ((await lockState(client)) === null) return
    const [newest = 0, oldest = 0] = [ended[0], ended.at(-1)]
    const asked = { lanes, scope: everything, from: oldest, to: newest + 1, needs: [], sealsMax }
    const current = await currentTallies(client, asked)
    await client.query(
      statementOf(sql`delete from tally
        where case when kept = '{}' then counted_at < now() - interval '1 day'
          else not quarter = any(${arrayOf('int4', current)}) end`),
    )
    await client.query(
      statementOf(sql`update tally_state set lanes = ${arrayOf('int4', [...lanes.keys()])},
        seqs = ${arrayOf('int8', [...lanes.values()])}`),
    )
  })
}

/** Null where another run has it: that one does what this one would. Held until the end of the transaction. */
async function lockState(client: pg.PoolClient): Promise<Snapshot | null> {
  const { rows } = await client.query<{ lanes: number[]; seqs: string[] }>(
    'select lanes, seqs from tally_state for update skip locked',
  )
  const [state] = rows
  if (state === undefined) return null
  return { takenUs: 0, lanes: new Map(state.lanes.map((lane, index) => [lane, Number(state.seqs[index])])) }
}

async function missingQuarters(store: Store, ended: readonly number[]): Promise<readonly number[]> {
  const { rows } = await store.pool.query<{ quarter: number }>('select quarter from tally')
  const there = new Set(rows.map(({ quarter }) => quarter))
  return ended.filter((quarter) => !there.has(quarter))
}

type Outcome = 'counted' | 'given up' | 'there already' | 'another run counts'

/** As of the state, whatever was stored since. A crash in here leaves the quarter to the next run. */
async function tallyQuarter(store: Store, quarter: number, bounds: TallyBounds): Promise<Outcome> {
  try {
    return await transaction(store, async (client) => {
      const state = await lockState(client)
      if (state === null) return 'another run counts'
      // One core at most: people ask questions meanwhile.
      await client.query(
        `set local statement_timeout = ${bounds.countMsMax}; set local max_parallel_workers_per_gather = 0`,
      )
      if (!(await addTally(client, quarter))) return 'there already'
      const stretch = { fromUs: quarterStartUs(quarter), toUs: quarterStartUs(quarter + 1) }
      const requests = requestRows({ where: () => sql`true`, stages: new Set(stages) }, stretch, state)
      const [hours, fields] = [hoursQuery(quarter, requests, bounds), valuesQuery(quarter, requests, bounds)]
      const { rows: kept } = await client.query<{ kept: string }>(statementOf(hours))
      kept.push(...(await client.query<{ kept: string }>(statementOf(fields))).rows)
      const names = arrayOf(
        'text',
        kept.map((row) => row.kept),
      )
      await client.query(statementOf(sql`update tally set kept = ${names} where quarter = ${quarter}`))
      return 'counted'
    })
  } catch (error) {
    if (sqlState(error) !== queryCanceled) throw error
    await transaction(store, (client) => addTally(client, quarter))
    return 'given up'
  }
}

/** With nothing in it. False where another run has made one. */
async function addTally(client: pg.PoolClient, quarter: number): Promise<boolean> {
  const insert = `insert into tally (quarter, kept) values ($1, '{}') on conflict do nothing`
  return (await client.query(insert, [quarter])).rowCount === 1
}

/** Both answer with what they kept. A quarter without requests has no rows, and all of that is kept. */
function hoursQuery(quarter: number, requests: RequestRows, { valuesMax }: TallyBounds): SQL {
  const counts = Array.from(
    { length: hoursAQuarter },
    (_, hour) => sql`coalesce(sum(c.n) filter (where c.hour = ${hour}::int4), 0)::int8`,
  )
  const columns = sql`(e.time / ${hourUs}::int8 - ${quarter * hoursAQuarter}::int8)::int4 as hour,
    e.cluster_id, e.class, e.outcome, e.verb_id`
  return sql`
    with counted as (
      select r.hour, r.cluster_id, r.class, r.outcome, r.verb_id, count(*) as n from (${requests(columns)}) r
      group by r.hour, r.cluster_id, r.class, r.outcome, r.verb_id
    ), found as (
      select c.cluster_id, c.class, c.outcome, c.verb_id, array[${sql.join(counts, sql`, `)}] as counts from counted c
      group by c.cluster_id, c.class, c.outcome, c.verb_id
    ), few as (select count(*) <= ${valuesMax} as yes from found),
    written as (
      insert into tally_hour (quarter, cluster_id, class, outcome, verb_id, counts)
      select ${quarter}::int4, f.cluster_id, f.class, f.outcome, f.verb_id, f.counts from found f, few where few.yes
    )
    select 'hour' as kept from few where few.yes`
}

function valuesQuery(quarter: number, requests: RequestRows, { valuesMax }: TallyBounds): SQL {
  const sets = facetSets(facetFields, ['cluster_id', 'class'])
  const selects = facetFields.map((field) => {
    const { value, join } = facetSources[field]
    return sql`union all (select ${field}::text, r.cluster_id, r.class, ${value}, sum(r.n)::int8 from counted r ${join}
      where ${sets.isOf(field)} group by 2, 3, 4)`
  })
  return sql`
    with counted as materialized (${sets.count(requests)}),
    found (field, cluster_id, class, value, n) as materialized (
      select 'all'::text, r.cluster_id, r.class, null::text, r.n from counted r where ${sets.isOf(null)}
      ${sql.join(selects, sql` `)}
    ), many as (
      select f.field from found f group by f.field
      having count(*) > ${valuesMax} or sum(octet_length(f.value)) > ${valueBytesMax}
    ), written as (
      insert into tally_value (quarter, field, cluster_id, class, "values", counts)
      select ${quarter}::int4, f.field, f.cluster_id, f.class, array_agg(f.value order by f.n desc),
        array_agg(f.n order by f.n desc)
      from found f where f.field not in (select m.field from many m) group by f.field, f.cluster_id, f.class
    )
    select k.field as kept from unnest(${arrayOf('text', ['all', ...facetFields])}) as k (field)
    where k.field not in (select m.field from many m)`
}
