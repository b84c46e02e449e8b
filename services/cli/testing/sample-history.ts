// Answers about an object's history, as the API gives them, for an object that `startHistoryApi` knows.
import type { Change, Initiator, Lifetime, Revision, RevisionRef, State } from '../history-answers.ts'
import { startCannedApi, type CannedApi } from './canned-api.ts'
import { sampleEvent, samplePage } from './sample-event.ts'

/** An API that knows deploy/checkout in shop, and answers `asked` (`revisions`, `diff` …) of it with a body, or a text where a format is asked for. */
export function startHistoryApi(
  answers: Readonly<Record<string, unknown>>,
  texts: Readonly<Record<string, string>> = {},
): Promise<CannedApi> {
  return startCannedApi((request) => {
    const { path } = request
    if (path === '/v1/clusters') return { body: { data: [{ name: 'demo' }] } }
    if (path === '/v1/events') return { body: samplePage([sampleEvent()]) }
    const asked = path.split('/').at(-1) ?? ''
    const isObject = path.startsWith('/v1/objects/demo/apps/deployments/shop/checkout/')
    if (isObject && request.query.has('format')) return { body: texts[asked] }
    return isObject && asked in answers ? { body: answers[asked] } : undefined
  })
}

export const followed = { complete: true, behind: 0, until: null } as const

export const alice = { name: 'alice@acme.io', type: 'human', as: null } as const
export const deploymentController = {
  name: 'system:serviceaccount:kube-system:deployment-controller',
  type: 'service-account',
  as: null,
} as const
export const argo = {
  name: 'system:serviceaccount:argocd:argocd-application-controller',
  type: 'service-account',
  as: null,
} as const

export function initiatorOf(name: string, different: Partial<Initiator> = {}): Initiator {
  return {
    kind: 'person',
    name,
    confidence: 'certain',
    chain: [{ what: 'owner', event: 'evt_0a', why: 'its ownerReference' }],
    considered: [],
    ...different,
  }
}

export const syncByBob = initiatorOf('bob@acme.io', {
  confidence: 'likely',
  chain: [{ what: 'sync', event: 'evt_0b', why: 'the Application says so' }],
})

export function sampleRef(different: Partial<RevisionRef> = {}): RevisionRef {
  return {
    event: 'evt_01',
    time: '2026-11-20T14:03:22.418211Z',
    resource_version: 120,
    actor: alice,
    client: 'kubectl 1.33.3',
    verb: 'patch',
    initiator: null,
    ...different,
  }
}

export function sampleRevision(different: Partial<Revision> = {}): Revision {
  return {
    ...sampleRef(),
    uid: '7b2f',
    observed: 'state',
    source: 'write',
    fidelity: 'exact',
    significance: 'changed',
    adjacency: 'proven',
    reasons: [],
    unseen_min: 0,
    changes: [],
    changes_count: 1,
    summary: 'image api:1.8 → api:1.9',
    ...different,
  }
}

export const sampleLifetimes: readonly Lifetime[] = [
  { uid: '7b2f', made: sampleRef({ actor: { ...alice, name: 'bob@acme.io' } }), ended: null, end: 'open' },
  { uid: '6a1e', made: null, ended: sampleRef({ actor: { ...alice, name: 'bob@acme.io' } }), end: 'seen' },
]

export function sampleState(different: Partial<State> = {}): State {
  return {
    time: '2026-11-20T14:17:22.000000Z',
    presence: 'present',
    uid: '7b2f',
    revision: sampleRef(),
    fidelity: 'exact',
    or_already: null,
    or_unseen: false,
    says: 'It is as the API server answered it.',
    ...different,
  }
}

export function sampleChange(different: Partial<Change> = {}): Change {
  return {
    path: 'spec.template.spec.containers[api].image',
    op: 'replace',
    from: 'registry.acme.io/api:1.8',
    to: 'registry.acme.io/api:1.9',
    noise: false,
    secret: false,
    ...different,
  }
}
