// Help for who writes a query.

import * as z from 'zod'
import { windowSchema } from './page-schemas.ts'

const explainedSchema = z
  .object({
    sentence: z.string().describe('Without a full stop.'),
    get parts() {
      return z.array(explainedSchema).describe('Of what it says so: of all, one or none of them.')
    },
  })
  .meta({ id: 'Explained', description: 'What a query or a part of it asks for.' })

export const explanationSchema = z
  .object({
    query: z.string().describe('The query in its normal form, without the times that the window holds.'),
    window: windowSchema,
    asked: explainedSchema,
    hints: z.array(z.string()).describe('What makes it slow, or empty, or other than it was probably meant.'),
    cost: z
      .object({
        reads: z
          .enum(['what it names', 'the whole window'])
          .describe('Whether it names an object, actor or namespace by which events are found.'),
        days: z.int().describe('Days of events that the window touches.'),
      })
      .describe('What answering it takes.'),
  })
  .meta({ id: 'Explanation', description: 'What a query will ask.' })

export const completionSchema = z
  .object({
    span: z
      .object({
        start: z.int().describe('The first character, in UTF-16 code units from 0.'),
        end: z.int().describe('Where it ends, itself not in it.'),
      })
      .describe('What a candidate replaces.'),
    candidates: z
      .array(
        z.object({
          text: z.string().describe('What may stand there.'),
          description: z.string().describe('What it means; empty where the text says it.'),
        }),
      )
      .describe('The likeliest first, at most 50.'),
  })
  .meta({ id: 'Completion', description: 'What may stand where somebody is typing.' })
