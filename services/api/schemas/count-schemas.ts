// Facets and histograms as answers have them.

import { facetFields, facetFieldsMax, facetValuesMax, type Facet } from '@plaintrail/store/find-facets'
import { bucketsMax, histogramValuesMax, intervals, type Interval } from '@plaintrail/store/find-histogram'
import * as z from 'zod'
import { countMetaSchema } from './count-meta-schema.ts'
import { microTimeSchema, valueCountSchema } from './value-schemas.ts'

// Both are of objects whose keys are known.
export const intervalNames = Object.keys(intervals) as [Interval, ...Interval[]]

const distinctSchema: z.ZodType<Facet['distinct']> = z
  .object({
    value: z.int().describe('How many there are.'),
    relation: z.enum(['eq', 'gte']).describe('`gte`: there may be more, for not all was counted.'),
  })
  .meta({ id: 'Distinct', description: 'How many different values there are.' })

const facetSchema: z.ZodType<Facet> = z
  .object({
    field: z.enum(facetFields).describe('A qualifier of the query language.'),
    values: z.array(valueCountSchema).describe(`At most ${facetValuesMax}, those of most requests first.`),
    other: z.int().describe('Requests with another value.'),
    none: z.int().describe('Requests with no value, such as the namespace of what is no resource.'),
    distinct: distinctSchema,
  })
  .meta({ id: 'Facet', description: 'What values one field has.' })

export const facetsAnswerSchema = z
  .object({
    data: z.array(facetSchema).describe(`In the order asked for, at most ${facetFieldsMax}.`),
    requests: z.int().describe('Requests that match.'),
    meta: countMetaSchema,
  })
  .meta({ id: 'FacetsAnswer', description: 'Which values the requests have that match.' })

const bucketSchema = z
  .object({
    from: microTimeSchema.describe('Where it begins, itself in it.'),
    to: microTimeSchema.describe('Where it ends, itself not in it.'),
    count: z.int().describe('Requests that match.'),
    by: z
      .record(z.string(), z.int())
      .nullable()
      .describe(
        `How many of them have each value of the key, of the ${histogramValuesMax} values that most have; null without \`by\`.`,
      ),
  })
  .meta({ id: 'Bucket', description: 'A stretch of the window, from one full interval in UTC to the next.' })

export const histogramAnswerSchema = z
  .object({
    data: z.array(bucketSchema).describe(`Oldest first, also where there is nothing; at most ${bucketsMax}.`),
    interval: z.enum(intervalNames).describe('The length of a bucket; the first and the last end with the window.'),
    meta: countMetaSchema,
  })
  .meta({ id: 'HistogramAnswer', description: 'How many requests match, over time.' })
