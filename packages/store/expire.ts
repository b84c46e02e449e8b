// Retention: whole days go, never rows. An event day is dropped when it is too old and nothing of it came lately (a log file
// of last year is kept as long as news are); a day of segments when no event that is still kept has its bytes there.

import type { PoolClient } from 'pg'
import { expireHits, forgetOddHits } from './expire-hits.ts'
import { expireFacts } from './expire-initiators.ts'
import type { Store } from './open-store.ts'
import { changedFieldDays, eventDays, initiatorDays } from './partitions.ts'
import { quartersADay } from './quarters.ts'
import { dayFromName, dayName, dayOf, dayOfSegment, dayStartUs, segmentIdsOfDay } from './segment-id.ts'

export interface Expired {
  readonly eventDays: readonly string[]
  readonly segmentDays: readonly string[]
}

/** Writers and readers queue behind a drop that waits for a long question: it gives up after this, and comes again. */
const lockWaitMs = 2_000

/** Drops what happened and was received more than `keepDays` full days before now. Safe to run twice and beside another run. */
export async function expire(store: Store, nowUs: number, keepDays: number): Promise<Expired> {
  const firstKept = Math.min(dayOf(nowUs), (await lastDayReceived(store)) + 1) - keepDays
  const dropped: { eventDays: string[]; segmentDays: string[] } = { eventDays: [], segmentDays: [] }
  for (const day of await eventDays(store)) {
    if (day < firstKept && (await dropEventDay(store, day, firstKept))) dropped.eventDays.push(dayName(day))
  }
  const [oldest = firstKept] = await eventDays(store)
  const kept = new Set(await eventDays(store))
  for (const day of await changedFieldDays(store)) {
    if (day < firstKept && !kept.has(day)) await dropDayOf(store, 'changed_field', day)
  }
  for (const day of await initiatorDays(store)) {
    if (day < firstKept && !kept.has(day)) await dropDayOf(store, 'event_initiator', day)
  }
  await expireHits(store, firstKept, kept)
  await expireFacts(store, firstKept)
  for (const day of await segmentDays(store)) {
    if (day >= firstKept || (await isNeeded(store.pool, day, oldest))) continue
    await forgetRevisions(store, day)
    if (await dropSegmentDay(store, day, oldest)) dropped.segmentDays.push(dayName(day))
  }
  return dropped
}

/** A clock that runs years ahead must not drop everything: time counts as far as segments came, and a day more. */
async function lastDayReceived(store: Store): Promise<number> {
  const { rows } = await store.pool.query<{ newest: number | null }>('select max(segment_id) as newest from seal')
  const newest = rows[0]?.newest ?? null
  return newest === null ? Infinity : dayOfSegment(newest)
}

/** Days since 1970 that have a segment partition, oldest first. */
async function segmentDays(store: Store): Promise<readonly number[]> {
  const { rows } = await store.pool.query<{ name: string }>(
    `select c.relname::text as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'segment'::regclass order by 1`,
  )
  return rows.map(({ name }) => dayFromName(name.slice('segment_'.length)))
}

async function dropEventDay(store: Store, day: number, firstKept: number): Promise<boolean> {
  return await dropUnlessNeeded(store, ['event'], async (client) => {
    if (await cameLately(client, day, firstKept)) return false
    await client.query(`drop table event_${dayName(day)}`)
    const quarters = [day * quartersADay, (day + 1) * quartersADay]
    await client.query('delete from tally where quarter >= $1 and quarter < $2', quarters)
    return true
  })
}

/** Goes after its events: who follows may have made it a moment before these went. */
async function dropDayOf(store: Store, parent: 'changed_field' | 'event_initiator', day: number): Promise<void> {
  await dropUnlessNeeded(store, [parent], async (client) => {
    await client.query(`drop table ${parent}_${dayName(day)}`)
    return true
  })
}

/** Whether a segment received since `firstKept` may have events of the day: its times span it. */
async function cameLately(client: PoolClient, day: number, firstKept: number): Promise<boolean> {
  const [from] = segmentIdsOfDay(firstKept)
  const { rows } = await client.query<{ came: boolean }>(
    `select exists (select from seal where segment_id >= $1 and time_min < $3 and time_max >= $2) as came`,
    [from, dayStartUs(day), dayStartUs(day + 1)],
  )
  return rows[0]?.came ?? true
}

