// Back-tests: what a rule would have found in what is stored. Here they are asked for, shown and given up; backtest-part.ts has
// what makes them.

import { formatMicroTime } from '@plaintrail/event/time'
import { everything, matches, type Query } from '@plaintrail/query/ast'
import type { Scope } from '@plaintrail/query/scope'
import { encodeSnapshot } from '@plaintrail/query/snapshot'
import type { Window } from '@plaintrail/query/window'
import { sql, type SQL } from 'drizzle-orm'
import type { BacktestResult } from './backtest-result.ts'
import { newUuid7 } from './export-id.ts'
import type { ExportState } from './exports.ts'
import type { Store } from './open-store.ts'
import { addOutbox } from './outbox.ts'
import { readRows, statementOf } from './read-rows.ts'
import { storable } from './revision-row.ts'
import { takeSnapshot } from './take-snapshot.ts'
import { timeUs } from './time-position.ts'
import { transaction } from './transaction.ts'

export interface NewBacktest {
  readonly maker: { readonly id: string; readonly name: string }
  /** Its name, and its text: one document of a rule file. */
  readonly rule: string
  readonly text: string
  /** The version in force, where that says something else. */
  readonly running: { readonly version: number; readonly text: string } | null
  /** The name of the one cluster; null for all that the scope has. */
  readonly cluster: string | null
  readonly window: Window
}

/** What the rule said of the events of the window that its match lets through. */
export interface BacktestTally {
  readonly evaluated: number
  readonly matched: number
  readonly insufficient: number
  readonly errors: number
  /** What was not known, or what an error said; the most frequent first. */
  readonly missing: readonly BacktestMissing[]
}

export interface BacktestMissing {
  /** The name of the cluster where it was so. */
  readonly cluster: string
  readonly isError: boolean
  readonly what: string
  readonly because: string
  readonly count: number
  /** An event where it was so. */
  readonly event: string
}

export interface Backtest {
  readonly id: string
  /** Times are RFC 3339. */
  readonly created: string
  readonly finished: string | null
  readonly maker: string
  readonly rule: string
  readonly runningVersion: number | null
  readonly cluster: string | null
  readonly window: Window
  readonly state: ExportState
  /** Why it failed. */
  readonly error: string | null
  /** Events that were read, which those around the window are among. */
  readonly read: number
  /** The time of the last of them, in microseconds since 1970. */
  readonly positionUs: number | null
  readonly isRead: boolean
  readonly tally: BacktestTally
  /** Null until it is done. */
  readonly result: BacktestResult | null
}

/** The kind of the outbox row that asks for the next part. */
export const backtestPartDue = 'backtest.part'

/** Back-tests that are not ended, of everybody together. */
export const unendedBacktestsMax = 5
/** For how many days one is kept. */
export const backtestDays = 30

export const noTally: BacktestTally = { evaluated: 0, matched: 0, insufficient: 0, errors: 0, missing: [] }

/** Of what is stored now: what comes later is not in it. Null where unendedBacktestsMax are not ended yet. */
export async function createBacktest(
  store: Store,
  scope: Scope,
  { maker, rule, text, running, cluster, window }: NewBacktest,
  nowMs = Date.now(),
): Promise<string | null> {
  const id = newUuid7(nowMs)
  const job = newUuid7(nowMs)
  const snapshot = encodeSnapshot(await takeSnapshot(store, scope, clusterQuery(cluster)))
  return await transaction(store, async (client) => {
    // Two at the same moment must not both be the last one.
    await client.query(`select pg_advisory_xact_lock(${createLock})`)
    const { rows } = await client.query<{ unended: number }>(
      `select count(*)::int4 as unended from backtest x join outbox o on o.id = x.job where o.dead_at is null`,
    )
    if ((rows[0]?.unended ?? 0) >= unendedBacktestsMax) return null
    await client.query(
      `insert into backtest (id, maker_id, maker, scope, rule, text, running_version, running, cluster, since_us, until_us,
         snapshot, job)
       values ($1::uuid, $2::uuid, $3, $4::jsonb, $5, $6, $7::int4, $8, $9, $10::int8, $11::int8, $12, $13::uuid)`,
      [
        id,
        maker.id,
        maker.name,
        scopeText(scope),
        rule,
        storable(text),
        running?.version ?? null,
        running?.text ?? null,
        cluster,
        window.sinceUs,
        window.untilUs,
        snapshot,
        job,
      ],
    )
    await addOutbox(client, [backtestOutbox(job, id)])
    return formatBacktestId(id)
  })
}

