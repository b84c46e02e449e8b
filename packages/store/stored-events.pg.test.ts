// What an answer says: every field of a stored event, its request's stages, and what is odd about it.

import { everything } from '@plaintrail/query/scope'
import type { StoredEvent } from '@plaintrail/event/event'
import { queryOfParameters } from '@plaintrail/query/query-of-parameters'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addCluster, type Cluster } from './clusters.ts'
import { storeDeliveries } from './events-for-tests.ts'
import { findEvent } from './find-event.ts'
import { findEvents } from './find-events.ts'
import { migrate } from './migrate.ts'
import { openStore, type Store } from './open-store.ts'

const receivedAtUs = Date.UTC(2026, 10, 20, 14, 5) * 1000
const everyTime = { sinceUs: 0, untilUs: Date.UTC(2100, 0) * 1000 }

const resources = new AsyncDisposableStack()
let store: Store
let cluster: Cluster
let clusters = 0

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  await migrate(database.connection)
  store = resources.use(openStore(database.connection, { connectionsMax: 4, statementMs: 0, applicationName: 'test' }))
})
afterAll(() => resources.disposeAsync())
beforeEach(async () => {
  clusters += 1
  cluster = await addCluster(store, { name: `eks-${clusters}` })
})

const patch = {
  level: 'RequestResponse',
  auditID: '8f0c3e1a-0000-4000-8000-000000000001',
  stage: 'ResponseComplete',
  requestURI: '/apis/apps/v1/namespaces/prod/deployments/api?fieldManager=kubectl-set',
  verb: 'patch',
  user: { username: 'alice@acme.io', groups: ['sre', 'system:authenticated'] },
  impersonatedUser: { username: 'root' },
  sourceIPs: ['203.0.113.9', '10.0.3.7'],
  userAgent: 'kubectl/v1.33.3 (linux/amd64) kubernetes/abc',
  objectRef: {
    resource: 'deployments',
    namespace: 'prod',
    name: 'api',
    uid: '6a1e0000-0000-4000-8000-000000000001',
    apiGroup: 'apps',
    apiVersion: 'v1',
  },
  responseStatus: { metadata: {}, code: 200 },
  requestReceivedTimestamp: '2026-11-20T14:03:22.418211Z',
  stageTimestamp: '2026-11-20T14:03:22.425000Z',
  annotations: {
    'authorization.k8s.io/decision': 'allow',
    'authorization.k8s.io/reason': 'RBAC: allowed by RoleBinding "sre/prod"',
  },
}

describe('an event as an answer', () => {
  test('has every field of what was sent, with its microseconds', async () => {
    const [event] = await ask([patch])
    expect(event).toEqual({
      id: expect.stringMatching(/^evt_[0-9A-Z]{39}$/),
      time: '2026-11-20T14:03:22.418211Z',
      seen: '2026-11-20T14:05:00.000000Z',
      sentence: 'alice@acme.io, acting as root, changed deployment api in prod (kubectl)',
      cluster: cluster.name,
      class: 'write',
      verb: 'patch',
      outcome: 'success',
      code: 200,
      durationUs: 6_789,
      actor: { name: 'alice@acme.io', type: 'human', as: 'root', groups: ['sre', 'system:authenticated'] },
      source: {
        ip: { value: '10.0.3.7', trust: 'verified' },
        claimed: [{ value: '203.0.113.9', trust: 'claimed' }],
        client: { name: 'kubectl', version: '1.33.3', userAgent: patch.userAgent, trust: 'claimed' },
      },
      object: {
        group: 'apps',
        version: 'v1',
        resource: 'deployments',
        kind: 'Deployment',
        namespace: 'prod',
        name: 'api',
        uid: '6a1e0000-0000-4000-8000-000000000001',
        subresource: null,
      },
      path: null,
      detail: null,
      audit: {
        id: patch.auditID,
        stage: 'ResponseComplete',
        level: 'RequestResponse',
        truncated: false,
        conflict: false,
      },
      authz: { decision: 'allow', reason: 'RBAC: allowed by RoleBinding "sre/prod"' },
      flags: [],
      stages: [{ id: event?.id, stage: 'ResponseComplete', time: '2026-11-20T14:03:22.425000Z', code: 200 }],
    })
    expect(await findEvent(store, everything, event?.id ?? '')).toEqual(event)
  })

  test('says what was asked for where it was no resource', async () => {
    const { objectRef: _, ...rest } = patch
    const [event] = await ask([{ ...rest, verb: 'get', requestURI: '/healthz?verbose' }])
    expect(event).toMatchObject({ object: null, path: '/healthz', class: 'other' })
  })

  test('has no time where none was sent that can be used, and is found in a window that begins with 1970', async () => {
    const [event] = await ask([{ ...patch, requestReceivedTimestamp: '9999-12-31T00:00:00.000000Z' }])
    expect(event).toMatchObject({ time: null, durationUs: null, flags: ['oddTime'] })
  })

  test('keeps an Audit-ID as its client wrote it', async () => {
    const events = await ask([
      { ...patch, auditID: '8F0C3E1A-0000-4000-8000-00000000000A' },
      { ...patch, auditID: 'no UUID ☃' },
    ])
    expect(events.map(({ audit }) => audit.id).toSorted()).toEqual([
      '8F0C3E1A-0000-4000-8000-00000000000A',
      'no UUID ☃',
    ])
  })
})

