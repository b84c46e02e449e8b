// What people make of findings, exceptions and the trail of both, as they are sent and answered.

import {
  assigneeCharsMax,
  bulkFindingsMax,
  commentCharsMax,
  exceptionMatchCharsMax,
  exceptionReasonCharsMax,
  findingStates,
  ignoredEventsMax,
  triageReasons,
} from '@plaintrail/rules/triage'
import { stepKinds } from '@plaintrail/store/triage-steps'
import * as z from 'zod'
import { pageSchema } from './page-schemas.ts'
import { findingIdSchema, microTimeSchema } from './value-schemas.ts'

const stateSchema = z.enum(findingStates)
const reasonSchema = z.enum(triageReasons)
const tagSchema = z.string().describe('The `triage.tag` that you have: where it is another by now, nothing is done.')
const timeSchema = z.iso.datetime({ offset: true, error: 'it is no time of RFC 3339' })

const untilSchema = z
  .strictObject({
    time: timeSchema.optional().describe('At this time.'),
    events: z.int().min(1).max(ignoredEventsMax).optional().describe('With so many more events.'),
    match: z
      .string()
      .min(1)
      .max(exceptionMatchCharsMax)
      .optional()
      .describe('With an event that this query means, of what stands in the event itself: `ns:prod-*`.'),
  })
  .refine((until) => Object.values(until).filter((value) => value !== undefined).length === 1, {
    error: 'it has one of time, events and match',
  })
  .meta({ id: 'NewIgnoreEnd', description: 'When an ignored finding opens again: one of the three.' })

/** What is to be read in a trail: white space and signs that nobody sees say nothing. */
const wordsSchema = (charsMax: number) =>
  z
    .string()
    .min(1, { abort: true })
    .max(charsMax)
    .refine((text) => /[^\s\p{C}]/u.test(text), { error: 'it says nothing' })

const commentSchema = wordsSchema(commentCharsMax)

const changeFields = {
  state: stateSchema.optional().describe('What it is from now on.'),
  assignee: wordsSchema(assigneeCharsMax).nullable().optional().describe('Who looks after it; null for nobody.'),
  reason: reasonSchema.optional().describe('Why it is resolved or ignored, which must be said.'),
  comment: commentSchema
    .optional()
    .describe('In words. Who resolves or ignores a finding of severity high or critical must say something.'),
  until: untilSchema
    .optional()
    .describe(
      'Of one that is ignored: when it opens again. Never, unless you say; of severity critical that stands as a proposal until another person sends the same.',
    ),
  proposed: z.null().optional().describe('Takes back what was proposed. By itself: without a state.'),
}

export const triageChangeSchema = z
  .strictObject(changeFields)
  .meta({ id: 'TriageChange', description: 'What is left out stays as it is.' })

export type TriageChangeBody = z.output<typeof triageChangeSchema>

export const newCommentSchema = z
  .strictObject({ comment: commentSchema.describe('In words.') })
  .meta({ id: 'NewComment', description: 'Something about a finding.' })

export const bulkChangeSchema = z
  .strictObject({
    findings: z
      .array(
        z
          .strictObject({ id: findingIdSchema.max(64), tag: tagSchema.max(64) })
          .meta({ id: 'TaggedFinding', description: 'A finding, and which state of it you saw.' }),
      )
      .min(1)
      .max(bulkFindingsMax)
      .refine((findings) => new Set(findings.map(({ id }) => id)).size === findings.length, {
        error: 'it names a finding twice',
      })
      .describe(`At most ${bulkFindingsMax}, each once.`),
    ...changeFields,
  })
  .meta({ id: 'BulkChange', description: 'One change of several findings.' })

export type BulkChangeBody = z.output<typeof bulkChangeSchema>

export const bulkResultSchema = z
  .object({
    data: z
      .array(
        z
          .object({
            id: findingIdSchema,
            status: z.int().describe('As a PATCH of this one would be answered: 200, 202, 404, 409, 412 or 422.'),
            tag: z.string().nullable().describe('Of its triage now; null where there is no such finding.'),
            code: z.string().nullable().describe('The code of the problem; null where it is changed.'),
            detail: z.string().nullable().describe('What is wrong; null where it is changed.'),
          })
          .meta({ id: 'BulkItem', description: 'What came of one finding: all of the change, or nothing.' }),
      )
      .describe('In the order in which they were sent.'),
    changed: z.int().describe('How many are as they were to be.'),
    proposed: z.int().describe('How many wait for a second person (202).'),
    failed: z.int().describe('How many are as they were.'),
  })
  .meta({ id: 'BulkResult', description: 'What came of each.' })

