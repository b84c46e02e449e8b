// exportParts and exportPart: the files of an export, as they are listed and as they are fetched.

import type { Scope } from '@plaintrail/query/scope'
import { sql } from 'drizzle-orm'
import { parseExportId } from './export-id.ts'
import { isVisible } from './exports.ts'
import type { Store } from './open-store.ts'
import { readRows } from './read-rows.ts'

export interface ExportPart {
  /** From 1. */
  readonly number: number
  readonly rows: number
  readonly bytes: number
  /** Of the bytes, in hex. */
  readonly sha256: string
}

/** In their order. */
export async function exportParts(store: Store, scope: Scope, id: string): Promise<readonly ExportPart[]> {
  const uuid = parseExportId(id)
  if (uuid === null) return []
  return await readRows<ExportPart & Record<string, unknown>>(
    store,
    sql`select p.number, p.rows, p.bytes, encode(p.sha256, 'hex') as sha256
        from export_part p join export x on x.id = p.export_id
        where x.id = ${uuid}::uuid and ${isVisible(scope)} order by p.number`,
  )
}

export interface PartContent {
  readonly format: string
  readonly sha256: string
  readonly content: Buffer
}

/** Null where there is no such part in the scope. */
export async function exportPart(store: Store, scope: Scope, id: string, number: number): Promise<PartContent | null> {
  const uuid = parseExportId(id)
  if (uuid === null) return null
  const [row] = await readRows<PartContent & Record<string, unknown>>(
    store,
    sql`select x.format, encode(p.sha256, 'hex') as sha256, p.content
        from export_part p join export x on x.id = p.export_id
        where x.id = ${uuid}::uuid and p.number = ${number}::int4 and ${isVisible(scope)}`,
  )
  return row ?? null
}
