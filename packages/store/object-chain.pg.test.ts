// takeArrivals: a chain that is longer than what a batch reads of it comes out as the slow way makes it, in whatever batches.

import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { seededRandom, type Random } from '@plaintrail/test/random'
import { expect, test } from 'vitest'
import { addCluster } from './clusters.ts'
import { storeDeliveries } from './events-for-tests.ts'
import { createHistoryFollower } from './history-follower.ts'
import { everyRevision, followAll, openTestStore } from './history-for-tests.ts'
import type { Store } from './open-store.ts'
import { eventOf, type RevisionRow } from './revision-row.ts'
import { slowHistory } from './slow-history-for-tests.ts'

const nowUs = Date.UTC(2026, 10, 27) * 1_000
const writes = 220

test.each([1, 2, 3])(
  'two hundred writes of one object, half of them without a version, in any order (%i)',
  { timeout: 120_000 },
  async (seed) => {
    await using own = new AsyncDisposableStack()
    const store = await openTestStore(own, await createTestDatabase())
    const { uid: cluster } = await addCluster(store, { name: 'east' })
    const random = seededRandom(seed)
    const items = shuffled(
      Array.from({ length: writes }, (_, index) => eventOfWrite(index, random)),
      random,
    )
    const half = Math.ceil(items.length / 2)
    for (const [lane, own] of [items.slice(0, half), items.slice(half)].entries()) {
      await storeDeliveries(store, [{ cluster, lane: `lane-${lane}`, items: own, receivedAtUs: nowUs }])
    }
    const follower = createHistoryFollower(store)
    for (let batch = 0; batch < 30; batch++) {
      await follower.follow(1 + random.below(2), { numbersMax: 1 + random.below(20), bytesMax: 1024 * 1024 })
    }
    await followAll(store)
    expect(await keptOf(store)).toEqual(slowHistory(cluster, items))
  },
)

test('what is written before a checkpoint of blame, or at it, takes it away; what comes after leaves it', async () => {
  await using own = new AsyncDisposableStack()
  const store = await openTestStore(own, await createTestDatabase())
  const { uid: cluster } = await addCluster(store, { name: 'east' })
  const places = async (): Promise<readonly number[]> => {
    const { rows } = await store.pool.query<{ place: number }>('select place from blame_checkpoint order by place')
    return rows.map(({ place }) => place)
  }
  const take = async (version: number): Promise<void> => {
    await storeDeliveries(store, [{ cluster, items: [placedWrite(version)], receivedAtUs: nowUs + version }])
    await followAll(store)
  }
  for (const version of [10, 20, 40]) await take(version)
  await store.pool.query(`insert into blame_checkpoint (object_id, place, packed)
    select o.id, p.place, '' from history_object o, unnest(array[10, 20, 40]) as p (place)`)
  await take(50)
  expect(await places()).toEqual([10, 20, 40])
  await take(30)
  expect(await places()).toEqual([10, 20])
  await take(15)
  expect(await places()).toEqual([10])
})

async function keptOf(store: Store): Promise<readonly unknown[]> {
  const rows = (await everyRevision(store)) as readonly (RevisionRow & { readonly uid: string })[]
  return rows
    .map((row) => ({ event: eventOf(row), row }))
    .toSorted((a, b) => (a.row.place ?? Infinity) - (b.row.place ?? Infinity) || byTime(a, b))
    .map(({ event, row: { uid, place, fidelity, significance, link } }) => {
      return { uid, place, event, fidelity, significance, link }
    })
}

interface Row {
  readonly event: string
  readonly row: RevisionRow
}

function byTime(a: Row, b: Row): number {
  return a.row.earliest - b.row.earliest || (a.event < b.event ? -1 : 1)
}

function shuffled<T>(values: readonly T[], random: Random): readonly T[] {
  return values
    .map((value) => ({ value, at: random.next() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ value }) => value)
}

const uid = '5f8d3c1e-0000-4000-8000-000000000003'
const named = { name: 'api', namespace: 'prod', uid }

/** An update, a scale that shows no state, a read, or a write below the level that has bodies. */
function eventOfWrite(index: number, random: Random): string {
  // Runs of more than a link looks at.
  if (index % 70 < 30) return reportOf(index)
  const kind = random.below(7)
  if (kind === 0) return scaleWrite(index)
  if (kind <= 2) return looseWrite(index)
  if (kind === 6) return reportOf(index)
  return placedWrite(index, kind === 3 ? 'get' : 'update')
}

function placedWrite(version: number, verb = 'update'): string {
  const metadata = { ...named, resourceVersion: String(version) }
  const spec = { replicas: version % 7, template: { image: `api:${version % 5}` } }
  const responseObject = { kind: 'Deployment', apiVersion: 'apps/v1', metadata, spec }
  return eventAt(version, { verb, level: 'RequestResponse', responseObject })
}

function scaleWrite(version: number): string {
  const metadata = { ...named, resourceVersion: String(version) }
  const responseObject = { kind: 'Scale', apiVersion: 'autoscaling/v1', metadata, spec: { replicas: version } }
  return eventAt(version, { verb: 'update', level: 'RequestResponse', responseObject }, { subresource: 'scale' })
}

/** What a controller reported, without its answer, as audit policies have it. */
function reportOf(version: number): string {
  return eventAt(version, { verb: 'update', level: 'Metadata' }, { uid, subresource: 'status' })
}

function looseWrite(version: number): string {
  return eventAt(version, { verb: 'update', level: 'Metadata' }, { uid })
}

function eventAt(
  second: number,
  asked: Readonly<Record<string, unknown>>,
  ref: Readonly<Record<string, string>> = {},
): string {
  const [from, to] = [0, 900].map((ms) => new Date(Date.UTC(2026, 9, 27, 0, 0, second) + ms).toISOString())
  return JSON.stringify({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    auditID: `8f0c3e1a-0000-4000-8000-${String(second).padStart(12, '0')}`,
    stage: 'ResponseComplete',
    requestURI: '/apis/apps/v1/namespaces/prod/deployments/api',
    user: { username: 'alice' },
    objectRef: {
      resource: 'deployments',
      apiGroup: 'apps',
      apiVersion: 'v1',
      namespace: 'prod',
      name: 'api',
      ...ref,
    },
    responseStatus: { code: 200 },
    requestReceivedTimestamp: from,
    stageTimestamp: to,
    ...asked,
  })
}
