// activityPageSchema: stretches of one actor's work as an answer has them.

import { actorTypes } from '@plaintrail/event/event'
import type { FoundStretch } from '@plaintrail/store/find-activity'
import * as z from 'zod'
import { eventMetaSchema, windowedPageSchema } from './page-schemas.ts'
import { eventIdSchema, microTimeSchema } from './value-schemas.ts'

type Counts = FoundStretch['counts']

export interface ToldActivity extends Pick<
  FoundStretch,
  'id' | 'clusters' | 'credential' | 'ip' | 'clients' | 'requests' | 'sentence' | 'counts' | 'namespaces'
> {
  readonly actor: { readonly id: string; readonly name: string; readonly type: (typeof actorTypes)[number] }
  readonly started: string
  readonly ended: string
  readonly duration_us: number
  readonly acted_as: readonly string[]
  readonly commands: readonly ToldCommand[]
  readonly commands_count: number
  readonly began_before: boolean
  readonly went_on: boolean
  readonly is_cut: boolean
  readonly links: { readonly events: string }
}

interface ToldCommand {
  readonly event: string
  readonly time: string
  readonly line: string
  readonly sure: boolean
  readonly requests: number
}

const countsSchema: z.ZodType<Counts> = z
  .object({
    reads: z.int().describe('Answered reads; discovery is none.'),
    changes: z.int().describe('Writes that were done; dry runs are none.'),
    connections: z.int().describe('exec, attach, port-forward and proxy that were let in.'),
    denied: z.int().describe('Refused by authentication or authorization.'),
    failed: z.int().describe('Changes and connections that were refused otherwise, not found, or ended by a fault.'),
    dry_runs: z.int().describe('Writes with `dryRun=All`.'),
    secrets_read: z.int().describe('Secrets that were read by name, each once.'),
    secret_lists: z.int().describe('Lists and watches of secrets.'),
  })
  .meta({ id: 'ActivityCounts', description: 'How many requests of a stretch did what.' })

const commandSchema: z.ZodType<ToldCommand> = z
  .object({
    event: eventIdSchema.describe('The event of the call that the command was for.'),
    time: microTimeSchema.describe('Of its first call.'),
    line: z
      .string()
      .describe(
        'The kubectl command that most likely made the call, for a POSIX shell, at most 300 characters; `…` is what no event says. Where the client was not kubectl, or no command is known: the verb and the path.',
      ),
    sure: z
      .boolean()
      .describe(
        'No other command of kubectl makes these calls, if the client was what it says; its flags may have been spelled otherwise.',
      ),
    requests: z.int().describe('Calls that it made: reads before it, waiting after it, retries.'),
  })
  .meta({ id: 'ActivityCommand', description: 'A command that somebody most likely ran.' })

const activitySchema: z.ZodType<ToldActivity> = z
  .object({
    id: eventIdSchema.describe('The event of its first call.'),
    actor: z
      .object({
        id: z.string().describe('`act_…`.'),
        name: z.string().describe('user.username.'),
        type: z.enum(actorTypes).describe('What kind of caller it is, told from the name.'),
      })
      .meta({ id: 'ActivityActor', description: 'Whose work it is.' }),
    clusters: z.array(z.string()).describe('The names of the clusters, at most 50.'),
    started: microTimeSchema.describe('When the first call came.'),
    ended: microTimeSchema.describe('When the call ended that ended last.'),
    duration_us: z.int().describe('Microseconds from `started` to `ended`.'),
    credential: z
      .string()
      .nullable()
      .describe(
        'The id of the certificate or token, as Kubernetes names it (`X509SHA256=…`, `JTI=…`); null where it tells none, or the bytes of the events are past retention.',
      ),
    ip: z.string().nullable().describe('The address that the API server saw.'),
    clients: z.array(z.string()).describe('Programs that the calls claim to come from, at most 50: `kubectl 1.33.3`.'),
    acted_as: z.array(z.string()).describe('Identities that were acted as, at most 50.'),
    requests: z.int().describe('All of it, discovery too.'),
    sentence: z.string().describe('What was done: `14 minutes, 3 namespaces, read 4 secrets, exec twice`.'),
    counts: countsSchema,
    namespaces: z.array(z.string()).describe('Namespaces that the calls name, at most 50.'),
    commands: z.array(commandSchema).describe('The first 200, in the order of time.'),
    commands_count: z.int().describe('How many there are.'),
    began_before: z.boolean().describe('Calls before the window belong to it too.'),
    went_on: z.boolean().describe('Calls after the window belong to it too.'),
    is_cut: z.boolean().describe('It has more calls than a page reads: what is told is of the newest of them.'),
    links: z
      .object({ events: z.string().describe('Its events.') })
      .meta({ id: 'ActivityLinks', description: 'Paths of this API.' }),
  })
  .meta({ id: 'Activity', description: 'A stretch of work of one actor, with one credential from one address.' })

export const activityPageSchema = windowedPageSchema('ActivityPage', activitySchema, eventMetaSchema)
