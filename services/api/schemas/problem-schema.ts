// problemSchema: every error, as RFC 9457 has it.

import * as z from 'zod'
import { problemCodes, type ProblemCode } from '../problem-codes.ts'

const codes = Object.keys(problemCodes) as [ProblemCode, ...ProblemCode[]]

export const problemSchema = z
  .object({
    type: z.string().describe('A URI that names the kind of problem (RFC 9457 section 3.1.1); `code` says the same.'),
    title: z.string().describe('The reason phrase of the status.'),
    status: z.int().describe('The HTTP status.'),
    code: z.enum(codes).describe('The kind of problem, for programs.'),
    detail: z.string().describe('What could not be done, for people.'),
    hint: z.string().optional().describe('How to mend it.'),
    parameter: z.string().optional().describe('The parameter at fault, as it was sent.'),
    suggestion: z.string().optional().describe('What was probably meant; for `q` the whole query, mended.'),
    pointer: z
      .object({
        start: z.int().describe('The first character, counted in UTF-16 code units from 0.'),
        end: z.int().describe('Where it ends, itself not in it.'),
      })
      .optional()
      .describe('Where in `q` the fault is.'),
    errors: z
      .array(
        z.object({
          pointer: z.string().optional().describe('A JSON pointer (RFC 6901) to the field; of a rule there is none.'),
          detail: z.string().optional().describe('What is wrong with it.'),
          line: z.int().optional().describe('Of a rule: where it is wrong, from 1.'),
          column: z.int().optional().describe('Of a rule: where in the line, in characters from 1.'),
          hint: z.string().nullable().optional().describe('Of a rule: how to mend it.'),
        }),
      )
      .optional()
      .describe('What is wrong in the body.'),
    docs: z.string().describe('Where this server tells more about such problems.'),
    instance: z.string().describe('The path that was asked.'),
    request_id: z.string().describe('As in X-Request-Id; it stands in the log.'),
  })
  .meta({ id: 'Problem', description: 'An error (RFC 9457).' })
