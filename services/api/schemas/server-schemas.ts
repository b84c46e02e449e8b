// What this server says of itself.

import * as z from 'zod'

export const versionSchema = z
  .object({ version: z.string().describe('As in the header Plaintrail-Version.') })
  .meta({ id: 'Version', description: 'Which version this is.' })

export const aliveSchema = z
  .object({ ok: z.literal(true).describe('The process answers.') })
  .meta({ id: 'Alive', description: 'It runs.' })

export const readinessSchema = z
  .object({
    ok: z.boolean().describe('Whether it may be given work.'),
    status: z.enum(['ok', 'degraded', 'failed']).describe('`degraded`: it works, and what protects it is used up.'),
    checks: z
      .record(
        z.string(),
        z.object({
          ok: z.boolean().describe('Whether this part works.'),
          degraded: z.boolean().optional().describe('It works, and what protects it is used up.'),
          detail: z.string().describe('One sentence for the operator.'),
        }),
      )
      .describe('By part.'),
  })
  .meta({ id: 'Readiness', description: 'Whether it can work, and why not.' })

export const documentSchema = z
  .looseObject({ openapi: z.string().describe('3.1.1') })
  .meta({ id: 'Document', description: 'An OpenAPI document.' })
