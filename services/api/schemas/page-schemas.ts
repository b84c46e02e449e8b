// pageSchema: one page of a list, and what is known about it.

import type { Gap, Total } from '@plaintrail/query/page'
import { orders } from '@plaintrail/query/page'
import * as z from 'zod'
import { followedSchema } from './revision-schemas.ts'
import { storedEventSchema } from './stored-event-schema.ts'
import { microTimeSchema } from './value-schemas.ts'

/** Of a list that is not bounded by time. `id` is the component's name. */
export function pageSchema(id: string, items: z.ZodType) {
  return z.object({ data: z.array(items), ...nextFields }).meta({ id, description: 'One page.' })
}

/** Of a list that is: it says which window it searched. */
export function windowedPageSchema(id: string, items: z.ZodType, meta: z.ZodType = windowMetaSchema) {
  return z.object({ data: z.array(items), ...nextFields, meta }).meta({ id, description: 'One page, newest first.' })
}

/** The header that says the same as next_cursor. */
export const nextHeader = { Link: '`<…>; rel="next"` (RFC 8288) where there is another page.' }

const nextFields = {
  has_more: z.boolean().describe('Whether there is another page.'),
  next_cursor: z.string().nullable().describe('To be sent alone, as `?cursor=…`, to the same path; null at the end.'),
}

export const windowSchema = z
  .object({
    since: microTimeSchema.describe('Itself in the window.'),
    until: microTimeSchema.describe('Itself not in it.'),
  })
  .meta({ id: 'Window', description: 'The stretch of time that was searched.' })

export const gapSchema: z.ZodType<Gap> = z
  .object({
    cluster: z.string().describe('The name of the cluster.'),
    from: microTimeSchema.describe('Where it begins.'),
    to: microTimeSchema.describe('Where it ends, or how far it has come.'),
    cause: z
      .string()
      .describe('`body_too_large`, `log_refused`, `log_expired`, `cluster_silent`; there may be others later.'),
  })
  .meta({ id: 'Gap', description: 'A stretch of time in which events of a cluster are known to be missing.' })

export const coverageSchema = z
  .object({
    complete: z.boolean().describe('Whether nothing is known to be missing in the window.'),
    gaps: z.array(gapSchema).describe('What is known to be missing, newest first, at most 100.'),
  })
  .meta({ id: 'Coverage', description: 'What is known to be missing.' })

const asked = {
  query: z.string().describe('The question as it was understood, in its normal form.'),
  window: windowSchema,
  order: z.enum(orders).describe('By time.'),
}

const windowMetaSchema = z.object(asked).meta({ id: 'WindowMeta', description: 'The question as it was understood.' })

const totalSchema: z.ZodType<Total> = z
  .object({
    value: z.int().describe('At most 10001.'),
    relation: z.enum(['eq', 'gte']).describe('`gte`: there are as many or more.'),
  })
  .meta({ id: 'Total', description: 'How many there are.' })

/** What an answer about events says about itself. */
export const eventMetaSchema = z
  .object({
    ...asked,
    watermark: microTimeSchema
      .nullable()
      .describe('What was stored by then is in the answer, on all its pages; null over more than 256 lanes.'),
    coverage: coverageSchema,
    history: followedSchema
      .optional()
      .describe('Of a query with `changed`, `to`, `from_value` or `image`: how far history has come in its clusters.'),
    attribution: followedSchema
      .optional()
      .describe('Of a query with `initiator`: how far the search for who is behind events has come in its clusters.'),
    rules: followedSchema
      .optional()
      .describe(
        'Of a query with `rule`, `vio`, `severity` or `control`: how far rules have judged what is stored in its clusters.',
      ),
    total: totalSchema.optional().describe('With `include=total`: how many items all pages have together.'),
    stats: z
      .object({
        took_ms: z.int().describe('Milliseconds that the question took here.'),
        partial: z.boolean().describe('The time was up before the page was full; the next page goes on from there.'),
      })
      .describe('What it cost.'),
  })
  .meta({ id: 'EventMeta', description: 'The question as it was understood, and how complete its answer is.' })

export const eventPageSchema = windowedPageSchema('EventPage', storedEventSchema, eventMetaSchema)
