// Daily partitions: made ahead of time, made for late or odd dates on demand, and known to every reader.

import type { Store } from './open-store.ts'
import { dayFromName, dayName, dayOf, dayStartUs, segmentIdsOfDay } from './segment-id.ts'

/** More event days than this are never made: ten years and a margin. What lies beyond goes to quarantine. */
export const eventDaysMax = 4_000
/** Made ahead, so that midnight needs no DDL. */
export const daysAhead = 3
const advisoryLock = 7_717_002
/** A partition waits this long for its lock before it lets the writers behind it go on. */
const lockWaitMs = 2_000

type Partitioned = 'event' | 'segment' | 'seal' | 'changed_field' | 'event_initiator' | 'rule_hit'

/** Days since 1970 that have an event partition, oldest first; the odd one is not among them. */
export async function eventDays(store: Store): Promise<readonly number[]> {
  return await daysOf(store, 'event')
}

/** Days since 1970 that have a partition of changed fields, oldest first. */
export async function changedFieldDays(store: Store): Promise<readonly number[]> {
  return await daysOf(store, 'changed_field')
}

/** Days since 1970 that have a partition of initiators, oldest first. */
export async function initiatorDays(store: Store): Promise<readonly number[]> {
  return await daysOf(store, 'event_initiator')
}

/** Days since 1970 that have a partition of what rules matched, oldest first. */
export async function ruleHitDays(store: Store): Promise<readonly number[]> {
  return await daysOf(store, 'rule_hit')
}

/** Of these days, those that have a partition of events, and those that have one of what rules matched. */
export async function daysOfHits(
  store: Store,
  days: readonly number[],
): Promise<{ readonly kept: ReadonlySet<number>; readonly made: ReadonlySet<number> }> {
  const { rows } = await store.pool.query<{ name: string }>({
    name: 'days-of-hits',
    text: `select c.relname::text as name from pg_class c join pg_inherits i on i.inhrelid = c.oid
           where c.relname = any($1::name[]) and i.inhparent in ('event'::regclass, 'rule_hit'::regclass)`,
    values: [days.flatMap((day) => [`event_${dayName(day)}`, `rule_hit_${dayName(day)}`])],
  })
  const found = new Set(rows.map(({ name }) => name))
  return {
    kept: new Set(days.filter((day) => found.has(`event_${dayName(day)}`))),
    made: new Set(days.filter((day) => found.has(`rule_hit_${dayName(day)}`))),
  }
}

async function daysOf(store: Store, parent: Exclude<Partitioned, 'segment' | 'seal'>): Promise<readonly number[]> {
  const { rows } = await store.pool.query<{ name: string }>({
    name: `days-of-${parent}`,
    text: `select c.relname::text as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
           where i.inhparent = '${parent}'::regclass and c.relname ~ '^${parent}_[0-9]{8}$' order by 1`,
  })
  return rows.map(({ name }) => dayFromName(name.slice(`${parent}_`.length)))
}

/** Makes the partitions of today and the next days. */
export async function makePartitionsAhead(store: Store, nowUs: number): Promise<void> {
  const today = dayOf(nowUs)
  for (let day = today - 1; day <= today + daysAhead; day++) {
    await makePartition(store, 'event', day)
    await makePartition(store, 'segment', day)
    await makePartition(store, 'seal', day)
  }
}

/** Makes the partitions of segments received on these days. */
export async function makeSegmentDays(store: Store, days: Iterable<number>): Promise<void> {
  for (const day of days) {
    await makePartition(store, 'segment', day)
    await makePartition(store, 'seal', day)
  }
}

/** Makes the event partitions of these days; returns the days it refused because there are eventDaysMax already. */
export async function makeEventDays(store: Store, days: Iterable<number>): Promise<readonly number[]> {
  const refused: number[] = []
  let count = (await eventDays(store)).length
  for (const day of days) {
    if (count >= eventDaysMax) {
      refused.push(day)
      continue
    }
    await makePartition(store, 'event', day)
    count += 1
  }
  return refused
}

/** Makes the partitions of what changed on these days. */
export async function makeChangedFieldDays(store: Store, days: Iterable<number>): Promise<void> {
  for (const day of days) await makePartition(store, 'changed_field', day)
}

/** Makes the partitions of who is behind the events of these days. */
export async function makeInitiatorDays(store: Store, days: Iterable<number>): Promise<void> {
  for (const day of days) await makePartition(store, 'event_initiator', day)
}

/** Makes the partitions of what rules matched on these days. */
export async function makeRuleHitDays(store: Store, days: Iterable<number>): Promise<void> {
  for (const day of days) await makePartition(store, 'rule_hit', day)
}

/**
 * CREATE … PARTITION OF would lock the parent against every reader and writer; a table made alone and then attached
 * does not (ALTER TABLE … ATTACH takes SHARE UPDATE EXCLUSIVE on the parent).
 */
async function makePartition(store: Store, parent: Partitioned, day: number): Promise<void> {
  const name = `${parent}_${dayName(day)}`
  const isByTime = parent !== 'segment' && parent !== 'seal'
  const [from, to] = isByTime ? [dayStartUs(day), dayStartUs(day + 1)] : segmentIdsOfDay(day)
  const client = await store.pool.connect()
  try {
    await client.query('begin')
    await client.query(`set local lock_timeout = ${lockWaitMs}`)
    await client.query(`select pg_advisory_xact_lock(${advisoryLock})`)
    const { rows } = await client.query<{ found: boolean }>('select to_regclass($1) is not null as found', [name])
    if (rows[0]?.found !== true) {
      await client.query(`create table ${name} (like ${parent} including all)`)
      await client.query(`alter table ${parent} attach partition ${name} for values from (${from}) to (${to})`)
    }
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}
