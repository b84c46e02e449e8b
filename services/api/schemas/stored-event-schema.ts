// storedEventSchema: an event as an answer has it.

import {
  actorTypes,
  decisions,
  eventClasses,
  flagNames,
  levels,
  outcomes,
  stages,
  type StoredEvent,
} from '@plaintrail/event/event'
import { fidelities, significances } from '@plaintrail/history/revision'
import type { EventChange } from '@plaintrail/store/event-changes'
import * as z from 'zod'
import { changedFieldSchema } from './revision-schemas.ts'
import { initiatorSchema, type AnsweredInitiator } from './initiator-schemas.ts'
import { eventIdSchema, findingIdSchema, microTimeSchema } from './value-schemas.ts'

/** Where Kubernetes defines what we took over. */
const kubernetes = 'kubernetes/apiserver pkg/apis/audit/v1/types.go'

export const actorSchema = z
  .object({
    name: z.string().describe(`The authenticated caller: user.username (${kubernetes}). Empty for a failed login.`),
    type: z.enum(actorTypes).describe('What kind of caller it is, told from the name.'),
    as: z.string().nullable().describe(`Whom the caller acted as: impersonatedUser (${kubernetes}); null for nobody.`),
    groups: z.array(z.string()).describe(`user.groups (${kubernetes}).`),
  })
  .meta({ id: 'Actor', description: 'Who asked.' })

export const sourceSchema = z
  .object({
    ip: z
      .object({
        value: z.string().describe(`The last address of sourceIPs (${kubernetes}).`),
        trust: z.literal('verified').describe('The API server saw this address itself.'),
      })
      .nullable()
      .describe('The address that the request came from; null where there is none.'),
    claimed: z
      .array(
        z.object({
          value: z.string().describe('An address of sourceIPs before the last, as a header of the client said.'),
          trust: z.literal('claimed').describe('Any client can say this.'),
        }),
      )
      .describe('Addresses that the client said it came by, farthest first.'),
    client: z
      .object({
        name: z.string().nullable().describe('The program, such as `kubectl`; null where there is no user agent.'),
        version: z.string().nullable().describe('Its version, where the user agent has one.'),
        userAgent: z.string().describe(`userAgent (${kubernetes}), as sent.`),
        trust: z.literal('claimed').describe('Any client can say this.'),
      })
      .describe('The program that the user agent claims to be.'),
  })
  .meta({ id: 'Source', description: 'Where the request came from, and how far that is to be trusted.' })

export const objectSchema = z
  .object({
    group: z.string().describe('objectRef.apiGroup; empty for the core group.'),
    version: z.string().describe('objectRef.apiVersion.'),
    resource: z.string().describe('objectRef.resource: the plural in small letters.'),
    kind: z.string().describe('The kind of that resource; guessed from the plural where it is not known.'),
    namespace: z.string().describe('objectRef.namespace; empty where there is none.'),
    name: z.string().describe('objectRef.name, or the name that the API server made; empty for a whole collection.'),
    uid: z.string().nullable().describe('The uid of the object, where the request or the response has it.'),
    subresource: z.string().nullable().describe('objectRef.subresource, such as `exec`; null for none.'),
  })
  .meta({ id: 'ObjectRef', description: `What was touched (${kubernetes}, ObjectReference).` })

const auditSchema = z
  .object({
    id: z.string().describe(`auditID (${kubernetes}). A client can choose it: it is neither unique nor proof.`),
    stage: z.enum(stages).describe(`stage (${kubernetes}); \`Unknown\` for one that audit.k8s.io/v1 has not.`),
    level: z.enum(levels).describe(`level (${kubernetes}): how much the API server recorded.`),
    truncated: z.boolean().describe('The API server removed the bodies because the event was too large.'),
    conflict: z.boolean().describe('Another event has the same auditID and stage, and other bytes.'),
  })
  .meta({ id: 'Audit', description: 'What the API server said about the record itself.' })

const stageSchema = z
  .object({
    id: eventIdSchema,
    stage: z.enum(stages).describe('As in `audit.stage`.'),
    time: microTimeSchema.nullable().describe('stageTimestamp; null where there is none.'),
    code: z.int().nullable().describe('The HTTP status at that stage; null before there is one.'),
  })
  .meta({ id: 'EventStage', description: 'One stage of the request, an audit event of its own.' })

