// noiseSchema: whether a rule makes more findings than it says that it may, and what would quieten it.

import * as z from 'zod'
import { microTimeSchema } from './value-schemas.ts'

export const noiseSchema = z
  .object({
    noisy: z.boolean().describe('Whether it made more than it may.'),
    findings: z.int().describe('Those with an event within that time, in clusters that you may see.'),
    findings_max: z.int().describe('How many it may make.'),
    within: z.string().describe('The time: `1w`, `12h`.'),
    proposed_exceptions: z
      .array(
        z.object({
          rule: z.string().describe('The name of the rule.'),
          match: z.string().describe('A query that means the events of one of the busiest findings.'),
          reason: z.string().describe('To be said better by whoever knows.'),
          expires_at: microTimeSchema.describe('30 days from now.'),
        }),
      )
      .describe(
        'Of a noisy one, each a body for `POST /v1/exceptions`, the busiest first. Nothing is hidden until one is sent.',
      ),
  })
  .meta({ id: 'RuleNoise', description: 'What a rule says of its noise (`noise` of its file), and what came of it.' })
