// Findings as answers have them.

import { severities } from '@plaintrail/rules/rule'
import * as z from 'zod'
import { gapSchema, pageSchema, windowSchema } from './page-schemas.ts'
import { followedSchema } from './revision-schemas.ts'
import { storedEventSchema } from './stored-event-schema.ts'
import { hiddenSchema, stepSchema, triageSchema } from './triage-schemas.ts'
import { findingIdSchema, microTimeSchema } from './value-schemas.ts'

const findingFields = {
  id: findingIdSchema,
  rule: z.string().describe('The name of the rule that found it.'),
  version: z.int().describe('Of the rule, when it found the last event. What follows is as that version says it.'),
  title: z.string().describe('What the rule finds, in one line.'),
  severity: z.enum(severities).describe('How bad it is.'),
  cluster: z.string().describe('The name of the cluster.'),
  group: z.record(z.string(), z.string().nullable()).describe('What it is of, by the fields that the rule groups by.'),
  summary: z.string().describe('What happened, in one sentence, as of the last event.'),
  description: z.string().describe('Why it matters; may be empty.'),
  remediation: z.string().describe('How to mend it, as of the last event; may be empty.'),
  commands: z
    .array(z.string())
    .describe(
      'To be pasted into a shell. Those that lack a value, or could not be shown for what they are, are left out.',
    ),
  controls: z.array(z.string()).describe('What it is evidence for, such as `pci:10.2.1.2`.'),
  attack: z.array(z.string()).describe('Techniques of MITRE ATT&CK, such as `T1609`.'),
  owner: z.string().nullable().describe('Who looks after the rule.'),
  references: z.array(z.string()).describe('Where more is told.'),
  false_positives: z.array(z.string()).describe('What the rule also finds and need not worry anybody.'),
  known_from: microTimeSchema
    .nullable()
    .describe(
      'Of a rule that finds what is new (`firstSeen`): since when this version of it knows what there was in the cluster, where it looks farther back; the summary says so. Else null.',
    ),
  first: microTimeSchema
    .nullable()
    .describe('The time of its first event; null where that has no usable one, or none counts.'),
  last: microTimeSchema.nullable().describe('The time of its last event.'),
  opened_at: microTimeSchema.nullable().describe('When it was found; null where exceptions hide all of it.'),
  events: z.int().describe('Requests in it. However often one is delivered, it is one. 0 where exceptions hide all.'),
  expired_events: z.int().describe('How many of these are past retention.'),
  shadow: z.boolean().describe('Whether the rule was only tried out (`state: shadow`) when it found the last event.'),
  triage: triageSchema,
  links: z
    .object({
      self: z.string().describe('This finding, with its events.'),
      rule: z.string().describe('The rule.'),
      events: z.string().describe('Its events as a list, which can be searched on.'),
    })
    .meta({ id: 'FindingLinks', description: 'Paths of this API.' }),
}

export const findingSchema = z.object(findingFields).meta({
  id: 'Finding',
  description: 'What a rule found: one for a cluster, a rule and a group, which counts its events.',
})

const findingMetaSchema = z
  .object({
    query: z.string().describe('The question as it was understood, in its normal form.'),
    window: windowSchema,
    as_of: microTimeSchema.describe('What was found later is on none of the pages.'),
    again: z
      .boolean()
      .describe(
        'Whether the findings of this page come again, since they changed after the first page was read: each may have been on an earlier page, as it was then. With `sort=opened` only those that were being found when the first page was read, and have changed since.',
      ),
    rules: followedSchema.describe('How far rules have judged what is stored in the clusters that were asked about.'),
  })
  .meta({ id: 'FindingMeta', description: 'The question as it was understood, and how complete its answer is.' })

export const findingPageSchema = pageSchema('FindingPage', findingSchema).extend({ meta: findingMetaSchema }).meta({
  id: 'FindingPage',
  description: 'One page.',
})

export const findingWithEventsSchema = z
  .object({
    ...findingFields,
    hidden: z.array(hiddenSchema).describe('What does not count in it, by the exceptions that hold; at most 100.'),
    steps: z.array(stepSchema).describe('What was done about it, newest first, at most 100; GET /v1/audit has all.'),
    evidence: z
      .object({
        data: z.array(storedEventSchema).describe('Events behind it, newest first; those past retention are gone.'),
        has_more: z.boolean().describe('Whether there are more.'),
        next_cursor: z.string().nullable().describe('To be sent alone, as `?cursor=…`, to this path; null at the end.'),
        gaps: z.array(gapSchema).describe('Of a rule on gaps: those that it found, newest first, at most 100.'),
      })
      .meta({ id: 'Evidence', description: 'What a finding was made of.' }),
  })
  .meta({ id: 'FindingWithEvents', description: 'A finding, and a page of the events behind it.' })
