// partWriter: rows as the bytes of one file, piece by piece, so that no more than a page of it waits in memory.

import { csvHeader, csvLine } from './csv.ts'
import { ecsEvent } from './ecs.ts'
import type { ExportFormat } from './export-format.ts'
import type { ExportRow } from './export-row.ts'
import { ndjsonLine } from './ndjson.ts'
import { ocsfEvent } from './ocsf.ts'
import { parquetPart } from './parquet.ts'

export interface PartWriter {
  /** The next bytes of the file; Parquet has none before its end. */
  add(rows: readonly ExportRow[]): Uint8Array
  /** Bytes of the file so far, those that wait included. */
  size(): number
  /** The last bytes. Nothing may be added after it. */
  end(): Uint8Array
}

export function partWriter(format: ExportFormat, { withRaw }: { readonly withRaw: boolean }): PartWriter {
  switch (format) {
    case 'ndjson':
      return textPart('', ndjsonLine)
    case 'csv':
      return textPart(csvHeader(withRaw), (row) => csvLine(row, withRaw))
    case 'ocsf':
      return textPart('', (row) => `${JSON.stringify(ocsfEvent(row))}\n`)
    case 'ecs':
      return textPart('', (row) => `${JSON.stringify(ecsEvent(row))}\n`)
    case 'parquet':
      return parquetPart(withRaw)
    default:
      return format satisfies never
  }
}

function textPart(head: string, lineOf: (row: ExportRow) => string): PartWriter {
  let waiting = head
  let size = Buffer.byteLength(head)
  return {
    add(rows) {
      const bytes = Buffer.from(waiting + rows.map(lineOf).join(''))
      size += bytes.length - Buffer.byteLength(waiting)
      waiting = ''
      return bytes
    },
    size: () => size,
    end: () => Buffer.from(waiting),
  }
}