describe('the stages of a request', () => {
  const { responseStatus: _, ...unanswered } = patch
  const received = { ...unanswered, stage: 'RequestReceived', stageTimestamp: patch.requestReceivedTimestamp }
  const started = { ...patch, stage: 'ResponseStarted', stageTimestamp: '2026-11-20T14:03:22.420000Z' }

  test('are one row with the duration to the last of them, and each is found by its own id', async () => {
    const events = await ask([started, patch, received])
    expect(events).toMatchObject([
      {
        durationUs: 6_789,
        outcome: 'success',
        stages: [
          { stage: 'RequestReceived', time: '2026-11-20T14:03:22.418211Z', code: null },
          { stage: 'ResponseStarted', code: 200 },
          { stage: 'ResponseComplete', time: '2026-11-20T14:03:22.425000Z', code: 200 },
        ],
      },
    ])
    const first = await findEvent(store, everything, events[0]?.stages[0]?.id ?? '')
    expect(first).toMatchObject({ outcome: 'pending', audit: { stage: 'RequestReceived' }, stages: events[0]?.stages })
  })

  test('are shown by the stage that was asked for', async () => {
    await ask([received, patch])
    expect(await ask([], { stage: 'RequestReceived' })).toMatchObject([{ audit: { stage: 'RequestReceived' } }])
    expect(await ask([], { 'not.stage': 'ResponseComplete' })).toMatchObject([{ audit: { stage: 'RequestReceived' } }])
  })

  test('are told by the last of them: a request that has ended is not pending', async () => {
    await ask([received, patch, { ...received, auditID: '8f0c3e1a-0000-4000-8000-000000000002' }])
    expect(await ask([], { outcome: 'pending' })).toMatchObject([
      { audit: { id: '8f0c3e1a-0000-4000-8000-000000000002' } },
    ])
    expect(await ask([], { 'not.outcome': 'success' })).toHaveLength(1)
  })

  test.each([
    ['another user', { user: { username: 'mallory' } }],
    ['another verb', { verb: 'delete' }],
    ['another URI', { requestURI: '/apis/apps/v1/namespaces/prod/deployments/other' }],
    ['another time', { requestReceivedTimestamp: '2026-11-20T14:03:22.418212Z' }],
  ])('are not joined with those of %s, whoever chose the Audit-ID', async (_, other) => {
    const events = await ask([received, { ...patch, ...other }])
    expect(events.map(({ stages }) => stages.length)).toEqual([1, 1])
  })

  test('two events that claim to be the same stage stand alone, both marked as a conflict', async () => {
    const events = await ask([received, patch, { ...patch, level: 'Metadata' }])
    expect(events).toHaveLength(3)
    for (const { audit, stages } of events) {
      expect({ conflict: audit.conflict, stages: stages.length }).toEqual({
        conflict: audit.stage === 'ResponseComplete',
        stages: 1,
      })
    }
  })

  test('are joined however many others claim their Audit-ID, and these claims are told', async () => {
    const others = Array.from({ length: 80 }, (_, index) => ({
      ...patch,
      requestReceivedTimestamp: `2026-11-20T14:03:23.${String(index).padStart(6, '0')}Z`,
    }))
    const events = await ask([...others, received, patch])
    expect(events).toHaveLength(81)
    expect(events.filter(({ audit }) => !audit.conflict)).toEqual([])
    expect(events.map(({ stages }) => stages.length).toSorted((a, b) => a - b)).toEqual([...others.map(() => 1), 2])
  })

  test('the same Audit-ID in another cluster, or two days later, is no conflict', async () => {
    const first = cluster
    await ask([patch])
    cluster = await addCluster(store, { name: `${first.name}-other` })
    const events = await ask([patch, { ...patch, requestReceivedTimestamp: '2026-11-22T14:03:22.418212Z' }])
    expect(events.map(({ audit }) => audit.conflict)).toEqual([false, false])
  })
})

describe('the history of an object', () => {
  test('is found in every year, by its short name and without its namespace', async () => {
    await ask([patch, { ...patch, requestReceivedTimestamp: '2024-02-29T10:00:00.000000Z' }])
    const found = await ask([], { kind: 'deploy', name: 'api' })
    expect(found.map(({ time }) => time)).toEqual(['2026-11-20T14:03:22.418211Z', '2024-02-29T10:00:00.000000Z'])
    expect(await ask([], { kind: 'deploy', name: 'api', ns: 'prod' })).toEqual(found)
    expect(await ask([], { kind: 'deploy', name: 'api', ns: 'dev' })).toEqual([])
    expect(await ask([], { kind: 'sts', name: 'api', ns: 'prod' })).toEqual([])
  })

  test('of a namespace is found though the API server says that it stands in itself', async () => {
    const [event] = await ask([
      { ...patch, objectRef: { resource: 'namespaces', namespace: 'prod', name: 'prod', apiVersion: 'v1' } },
    ])
    expect(event?.object?.name).toBe('prod')
    expect(await ask([], { kind: 'ns', name: 'prod', ns: '' })).toEqual([event])
    expect(await ask([], { kind: 'ns', name: 'prod' })).toEqual([event])
  })
})

/** Stores the events, then asks for those of this test's cluster. */
async function ask(items: readonly object[], parameters: Record<string, string> = {}): Promise<readonly StoredEvent[]> {
  if (items.length > 0) {
    const texts = items.map((item) => JSON.stringify(item))
    await storeDeliveries(store, [{ cluster: cluster.uid, items: texts, receivedAtUs }])
  }
  const query = queryOfParameters({ cluster: cluster.name, ...parameters }, 0)
  const { events } = await findEvents(store, everything, {
    query,
    window: everyTime,
    order: 'desc',
    limit: 100,
    after: null,
    snapshot: null,
  })
  return events
}
