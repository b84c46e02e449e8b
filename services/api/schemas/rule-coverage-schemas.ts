// How rules fare on what a cluster sends, and controls: as answers have them.

import { severities } from '@plaintrail/rules/rule'
import * as z from 'zod'
import { coverageSchema, gapSchema, windowSchema } from './page-schemas.ts'
import { noiseSchema } from './noise-schemas.ts'
import { eventIdSchema, microTimeSchema } from './value-schemas.ts'

export const coverageStatuses = ['works', 'partly', 'cannot', 'failing', 'unseen'] as const
export type CoverageStatus = (typeof coverageStatuses)[number]

const volumeFields = {
  events_a_day: z
    .int()
    .describe(
      'Requests a day that it would record so, counted in the window; those that are not recorded at all now are in none.',
    ),
  bytes_a_day: z.int().describe('Bytes a day of these as API servers send them.'),
  size: z
    .enum(['sampled', 'typical'])
    .describe(
      '`sampled`: the size is that of such events here; `typical`: there are none, and it is that of a usual one.',
    ),
}

const volumeSchema = z.object(volumeFields).meta({ id: 'ProjectedVolume', description: 'What a policy would add.' })

const ruleCoverageSchema = z
  .object({
    name: z.string().describe('The rule.'),
    version: z.int().describe('The one in force, which the counts are of.'),
    title: z.string().describe('What it is about.'),
    severity: z.enum(severities).describe('Of its findings.'),
    status: z
      .enum(coverageStatuses)
      .describe(
        '`works`: it could judge all that concerns it; `partly`: not all; `cannot`: nothing; `failing`: it has failed too often and judges nothing; `unseen`: nothing came that concerns it, because nothing happened or because the audit policy leaves it out.',
      ),
    evaluated: z.int().describe('Events that could concern it.'),
    matched: z.int().describe('Of these, those that it matched.'),
    insufficient: z.int().describe('Of these, those that it could not judge, since what it reads was not recorded.'),
    errors: z.int().describe('Of these, those that it failed on.'),
    because: z
      .array(
        z.object({
          what: z.string().describe('A JSON pointer into what the rule reads, a qualifier, or empty for all others.'),
          because: z.string().describe('Why it is not known, or what the error said.'),
          is_error: z.boolean().describe('Whether the rule failed.'),
          count: z.int().describe('Events.'),
          example: eventIdSchema.describe('One of them.'),
        }),
      )
      .describe('What it lacked, the most frequent first, at most 5.'),
    noise: noiseSchema.nullable().describe('Null where the rule says nothing about it.'),
    mend: z
      .object({
        policy: z
          .string()
          .describe('YAML of the items of `rules` of an audit policy; they go before those that match the same.'),
        caution: z
          .string()
          .nullable()
          .describe('What speaks against it, such as that values of secrets would be sent; null where nothing does.'),
        volume: volumeSchema.nullable().describe('Null where there was no time to count it.'),
      })
      .meta({ id: 'RuleMend', description: 'What would have it judge.' })
      .nullable()
      .describe('Null where no policy would mend it.'),
  })
  .meta({ id: 'RuleCoverage', description: 'How one rule fared.' })

export const clusterCoverageSchema = z
  .object({
    cluster: z.string().describe('Its name.'),
    window: windowSchema.describe('Whole days by UTC.'),
    rules: z.array(ruleCoverageSchema).describe('Those in force that judge events, those that cannot work first.'),
    counts: z
      .object(
        Object.fromEntries(
          coverageStatuses.map((status) => [status, z.int().describe(`Rules of the status \`${status}\`.`)]),
        ) as Record<CoverageStatus, z.ZodInt>,
      )
      .describe('How many rules have each status.'),
    policy: z
      .string()
      .nullable()
      .describe(
        'YAML of the smallest change that mends all of them: the first items of `rules` of the audit policy, without those that have a caution; null where none is needed.',
      ),
    gaps: z.array(gapSchema).describe('What is known to be missing of the window, newest first, at most 100.'),
  })
  .meta({ id: 'ClusterCoverage', description: 'Which rules can work on what a cluster sends.' })

const controlFields = {
  id: z.string().describe('`pci:10.2.1.2`'),
  framework: z.string().describe('`PCI DSS`'),
  version: z.string().describe('Of which edition the id is.'),
  title: z.string().describe('What it asks for, in our words.'),
}

export const controlListSchema = z
  .object({
    data: z
      .array(
        z
          .object({ ...controlFields, rules: z.int().describe('Rules in force that are evidence for it.') })
          .meta({ id: 'Control', description: 'A control of a framework.' }),
      )
      .describe('Those that a rule names, by framework and number.'),
  })
  .meta({ id: 'ControlList', description: 'All in one page.' })

const relationSchema = z
  .enum(['eq', 'gte'])
  .describe('`eq`: exactly so many; `gte`: as many or more, for not all were counted.')

const controlRuleSchema = z
  .object({
    name: z.string().describe('The rule.'),
    title: z.string().describe('What it is about.'),
    severity: z.enum(severities).describe('Of its findings.'),
    version: z.int().describe('The one in force.'),
    findings: z.int().describe('Findings of it with an event in the window.'),
    findings_relation: relationSchema,
    events: z.int().describe('Their events in the window, as far as these are kept.'),
    events_relation: relationSchema,
    last: microTimeSchema.nullable().describe('The last of these, of all that were counted; null where there is none.'),
    exceptions: z
      .array(z.string())
      .describe('Ids of the exceptions of the rule that hold now: what they hide is in none of these numbers.'),
  })
  .meta({ id: 'ControlRule', description: 'What a rule found in the window.' })

export const controlAnswerSchema = z
  .object({
    ...controlFields,
    window: windowSchema,
    rules: z.array(controlRuleSchema).describe('Those in force that are evidence for it, most findings first.'),
    findings: z.int().describe('Of all of them together.'),
    findings_relation: relationSchema,
    clusters: z
      .array(
        z
          .object({
            cluster: z.string().describe('Its name.'),
            findings: z.int().describe('Findings of the cluster with an event in the window.'),
            findings_relation: relationSchema,
            coverage: coverageSchema,
            not_judged: z
              .array(
                z.object({
                  rule: z.string().describe('Its name.'),
                  status: z.enum(coverageStatuses).describe('As in the coverage of the cluster; never `works`.'),
                  insufficient: z.int().describe('Events of the days of the window that it could not judge.'),
                }),
              )
              .describe('Rules whose silence says nothing, or not all.'),
            is_covered: z
              .boolean()
              .describe(
                'Whether nothing is known to be missing, every rule could judge, and no exception hides anything.',
              ),
          })
          .meta({ id: 'ControlCluster', description: 'How far the answer holds for a cluster.' }),
      )
      .describe('Those that the caller may see, by name, at most 100.'),
    links: z
      .object({ findings: z.string().describe('The findings themselves.') })
      .meta({ id: 'ControlLinks', description: 'Paths of this API.' }),
  })
  .meta({ id: 'ControlAnswer', description: 'What rules found about a control, and where nobody looked.' })
