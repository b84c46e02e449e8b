// What a rule says of one event, clause by clause.

import * as z from 'zod'
import { eventIdSchema } from './value-schemas.ts'

const clauseResult = z.enum(['true', 'false', 'unknown', 'error'])

const decisionSchema = z
  .object({
    expression: z.string().describe('A part of the clause that made it what it is.'),
    line: z.int().describe('Where it stands in the text of the rule, from 1.'),
    column: z.int().describe('Where in the line, in characters from 1.'),
    pointer: z
      .string()
      .nullable()
      .describe(
        'What it read, as a JSON pointer into its variables, such as `/object/spec/hostPID`; null for nothing.',
      ),
    value: z.unknown().describe('What stands there, cut where it is long; null also where it is not known.'),
    result: clauseResult.describe('What came of it.'),
  })
  .meta({ id: 'ClauseDecision', description: 'A part of a clause, and the value that decided it.' })

const clauseSchema = z
  .object({
    clause: z.enum(['match', 'where', 'exception']).describe('Which part of the rule it is.'),
    name: z.string().nullable().describe('Of an exception; else null.'),
    step: z.int().describe("0 for the rule's own; others are of its condition."),
    text: z.string().describe('As it is written.'),
    line: z.int().describe('Where it stands in the text of the rule, from 1.'),
    column: z.int().describe('Where in the line, in characters from 1.'),
    result: clauseResult.describe('Whether it holds; `unknown` where it depends on what was not recorded.'),
    says: z.string().nullable().describe('What was wrong, for `error`; else null.'),
    decisions: z.array(decisionSchema).describe('What made it so, at most 100.'),
  })
  .meta({ id: 'RuleClause', description: 'One clause of a rule, and what it says of an event.' })

export const ruleExplanationSchema = z
  .object({
    rule: z.string().describe('The name of the rule.'),
    version: z.int().describe('Which version of it.'),
    hash: z.string().describe('SHA-256 of its text, in hex.'),
    event: eventIdSchema,
    result: z
      .enum(['match', 'no-match', 'insufficient', 'error'])
      .describe('`insufficient`: it depends on what was not recorded. A match may still be too few for a finding.'),
    clauses: z.array(clauseSchema).describe('Every clause, whether it was needed or not.'),
    missing: z
      .array(
        z.object({
          what: z.string().describe('A JSON pointer into the variables, or a word of the query language.'),
          because: z.string().describe('Why it is not known.'),
        }),
      )
      .describe('What would have to be known, for `insufficient`.'),
  })
  .meta({ id: 'RuleExplanation', description: 'What a rule says of one event, and why: always the same for the same.' })
