// sessionPageSchema: sessions as an answer has them.

import { connectionKinds, sessionStates, unseenReasons, type Session } from '@plaintrail/store/session'
import * as z from 'zod'
import { eventMetaSchema, windowedPageSchema } from './page-schemas.ts'
import { actorSchema, objectSchema, sourceSchema } from './stored-event-schema.ts'
import { eventIdSchema, microTimeSchema } from './value-schemas.ts'

interface LinkedSession extends Session {
  readonly links: { readonly event: string }
}

const sessionSchema: z.ZodType<LinkedSession> = z
  .object({
    id: eventIdSchema.describe('The event that shows the request; another one once the session has ended.'),
    cluster: z.string().describe('The name of the cluster.'),
    kind: z.enum(connectionKinds).describe('The subresource; `proxy` only where the connection was upgraded.'),
    state: z
      .enum(sessionStates)
      .describe('`open`: no end was seen, and nothing says that it could have been missed; `unknown`: something does.'),
    reason: z
      .enum(unseenReasons)
      .nullable()
      .describe(
        'Of `unknown`: events of the cluster are missing since (`gap`), its API server has started again, something could not be read since (`unreadable_event`), or it began over 24 hours ago (`too_old`).',
      ),
    actor: actorSchema,
    source: sourceSchema,
    object: objectSchema,
    command: z.string().nullable().describe('Of `exec`, as a shell would need it, cut at 220 characters.'),
    container: z.string().nullable().describe('The container, where the request names it.'),
    ports: z.string().nullable().describe('Of `portforward`, where the request names them: most clients do not.'),
    started: microTimeSchema
      .nullable()
      .describe('When it was answered, or asked for where no event says when it was answered.'),
    ended: microTimeSchema.nullable().describe('stageTimestamp of the last stage; null where no end was seen.'),
    durationUs: z.int().nullable().describe('Microseconds from `started` to `ended`.'),
    links: z
      .object({ event: z.string().describe('The event that shows the request.') })
      .meta({ id: 'SessionLinks', description: 'Paths of this API.' }),
  })
  .meta({ id: 'Session', description: 'A connection into something running.' })

export const sessionPageSchema = windowedPageSchema('SessionPage', sessionSchema, eventMetaSchema)
