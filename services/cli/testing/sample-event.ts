// sampleEvent: a stored event as the API answers it, different from the usual one where a test says so.
import type { StoredEvent } from '@plaintrail/event/event'

export function sampleEvent(different: Partial<StoredEvent> = {}): StoredEvent {
  return { ...usual, ...different }
}

export const usualObject = {
  group: 'apps',
  version: 'v1',
  resource: 'deployments',
  kind: 'Deployment',
  namespace: 'shop',
  name: 'checkout',
  uid: '6a1e',
  subresource: null,
} as const

export const usualActor = { name: 'alice@acme.io', type: 'human', as: null, groups: ['sre'] } as const

const usual: StoredEvent = {
  id: 'evt_01',
  time: '2026-11-20T14:03:22.418211Z',
  seen: '2026-11-20T14:03:23.870034Z',
  sentence: 'alice@acme.io changed the image of deployment checkout in shop to api:1.9 (kubectl)',
  cluster: 'demo',
  class: 'write',
  verb: 'patch',
  outcome: 'success',
  code: 200,
  durationUs: 12_345,
  actor: usualActor,
  source: {
    ip: { value: '10.0.3.7', trust: 'verified' },
    claimed: [{ value: '203.0.113.9', trust: 'claimed' }],
    client: { name: 'kubectl', version: '1.33.3', userAgent: 'kubectl/v1.33.3 (linux/amd64)', trust: 'claimed' },
  },
  object: usualObject,
  path: null,
  detail: 'image api:1.9',
  audit: { id: '8f0c3e1a', stage: 'ResponseComplete', level: 'RequestResponse', truncated: false, conflict: false },
  authz: { decision: 'allow', reason: 'RBAC: allowed by RoleBinding "sre/shop"' },
  flags: [],
  stages: [
    { id: 'evt_00', stage: 'RequestReceived', time: '2026-11-20T14:03:22.418211Z', code: null },
    { id: 'evt_01', stage: 'ResponseComplete', time: '2026-11-20T14:03:22.430556Z', code: 200 },
  ],
}

/** A page as the API answers it. */
export function samplePage(data: readonly StoredEvent[], different: object = {}): object {
  return {
    data,
    has_more: false,
    next_cursor: null,
    meta: {
      query: '',
      window: { since: '2026-11-19T14:17:22.000000Z', until: '2026-11-20T14:17:22.000000Z' },
      order: 'desc',
      coverage: { complete: true, gaps: [] },
      stats: { took_ms: 3 },
    },
    ...different,
  }
}
