// Retention: whole days go, never rows. An event day is dropped when it is too old and nothing of it came lately (a log file of
// last year is kept as long as news are); a day of segments when no event that is still kept has its bytes there.

import type { Store } from './open-store.ts'
import { eventDays } from './partitions.ts'
import { dayFromName, dayName, dayOf, dayStartUs, segmentIdsOfDay } from './segment-id.ts'

export interface Expired {
  readonly eventDays: readonly string[]
  readonly segmentDays: readonly string[]
}

/** Drops what happened and was received more than `keepDays` full days before now. Safe to run twice and beside another run. */
export async function expire(store: Store, nowUs: number, keepDays: number): Promise<Expired> {
  const firstKept = dayOf(nowUs) - keepDays
  const oldEvents: number[] = []
  for (const day of await eventDays(store)) {
    if (day >= firstKept || (await cameLately(store, day, firstKept))) continue
    await dropPartition(store, 'event', day)
    oldEvents.push(day)
  }
  const oldSegments: number[] = []
  for (const day of await segmentDays(store)) {
    if (day >= firstKept || (await isNeeded(store, day))) continue
    await dropSegmentDay(store, day)
    oldSegments.push(day)
  }
  return { eventDays: oldEvents.map(dayName), segmentDays: oldSegments.map(dayName) }
}

/** Whether a segment received since `firstKept` may have events of the day: its times span it. */
async function cameLately(store: Store, day: number, firstKept: number): Promise<boolean> {
  const [from] = segmentIdsOfDay(firstKept)
  const { rows } = await store.pool.query<{ came: boolean }>(
    `select exists (select from seal where segment_id >= $1 and time_min < $3 and time_max >= $2) as came`,
    [from, dayStartUs(day), dayStartUs(day + 1)],
  )
  return rows[0]?.came ?? true
}

/** Days since 1970 that have a segment partition, oldest first. */
async function segmentDays(store: Store): Promise<readonly number[]> {
  const { rows } = await store.pool.query<{ name: string }>(
    `select c.relname::text as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'segment'::regclass order by 1`,
  )
  return rows.map(({ name }) => dayFromName(name.slice('segment_'.length)))
}

/** Events without a usable time (time 0) go with the bytes they came in; all others hold on to theirs. */
async function isNeeded(store: Store, day: number): Promise<boolean> {
  const [from, to] = segmentIdsOfDay(day)
  const firstKept = dayStartUs((await eventDays(store))[0] ?? day)
  const { rows } = await store.pool.query<{ needed: boolean }>(
    `select exists (select from seal where segment_id >= $1 and segment_id < $2 and time_max >= $3)
         or exists (select from segment_queue where segment_id >= $1 and segment_id < $2) as needed`,
    [from, to, firstKept],
  )
  return rows[0]?.needed ?? true
}

async function dropSegmentDay(store: Store, day: number): Promise<void> {
  const [from, to] = segmentIdsOfDay(day)
  await store.pool.query('delete from event_odd where segment_id >= $1 and segment_id < $2', [from, to])
  await store.pool.query('delete from quarantine where segment_id >= $1 and segment_id < $2', [from, to])
  await dropPartition(store, 'seal', day)
  await dropPartition(store, 'segment', day)
}

/** DETACH … CONCURRENTLY lets readers and writers of the other days go on; it cannot run inside a transaction. */
async function dropPartition(store: Store, parent: 'event' | 'segment' | 'seal', day: number): Promise<void> {
  const name = `${parent}_${dayName(day)}`
  const { rows } = await store.pool.query<{ pending: boolean }>(
    `select inhdetachpending as pending from pg_inherits where inhrelid = to_regclass($1)`,
    [name],
  )
  // A crash after the detach leaves the table alone, and one in its middle leaves it pending: both end here.
  if (rows[0]) {
    await store.pool.query(
      `alter table ${parent} detach partition ${name} ${rows[0].pending ? 'finalize' : 'concurrently'}`,
    )
  }
  await store.pool.query(`drop table if exists ${name}`)
}
