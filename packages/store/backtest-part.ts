// What makes a back-test: each part is one job of the outbox, committed together with the position where the next one goes on
// and the job that asks for it. So an event is judged once, whoever dies and whatever runs twice.

import { decodeSnapshot, type Snapshot } from '@plaintrail/query/snapshot'
import type { Scope } from '@plaintrail/query/scope'
import type { Window } from '@plaintrail/query/window'
import { sql } from 'drizzle-orm'
import type { PoolClient } from 'pg'
import { exceptionConditions, hideExcepted } from './backtest-exceptions.ts'
import { backtestResult, type BacktestResult, type ResultQuestion } from './backtest-result.ts'
import { backtestOutbox, formatBacktestId, noTally, type BacktestMissing, type BacktestTally } from './backtests.ts'
import { newUuid7 } from './export-id.ts'
import type { EventPosition } from './find-records.ts'
import type { FoundHit } from './findings-of-hits.ts'
import { readScope } from './make-export.ts'
import type { Store } from './open-store.ts'
import { completeJob, addOutbox } from './outbox.ts'
import { readRows } from './read-rows.ts'

export interface BacktestToMake {
  /** A UUID. */
  readonly uuid: string
  readonly id: string
  readonly scope: Scope
  readonly rule: string
  readonly text: string
  readonly running: { readonly version: number; readonly text: string } | null
  readonly cluster: string | null
  readonly window: Window
  /** Null where another version wrote it. */
  readonly snapshot: Snapshot | null
  readonly after: EventPosition | null
  readonly isRead: boolean
  readonly hits: number
  readonly reachedUs: number | null
}

type Row = Omit<BacktestToMake, 'id' | 'scope' | 'running' | 'window' | 'snapshot' | 'after'> & {
  readonly scope: unknown
  readonly runningVersion: number | null
  readonly runningText: string | null
  readonly sinceUs: number
  readonly untilUs: number
  readonly snapshot: string
  readonly positionUs: number | null
  readonly positionKey: string | null
}

/** The back-test whose next part this job is. Null where it is ended or gone: then there is nothing to do. */
export async function beginBacktestPart(store: Store, job: string): Promise<BacktestToMake | null> {
  const [row] = await readRows<Row & Record<string, unknown>>(
    store,
    sql`update backtest set state = 'running' where job = ${job}::uuid
        returning id::text as uuid, scope, rule, text, running_version as "runningVersion", running as "runningText", cluster,
          since_us as "sinceUs", until_us as "untilUs", snapshot, position_us as "positionUs",
          replace(position_key::text, '-', '') as "positionKey", is_read as "isRead", hits, reached_us as "reachedUs"`,
  )
  if (!row) return null
  const { scope, runningVersion, runningText, sinceUs, untilUs, snapshot, positionUs, positionKey, ...said } = row
  return {
    ...said,
    id: formatBacktestId(row.uuid),
    scope: readScope(scope),
    running: runningVersion === null || runningText === null ? null : { version: runningVersion, text: runningText },
    window: { sinceUs, untilUs },
    snapshot: decodeSnapshot(snapshot),
    after: positionUs === null || positionKey === null ? null : { timeUs: positionUs, key: positionKey },
  }
}

/** Whether this job is still the next part of a back-test: not where it was cancelled meanwhile, or another was faster. */
export async function isBacktestPart(store: Store, job: string): Promise<boolean> {
  const rows = await readRows(store, sql`select id from backtest where job = ${job}::uuid`)
  return rows.length > 0
}

/** Version 1 is of the rule that is asked about, 0 of the one in force. */
export interface BacktestHit extends Omit<FoundHit, 'finding' | 'fields' | 'gapId'> {
  readonly clusterId: number
  readonly findingId: string
  readonly group: FoundHit['fields']
  readonly summary: string
}

export interface BacktestPartEnd {
  readonly events: number
  readonly hits: readonly BacktestHit[]
  readonly tally: BacktestTally
  /** Where the next part goes on; null where nothing is left to read. */
  readonly next: EventPosition | null
  /** Where reading stopped, as there are too many hits; null where it did not. */
  readonly reachedUs: number | null
}

/** `gone`: it is ended, or another worker was faster. */
export type BacktestStored = 'stored' | 'gone'

/** Also asks for the next job: there is one at least, which tells what counts. */
export async function storeBacktestPart(
  store: Store,
  job: string,
  end: BacktestPartEnd,
  nowMs = Date.now(),
): Promise<BacktestStored> {
  let stored: BacktestStored = 'gone'
  await completeJob(store, job, async (client) => {
    const found = await lockOfJob(client, job)
    if (found === null) return
    stored = 'stored'
    const made = await takeHits(client, found.uuid, end.hits)
    const next = newUuid7(nowMs)
    await client.query(
      `update backtest set job = $2::uuid, events = events + $3::int8, hits = hits + $4::int4, tally = $5::jsonb,
         position_us = coalesce($6::int8, position_us), position_key = coalesce($7::uuid, position_key), is_read = $8,
         reached_us = $9::int8
       where id = $1::uuid`,
      [
        found.uuid,
        next,
        end.events,
        made,
        JSON.stringify(joinedTallies(found.tally ?? noTally, end.tally)),
        end.next?.timeUs ?? null,
        end.next?.key ?? null,
        end.next === null,
        end.reachedUs,
      ],
    )
    await addOutbox(client, [backtestOutbox(next, found.uuid)])
  })
  return stored
}

