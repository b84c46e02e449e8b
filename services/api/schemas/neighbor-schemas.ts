// neighborsAnswerSchema: what happened around one event.

import * as z from 'zod'
import { coverageSchema, windowSchema } from './page-schemas.ts'
import { storedEventSchema } from './stored-event-schema.ts'

const neighborSchema = z
  .object({
    place: z.enum(['before', 'self', 'after']).describe('`self` is the request of the event that was asked about.'),
    event: storedEventSchema,
  })
  .meta({ id: 'Neighbor', description: 'One request, and where it stands.' })

const hasMoreSchema = z
  .object({
    before: z.boolean().describe('Before what is shown.'),
    after: z.boolean().describe('After it.'),
  })
  .meta({ id: 'HasMore', description: 'Whether there are more within the window.' })

export const neighborsAnswerSchema = z
  .object({
    data: z.array(neighborSchema).describe('Oldest first.'),
    meta: z
      .object({ window: windowSchema, has_more: hasMoreSchema, coverage: coverageSchema })
      .meta({ id: 'NeighborsMeta', description: 'Where it was looked, and what is known to be missing there.' }),
  })
  .meta({ id: 'NeighborsAnswer', description: 'What happened around one event.' })
