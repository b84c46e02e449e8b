// readSiblings: for each row the other stages of its request, and whether another event claims to be the same stage.

import type { Snapshot } from '@plaintrail/query/snapshot'
import { sql, type SQL } from 'drizzle-orm'
import { knownEventDays } from './event-days.ts'
import type { EventRecord } from './find-records.ts'
import type { Store } from './open-store.ts'
import { daysAhead } from './partitions.ts'
import { arrayOf, readRows } from './read-rows.ts'
import { isInSnapshot } from './take-snapshot.ts'

export interface StageRecord {
  readonly time: number
  readonly key: string
  readonly stage: string
  readonly stageTime: number | null
  readonly code: number | null
}

export interface Siblings {
  /**
   * Rows with the same auditID, received time, cluster, caller, verb and URI, in no order. No request has more than five
   * stages, so of more than siblingsMax some are left out.
   */
  readonly stages: readonly StageRecord[]
  /** Another row has the same auditID and stage, within a day. */
  readonly conflict: boolean
}

const siblingsMax = 8
/** Rows that claim one auditID: more are looked at only as far as needed. A request has two at most, nearly always. */
const claimsMax = 32
const dayUs = 86_400_000_000
const spreadUs = 30 * dayUs

/** One answer for each record, in their order. With a snapshot, what was stored later is no sibling of anything. */
export async function readSiblings(
  store: Store,
  records: readonly EventRecord[],
  snapshot?: Snapshot,
): Promise<readonly Siblings[]> {
  if (records.length === 0) return []
  const days = await knownEventDays(store)
  // Of those of today less is left out: they are asked for by themselves.
  const isNew = (record: EventRecord): boolean => record.time + dayUs >= todayUsOf(days)
  const found = new Map<EventRecord, Siblings>()
  for (const some of [records.filter(isNew), records.filter((record) => !isNew(record))]) {
    const siblings = await siblingsOf(store, some, days, snapshot)
    for (const [index, record] of some.entries()) found.set(record, siblings[index] ?? alone)
  }
  return records.map((record) => found.get(record) ?? alone)
}

const alone: Siblings = { stages: [], conflict: false }

async function siblingsOf(
  store: Store,
  records: readonly EventRecord[],
  days: readonly number[],
  snapshot: Snapshot | undefined,
): Promise<readonly Siblings[]> {
  if (records.length === 0) return []
  const claims = await readRows<Claim>(store, claimsQuery(records, days, snapshot))
  const claimsOf = Map.groupBy(claims, ({ n }) => n)
  const crowded = records.filter((_, index) => (claimsOf.get(index + 1)?.length ?? 0) > claimsMax)
  const ofCrowded = await readCrowded(store, crowded, days, snapshot)
  return records.map((record, index) => ofCrowded.get(record) ?? siblingsAmong(record, claimsOf.get(index + 1) ?? []))
}

function siblingsAmong(record: EventRecord, claims: readonly Claim[]): Siblings {
  return {
    stages: claims.filter(({ isOfRequest }) => isOfRequest).slice(0, siblingsMax),
    conflict: claims.some(({ stage }) => stage === record.stage),
  }
}

type Claim = StageRecord & {
  readonly n: number
  readonly isOfRequest: boolean
}

type CrowdedRow = {
  readonly n: number
  readonly conflict: boolean
  readonly key: string | null
  readonly stage: string | null
  readonly stageTime: number | null
  readonly code: number | null
}

/** Where very many claim one auditID, which a client may choose: no row is read beyond the first that is a conflict. */
async function readCrowded(
  store: Store,
  records: readonly EventRecord[],
  days: readonly number[],
  snapshot: Snapshot | undefined,
): Promise<ReadonlyMap<EventRecord, Siblings>> {
  if (records.length === 0) return new Map()
  const rows = await readRows<CrowdedRow>(store, crowdedQuery(records, days, snapshot))
  const rowsOf = Map.groupBy(rows, ({ n }) => n)
  return new Map(
    records.map((record, index) => {
      const own = rowsOf.get(index + 1) ?? []
      const stages = own.flatMap(({ key, stage, stageTime, code }) =>
        key === null || stage === null ? [] : [{ time: record.time, key, stage, stageTime, code }],
      )
      return [record, { stages, conflict: own.some(({ conflict }) => conflict) }]
    }),
  )
}

