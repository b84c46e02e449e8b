// backtestSchema: a back-test as an answer has it, and what is sent to ask for one.

import { exportStates } from '@plaintrail/store/exports'
import * as z from 'zod'
import { windowSchema } from './page-schemas.ts'
import { windowParameters } from './parameter-schemas.ts'
import { microTimeSchema } from './value-schemas.ts'

/** As the store's file of a rule has it. */
const textCharactersMax = 1024 * 1024
const nameCharactersMax = 300

export const newBacktestSchema = z
  .strictObject({
    rule: z
      .string()
      .max(nameCharactersMax)
      .optional()
      .describe('The name of a rule: the version of it that holds now. Either this or `text`.'),
    text: z
      .string()
      .max(textCharactersMax)
      .optional()
      .describe('A rule file with one rule. It is also told what changes against the version in force of its name.'),
    since: windowParameters.since.describe(
      'Where the window begins, as of a list of events. 30 days ago, unless you say.',
    ),
    until: windowParameters.until,
    cluster: z
      .string()
      .max(nameCharactersMax)
      .optional()
      .describe('The name of a cluster; all that you may see, unless you say.'),
  })
  .meta({ id: 'NewBacktest', description: 'A rule, and the time over which it is to be tried.' })

export type NewBacktestBody = z.output<typeof newBacktestSchema>

const dateSchema = z.string().describe('A day in UTC: `2026-11-10`.')

const findingSchema = z
  .object({
    id: z.string().describe('The id that the finding has, or would have: `fnd_…`.'),
    cluster: z.string().describe('The name of the cluster.'),
    group: z.record(z.string(), z.string().nullable()).describe('What it is of: fields that the rule groups by.'),
    summary: z.string().describe('The sentence of the rule, of its last event.'),
    events: z.int().describe('Requests that count.'),
    first: microTimeSchema.describe('The time of the first of them.'),
    last: microTimeSchema.describe('The time of the last of them.'),
    event: z.string().describe('The last of them: `evt_…`.'),
  })
  .meta({ id: 'BacktestFinding', description: 'What the rule would have found, of one group.' })

const differenceSchema = z
  .object({
    version: z.int().describe('The version in force when it was asked.'),
    findings: z.int().describe('What that finds in the same events.'),
    events: z.int().describe('Requests that count for these.'),
    starts: z.int().describe('Findings that there would be, and are none of that version.'),
    stops: z.int().describe('Findings of that version that there would not be.'),
    starting: z.array(findingSchema).describe('The busiest that start, at most 20.'),
    stopping: z.array(findingSchema).describe('The busiest that stop, at most 20.'),
  })
  .meta({ id: 'BacktestDifference', description: 'The rule that was sent, against the version in force of its name.' })

export const backtestSchema = z
  .object({
    id: z
      .string()
      .regex(/^bt_[\da-f]{32}$/)
      .describe('Of the back-test.'),
    created_at: microTimeSchema.describe('When it was asked for. What was stored later is not in it.'),
    finished_at: microTimeSchema.nullable().describe('When it ended; null until then.'),
    maker: z.string().describe('The name of the token that asked for it.'),
    rule: z.string().describe('The name of the rule.'),
    cluster: z.string().nullable().describe('As asked for; null for all that the token may see.'),
    window: windowSchema,
    state: z.enum(exportStates).describe('`queued`, `running`, and at last `done`, `failed` or `cancelled`.'),
    error: z.string().nullable().describe('Why it failed, and how to mend it.'),
    progress: z
      .object({
        fraction: z.number().min(0).max(1).describe('How far it has gone through the window, by time.'),
        events: z.int().describe('Events that were read so far: those that the match lets through.'),
      })
      .describe('How far it is.'),
    findings: z.int().nullable().describe('Findings that there would be; null until it is done, as all that follows.'),
    events: z.int().nullable().describe('Requests that count for them.'),
    hidden: z
      .int()
      .nullable()
      .describe('Requests that exceptions of the rule hide, also in what is around the window.'),
    peak: z
      .object({ day: dateSchema, findings: z.int().describe('Findings whose first event is of that day.') })
      .nullable()
      .describe('The day that opens the most findings; of several the last.'),
    days: z
      .array(
        z.object({
          day: dateSchema,
          findings: z.int().describe('Findings whose first event is of this day.'),
          events: z.int().describe('Requests of this day that count.'),
        }),
      )
      .nullable()
      .describe('Days with something, oldest first.'),
    top: z.array(findingSchema).nullable().describe('The busiest findings, at most 20.'),
    reached: microTimeSchema
      .nullable()
      .describe('Where it stopped, as the rule matches more than 250,000 requests; null where it did not.'),
    judged: z
      .object({
        evaluated: z.int().describe('Events of the window that the match lets through, each stage by itself.'),
        matched: z.int().describe('Of these, those that match.'),
        insufficient: z.int().describe('Those that could not be judged by what was recorded.'),
        errors: z.int().describe('Those where the rule is at fault.'),
        because: z
          .array(
            z.object({
              cluster: z.string().describe('The name of the cluster where it was so.'),
              error: z.boolean().describe('Whether the rule is at fault.'),
              what: z.string().describe('What is not known; empty for an error.'),
              because: z.string().describe('Why, as the end of a sentence; or what the error says.'),
              count: z.int().describe('Of how many events.'),
              example: z.string().describe('One of them: `evt_…`.'),
            }),
          )
          .describe('What was not known and why, the most frequent first, at most 20.'),
      })
      .describe('What the rule said of each event, so far.'),
    new_against_running: differenceSchema
      .nullable()
      .describe('Null where no version of the name is in force, or it says the same.'),
    links: z.object({ self: z.string().describe('This back-test.') }).describe('Paths of this API.'),
  })
  .meta({ id: 'Backtest', description: 'What a rule would have found in what is stored.' })
