// What answers about an object's history are made of: revisions, states, changes, and how far all of it is to be trusted.

import { actorTypes } from '@plaintrail/event/event'
import { fidelities } from '@plaintrail/history/revision'
import * as z from 'zod'
import { initiatorSchema } from './initiator-schemas.ts'
import { eventIdSchema, microTimeSchema } from './value-schemas.ts'

const writerSchema = z
  .object({
    name: z.string().describe('The authenticated caller.'),
    type: z.enum(actorTypes).describe('What kind of caller it is, told from the name.'),
    as: z.string().nullable().describe('Whom the caller acted as; null for nobody.'),
  })
  .meta({ id: 'Writer', description: 'Who asked for it.' })

/** Of every revision that is told; Revision has more of them. */
export const revisionRefFields = {
  event: eventIdSchema,
  time: microTimeSchema.describe('When its request was received.'),
  resource_version: z.int().nullable().describe('Null where the event does not say it, as most ends.'),
  actor: writerSchema.nullable().describe('Null where the event itself is past retention.'),
  client: z
    .string()
    .nullable()
    .describe('The program that the user agent claims to be, such as `kubectl 1.33.3`; null where there is none.'),
  verb: z.string().describe('Of the request; empty where the event itself is past retention.'),
  initiator: initiatorSchema.nullable().describe('Who is behind it; null where that was not looked for yet.'),
}

export const revisionRefSchema = z
  .object(revisionRefFields)
  .meta({ id: 'RevisionRef', description: 'The event that made a state of an object, or was the first to show it.' })
export type RevisionRef = z.output<typeof revisionRefSchema>

const presences = ['present', 'gone', 'not-yet', 'maybe'] as const

export const stateSchema = z
  .object({
    time: microTimeSchema.describe('The time that was asked about, or that of the event that was.'),
    presence: z
      .enum(presences)
      .describe('Whether it was there. `maybe`: nothing that is stored tells; `not-yet`: it was made later.'),
    uid: z.string().nullable().describe('Of the object that had the name then; null where it is not known.'),
    revision: revisionRefSchema.nullable().describe('What made the state; null where nothing before tells of it.'),
    fidelity: z
      .enum(fidelities)
      .nullable()
      .describe(
        'Of the state: `exact` as the API server answered it, `derived` from a patch, `metadata-only` not known; null where there is none. Never `gap`.',
      ),
    or_already: revisionRefSchema
      .nullable()
      .describe('The next revision, where it may have been in force already: its request was under way.'),
    or_unseen: z
      .boolean()
      .describe('A write that was not seen may have changed it by then, or events since are known to be missing.'),
    says: z.string().describe('All of that in one sentence, for people; its wording may change.'),
  })
  .meta({ id: 'ObjectState', description: 'An object at a time, and how far that is to be trusted.' })
export type State = z.output<typeof stateSchema>

const changeOps = ['add', 'remove', 'replace'] as const

export const changeSchema = z
  .object({
    path: z
      .string()
      .describe(
        'Where, such as `spec.template.spec.containers[api].image`; items of lists by their keys. Empty for the whole object.',
      ),
    op: z.enum(changeOps).describe('A value came, went, or became another.'),
    from: z.unknown().optional().describe('The value before; missing for `add`. A secret is `(hidden)`.'),
    to: z.unknown().optional().describe('The value after; missing for `remove`. A secret is `(hidden)`.'),
    noise: z
      .boolean()
      .describe('Nobody meant it: status, managedFields, versions, and what controllers note for themselves.'),
    secret: z.boolean().describe('The values are secret, or a part of them.'),
  })
  .meta({ id: 'Change', description: 'One difference between two states of an object.' })
export type ChangeAnswer = z.output<typeof changeSchema>

/** As the index of changes has it, for lists. */
export const changedFieldSchema = z
  .object({
    path: changeSchema.shape.path,
    op: changeSchema.shape.op,
    from: z
      .string()
      .nullable()
      .describe(
        'The value before: a text as it is, another as JSON, at most 200 characters, a secret `(hidden)`; null for none.',
      ),
    to: z.string().nullable().describe('The value after, in the same way.'),
  })
  .meta({ id: 'ChangedField', description: 'What a write changed at one place, in short.' })

export const followedSchema = z
  .object({
    complete: z.boolean().describe('Whether all stored events of the cluster are followed.'),
    behind: z.int().describe('Stored events of the cluster that are not followed yet.'),
    until: microTimeSchema
      .nullable()
      .describe('All stored events that were received before are followed; null where that is not known.'),
  })
  .meta({
    id: 'Followed',
    description: 'How far history, which is made after events are stored, has come in the cluster.',
  })
export type Followed = z.output<typeof followedSchema>

export const whyNotSchema = z
  .object({
    says: z.string().describe('Why there is no state or no difference, in a sentence.'),
    policy: z
      .string()
      .nullable()
      .describe('The rule of an audit policy, in YAML, that would give it from then on; null where none would.'),
  })
  .meta({ id: 'WhyNot', description: 'What would be here, if it had been recorded.' })
export type WhyNot = z.output<typeof whyNotSchema>

export const namedObjectSchema = z
  .object({
    cluster: z.string().describe('The name of the cluster.'),
    group: z.string().describe('The API group; empty for the core group.'),
    resource: z.string().describe('The plural in small letters.'),
    kind: z.string().describe('The kind of that resource; guessed from the plural where it is not known.'),
    namespace: z.string().describe('Empty where there is none.'),
    name: z.string().describe('Of the object.'),
  })
  .meta({ id: 'NamedObject', description: 'The object that the path names.' })
export type NamedObject = z.output<typeof namedObjectSchema>

export const historyMetaSchema = z
  .object({ history: followedSchema })
  .meta({ id: 'HistoryMeta', description: 'How far history has come.' })