/**
 * All rows but the record itself that claim its auditID and are within a day: with what each needs to be told apart.
 *
 * The comparisons with parameters leave out partitions at plan time; those with `r` find the row, and leave out partitions
 * again for each row: of 111 rows in 30 days that costs 9 ms in all, and looking into each partition 12 ms.
 *
 * A day's partition has no statistics in its first minutes. Postgres then takes a stretch of time for as rare as one
 * auditID, and reads both indexes for each row: 10 s for 2,000 rows with 40,000 stored. Where today is among those
 * read, the later bounds are so written that no index answers them: after it there are only empty partitions to leave out.
 */
export function claimsQuery(records: readonly EventRecord[], days: readonly number[], snapshot?: Snapshot): SQL {
  return sql`
    select r.n::int4 as n, c.time, c.key::text as key, c.stage, c.stage_time as "stageTime", c.code,
      c.time = r.time and c.actor_id = r.actor_id and c.verb_id = r.verb_id and c.uri_hash = r.uri_hash as "isOfRequest"
    from ${recordsAsRows(records)}
    cross join lateral (
      select c.time, c.key, c.stage, c.stage_time, c.code, c.actor_id, c.verb_id, c.uri_hash from event c
      where c.audit = r.audit and c.cluster_id = r.cluster_id and c.key <> r.key and ${isWithinADay(records, days)}
        and ${isStored('c', snapshot)}
      limit ${claimsMax + 1}
    ) c`
}

function crowdedQuery(records: readonly EventRecord[], days: readonly number[], snapshot: Snapshot | undefined): SQL {
  const [earliest, latest] = ends(records)
  const ofTheRows =
    latest - earliest > spreadUs
      ? sql`e.time = any(${timesOf(records)})`
      : sql`e.time >= ${earliest}::int8 and e.time <= ${latest}::int8`
  return sql`
    select r.n::int4 as n, s.key::text as key, s.stage, s.stage_time as "stageTime", s.code,
      exists (
        select from event c
        where c.audit = r.audit and c.cluster_id = r.cluster_id and c.stage = r.stage and c.key <> r.key
          and ${isWithinADay(records, days)} and ${isStored('c', snapshot)}
      ) as conflict
    from ${recordsAsRows(records)}
    left join lateral (
      select e.key, e.stage, e.stage_time, e.code from event e
      where ${ofTheRows} and e.time = r.time and e.audit = r.audit and e.cluster_id = r.cluster_id
        and e.actor_id = r.actor_id and e.verb_id = r.verb_id and e.uri_hash = r.uri_hash and e.key <> r.key
        and ${isStored('e', snapshot)}
      limit ${siblingsMax}
    ) s on true`
}

/** Of `c` and `r`. */
function isWithinADay(records: readonly EventRecord[], days: readonly number[]): SQL {
  const [earliest, latest] = ends(records)
  const until = latest + dayUs
  const from = sql`c.time >= ${earliest - dayUs}::int8 and c.time >= r.time - ${dayUs}::int8`
  return until >= todayUsOf(days)
    ? sql`${from} and c.time + 0 <= ${until}::int8 and c.time - r.time <= ${dayUs}::int8`
    : sql`${from} and c.time <= ${until}::int8 and c.time <= r.time + ${dayUs}::int8`
}

/** Of what has partitions ahead of it. */
const todayUsOf = (days: readonly number[]): number => ((days.at(-1) ?? 0) - daysAhead) * dayUs

function ends(records: readonly EventRecord[]): readonly [number, number] {
  return records.reduce<readonly [number, number]>(
    ([least, most], { time }) => [Math.min(least, time), Math.max(most, time)],
    [Infinity, 0],
  )
}

const isStored = (row: 'e' | 'c', snapshot: Snapshot | undefined): SQL =>
  snapshot ? isInSnapshot(snapshot, row) : sql`true`

const timesOf = (records: readonly EventRecord[]): SQL =>
  arrayOf(
    'int8',
    records.map(({ time }) => time),
  )

/** As `r`, numbered from 1. */
function recordsAsRows(records: readonly EventRecord[]): SQL {
  const column = (type: 'int4' | 'uuid' | '"char"', read: (record: EventRecord) => string | number): SQL =>
    arrayOf(type, records.map(read))
  const columns = [
    timesOf(records),
    column('uuid', ({ key }) => key),
    column('uuid', ({ audit }) => audit),
    column('int4', ({ clusterId }) => clusterId),
    column('int4', ({ actorId }) => actorId),
    column('int4', ({ verbId }) => verbId),
    column('int4', ({ uriHash }) => uriHash),
    column('"char"', ({ stage }) => stage),
  ]
  return sql`unnest(${sql.join(columns, sql`, `)}) with ordinality
    as r (time, key, audit, cluster_id, actor_id, verb_id, uri_hash, stage, n)`
}
