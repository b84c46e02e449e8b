// What operators are told: quarantine, notices, and jobs that died.

import type { Notice } from '@plaintrail/store/notices'
import * as z from 'zod'
import { pageSchema, windowedPageSchema } from './page-schemas.ts'
import { microTimeSchema } from './value-schemas.ts'

const quarantinedSchema = z
  .object({
    id: z.uuid().describe('Of this entry.'),
    cluster: z.string().nullable().describe('Who posted it; null where not even that could be read.'),
    time: microTimeSchema.describe('When it arrived.'),
    reason: z.string().describe('One word for why, such as `not_an_object`.'),
    detail: z.string().describe('One sentence for why.'),
    size: z.int().describe('Bytes of the item.'),
    bytes: z
      .string()
      .nullable()
      .optional()
      .describe('With `bytes=true`: the item in base64 (RFC 4648); null past retention.'),
  })
  .meta({ id: 'Quarantined', description: 'Something that arrived and could not be read, kept byte for byte.' })

export const quarantinePageSchema = windowedPageSchema('QuarantinePage', quarantinedSchema)

const noticeSchema: z.ZodType<Notice> = z
  .object({
    id: z.uuid().describe('Of this notice.'),
    time: microTimeSchema.describe('When it was told.'),
    kind: z.string().describe('What kind, such as `quarantine.noticed`.'),
    cluster: z.string().nullable().describe('Whom it is about; null for no cluster in particular.'),
    detail: z.string().describe('One sentence.'),
  })
  .meta({ id: 'Notice', description: 'What the server has to tell its operators. Each is told once.' })

export const noticePageSchema = windowedPageSchema('NoticePage', noticeSchema)

const jobSchema = z
  .object({
    id: z.uuid().describe('Of the job.'),
    kind: z.string().describe('What it does.'),
    created_at: microTimeSchema.describe('When it came.'),
    dead_at: microTimeSchema.describe('When its last attempt failed.'),
    attempts: z.int().describe('How often it was tried.'),
    error: z.string().nullable().describe('What the last attempt failed of.'),
  })
  .meta({ id: 'Job', description: 'Work that failed in all its attempts, and waits for a person.' })

export const jobPageSchema = pageSchema('JobPage', jobSchema)

export const retriedJobSchema = z
  .object({ id: z.uuid().describe('Of the job.'), state: z.literal('waiting').describe('It is tried soon.') })
  .meta({ id: 'RetriedJob', description: 'A job that is tried again.' })
