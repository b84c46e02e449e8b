// Rules as answers have them, and the text of one as it is sent.

import { ruleStates, severities } from '@plaintrail/rules/rule'
import { ruleSources } from '@plaintrail/store/rules'
import * as z from 'zod'
import { noiseSchema } from './noise-schemas.ts'
import { pageSchema } from './page-schemas.ts'
import { microTimeSchema } from './value-schemas.ts'

/** As it is written: YAML, or JSON, which is YAML too. */
export const ruleTextSchema = z
  .string()
  .meta({ id: 'RuleText', description: 'A rule file of `plaintrail.dev/v1`, `kind: Rule`; docs/rules.md is its page.' })

/** The media types in which a rule may be sent. */
export const ruleTextTypes = ['application/yaml', 'application/json', 'text/yaml', 'text/plain'] as const

const versionFields = {
  name: z.string().describe('Unique among rules.'),
  version: z.int().describe('Counts from 1 for each name.'),
  source: z
    .enum(ruleSources)
    .describe('`pack`: came with the server; `folder`: from its folder of rules; `api`: was put here. The last wins.'),
  hash: z.string().describe('SHA-256 of its text, in hex.'),
  author: z.string().describe('Who made this version: the name of the token, or where it was loaded from.'),
  created_at: microTimeSchema.describe('When this version was made.'),
  title: z.string().describe('What it finds, in one line.'),
  severity: z.enum(severities).describe('How bad that is.'),
  state: z
    .enum(ruleStates)
    .describe('`off` judges nothing. `shadow` judges, and what it finds is left out of lists unless `shadow=true`.'),
  failing: z
    .object({
      since: microTimeSchema.describe('From then on it judges nothing.'),
      says: z.string().describe('What went wrong.'),
    })
    .nullable()
    .describe('Where it failed on too many events, and so is left out until it is changed; null where it works.'),
}

const ruleVersionSchema = z
  .object({
    ...versionFields,
    in_force: z.boolean().describe('Whether it is the version that judges now.'),
    links: z.object({ self: z.string().describe('This version, with its text.') }).describe('Paths of this API.'),
  })
  .meta({ id: 'RuleVersion', description: 'What a rule said at one time.' })

export const ruleVersionPageSchema = pageSchema('RuleVersionPage', ruleVersionSchema)

const linksSchema = z
  .object({
    self: z.string().describe('This rule, with its text.'),
    versions: z.string().describe('What it ever said.'),
    findings: z.string().describe('What it found.'),
  })
  .meta({ id: 'RuleLinks', description: 'Paths of this API.' })

const ruleFields = {
  ...versionFields,
  description: z.string().describe('Why it matters; may be empty.'),
  owner: z.string().nullable().describe('Who looks after it.'),
  labels: z.record(z.string(), z.string()).describe('As its file has them.'),
  on: z.enum(['event', 'gap']).describe('What it judges: each event, or each stretch in which events are missing.'),
  group_by: z.array(z.string()).describe('One finding for each of these values in a cluster.'),
  controls: z.array(z.string()).describe('What it is evidence for, such as `pci:10.2.1.2`.'),
  attack: z.array(z.string()).describe('Techniques of MITRE ATT&CK, such as `T1609`.'),
  remediation: z.string().describe('How to mend what it finds, with `{{field}}` in it; may be empty.'),
  commands: z.array(z.string()).describe('Commands that mend or look into it, with `{{field}}` in them.'),
  references: z.array(z.string()).describe('Where more is told.'),
  false_positives: z.array(z.string()).describe('What it also finds and need not worry anybody.'),
  needs: z
    .object({
      level: z.string().nullable().describe('The audit level that it needs; null where the rest of it says that.'),
      stage: z.string().nullable().describe('The stage that must be recorded; null for any.'),
    })
    .describe('What must be recorded, beside what it reads.'),
  links: linksSchema,
}

const listedRuleSchema = z
  .object({
    ...ruleFields,
    findings: z
      .int()
      .describe('What any version of it found in clusters that you may see; also while it was tried out.'),
    last_found: microTimeSchema
      .nullable()
      .describe('The time of the latest event among these; null where there is none.'),
    noise: noiseSchema.nullable().describe('Null where the rule says nothing about it.'),
  })
  .meta({ id: 'ListedRule', description: 'A rule in force, without its text.' })

export const rulePageSchema = pageSchema('RulePage', listedRuleSchema)

export const ruleSchema = z
  .object({ ...ruleFields, text: z.string().describe('As it was written.') })
  .meta({ id: 'Rule', description: 'A rule, as one of its versions says it.' })

const ruleErrorSchema = z
  .object({
    message: z.string().describe('What is wrong.'),
    line: z.int().describe('Where, from 1.'),
    column: z.int().describe('Where in the line, in characters from 1.'),
    hint: z.string().nullable().describe('How to mend it; null where the message says all.'),
  })
  .meta({ id: 'RuleError', description: 'What is wrong in a rule file, or may surprise, and where.' })

const warningsSchema = z
  .array(ruleErrorSchema)
  .describe('What is right and may surprise; of a file of Falco or Sigma also what is not carried over, or means more.')

export const putRuleSchema = ruleSchema
  .extend({ warnings: warningsSchema })
  .meta({ id: 'PutRule', description: 'A rule that was put, and what its text may not say as it was meant.' })

export const deletedRuleSchema = z
  .object({
    name: z.string().describe('Of the rule.'),
    in_force: ruleSchema
      .nullable()
      .describe('What judges under its name now: that of the folder or of the pack; null for nothing.'),
  })
  .meta({ id: 'DeletedRule', description: 'A rule that was taken away. Its versions and what it found stay.' })

export const ruleValidationSchema = z
  .object({
    valid: z.boolean().describe('Whether there are rules, and nothing is wrong with any of them.'),
    rules: z
      .array(
        z.object({
          name: z.string().describe('Of the rule.'),
          title: z.string().describe('What it finds, in one line.'),
          severity: z.enum(severities).describe('How bad that is.'),
          line: z.int().describe('Where its name stands, from 1.'),
          warnings: warningsSchema,
        }),
      )
      .describe('Those that are right.'),
    errors: z.array(ruleErrorSchema).describe('In the order of the text, at most 100.'),
  })
  .meta({ id: 'RuleValidation', description: 'What a text of rules says, and what is wrong in it.' })