const linksSchema = z
  .object({
    self: z.string().describe('This event.'),
    raw: z.string().describe('Its bytes, as they arrived.'),
    history: z.string().nullable().describe('What else was done to the object; null where it has no name.'),
  })
  .meta({ id: 'EventLinks', description: 'Paths of this API.' })

const eventChangeSchema: z.ZodType<EventChange> = z
  .object({
    fidelity: z.enum(fidelities).describe('How much is known of the state after it: see Revision.'),
    significance: z.enum(significances).describe('What it is about: see Revision.'),
    changes: z.array(changedFieldSchema).describe('Without noise, at most 20.'),
    changes_count: z.int().describe('Of all of them.'),
    summary: z.string().describe('In one line of at most 160 characters, such as `replicas 3 → 5`; may be empty.'),
    sure: z.boolean().describe('False where a write that was not seen may have made some of them.'),
  })
  .meta({ id: 'EventChange', description: 'What an event changed in its object.' })

export interface LinkedEvent extends StoredEvent {
  readonly links: { readonly self: string; readonly raw: string; readonly history: string | null }
  readonly change?: EventChange | null | undefined
  readonly initiator?: AnsweredInitiator | null | undefined
  readonly findings?: readonly string[] | undefined
  readonly raw?: unknown
  readonly raw_base64?: string | undefined
}

export const storedEventSchema: z.ZodType<LinkedEvent> = z
  .object({
    id: eventIdSchema,
    time: microTimeSchema
      .nullable()
      .describe(`requestReceivedTimestamp (${kubernetes}); null where the event has no usable time.`),
    seen: microTimeSchema.describe('When Plaintrail took the event in.'),
    sentence: z.string().describe('All of it in one English sentence, for people; its wording may change.'),
    cluster: z.string().describe('The name of the cluster that posted it.'),
    class: z
      .enum(eventClasses)
      .describe('`connect` is exec, attach, port-forward and proxy, whatever the verb; `other` has no resource.'),
    verb: z.string().describe(`verb (${kubernetes}).`),
    outcome: z
      .enum(outcomes)
      .describe('`denied` by login or RBAC, `rejected` by admission, validation or a conflict; `pending`: no end yet.'),
    code: z.int().nullable().describe('responseStatus.code, the HTTP status; null before there is one.'),
    durationUs: z
      .int()
      .nullable()
      .describe('Microseconds from requestReceivedTimestamp to the stageTimestamp of the last stage.'),
    actor: actorSchema,
    source: sourceSchema,
    object: objectSchema.nullable().describe('What was touched; null for a request to no resource.'),
    path: z.string().nullable().describe('The path asked for, where the request was to no resource.'),
    detail: z
      .string()
      .nullable()
      .describe('What the bodies say was done, such as `replicas 1`; at most 300 characters.'),
    audit: auditSchema,
    authz: z
      .object({
        decision: z.enum(decisions).describe('annotations["authorization.k8s.io/decision"]; `none`: never asked.'),
        reason: z.string().describe('Why it was allowed, refused or rejected, in the words of the API server.'),
      })
      .describe('What authorization said.'),
    flags: z.array(z.enum(flagNames)).describe('What is odd or special about the event.'),
    stages: z.array(stageSchema).describe('Every stage of the request that is stored, first to last.'),
    links: linksSchema,
    change: eventChangeSchema
      .nullable()
      .optional()
      .describe(
        'What it changed; null where nothing, and where history has not come so far. In the history of an object, for one event, and with `include=changes`.',
      ),
    initiator: initiatorSchema
      .nullable()
      .optional()
      .describe(
        'Who is behind it; null where that was not looked for yet, which takes some seconds. In the history of an object, for one event, and with `include=initiator`.',
      ),
    findings: z
      .array(findingIdSchema)
      .optional()
      .describe(
        'The findings that it is a part of, at most 20. In the history of an object, for one event, and with `include=findings`.',
      ),
    raw: z.unknown().optional().describe('With `include=raw`: the event as the API server wrote it, unchanged.'),
    raw_base64: z
      .string()
      .optional()
      .describe('In place of `raw`, in base64 (RFC 4648), where the bytes are not UTF-8 or over 8 MiB.'),
  })
  .meta({ id: 'StoredEvent', description: 'One request to an API server, as its last stored stage tells it.' })
