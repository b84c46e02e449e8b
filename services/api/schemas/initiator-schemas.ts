// initiatorSchema: who is behind an event, and the evidence.

import { confidences, type Attribution } from '@plaintrail/history/initiator'
import * as z from 'zod'
import { eventIdSchema } from './value-schemas.ts'

export interface AnsweredInitiator {
  readonly kind: Attribution['initiator']['kind']
  readonly name: string
  readonly confidence: Attribution['confidence']
  readonly chain: Attribution['chain']
  readonly considered: Attribution['considered']
}

export const initiatorSchema: z.ZodType<AnsweredInitiator> = z
  .object({
    kind: z
      .enum(['person', 'service-account', 'commit', 'unknown'])
      .describe('What is behind the event: `commit` where a GitOps system names the revision that it acted for.'),
    name: z.string().describe('A username, or a revision as that system writes it; empty for `unknown`.'),
    confidence: z
      .enum(confidences)
      .describe(
        '`certain`: identities, uids, generations or contents tie every link. `likely`: one is by name, by time, or a claim. `unknown`: less, and nobody is named.',
      ),
    chain: z
      .array(
        z.object({
          what: z
            .string()
            .describe(
              'The kind of link: `owner`, `deleted-owner`, `credential`, `sync` …; `release`, `drain`, `tool` and `commit` say what for and how, and never who.',
            ),
          event: eventIdSchema,
          why: z.string().describe('The evidence, as a sentence; its wording may change.'),
        }),
      )
      .describe(
        'From the event back to who is behind it, at most 16 links; none that leads to another event where the caller is.',
      ),
    considered: z.array(z.string()).describe('What was looked at and was not enough, as sentences; at most 8.'),
  })
  .meta({
    id: 'Initiator',
    description:
      'Who is behind an event, which the caller may only have carried out. The user agent is never evidence of who.',
  })