/** Events without a usable time go with the bytes they came in, and so does what is in quarantine. */
async function dropSegmentDay(store: Store, day: number, oldestEventDay: number): Promise<boolean> {
  const [from, to] = segmentIdsOfDay(day)
  return await dropUnlessNeeded(store, ['event', 'segment', 'seal'], async (client) => {
    if (await isNeeded(client, day, oldestEventDay)) return false
    await client.query(
      `delete from event_initiator_odd i using event_odd e
       where e.segment_id >= $1 and e.segment_id < $2 and i.time = e.time and i.key = e.key`,
      [from, to],
    )
    await forgetOddHits(client, from, to)
    await client.query('delete from event_odd where segment_id >= $1 and segment_id < $2', [from, to])
    await client.query('delete from quarantine where segment_id >= $1 and segment_id < $2', [from, to])
    await client.query(`drop table segment_${dayName(day)}`)
    await client.query(`drop table if exists seal_${dayName(day)}`)
    return true
  })
}

/** Revisions that one statement takes away. */
const revisionsMax = 10_000

/**
 * What the day's bytes told and show of objects. Before the day is dropped, so that no lock is held meanwhile and a crash
 * leaves nothing that never goes; a day that is needed again after all has lost its revisions until history is made anew.
 */
async function forgetRevisions(store: Store, day: number): Promise<void> {
  const [from, to] = segmentIdsOfDay(day)
  for (let gone = revisionsMax; gone === revisionsMax;) {
    const { rows } = await store.pool.query<{ gone: number; objects: readonly number[] }>(
      `with gone as (
         delete from revision r using (
           select object_id, time, key, part from revision where segment_id >= $1 and segment_id < $2 limit ${revisionsMax}
         ) d where (r.object_id, r.time, r.key, r.part) = (d.object_id, d.time, d.key, d.part)
         returning r.object_id, r.time, r.key, r.part
       ), odd as (
         delete from changed_field_odd c using gone g
         where (c.object_id, c.time, c.key, c.part) = (g.object_id, g.time, g.key, g.part)
       ) select count(*) as gone, coalesce(array_agg(distinct object_id), '{}') as objects from gone`,
      [from, to],
    )
    gone = rows[0]?.gone ?? 0
    await forgetObjects(store, rows[0]?.objects ?? [])
  }
  await store.pool.query(
    `update revision set has_state = false, state_segment_id = null, state_item = null, state_part = null, state_flags = null
     where state_segment_id >= $1 and state_segment_id < $2`,
    [from, to],
  )
}

/** Names of objects of which nothing is left. One that history works on now goes with its next revisions. */
async function forgetObjects(store: Store, ids: readonly number[]): Promise<void> {
  await store.pool.query(
    `delete from history_object where id in (
       select o.id from history_object o
       where o.id = any($1::int8[]) and not exists (select from revision r where r.object_id = o.id)
       for update skip locked)`,
    [ids],
  )
}

async function isNeeded(client: Pick<PoolClient, 'query'>, day: number, oldestEventDay: number): Promise<boolean> {
  const [from, to] = segmentIdsOfDay(day)
  const { rows } = await client.query<{ needed: boolean }>(
    `select exists (select from seal where segment_id >= $1 and segment_id < $2 and time_max >= $3)
         or exists (select from segment_queue where segment_id >= $1 and segment_id < $2) as needed`,
    [from, to, dayStartUs(oldestEventDay)],
  )
  return rows[0]?.needed ?? true
}

/**
 * The tables are locked before it is asked whether the day is needed: a batch that commits between question and drop
 * would lose its events. A crash in here leaves everything as it was.
 */
async function dropUnlessNeeded(
  store: Store,
  parents: readonly ('event' | 'segment' | 'seal' | 'changed_field' | 'event_initiator')[],
  drop: (client: PoolClient) => Promise<boolean>,
): Promise<boolean> {
  const client = await store.pool.connect()
  try {
    await client.query('begin')
    // A quarter that is being counted holds up the tables' lock for longer than that, and it is known who does.
    await client.query('select from tally_state for update')
    await client.query(`set local lock_timeout = ${lockWaitMs}`)
    await client.query(`lock table ${parents.map((parent) => `only ${parent}`).join(', ')} in access exclusive mode`)
    const isDropped = await drop(client)
    await client.query('commit')
    return isDropped
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}