/** Which clusters it is about. */
export function clusterQuery(cluster: string | null): Query {
  return cluster === null ? everything : matches('cluster', [[cluster]])
}

/** Any number that no other transaction takes. */
const createLock = 7_717_024

export function backtestOutbox(job: string, id: string) {
  const bytes = Buffer.from(job.replaceAll('-', ''), 'hex')
  return { id: bytes, kind: backtestPartDue, payload: { backtest: formatBacktestId(id) } }
}

/** Null where there is none, or it is past its time, or it is not for this scope to see. */
export async function findBacktest(store: Store, scope: Scope, id: string): Promise<Backtest | null> {
  const uuid = parseBacktestId(id)
  if (uuid === null) return null
  const [row] = await readRows<Row & Record<string, unknown>>(
    store,
    sql`select x.id::text as id, ${timeUs(sql`x.created_at`)} as "createdUs", ${timeUs(sql`x.finished_at`)} as "finishedUs",
          x.maker, x.rule, x.running_version as "runningVersion", x.cluster, x.since_us as "sinceUs",
          x.until_us as "untilUs", x.events as read, x.position_us as "positionUs", x.is_read as "isRead", x.tally, x.result,
          case when o.dead_at is null then x.state else 'failed' end as state, coalesce(x.error, o.error) as error
        from backtest x left join outbox o on o.id = x.job and o.dead_at is not null
        where x.id = ${uuid}::uuid and ${isVisible(scope)}`,
  )
  return row === undefined ? null : backtestOf(row)
}

/** Ids of those that this scope may see and end, oldest first. */
export async function unendedBacktests(store: Store, scope: Scope): Promise<readonly string[]> {
  const rows = await readRows<{ id: string }>(
    store,
    sql`select x.id::text as id from backtest x join outbox o on o.id = x.job
        where o.dead_at is null and ${isVisible(scope)} order by x.id limit ${unendedBacktestsMax}`,
  )
  return rows.map(({ id }) => formatBacktestId(id))
}

/** Ends it where it is not ended, and throws away what it has. False where there is no such back-test. */
export async function cancelBacktest(store: Store, scope: Scope, id: string): Promise<boolean> {
  const uuid = parseBacktestId(id)
  if (uuid === null) return false
  return await transaction(store, async (client) => {
    const { text, values } = statementOf(
      sql`select x.id from backtest x where x.id = ${uuid}::uuid and ${isVisible(scope)} for update`,
    )
    const { rowCount } = await client.query(text, values)
    if (rowCount === 0) return false
    // A statement of its own: it sees the part of a worker for whose commit the one above waited.
    await client.query('delete from backtest_hit where backtest_id = $1::uuid', [uuid])
    await client.query(
      `update backtest set state = 'cancelled', job = null, result = null, tally = null, error = null,
         finished_at = coalesce(finished_at, now())
       where id = $1::uuid`,
      [uuid],
    )
    return true
  })
}

/** Returns how many. */
export async function dropOldBacktests(store: Store): Promise<number> {
  const rows = await readRows(
    store,
    sql`delete from backtest where created_at < now() - ${backtestDays}::int4 * interval '1 day' returning id`,
  )
  return rows.length
}

/** Everything sees all; otherwise what was asked for with the same scope. */
function isVisible(scope: Scope): SQL {
  return scope.kind === 'everything' ? sql`true` : sql`x.scope = ${scopeText(scope)}::jsonb`
}

function scopeText(scope: Scope): string {
  return JSON.stringify(
    scope.kind === 'clusters' ? { kind: scope.kind, clusters: scope.clusters.toSorted() } : { kind: scope.kind },
  )
}

export function formatBacktestId(uuid: string): string {
  return `bt_${uuid.replaceAll('-', '')}`
}

/** Null for what formatBacktestId did not make. */
export function parseBacktestId(id: string): string | null {
  const [, hex] = /^bt_([\da-f]{32})$/.exec(id) ?? []
  return hex === undefined ? null : hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

type Row = Omit<Backtest, 'created' | 'finished' | 'tally' | 'window'> & {
  readonly createdUs: number
  readonly finishedUs: number | null
  readonly sinceUs: number
  readonly untilUs: number
  readonly tally: BacktestTally | null
}

function backtestOf({ id, createdUs, finishedUs, sinceUs, untilUs, tally, ...said }: Row): Backtest {
  return {
    ...said,
    id: formatBacktestId(id),
    created: formatMicroTime(createdUs),
    finished: finishedUs === null ? null : formatMicroTime(finishedUs),
    window: { sinceUs, untilUs },
    tally: tally ?? noTally,
  }
}
