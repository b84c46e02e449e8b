// Exports: questions whose whole answer is written to files. Here they are asked for, shown and given up; make-export.ts
// has what makes them.

import type { Query } from '@plaintrail/query/ast'
import { queryText } from '@plaintrail/query/normal-form'
import type { Scope } from '@plaintrail/query/scope'
import { encodeSnapshot } from '@plaintrail/query/snapshot'
import type { Window } from '@plaintrail/query/window'
import { formatMicroTime } from '@plaintrail/event/time'
import { sql, type SQL } from 'drizzle-orm'
import { formatExportId, newUuid7, parseExportId } from './export-id.ts'
import { positionOf, type EventPosition } from './find-records.ts'
import type { Store } from './open-store.ts'
import { addOutbox } from './outbox.ts'
import { readRows, statementOf } from './read-rows.ts'
import { takeSnapshot } from './take-snapshot.ts'
import { isBefore, timeUs } from './time-position.ts'
import { transaction } from './transaction.ts'

export const exportStates = ['queued', 'running', 'done', 'failed', 'cancelled'] as const
export type ExportState = (typeof exportStates)[number]

export interface NewExport {
  readonly maker: { readonly id: string; readonly name: string }
  /** Without the window. */
  readonly query: Query
  readonly window: Window
  readonly format: string
  readonly withRaw: boolean
}

export interface Export {
  readonly id: string
  /** Times are RFC 3339. */
  readonly created: string
  readonly finished: string | null
  /** When it goes; null until it has ended. */
  readonly expires: string | null
  readonly maker: string
  /** In its normal form, without the window. */
  readonly query: string
  readonly window: Window
  readonly format: string
  readonly withRaw: boolean
  readonly state: ExportState
  /** Why it failed. */
  readonly error: string | null
  readonly rows: number
  /** Of its parts together, as they are stored. */
  readonly bytes: number
  readonly parts: number
  /** The time of the last event in its parts, microseconds since 1970: it goes from the window's begin to its end. */
  readonly reachedUs: number | null
}

/** The kind of the outbox row that asks for the next part. */
export const exportPartDue = 'export.part'

/** Exports that are not ended, of everybody together: each takes a part's time of a jobrunner again and again. */
export const unendedMax = 20

/** Of what is stored now: what comes later is not in it. Null where unendedMax are not ended yet. */
export async function createExport(
  store: Store,
  scope: Scope,
  asked: NewExport,
  nowMs = Date.now(),
): Promise<string | null> {
  const id = newUuid7(nowMs)
  const job = newUuid7(nowMs)
  const { maker, query, window, format, withRaw } = asked
  const snapshot = encodeSnapshot(await takeSnapshot(store, scope, query))
  const times = [window.sinceUs, window.untilUs]
  const values = [scopeText(scope), queryText(query), ...times, snapshot, format, withRaw]
  return await transaction(store, async (client) => {
    // Two at the same moment must not both be the last one.
    await client.query(`select pg_advisory_xact_lock(${createLock})`)
    const { rows } = await client.query<{ unended: number }>(
      `select count(*)::int4 as unended from export x join outbox o on o.id = x.job where o.dead_at is null`,
    )
    if ((rows[0]?.unended ?? 0) >= unendedMax) return null
    await client.query(
      `insert into export (id, maker_id, maker, scope, query, since_us, until_us, snapshot, format, with_raw, job)
       values ($1::uuid, $2::uuid, $3, $4::jsonb, $5, $6::int8, $7::int8, $8, $9, $10::bool, $11::uuid)`,
      [id, maker.id, maker.name, ...values, job],
    )
    await addOutbox(client, [exportOutbox(job, id)])
    return formatExportId(id)
  })
}

/** Any number that no other transaction takes. */
const createLock = 7_717_006

export function exportOutbox(job: string, id: string) {
  const bytes = Buffer.from(job.replaceAll('-', ''), 'hex')
  return { id: bytes, kind: exportPartDue, payload: { export: formatExportId(id) } }
}

export interface FoundExports {
  readonly items: readonly Export[]
  readonly next: EventPosition | null
}

/** Newest first. */
export async function listExports(
  store: Store,
  scope: Scope,
  { limit, after }: { readonly limit: number; readonly after: EventPosition | null },
): Promise<FoundExports> {
  const rows = await readExports(
    store,
    sql`${isVisible(scope)} and ${isBefore(sql`x.created_at`, sql`x.id`, after)}
        order by x.created_at desc, x.id desc limit ${limit + 1}`,
  )
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    items: page.map(exportOf),
    next: rows.length > limit && last ? positionOf({ time: last.createdUs, key: last.id }) : null,
  }
}