/** The last job: says what the hits come to, and throws them away. Null where it is ended, or another was faster. */
export async function storeBacktestResult(
  store: Store,
  job: string,
  question: Omit<ResultQuestion, 'backtestId' | 'hidden'>,
): Promise<BacktestResult | null> {
  let result: BacktestResult | null = null
  const exceptions = await exceptionConditions(store, question.rule.name)
  await completeJob(store, job, async (client) => {
    const found = await lockOfJob(client, job)
    if (found === null) return
    const hidden = await hideExcepted(client, found.uuid, exceptions)
    result = await backtestResult(client, { ...question, backtestId: found.uuid, hidden })
    await client.query('delete from backtest_hit where backtest_id = $1::uuid', [found.uuid])
    await client.query(
      `update backtest set state = 'done', job = null, finished_at = now(), result = $2::jsonb where id = $1::uuid`,
      [found.uuid, JSON.stringify(result)],
    )
  })
  return result
}

/** For good: another attempt would fail the same way. */
export async function failBacktest(store: Store, job: string, error: string): Promise<void> {
  await completeJob(store, job, async (client) => {
    const found = await lockOfJob(client, job)
    if (found === null) return
    await client.query('delete from backtest_hit where backtest_id = $1::uuid', [found.uuid])
    await client.query(
      `update backtest set state = 'failed', job = null, finished_at = now(), error = $2 where id = $1::uuid`,
      [found.uuid, error],
    )
  })
}

async function lockOfJob(
  client: PoolClient,
  job: string,
): Promise<{ readonly uuid: string; readonly tally: BacktestTally | null } | null> {
  const { rows } = await client.query<{ uuid: string; tally: BacktestTally | null }>(
    'select id::text as uuid, tally from backtest where job = $1::uuid for update',
    [job],
  )
  return rows[0] ?? null
}

/** Of several for one place the latest stage is kept, as takeHits of rule-hits.ts has it. How many are new. */
async function takeHits(client: PoolClient, backtestId: string, hits: readonly BacktestHit[]): Promise<number> {
  const latest = new Map<string, BacktestHit>()
  for (const hit of hits) {
    const place = `${hit.version}/${hit.findingId}/${hit.timeUs}/${hit.request}/${hit.step}`
    const before = latest.get(place)
    if (before === undefined || isLater(hit, before)) latest.set(place, hit)
  }
  const own = [...latest.values()]
  if (own.length === 0) return 0
  const { rows } = await client.query<{ isNew: boolean }>(
    `insert into backtest_hit as h (backtest_id, version, finding_id, time, request, step, cluster_id, key, stage_rank, stage_time,
       due_us, value, "group", summary)
     select $1, i.version, i.finding_id, i.time, i.request, i.step, i.cluster_id, i.key, i.stage_rank, i.stage_time, i.due_us,
       i.value, i."group", i.summary
     from unnest($2::int2[], $3::uuid[], $4::int8[], $5::uuid[], $6::int2[], $7::int4[], $8::uuid[], $9::int2[], $10::int8[],
         $11::int8[], $12::text[], $13::json[], $14::text[])
       as i (version, finding_id, time, request, step, cluster_id, key, stage_rank, stage_time, due_us, value, "group", summary)
     on conflict (backtest_id, version, finding_id, time, request, step) do update set key = excluded.key,
       stage_rank = excluded.stage_rank, stage_time = excluded.stage_time, value = excluded.value, summary = excluded.summary
       where (excluded.stage_rank, excluded.stage_time, excluded.key) > (h.stage_rank, h.stage_time, h.key)
     returning xmax = 0 as "isNew"`,
    [
      backtestId,
      own.map(({ version }) => version),
      own.map(({ findingId }) => findingId),
      own.map(({ timeUs }) => timeUs),
      own.map(({ request }) => request),
      own.map(({ step }) => step),
      own.map(({ clusterId }) => clusterId),
      own.map(({ key }) => key),
      own.map(({ stageRank }) => stageRank),
      own.map(({ stageTimeUs }) => stageTimeUs),
      own.map(({ dueUs }) => dueUs),
      own.map(({ value }) => value),
      own.map(({ group }) => JSON.stringify(group)),
      own.map(({ summary }) => summary),
    ],
  )
  return rows.filter(({ isNew }) => isNew).length
}

function isLater(one: BacktestHit, other: BacktestHit): boolean {
  if (one.stageRank !== other.stageRank) return one.stageRank > other.stageRank
  if (one.stageTimeUs !== other.stageTimeUs) return one.stageTimeUs > other.stageTimeUs
  return (one.key ?? '') > (other.key ?? '')
}

/** Texts of what was not known; what is past them is counted and not told. */
const missingMax = 20

export function joinedTallies(one: BacktestTally, other: BacktestTally): BacktestTally {
  const missing = new Map<string, BacktestMissing>()
  for (const told of [...one.missing, ...other.missing]) {
    const key = JSON.stringify([told.cluster, told.isError, told.what, told.because])
    const before = missing.get(key)
    missing.set(key, before === undefined ? told : { ...before, count: before.count + told.count })
  }
  return {
    evaluated: one.evaluated + other.evaluated,
    matched: one.matched + other.matched,
    insufficient: one.insufficient + other.insufficient,
    errors: one.errors + other.errors,
    missing: [...missing.values()].toSorted((a, b) => b.count - a.count).slice(0, missingMax),
  }
}
