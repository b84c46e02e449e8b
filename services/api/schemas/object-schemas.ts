// objectPageSchema: the objects that were touched, as an answer has them.

import type { FoundObject } from '@plaintrail/store/find-objects'
import * as z from 'zod'
import { countMetaSchema } from './count-meta-schema.ts'
import { windowedPageSchema } from './page-schemas.ts'
import { microTimeSchema } from './value-schemas.ts'

interface LinkedObject extends FoundObject {
  readonly links: { readonly history: string }
}

const foundObjectSchema: z.ZodType<LinkedObject> = z
  .object({
    cluster: z.string().describe('The name of the cluster.'),
    group: z.string().describe('The API group; empty for the core group.'),
    resource: z.string().describe('The plural in small letters.'),
    kind: z.string().describe('The kind of that resource; guessed from the plural where it is not known.'),
    namespace: z.string().describe('Empty where there is none.'),
    name: z.string().describe('Of the object.'),
    uids: z
      .array(z.string())
      .describe(
        'Of those that had the name one after the other, the last one first, at most 10; none where no event says.',
      ),
    requests: z.int().describe('Requests that match, in the window.'),
    changes: z.int().describe('Of these, writes that went well and were no dry runs.'),
    reads: z.int().describe('Of these, reads.'),
    first_seen: microTimeSchema.describe('Of the first of these requests.'),
    last_seen: microTimeSchema.describe('Of the last.'),
    last_change: z
      .object({
        time: microTimeSchema.describe('When it was asked for.'),
        actor: z.string().describe('Who asked.'),
        verb: z.string().describe('With which verb.'),
      })
      .meta({ id: 'LastChange', description: 'The last of the changes.' })
      .nullable()
      .describe('The last of the changes; null where there are none.'),
    links: z
      .object({ history: z.string().describe('What was done to it, over all of time.') })
      .meta({ id: 'ObjectLinks', description: 'Paths of this API.' }),
  })
  .meta({ id: 'FoundObject', description: 'An object, and what was done to it within a window.' })

export const objectPageSchema = windowedPageSchema('ObjectPage', foundObjectSchema, countMetaSchema)
