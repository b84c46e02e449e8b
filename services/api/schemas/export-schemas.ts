// exportSchema: an export as an answer has it, and what is sent to ask for one.

import { exportFormats } from '@plaintrail/formats/export-format'
import { exportStates } from '@plaintrail/store/exports'
import * as z from 'zod'
import { coverageSchema, pageSchema, windowSchema } from './page-schemas.ts'
import { queryParameters, windowParameters } from './parameter-schemas.ts'
import { microTimeSchema } from './value-schemas.ts'

const formatSchema = z.enum(exportFormats)
const sha256Schema = z.string().regex(/^[\da-f]{64}$/)

export const newExportSchema = z
  .strictObject({
    q: z
      .string()
      .optional()
      .describe(queryParameters['q']?.description ?? ''),
    since: windowParameters.since,
    until: windowParameters.until,
    format: formatSchema.describe(
      '`ndjson`: events as `GET /v1/events` has them, one a line; `csv`: no cell is a formula; `parquet`; `ocsf`: API Activity 1.8; `ecs`: Elastic Common Schema.',
    ),
    include_raw: z
      .boolean()
      .optional()
      .default(false)
      .describe('Whether each event also has its bytes. That takes much more room.'),
  })
  .meta({ id: 'NewExport', description: 'A question whose whole answer is to be written to files.' })

export type NewExportBody = z.output<typeof newExportSchema>

const exportFields = {
  id: z
    .string()
    .regex(/^exp_[\da-f]{32}$/)
    .describe('Ids of exports sort by time.'),
  created_at: microTimeSchema.describe('When it was asked for. What was stored later is not in it.'),
  finished_at: microTimeSchema.nullable().describe('When it ended; null until then.'),
  expires_at: microTimeSchema.nullable().describe('When its files go; null until it ended.'),
  maker: z.string().describe('The name of the token that asked for it.'),
  state: z
    .enum(exportStates)
    .describe('`queued`, `running`, and at last `done`, `failed` or `cancelled`. Its files are whole in any state.'),
  error: z.string().nullable().describe('Why it failed, and how to mend it.'),
  query: z.string().describe('The question as it was understood, in its normal form and without its window.'),
  window: windowSchema,
  format: formatSchema.describe('As asked for.'),
  include_raw: z.boolean().describe('As asked for.'),
  progress: z
    .object({
      fraction: z.number().min(0).max(1).describe('How far it has gone through the window, by time.'),
      rows: z.int().describe('Events in its files so far.'),
      bytes: z.int().describe('Bytes of its files so far.'),
      parts: z.int().describe('Files so far.'),
    })
    .describe('How far it is.'),
  links: z
    .object({
      self: z.string().describe('This export.'),
      manifest: z.string().nullable().describe('What proves its files; null until it is done.'),
    })
    .describe('Paths of this API.'),
}

export const exportSchema = z.object(exportFields).meta({ id: 'Export', description: 'Many events as files.' })

export const exportPageSchema = pageSchema('ExportPage', exportSchema)

const partFields = {
  number: z.int().describe('From 1, in the order of time.'),
  name: z.string().describe('A name for the file.'),
  rows: z.int().describe('Events in it.'),
  bytes: z.int().describe('Bytes of it.'),
  sha256: sha256Schema.describe('SHA-256 of these bytes, in hex.'),
}

const partSchema = z
  .object({ ...partFields, url: z.string().describe('Where it is fetched, a path of this API.') })
  .meta({ id: 'ExportPart', description: 'One file of an export: a whole file by itself.' })

export const exportWithPartsSchema = z
  .object({ ...exportFields, parts: z.array(partSchema).describe('Its files so far. More come until it is done.') })
  .meta({ id: 'ExportWithParts', description: 'An export and its files.' })

export const manifestSchema = z
  .object({
    manifest: z.literal('plaintrail export').describe('What this is.'),
    version: z.literal(1).describe('Of the manifest.'),
    id: exportFields.id,
    created_at: microTimeSchema.describe('When the export was asked for.'),
    finished_at: microTimeSchema.describe('When its last file was made.'),
    maker: exportFields.maker,
    query: exportFields.query,
    window: windowSchema,
    snapshot: z
      .object({
        taken_at: microTimeSchema.describe('What was stored by then is in it, and what came later is not.'),
        exact: z.boolean().describe('False over more than 256 lanes: then later events may be in it.'),
        watermark: z.string().describe('How far each lane was stored then, for this server.'),
      })
      .describe('Of which moment the files are.'),
    coverage: coverageSchema,
    format: formatSchema.describe('As asked for.'),
    include_raw: z.boolean().describe('As asked for.'),
    schema: z
      .object({
        name: z.string().describe('What a row is.'),
        version: z.string().describe('Of that.'),
        columns: z
          .array(z.object({ name: z.string().describe('Of the column.'), type: z.string().describe('What it holds.') }))
          .optional()
          .describe('Of CSV and Parquet, in their order.'),
      })
      .describe('What is in the files.'),
    rows: z.int().describe('Events in all files.'),
    bytes: z.int().describe('Bytes of all files.'),
    parts: z.array(z.object(partFields)).describe('Every file.'),
    tool: z
      .object({ name: z.literal('plaintrail').describe('Always.'), version: z.string().describe('Of the server.') })
      .describe('What made them.'),
    sha256: sha256Schema.describe(
      'SHA-256, in hex, of the canonical JSON (RFC 8785) of all that stands here but this.',
    ),
  })
  .meta({ id: 'ExportManifest', description: 'What an export is, and what proves that its files are all of it.' })

/** Bytes, whatever they are. */
export const fileSchema = z.string().meta({ contentMediaType: 'application/octet-stream' })
