// What makes an export: each part is one job of the outbox, committed together with the position where the next one goes
// on and the job that asks for it. So a part is written once, whoever dies and whatever runs twice.

import type { PoolClient } from 'pg'
import type { Scope } from '@plaintrail/query/scope'
import { decodeSnapshot, type Snapshot } from '@plaintrail/query/snapshot'
import type { Window } from '@plaintrail/query/window'
import { sql } from 'drizzle-orm'
import { formatExportId, newUuid7 } from './export-id.ts'
import type { ExportPart } from './export-parts.ts'
import { exportOutbox } from './exports.ts'
import type { EventPosition } from './find-records.ts'
import type { Store } from './open-store.ts'
import { addOutbox, completeJob } from './outbox.ts'
import { readRows } from './read-rows.ts'

export interface ExportToMake {
  readonly id: string
  /** Microseconds since 1970. */
  readonly createdUs: number
  readonly maker: string
  readonly query: string
  readonly window: Window
  /** What its maker may see, whatever kind of scope the reader knows. */
  readonly scope: Scope
  /** Null where another version wrote it. */
  readonly snapshot: Snapshot | null
  readonly format: string
  readonly withRaw: boolean
  /** Parts and rows that there are. */
  readonly parts: number
  readonly rows: number
  /** Where the last part ended. */
  readonly after: EventPosition | null
}

type Row = Omit<ExportToMake, 'id' | 'window' | 'scope' | 'snapshot' | 'after'> & {
  readonly uuid: string
  readonly sinceUs: number
  readonly untilUs: number
  readonly scope: unknown
  readonly snapshot: string
  readonly positionUs: number | null
  readonly positionKey: string | null
}

/** The export whose next part this job is. Null where it is ended or gone: then there is nothing to do. */
export async function beginPart(store: Store, job: string): Promise<ExportToMake | null> {
  const [row] = await readRows<Row>(
    store,
    sql`update export set state = 'running' where job = ${job}::uuid
        returning id::text as uuid, (extract(epoch from created_at) * 1000000)::int8 as "createdUs", maker, query,
          since_us as "sinceUs", until_us as "untilUs", scope, snapshot, format, with_raw as "withRaw", parts, rows,
          position_us as "positionUs", replace(position_key::text, '-', '') as "positionKey"`,
  )
  if (!row) return null
  const { uuid, sinceUs, untilUs, scope, snapshot, positionUs, positionKey, ...said } = row
  return {
    ...said,
    id: formatExportId(uuid),
    window: { sinceUs, untilUs },
    scope: readScope(scope),
    snapshot: decodeSnapshot(snapshot),
    after: positionUs === null || positionKey === null ? null : { timeUs: positionUs, key: positionKey },
  }
}

/** As exports.ts wrote it. What is of another version sees nothing. */
export function readScope(value: unknown): Scope {
  const fields: Readonly<Record<string, unknown>> = typeof value === 'object' && value !== null ? { ...value } : {}
  if (fields['kind'] === 'everything') return { kind: 'everything' }
  const clusters = fields['kind'] === 'clusters' && Array.isArray(fields['clusters']) ? fields['clusters'] : []
  return { kind: 'clusters', clusters: clusters.filter((name) => typeof name === 'string') }
}

export interface NewPart {
  readonly rows: number
  readonly content: Buffer
  /** 32 bytes. */
  readonly sha256: Buffer
}

export interface ExportLimits {
  /** Of all exports together. */
  readonly bytesMax: number
  /** For how many days it is kept from its end on. */
  readonly keepDays: number
}

export interface PartEnd {
  /** Null where nothing was found between the last part and `next`. */
  readonly part: NewPart | null
  /** Where the next part goes on. Null at the end. */
  readonly next: EventPosition | null
  /** Called at the end, with every part. */
  readonly manifestOf: (parts: readonly ExportPart[]) => string
}

/** `gone`: it is ended, or another worker was faster; `full`: it would be more than `bytesMax`, and it failed. */
export type PartStored = 'stored' | 'done' | 'gone' | 'full'

