// labAuditPolicy: what the lab's API server records, which is nearly everything, with bodies.

import type { LabVersion } from './tools.ts'

export interface AuditPolicyOptions {
  /** RequestReceived is its own event; most clusters leave it out. */
  readonly omitRequestReceived?: boolean
  readonly version?: LabVersion
}

/**
 * Fields: kubernetes/apiserver pkg/apis/audit/v1/types.go. Left out is only what nobody asks about and what never ends:
 * the leases that say a component is alive, the checks that ask the same, and the metrics with which we count events.
 */
export function labAuditPolicy({ omitRequestReceived = false }: AuditPolicyOptions = {}): string {
  return JSON.stringify(
    {
      apiVersion: 'audit.k8s.io/v1',
      kind: 'Policy',
      omitStages: omitRequestReceived ? ['RequestReceived'] : [],
      omitManagedFields: false,
      rules: [
        {
          level: 'None',
          userGroups: ['system:masters', 'system:nodes', 'system:authenticated'],
          resources: [{ group: 'coordination.k8s.io', resources: ['leases'] }],
        },
        { level: 'None', nonResourceURLs: ['/metrics', '/healthz*', '/livez*', '/readyz*', '/openapi*'] },
        // Once a start, and nothing else tells of a restart: see packages/store/unseen-ends.ts.
        {
          level: 'Metadata',
          users: ['system:apiserver'],
          verbs: ['get'],
          resources: [
            {
              group: 'scheduling.k8s.io',
              resources: ['priorityclasses'],
              resourceNames: ['system-node-critical'],
            },
          ],
        },
        { level: 'None', users: ['system:apiserver'], verbs: ['get', 'list', 'watch'] },
        { level: 'RequestResponse' },
      ],
    },
    null,
    2,
  )
}
