// What API servers post. The receiver takes whatever comes and judges it later: this is for who writes a sender.

import * as z from 'zod'

export const auditEventListSchema = z
  .looseObject({
    kind: z.literal('EventList').describe('What it is.'),
    apiVersion: z.string().describe('`audit.k8s.io/v1`.'),
    items: z
      .array(z.unknown())
      .describe(
        'An Event of `audit.k8s.io/v1` each, as the API server made it. Whatever else it is goes to quarantine.',
      ),
  })
  .meta({ id: 'AuditEventList', description: 'Audit events, as an API server posts them to its webhook.' })
