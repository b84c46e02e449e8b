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

export interface FoundPart {
  readonly exportId: string
  readonly number: number
  readonly format: string
  readonly sha256: string
  readonly bytes: number
}

/** Null where there is no such part in the scope. */
export async function findPart(store: Store, scope: Scope, id: string, number: number): Promise<FoundPart | null> {
  const uuid = parseExportId(id)
  if (uuid === null) return null
  const [row] = await readRows<FoundPart & Record<string, unknown>>(
    store,
    sql`select x.id::text as "exportId", p.number, x.format, encode(p.sha256, 'hex') as sha256, p.bytes
        from export_part p join export x on x.id = p.export_id
        where x.id = ${uuid}::uuid and p.number = ${number}::int4 and ${isVisible(scope)}`,
  )
  return row ?? null
}

const sliceBytes = 4 * 1024 * 1024
/** What reading takes beside the content itself: a slice of it as it comes, in hex, as bytes, as text and decoded. */
export const partReadBytes = 5 * sliceBytes

/** Slice by slice: read at once it would be in memory five times. Null where the export was thrown away meanwhile. */
export async function partContent(
  store: Store,
  { exportId, number, bytes }: Pick<FoundPart, 'exportId' | 'number' | 'bytes'>,
): Promise<Buffer | null> {
  const content = Buffer.allocUnsafe(bytes)
  for (let at = 0; at < bytes; at += sliceBytes) {
    const [row] = await readRows<{ slice: Buffer }>(
      store,
      sql`select substring(p.content from ${at + 1}::int4 for ${sliceBytes}::int4) as slice
          from export_part p where p.export_id = ${exportId}::uuid and p.number = ${number}::int4`,
    )
    if (row === undefined) return null
    row.slice.copy(content, at)
  }
  return content
}
