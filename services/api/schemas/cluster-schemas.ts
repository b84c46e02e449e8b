// Clusters: the list, one of them, and the answer to a new one.

import { isClusterName } from '@plaintrail/store/clusters'
import * as z from 'zod'
import { gapSchema, pageSchema } from './page-schemas.ts'
import { microTimeSchema } from './value-schemas.ts'

const clusterFields = {
  id: z.uuid().describe('Never changes.'),
  name: z.string().describe('1 to 63 small letters, digits, dots and hyphens. Never changes.'),
  created_at: z.string().meta({ format: 'date-time', description: 'RFC 3339, in milliseconds.' }),
  last_event_at: microTimeSchema.nullable().describe('When something was last taken in; null before the first post.'),
  events: z.int().describe('Events that are kept.'),
  credentials: z.int().describe('Ingest credentials that are in force.'),
}

const clusterSchema = z.object(clusterFields).meta({ id: 'Cluster', description: 'A cluster that posts here.' })

export const clusterPageSchema = pageSchema('ClusterPage', clusterSchema)

export const clusterFreshnessSchema = z
  .object({
    ...clusterFields,
    newest_event: microTimeSchema.nullable().describe('requestReceivedTimestamp of its newest kept event.'),
    lanes: z
      .array(
        z.object({
          name: z.string().describe('`main`, `backfill`, or that of an API server.'),
          last_event_at: microTimeSchema.nullable().describe('When something of it was last taken in.'),
          numbered: z.int().describe('Events that came by it so far, past retention included.'),
        }),
      )
      .describe('What it posts by, each with numbers of its own.'),
    gaps: z.array(gapSchema).describe('What is known to be missing of the last 24 hours, newest first, at most 100.'),
  })
  .meta({ id: 'ClusterFreshness', description: 'How fresh a cluster is.' })

export const newClusterSchema = z
  .strictObject({
    name: z
      .string()
      .refine(isClusterName, {
        message:
          'the name of a cluster is 1 to 63 small letters, digits, dots and hyphens, with a letter or digit at both ends',
      })
      .meta({
        description: '1 to 63 small letters, digits, dots and hyphens, with a letter or digit at both ends.',
        pattern: '^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$',
        examples: ['prod-eu'],
      }),
    credential: z
      .enum(['token', 'certificate'], { message: 'a credential is a token or a certificate' })
      .default('token')
      .describe('What the API servers show: a bearer token, or a client certificate.'),
  })
  .meta({ id: 'NewCluster', description: 'A cluster to add.' })

export type NewCluster = z.output<typeof newClusterSchema>

export const addedClusterSchema = z
  .object({
    id: clusterFields.id,
    name: clusterFields.name,
    ingest: z
      .object({
        url: z.string().describe('What API servers post to.'),
        token: z.string().nullable().describe('Its ingest token, shown this once; null for a certificate.'),
      })
      .describe('Where and by what the cluster posts.'),
    kubeconfig: z.string().describe('YAML for --audit-webhook-config-file; it holds the credential.'),
    audit_policy: z.string().describe('YAML for --audit-policy-file (audit.k8s.io/v1 Policy).'),
    flags: z.record(z.string(), z.string()).describe('How the API server is told, by kind of installation.'),
    warnings: z.array(z.string()).describe('What may be wrong with the URL.'),
  })
  .meta({ id: 'AddedCluster', description: 'All that connects a cluster. Its credential is shown this once.' })
