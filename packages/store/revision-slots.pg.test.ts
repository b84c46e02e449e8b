// takeArrival: states that no answer shows are made of the one before, in whatever order the events come.

import { everything } from '@plaintrail/query/scope'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { expect, test } from 'vitest'
import { addCluster } from './clusters.ts'
import { storeDeliveries } from './events-for-tests.ts'
import { createHistoryFollower } from './history-follower.ts'
import { forgetHistory, openTestStore } from './history-for-tests.ts'
import { namedHistory } from './named-history.ts'
import { namedRevisions } from './named-revisions.ts'
import { objectAt } from './object-at.ts'
import type { Store } from './open-store.ts'
import { createSegmentItems } from './segment-items.ts'
import type { VisibleCluster } from './visible-clusters.ts'

const nowUs = Date.UTC(2026, 10, 27) * 1_000
const always = { sinceUs: 0, untilUs: Number.MAX_SAFE_INTEGER }
const apps = { group: 'apps', resource: 'deployments', namespace: 'prod', name: 'api' }

test('scales between a create and an update are told the same in every order, and the get that shows one is taken for it', async () => {
  await using own = new AsyncDisposableStack()
  const store = await openTestStore(own, await createTestDatabase())
  const added = await addCluster(store, { name: 'east' })
  const { uid: cluster } = added
  const items = [
    eventOf(101, { verb: 'create', responseObject: deployment(101, 1, 'api:1') }),
    scaleTo(102, 3),
    scaleTo(103, 5),
    eventOf(104, { verb: 'get', responseObject: deployment(103, 5, 'api:1') }),
    eventOf(105, { verb: 'update', responseObject: deployment(105, 5, 'api:2') }),
  ]
  await storeDeliveries(
    store,
    items.map((item, lane) => ({ cluster, lane: `lane-${lane}`, items: [item], receivedAtUs: nowUs })),
  )
  const inOrder = await toldAfter(store, added, [1, 2, 3, 4, 5])
  expect(inOrder).toMatchObject([
    {
      resourceVersion: 105,
      fidelity: 'exact',
      changes: [{ plain: 'spec.template.image', from: 'api:1', to: 'api:2' }],
    },
    {
      resourceVersion: 103,
      isRead: false,
      fidelity: 'exact',
      changes: [{ path: 'spec.replicas', from: '3', to: '5' }],
    },
    { resourceVersion: 102, fidelity: 'derived', changes: [{ path: 'spec.replicas', from: '1', to: '3' }] },
    { resourceVersion: 101, significance: 'created', changes: [] },
  ])
  for (const lanes of permutations([1, 2, 3, 4, 5])) {
    expect(await toldAfter(store, added, lanes), `lanes ${lanes.join(', ')}`).toEqual(inOrder)
  }
  const [object] = (await namedHistory(store, everything, { cluster: added, ...apps })).lifetimes
  if (object === undefined) throw new Error('no object has the name')
  const at = await objectAt(store, everything, object, timeUs(102) + 1_000, createSegmentItems(store))
  expect(at).toMatchObject({
    presence: 'present',
    revision: { fidelity: 'derived' },
    object: { spec: { replicas: 3 } },
  })
})

async function toldAfter(store: Store, cluster: VisibleCluster, lanes: readonly number[]): Promise<readonly unknown[]> {
  await forgetHistory(store)
  const follower = createHistoryFollower(store)
  for (const lane of lanes) await follower.follow(lane)
  const history = await namedHistory(store, everything, { cluster, ...apps })
  return (await namedRevisions(store, history, { window: always, limit: 10, after: null, all: true })).revisions
}

function permutations(values: readonly number[]): readonly (readonly number[])[] {
  if (values.length === 0) return [[]]
  return values.flatMap((value) =>
    permutations(values.filter((other) => other !== value)).map((rest) => [value, ...rest]),
  )
}

const timeUs = (version: number): number => Date.UTC(2026, 9, 27, 0, 0, version) * 1_000

function deployment(version: number, replicas: number, image: string): unknown {
  const metadata = { ...named, resourceVersion: String(version) }
  return { kind: 'Deployment', apiVersion: 'apps/v1', metadata, spec: { replicas, template: { image } } }
}

const named = { name: 'api', namespace: 'prod', uid: '5f8d3c1e-0000-4000-8000-000000000002' }

function scaleTo(version: number, replicas: number): string {
  const responseObject = {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { ...named, resourceVersion: String(version) },
    spec: { replicas },
  }
  return eventOf(version, { verb: 'update', responseObject }, 'scale')
}

function eventOf(second: number, asked: { verb: string; responseObject: unknown }, subresource?: string): string {
  const ref = { resource: 'deployments', apiGroup: 'apps', apiVersion: 'v1', namespace: 'prod', name: 'api' }
  const at = new Date(timeUs(second) / 1_000).toISOString()
  return JSON.stringify({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'RequestResponse',
    auditID: `8f0c3e1a-0000-4000-8000-000000000${second}`,
    stage: 'ResponseComplete',
    requestURI: `/apis/apps/v1/namespaces/prod/deployments/api${subresource === undefined ? '' : `/${subresource}`}`,
    user: { username: 'alice' },
    objectRef: { ...ref, ...(subresource !== undefined && { subresource }) },
    responseStatus: { code: asked.verb === 'create' ? 201 : 200 },
    requestReceivedTimestamp: at,
    stageTimestamp: at,
    ...asked,
  })
}