export async function storePart(
  store: Store,
  job: string,
  end: PartEnd,
  limits: ExportLimits,
  nowMs = Date.now(),
): Promise<PartStored> {
  let stored: PartStored = 'gone'
  await completeJob(store, job, async (client) => {
    const { rows } = await client.query<{ id: string; parts: number }>(
      `select id::text as id, parts from export where job = $1::uuid for update`,
      [job],
    )
    const [found] = rows
    if (!found) return
    if (end.part && !(await hasRoom(client, end.part.content.length, limits.bytesMax))) {
      stored = 'full'
      await endAsFailed(client, found.id, tooMuch(limits.bytesMax), limits)
      return
    }
    if (end.part) await insertPart(client, found.id, found.parts + 1, end.part)
    stored = end.next === null ? 'done' : 'stored'
    await (end.next === null ? endAsDone(client, found.id, end, limits) : askForNext(client, found.id, end.next, nowMs))
  })
  return stored
}

/** For good: another attempt would fail the same way. Its parts go. False where it is ended already. */
export async function failExport(store: Store, job: string, error: string, limits: ExportLimits): Promise<boolean> {
  let isFailed = false
  await completeJob(store, job, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      `select id::text as id from export where job = $1::uuid for update`,
      [job],
    )
    isFailed = rows.length > 0
    for (const { id } of rows) await endAsFailed(client, id, error, limits)
  })
  return isFailed
}

const tooMuch = (bytesMax: number): string =>
  `could not write the next part: all exports together would take more than ${bytesMax} bytes ` +
  '(PLAINTRAIL_EXPORT_BYTES_MAX); delete others, ask for less, or have it raised'

/** Any number that no other transaction takes. */
const roomLock = 7_717_007

/** Parts of other exports wait here for each other, so that their sum is exact. */
async function hasRoom(client: PoolClient, bytes: number, bytesMax: number): Promise<boolean> {
  await client.query(`select pg_advisory_xact_lock(${roomLock})`)
  const { rows } = await client.query<{ taken: number }>(`select coalesce(sum(bytes), 0)::int8 as taken from export`)
  return (rows[0]?.taken ?? 0) + bytes <= bytesMax
}

async function insertPart(client: PoolClient, id: string, number: number, part: NewPart): Promise<void> {
  await client.query(
    `insert into export_part (export_id, number, rows, bytes, sha256, content)
     values ($1::uuid, $2::int4, $3::int4, $4::int4, $5::bytea, $6::bytea)`,
    [id, number, part.rows, part.content.length, part.sha256, part.content],
  )
  await client.query(
    `update export set parts = $2::int4, rows = rows + $3::int8, bytes = bytes + $4::int8 where id = $1::uuid`,
    [id, number, part.rows, part.content.length],
  )
}

async function askForNext(client: PoolClient, id: string, next: EventPosition, nowMs: number): Promise<void> {
  const job = newUuid7(nowMs)
  await client.query(
    `update export set job = $2::uuid, position_us = $3::int8, position_key = $4::uuid where id = $1::uuid`,
    [id, job, next.timeUs, next.key],
  )
  await addOutbox(client, [exportOutbox(job, id)])
}

async function endAsDone(client: PoolClient, id: string, { manifestOf }: PartEnd, limits: ExportLimits): Promise<void> {
  const { rows } = await client.query<ExportPart>(
    `select number, rows, bytes, encode(sha256, 'hex') as sha256 from export_part where export_id = $1::uuid order by number`,
    [id],
  )
  await client.query(
    `update export set state = 'done', job = null, finished_at = now(), manifest = $2,
       expires_at = now() + $3::int4 * interval '1 day'
     where id = $1::uuid`,
    [id, manifestOf(rows), limits.keepDays],
  )
}

async function endAsFailed(client: PoolClient, id: string, error: string, limits: ExportLimits): Promise<void> {
  await client.query(
    `update export set state = 'failed', job = null, finished_at = now(), error = $2, bytes = 0, rows = 0, parts = 0,
       expires_at = now() + $3::int4 * interval '1 day'
     where id = $1::uuid`,
    [id, error, limits.keepDays],
  )
  await client.query(`delete from export_part where export_id = $1::uuid`, [id])
}
