// What the route of blame answers: for each field of a state, who set it last.

import * as z from 'zod'
import {
  historyMetaSchema,
  namedObjectSchema,
  revisionRefSchema,
  stateSchema,
  whyNotSchema,
} from './revision-schemas.ts'

const blamedFieldSchema = z
  .object({
    path: z
      .string()
      .describe('Where, such as `spec.template.spec.containers[api].image`; items of lists by their keys.'),
    value: z
      .unknown()
      .describe('A text, a number, a boolean, null, or an empty object or list. A secret is `(hidden)`.'),
    how: z
      .enum(['set', 'set-or-unseen', 'unseen'])
      .describe(
        '`set`: by `revision`. `set-or-unseen`: by it, or since `after` by a write that is not known. `unseen`: by none that is known; `revision` was the first to show it.',
      ),
    revision: revisionRefSchema.nullable().describe('The event; null where none tells of it.'),
    after: revisionRefSchema.nullable().describe('The revision before; null for `set`, and where none is known.'),
    manager: z
      .string()
      .nullable()
      .describe(
        'Who managedFields say set it, which is what the client called itself: of several managers the one that wrote when it was set, else the last. Null where they do not say.',
      ),
    noise: z.boolean().describe('Nobody meant it: status, managedFields, versions, and what controllers note.'),
    secret: z.boolean().describe('The value is secret.'),
  })
  .meta({ id: 'BlamedField', description: 'A field of the object that has a value of its own.' })
export type BlamedFieldAnswer = z.output<typeof blamedFieldSchema>

export const objectBlameSchema = z
  .object({
    object: namedObjectSchema,
    state: stateSchema,
    fields: z
      .array(blamedFieldSchema)
      .describe('In the order of the object, at most 10,000; empty where it was not there, or is not known.'),
    is_cut: z.boolean().describe('There are more fields, or more revisions than could be looked at: `says`.'),
    says: z
      .string()
      .nullable()
      .describe('What is left out, and what that means, in a sentence; null where `is_cut` is false.'),
    why_not: whyNotSchema.nullable().describe('Why the state is not known; null where it is.'),
    meta: historyMetaSchema,
  })
  .meta({ id: 'ObjectBlame', description: 'Who set each field of an object last.' })
