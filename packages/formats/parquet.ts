// parquetPart: rows as one Parquet file in memory, a row group at a time.

import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js'
import { ParquetWriter } from 'hyparquet-writer/src/parquet-writer.js'
import { parseMicroTime } from '@plaintrail/event/time'
import { columnsOf, type Column } from './columns.ts'
import type { ExportRow } from './export-row.ts'
import type { PartWriter } from './part-writer.ts'

/** Rows of one group: its columns are compressed together, and a reader skips groups by their least and greatest values. */
const groupRowsMax = 10_000
/** Bytes of events in one group, however few they are: rows wait in memory for their group. */
const groupBytesMax = 8 * 1024 * 1024

export function parquetPart(withRaw: boolean): PartWriter {
  const columns = columnsOf(withRaw)
  const writer = new ByteWriter()
  const file = new ParquetWriter({ writer, schema: schemaOf(columns), createdBy: 'plaintrail' })
  let group: ExportRow[] = []
  let groupBytes = 0
  const endGroup = (): void => {
    if (group.length === 0) return
    const rows = group
    const columnData = columns.map((column) => ({ name: column.name, data: rows.map((row) => valueOf(column, row)) }))
    void file.write({ columnData, rowGroupSize: rows.length })
    group = []
    groupBytes = 0
  }
  return {
    add(rows) {
      for (const row of rows) {
        group.push(row)
        groupBytes += row.raw?.length ?? 0
        if (group.length >= groupRowsMax || groupBytes >= groupBytesMax) endGroup()
      }
      return nothing
    },
    size: () => writer.offset + groupBytes,
    end() {
      endGroup()
      void file.finish()
      return writer.getBytes()
    },
  }
}

const nothing = new Uint8Array(0)

type Schema = ConstructorParameters<typeof ParquetWriter>[0]['schema']

function schemaOf(columns: readonly Column[]): Schema {
  return [{ name: 'event', num_children: columns.length }, ...columns.flatMap(elementsOf)]
}

function elementsOf({ name, type }: Column): Schema {
  switch (type) {
    case 'text':
      return [{ name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' }]
    case 'integer':
      return [{ name, type: 'INT64', repetition_type: 'OPTIONAL' }]
    case 'boolean':
      return [{ name, type: 'BOOLEAN', repetition_type: 'REQUIRED' }]
    case 'time':
      return [{ name, type: 'INT64', repetition_type: 'OPTIONAL', ...microseconds }]
    case 'texts':
      return [
        { name, repetition_type: 'REQUIRED', converted_type: 'LIST', num_children: 1 },
        { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
        { name: 'element', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
      ]
    case 'bytes':
      return [{ name, type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' }]
    default:
      return type satisfies never
  }
}

const microseconds = {
  converted_type: 'TIMESTAMP_MICROS',
  logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
} as const

/** As the library takes them: 64-bit numbers as bigint. */
function valueOf(column: Column, row: ExportRow): unknown {
  switch (column.type) {
    case 'text':
    case 'boolean':
    case 'bytes':
      return column.valueOf(row)
    case 'texts':
      return [...column.valueOf(row)]
    case 'integer':
      return bigintOf(column.valueOf(row))
    case 'time':
      return bigintOf(parseMicroTime(column.valueOf(row) ?? ''))
    default:
      return column satisfies never
  }
}

const bigintOf = (value: number | null): bigint | null => (value === null ? null : BigInt(value))