export const triageSchema = z
  .object({
    state: stateSchema.describe('What people made of it last, or a new event did.'),
    regressed: z.boolean().describe('It was resolved, and then there was a new event.'),
    assignee: z.string().nullable().describe('Who looks after it; null for nobody.'),
    reason: reasonSchema.nullable().describe('Why it is resolved or ignored; null where it is neither.'),
    until: z
      .object({
        time: microTimeSchema.nullable().describe('At this time.'),
        events: z.int().nullable().describe('With so many events in all.'),
        match: z.string().nullable().describe('With an event that this query means.'),
      })
      .meta({ id: 'IgnoreEnd', description: 'When it opens again: one of the three is not null.' })
      .nullable()
      .describe('Of one that is ignored; null where that is for ever.'),
    proposed: z
      .object({
        state: z.literal('ignored').describe('What it is to be: ignored, for ever.'),
        by: z.string().describe('The name of the token. Another one has to confirm it.'),
        at: microTimeSchema.describe('When.'),
        reason: reasonSchema.describe('Why.'),
        comment: z.string().nullable().describe('In words.'),
      })
      .meta({ id: 'Proposal', description: 'What somebody wants it to be, and another person has to confirm.' })
      .nullable()
      .describe('What waits for a second person; null where nothing does.'),
    changed_at: microTimeSchema.nullable().describe('When somebody did something with it last; null where nobody did.'),
    steps: z.int().describe('How many steps led here.'),
    tag: z
      .string()
      .describe('To be sent as `If-Match` with a change, so that nobody undoes what another did meanwhile.'),
  })
  .meta({ id: 'Triage', description: 'What people make of a finding.' })

const sideSchema = z.record(z.string(), z.union([z.string(), z.number(), z.null()]))

export const stepSchema = z
  .object({
    id: z.string().describe('Ids of steps have a number, in the order in which they were written.'),
    time: microTimeSchema.describe('When it was done.'),
    actor: z.string().describe('The name of the token; `plaintrail` for what it did by itself.'),
    actor_id: z
      .uuid()
      .nullable()
      .describe(
        'The id of the token: no other ever has it, as another may come to have a name. Null of what is no token.',
      ),
    verb: z.enum(stepKinds).describe('What was done.'),
    object: z
      .object({
        kind: z.enum(['finding', 'exception', 'rule', 'token']).describe('What it was done to.'),
        name: z.string().describe('Its id; of a rule and a token its name.'),
        id: z.uuid().nullable().describe('Of a token its id, as another may come to have its name; null of all else.'),
      })
      .describe('What it was done to.'),
    cluster: z.string().nullable().describe('The name of the cluster; null of exceptions, rules and tokens.'),
    rule: z.string().nullable().describe('The name of the rule; null of a token.'),
    before: sideSchema
      .nullable()
      .describe('What it was, as far as that was changed; of a rule the version in force. Null for nothing.'),
    after: sideSchema.nullable().describe('What it became.'),
    reason: z.string().nullable().describe('Why, in one word, or as an exception says it.'),
    comment: z.string().nullable().describe('In words.'),
  })
  .meta({
    id: 'Step',
    description: 'Something that was done about a finding, an exception, a rule or a token. It never changes.',
  })

export const stepPageSchema = pageSchema('StepPage', stepSchema)

export const hiddenSchema = z
  .object({
    exception: z.string().describe('The id of an exception.'),
    requests: z.int().describe('How many requests of this finding do not count by it.'),
  })
  .meta({ id: 'HiddenBy', description: 'What is not counted, and by what.' })

export const newExceptionSchema = z
  .strictObject({
    rule: z.string().min(1).max(63).describe('The name of a rule on events.'),
    match: z
      .string()
      .min(1)
      .max(exceptionMatchCharsMax)
      .describe('A query of what stands in the event itself: `actor:sa:ci/* ns:build`. What it means does not count.'),
    reason: wordsSchema(exceptionReasonCharsMax).describe('Why that is no finding.'),
    owner: wordsSchema(assigneeCharsMax).nullable().optional().describe('Who answers for it.'),
    expires_at: timeSchema
      .nullable()
      .optional()
      .describe('When it ends by itself; never unless you say. Of a rule of severity critical it must be said.'),
  })
  .meta({ id: 'NewException', description: 'What is not to count in what a rule finds.' })

export type NewExceptionBody = z.output<typeof newExceptionSchema>

export const exceptionSchema = z
  .object({
    id: z
      .string()
      .regex(/^exc_\d+$/)
      .describe('Of the exception.'),
    rule: z.string().describe('The name of the rule.'),
    match: z.string().describe('The query; what it means does not count.'),
    reason: z.string().describe('Why that is no finding.'),
    owner: z.string().nullable().describe('Who answers for it.'),
    created_at: microTimeSchema.describe('When it was made.'),
    created_by: z.string().describe('The name of the token that made it.'),
    expires_at: microTimeSchema.nullable().describe('When it ends by itself; null for never.'),
    holds: z.boolean().describe('Whether it has not ended.'),
    ended_at: microTimeSchema.nullable().describe('When it ended.'),
    ended_by: z.string().nullable().describe('Who deleted it; null where it expired, or holds.'),
    applying: z.boolean().describe('Whether what was found before it began or ended is still being looked at.'),
    hides: z
      .object({
        requests: z.int().describe('Requests that do not count by it.'),
        findings: z.int().describe('Findings that these are of.'),
      })
      .describe('What it hides now.'),
    links: z
      .object({ self: z.string().describe('This one.'), rule: z.string().describe('The rule.') })
      .describe('Paths.'),
  })
  .meta({ id: 'Exception', description: 'What does not count in what a rule finds, while it holds.' })

export const exceptionPageSchema = pageSchema('ExceptionPage', exceptionSchema)
