// Actors as answers have them, and what they did for the first time.

import { actorTypes, eventClasses, outcomes } from '@plaintrail/event/event'
import type { FoundActor } from '@plaintrail/store/find-actors'
import { firstKinds, type First } from '@plaintrail/store/find-firsts'
import * as z from 'zod'
import { countMetaSchema } from './count-meta-schema.ts'
import { windowedPageSchema, windowSchema } from './page-schemas.ts'
import { eventIdSchema, microTimeSchema, valueCountSchema } from './value-schemas.ts'

const foundActorSchema: z.ZodType<FoundActor> = z
  .object({
    id: z
      .string()
      .meta({ pattern: '^act_[0-9a-f]{32}$' })
      .describe('Made of name and type, so that it is the same wherever the actor is stored.'),
    name: z.string().describe('user.username; empty for failed logins.'),
    type: z.enum(actorTypes).describe('What kind of caller it is, told from the name.'),
    first_seen: microTimeSchema.describe('The oldest event that is stored of it, whatever the window.'),
    last_seen: microTimeSchema.describe('The newest.'),
    requests: z.int().describe('Requests that match, in the window.'),
    by_class: countsBy(eventClasses).describe('Of these, how many of each class.'),
    by_outcome: countsBy(outcomes).describe('Of these, how many ended in which way.'),
    clients: z
      .array(valueCountSchema)
      .describe('Programs that they claim to come from, at most 20, the most used first.'),
    ips: z.array(valueCountSchema).describe('Addresses that the API server saw, at most 20, the most used first.'),
  })
  .meta({ id: 'FoundActor', description: 'Who asked, and for what, within a window.' })

/** Every word is there, also with 0. */
function countsBy<const Word extends string>(words: readonly Word[]): z.ZodType<Readonly<Record<Word, number>>> {
  const fields = Object.fromEntries(words.map((word) => [word, z.int().describe(`Requests that are \`${word}\`.`)]))
  // It has just the fields that the type names.
  return z.object(fields) as unknown as z.ZodType<Readonly<Record<Word, number>>>
}

export const actorPageSchema = windowedPageSchema('ActorPage', foundActorSchema, countMetaSchema)

export const actorAnswerSchema = z
  .object({ data: foundActorSchema, meta: countMetaSchema })
  .meta({ id: 'ActorAnswer', description: 'One actor.' })

const firstSchema: z.ZodType<First> = z
  .object({
    what: z.enum(firstKinds).describe('What was new.'),
    value: z.string().describe('Its name; a kind is `deployments.apps`, or `pods` of the core group.'),
    time: microTimeSchema.describe('Of the first event with it.'),
    event: eventIdSchema.describe('That event; any stage of its request, also a refused one.'),
  })
  .meta({ id: 'First', description: 'Something that an actor did for the first time.' })

export const firstsAnswerSchema = z
  .object({
    data: z.array(firstSchema).describe('The newest first, at most 1000 of each kind.'),
    meta: z
      .object({
        window: windowSchema,
        compared_since: microTimeSchema
          .nullable()
          .describe('What is stored before this was not compared, for the time was up; null where all was.'),
      })
      .meta({ id: 'FirstsMeta', description: 'What was asked, and how far back it was compared.' }),
  })
  .meta({ id: 'FirstsAnswer', description: 'What an actor did for the first time.' })
