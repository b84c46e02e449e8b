// What the routes of an object's history answer: its revisions, a difference, a state, and what takes a change back.

import { observedKinds } from '@plaintrail/history/observation'
import { adjacencies, fidelities, gapKinds, significances } from '@plaintrail/history/revision'
import * as z from 'zod'
import { windowSchema } from './page-schemas.ts'
import {
  changedFieldSchema,
  changeSchema,
  followedSchema,
  historyMetaSchema,
  namedObjectSchema,
  revisionRefFields,
  revisionRefSchema,
  stateSchema,
  whyNotSchema,
} from './revision-schemas.ts'
import { eventIdSchema } from './value-schemas.ts'

const reasonSchema = z
  .object({
    kind: z.enum(gapKinds).describe('What shows it.'),
    certain: z.boolean().describe('False where something else explains it as well, such as admission.'),
    says: z.string().describe('In words.'),
  })
  .meta({ id: 'GapReason', description: 'Why a difference is not the work of one event alone.' })

const revisionSchema = z
  .object({
    ...revisionRefFields,
    uid: z.string().nullable().describe('Of the object; null where no body and no reference says it.'),
    observed: z.enum(observedKinds).describe('What the event shows of it.'),
    source: z.enum(['write', 'read']).describe('`read`: the write was not seen, and a read was the first to show it.'),
    fidelity: z
      .enum(fidelities)
      .describe(
        '`exact`: the state was answered, and what differs was changed by this event (but for status, where `adjacency` says `but-status`). `gap`: the state was answered, and others had a part in what differs. `derived`: no answer showed it. `metadata-only`: that it was written.',
      ),
    significance: z
      .enum(significances)
      .describe('What it is about; `status`, `renewal` and `bookkeeping` are left out unless `all=true`.'),
    adjacency: z
      .enum(adjacencies)
      .describe(
        'Whether there was a write between it and the one before whose answer is not there: see `reasons` where `broken`. `but-status`: writes to status alone, so that only status may be of others.',
      ),
    reasons: z
      .array(reasonSchema)
      .describe('What speaks of a write between the two; empty unless `broken` or `but-status`.'),
    unseen_min: z.int().describe('How many writes were certainly not seen before it.'),
    changes: z.array(changedFieldSchema).describe('What it changed, without noise, at most 20.'),
    changes_count: z.int().describe('Of all of them.'),
    summary: z
      .string()
      .describe('What it changed in one line of at most 160 characters, such as `replicas 3 → 5`; may be empty.'),
  })
  .meta({ id: 'Revision', description: 'One state of an object, or one write whose outcome was not seen.' })

const lifetimeSchema = z
  .object({
    uid: z.string().describe('Of the object.'),
    made: revisionRefSchema.nullable().describe('Its creation; null where it was not seen.'),
    ended: revisionRefSchema.nullable().describe('Its end; null where there is none yet, or it was not seen.'),
    end: z
      .enum(['seen', 'unseen', 'open'])
      .describe('`unseen`: the name was used again, so it was gone; `open`: nothing says that it is gone.'),
  })
  .meta({ id: 'Lifetime', description: 'One object that had the name.' })

export const revisionPageSchema = z
  .object({
    data: z.array(revisionSchema).describe('By version, newest first, whatever the clocks say.'),
    has_more: z.boolean().describe('Whether there is another page.'),
    next_cursor: z.string().nullable().describe('To be sent alone, as `?cursor=…`, to the same path; null at the end.'),
    lifetimes: z.array(lifetimeSchema).describe('The objects that had the name, the last one first, at most 100.'),
    meta: z
      .object({
        object: namedObjectSchema,
        window: windowSchema,
        history: followedSchema,
        why_not: whyNotSchema.nullable().describe('Why states are not known; null where some are.'),
        hidden: z.int().describe('Revisions in the window that `all=true` shows beside these; 10001 for more.'),
      })
      .meta({ id: 'RevisionMeta', description: 'What was asked, and how complete its answer is.' }),
  })
  .meta({ id: 'RevisionPage', description: 'One page.' })

const whyNotField = whyNotSchema.nullable().describe('Why something is not known; null where all is.')

export const objectAtSchema = z
  .object({
    object: namedObjectSchema,
    state: stateSchema,
    manifest: z
      .record(z.string(), z.unknown())
      .nullable()
      .describe('The object as it was, secrets `(hidden)`; null where there was none, or it is not known.'),
    why_not: whyNotField,
    meta: historyMetaSchema,
  })
  .meta({ id: 'ObjectAt', description: 'An object as it was.' })

export const objectDiffSchema = z
  .object({
    object: namedObjectSchema,
    from: stateSchema,
    to: stateSchema,
    recreated: z
      .string()
      .nullable()
      .describe('That the two are different objects of one name, as a sentence; null where they are one.'),
    changes: z.array(changeSchema).describe('What takes the first to the second, at most 1,000.'),
    changes_count: z.int().describe('Of all of them, without the noise that is not shown.'),
    noise_count: z.int().describe('Differences that nobody meant: `noise=true` shows them.'),
    is_cut: z.boolean().describe('There are more than are listed.'),
    why_not: whyNotField,
    meta: historyMetaSchema,
  })
  .meta({ id: 'ObjectDiff', description: 'What is different between two states.' })

export const objectUndoSchema = z
  .object({
    object: namedObjectSchema,
    event: eventIdSchema,
    state: stateSchema.describe('The object now, which the patches are for.'),
    changes: z.array(changeSchema).describe('What the patches do: the changes of the event, the other way round.'),
    patches: z
      .object({
        json: z
          .array(z.unknown())
          .nullable()
          .describe('RFC 6902; it tests what it finds before it writes. Null where nothing can be taken back.'),
        merge: z.unknown().describe('RFC 7386, with whole lists; null where it cannot say it.'),
        strategic: z.unknown().describe('For types of Kubernetes alone; null where it cannot say it.'),
      })
      .meta({ id: 'UndoPatches', description: 'Each of them alone does it.' }),
    commands: z
      .array(
        z
          .object({
            line: z.string().describe('For a POSIX shell.'),
            says: z.string().describe('What it does.'),
          })
          .meta({ id: 'UndoCommand', description: 'A command of kubectl.' }),
      )
      .describe('Each of them alone does it, the plainest first.'),
    conflicts: z
      .array(
        z
          .object({
            path: z.string().describe('Where.'),
            says: z.string().describe('In words.'),
            by: revisionRefSchema.nullable().describe('Who changed it last; null where that is not known.'),
          })
          .meta({ id: 'UndoConflict', description: 'What somebody changed since: no patch touches it.' }),
      )
      .describe('What somebody changed since.'),
    refused: z
      .array(
        z
          .object({
            path: z.string().describe('Where; empty for all of it.'),
            says: z.string().describe('In words.'),
          })
          .meta({ id: 'UndoRefused', description: 'What cannot be taken back.' }),
      )
      .describe('What cannot be taken back.'),
    doubts: z.array(z.string()).describe('Why some of what differs may be the work of others; empty where it is not.'),
    why_not: whyNotField,
    meta: historyMetaSchema,
  })
  .meta({ id: 'ObjectUndo', description: 'What takes a change back.' })
