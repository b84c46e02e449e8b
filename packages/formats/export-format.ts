// ExportFormat: in which ways events can leave, and what a file of each says about itself.

import { columnsOf } from './columns.ts'
import { ecsVersion } from './ecs.ts'
import { ocsfVersion } from './ocsf.ts'

export const exportFormats = ['ndjson', 'csv', 'parquet', 'ocsf', 'ecs'] as const
export type ExportFormat = (typeof exportFormats)[number]

export function isExportFormat(text: string): text is ExportFormat {
  return exportFormats.some((format) => format === text)
}

/** How a part is stored and sent: texts as gzip files, Parquet as it is, because it is compressed inside. */
export interface FileKind {
  readonly contentType: string
  /** Behind the name of a part, with its dot. */
  readonly extension: string
  readonly isGzip: boolean
}

export function fileKindOf(format: ExportFormat): FileKind {
  switch (format) {
    case 'ndjson':
      return { contentType: 'application/gzip', extension: '.ndjson.gz', isGzip: true }
    case 'csv':
      return { contentType: 'application/gzip', extension: '.csv.gz', isGzip: true }
    case 'ocsf':
      return { contentType: 'application/gzip', extension: '.ocsf.ndjson.gz', isGzip: true }
    case 'ecs':
      return { contentType: 'application/gzip', extension: '.ecs.ndjson.gz', isGzip: true }
    case 'parquet':
      return { contentType: 'application/vnd.apache.parquet', extension: '.parquet', isGzip: false }
    default:
      return format satisfies never
  }
}

/** `exp_0197…-00001.csv.gz`: sorted by name, the parts of an export are in their order. */
export function partName(id: string, number: number, format: ExportFormat): string {
  return `${id}-${String(number).padStart(numberDigits, '0')}${fileKindOf(format).extension}`
}

const numberDigits = 5

/** What is in a row, for whoever reads the files without us. */
export interface FormatSchema {
  readonly name: string
  readonly version: string
  /** Of the formats that have columns. */
  readonly columns?: readonly { readonly name: string; readonly type: string }[]
}

/** Raised when a column or a field changes its meaning. */
const ownVersion = '1'

export function schemaOf(format: ExportFormat, withRaw: boolean): FormatSchema {
  switch (format) {
    case 'ndjson':
      return { name: 'plaintrail event', version: ownVersion }
    case 'csv':
    case 'parquet':
      return {
        name: 'plaintrail event columns',
        version: ownVersion,
        columns: columnsOf(withRaw).map(({ name, type }) => ({ name, type })),
      }
    case 'ocsf':
      return { name: 'OCSF API Activity (6003)', version: ocsfVersion }
    case 'ecs':
      return { name: 'Elastic Common Schema', version: ecsVersion }
    default:
      return format satisfies never
  }
}
