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
  const rows = await readRows<SiblingRow>(store, siblingsQuery(records, days, snapshot))
  const found = records.map((): { stages: StageRecord[]; conflict: boolean } => ({ stages: [], conflict: false }))
  for (const { n, conflict, key, stage, stageTime, code } of rows) {
    const siblings = found[n - 1]
    const time = records[n - 1]?.time
    if (!siblings || time === undefined) continue
    siblings.conflict = conflict
    if (key !== null && stage !== null) siblings.stages.push({ time, key, stage, stageTime, code })
  }
  return found
}

type SiblingRow = {
  readonly n: number
  readonly conflict: boolean
  readonly key: string | null
  readonly stage: string | null
  readonly stageTime: number | null
  readonly code: number | null
}

/**
 * The comparisons with parameters leave out partitions at plan time; those with `r` find the row. Leaving some out anew
 * for each row costs 60 µs a row, and looking into one 2 µs: worth it only where the rows are spread over many days.
 * Where they are close together two bounds leave out the same ones as all their times, for a third of the planning
 * (1.7 ms with 61 times, 0.6 ms without).
 *
 * A day's partition has no statistics in its first minutes. Postgres then takes a stretch of time for as rare as one
 * auditID, and reads both indexes for each row: 10 s for 2,000 rows with 40,000 stored. Where today is among those
 * read, the later bound is so written that no index answers it: after it there are only empty partitions to leave out.
 */
export function siblingsQuery(records: readonly EventRecord[], days: readonly number[], snapshot?: Snapshot): SQL {
  const isStored = (row: 'e' | 'c'): SQL => (snapshot ? isInSnapshot(snapshot, row) : sql`true`)
  const times = arrayOf(
    'int8',
    records.map((record) => record.time),
  )
  const earliest = records.reduce((least, { time }) => Math.min(least, time), Infinity)
  const latest = records.reduce((most, { time }) => Math.max(most, time), 0)
  const withinADay =
    latest - earliest > spreadUs
      ? sql`c.time between r.time - ${dayUs}::int8 and r.time + ${dayUs}::int8`
      : sql`abs(c.time - r.time) <= ${dayUs}::int8`
  const until = latest + dayUs
  const todayUs = ((days.at(-1) ?? 0) - daysAhead) * dayUs
  const untilADayLater = until >= todayUs ? sql`c.time + 0 <= ${until}::int8` : sql`c.time <= ${until}::int8`
  const ofTheRows =
    latest - earliest > dayUs
      ? sql`e.time = any(${times})`
      : sql`e.time >= ${earliest}::int8 and e.time <= ${latest}::int8`
  return sql`
    select r.n::int4 as n, s.key::text as key, s.stage, s.stage_time as "stageTime", s.code,
      exists (
        select from event c
        where c.audit = r.audit and c.time >= ${earliest - dayUs}::int8 and ${untilADayLater}
          and ${withinADay}
          and c.cluster_id = r.cluster_id and c.stage = r.stage and c.key <> r.key and ${isStored('c')}
      ) as conflict
    from unnest(
      ${times},
      ${arrayOf(
        'uuid',
        records.map((record) => record.key),
      )},
      ${arrayOf(
        'uuid',
        records.map((record) => record.audit),
      )},
      ${arrayOf(
        'int4',
        records.map((record) => record.clusterId),
      )},
      ${arrayOf(
        'int4',
        records.map((record) => record.actorId),
      )},
      ${arrayOf(
        'int4',
        records.map((record) => record.verbId),
      )},
      ${arrayOf(
        'int4',
        records.map((record) => record.uriHash),
      )},
      ${arrayOf(
        '"char"',
        records.map((record) => record.stage),
      )}
    ) with ordinality as r (time, key, audit, cluster_id, actor_id, verb_id, uri_hash, stage, n)
    left join lateral (
      select e.key, e.stage, e.stage_time, e.code from event e
      where ${ofTheRows} and e.time = r.time and e.audit = r.audit and e.cluster_id = r.cluster_id
        and e.actor_id = r.actor_id and e.verb_id = r.verb_id and e.uri_hash = r.uri_hash and e.key <> r.key and ${isStored('e')}
      limit ${siblingsMax}
    ) s on true`
}
