// eventSearchSchema: what the body of a search may say.

import { fieldsLengthMax } from '@plaintrail/query/cursor'
import { limitMax, orders } from '@plaintrail/query/page'
import * as z from 'zod'
import { cursorParameter, queryParameters, windowParameters } from './parameter-schemas.ts'

const bodyTextsMax = 100

export const eventSearchSchema = z
  .strictObject({
    q: z
      .string()
      .optional()
      .describe(queryParameters['q']?.description ?? ''),
    since: windowParameters.since,
    until: windowParameters.until,
    order: z.enum(orders).optional().describe('By time: `desc`, the default, is newest first.'),
    limit: z.int().min(1).max(limitMax).optional().describe(`Items in the page, 1 to ${limitMax}; 100 unless you say.`),
    cursor: cursorParameter,
    include: z
      .array(z.string())
      .max(bodyTextsMax)
      .optional()
      .describe('`raw`, `total`, `changes`, `initiator` and `findings`, as `GET /v1/events` takes them.'),
    fields: z
      .array(z.string().max(fieldsLengthMax))
      .max(bodyTextsMax)
      .optional()
      .describe('Only these fields of each event, and parts of them: `["id", "time", "actor.name"]`.'),
  })
  .meta({ id: 'EventSearch', description: 'A question, as `GET /v1/events` takes it in its URL.' })