/** Null where there is none, or it is past its time, or it is not for this scope to see. */
export async function findExport(store: Store, scope: Scope, id: string): Promise<Export | null> {
  const uuid = parseExportId(id)
  if (uuid === null) return null
  const [row] = await readExports(store, sql`${isVisible(scope)} and x.id = ${uuid}::uuid`)
  return row ? exportOf(row) : null
}

/** As text, because its digest is over its bytes. Null where there is no such export, or it is not done. */
export async function findManifest(store: Store, scope: Scope, id: string): Promise<string | null> {
  const uuid = parseExportId(id)
  if (uuid === null) return null
  const [row] = await readRows<{ manifest: string | null }>(
    store,
    sql`select x.manifest from export x where x.id = ${uuid}::uuid and ${isVisible(scope)}`,
  )
  return row?.manifest ?? null
}

/** Ends it where it is not ended, and throws its parts away in any case. False where there is no such export. */
export async function cancelExport(store: Store, scope: Scope, id: string): Promise<boolean> {
  const uuid = parseExportId(id)
  if (uuid === null) return false
  return await transaction(store, async (client) => {
    const { text, values } = statementOf(
      sql`select x.id from export x where x.id = ${uuid}::uuid and ${isVisible(scope)} for update`,
    )
    const { rowCount } = await client.query(text, values)
    if (rowCount === 0) return false
    // A statement of its own: it sees the part of a worker for whose commit the one above waited.
    await client.query(`delete from export_part where export_id = $1::uuid`, [uuid])
    await client.query(
      `update export set state = 'cancelled', job = null, manifest = null, error = null, rows = 0, bytes = 0, parts = 0,
         finished_at = coalesce(finished_at, now())
       where id = $1::uuid`,
      [uuid],
    )
    return true
  })
}

/** Those whose time is over go, and their parts; and those that did not end in all that time. Returns how many. */
export async function dropExpiredExports(store: Store, keepDays: number): Promise<number> {
  const rows = await readRows(
    store,
    sql`delete from export
        where coalesce(expires_at, coalesce(finished_at, created_at) + ${keepDays}::int4 * interval '1 day') < now()
        returning id`,
  )
  return rows.length
}

/** Everything sees all; otherwise what was asked for with the same scope, so that a part never has more than a search. */
export function isVisible(scope: Scope): SQL {
  const inTime = sql`(x.expires_at is null or x.expires_at >= now())`
  return scope.kind === 'everything' ? inTime : sql`${inTime} and x.scope = ${scopeText(scope)}::jsonb`
}

function scopeText(scope: Scope): string {
  return JSON.stringify(
    scope.kind === 'clusters' ? { kind: scope.kind, clusters: scope.clusters.toSorted() } : { kind: scope.kind },
  )
}

type Row = Omit<Export, 'created' | 'expires' | 'finished' | 'window'> & {
  readonly createdUs: number
  readonly expiresUs: number | null
  readonly finishedUs: number | null
  readonly sinceUs: number
  readonly untilUs: number
}

/** A job whose attempts are used up is a failure, until a person has it tried again. */
async function readExports(store: Store, where: SQL): Promise<readonly Row[]> {
  return await readRows<Row>(
    store,
    sql`select x.id::text as id, ${timeUs(sql`x.created_at`)} as "createdUs", ${timeUs(sql`x.expires_at`)} as "expiresUs",
          ${timeUs(sql`x.finished_at`)} as "finishedUs", x.maker, x.query, x.since_us as "sinceUs",
          x.until_us as "untilUs", x.format, x.with_raw as "withRaw", x.rows, x.bytes, x.parts,
          x.position_us as "reachedUs",
          case when o.dead_at is null then x.state else 'failed' end as state, coalesce(x.error, o.error) as error
        from export x left join outbox o on o.id = x.job and o.dead_at is not null
        where ${where}`,
  )
}

function exportOf({ id, createdUs, expiresUs, finishedUs, sinceUs, untilUs, ...said }: Row): Export {
  return {
    id: formatExportId(id),
    created: formatMicroTime(createdUs),
    expires: expiresUs === null ? null : formatMicroTime(expiresUs),
    finished: finishedUs === null ? null : formatMicroTime(finishedUs),
    window: { sinceUs, untilUs },
    ...said,
  }
}
