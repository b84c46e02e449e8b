// History against the recorded weeks: however it is followed, the revisions are the same, and what is exact is what was answered.

import { randomUUID } from 'node:crypto'
import { everything, nothing } from '@plaintrail/query/scope'
import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { seededRandom, type Random } from '@plaintrail/test/random'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addCluster, findCluster } from './clusters.ts'
import { storeDeliveries, type Delivery } from './events-for-tests.ts'
import { expire } from './expire.ts'
import { createHistoryFollower } from './history-follower.ts'
import { everyRevision, followAll, forgetHistory, lanesOf, openTestStore } from './history-for-tests.ts'
import { namedHistory, type ClusterObject } from './named-history.ts'
import { namedRevisions, type ChainPosition } from './named-revisions.ts'
import { objectAt } from './object-at.ts'
import type { Store } from './open-store.ts'
import { changedFieldDays } from './partitions.ts'
import { eventOf, type RevisionRow } from './revision-row.ts'
import { createSegmentItems } from './segment-items.ts'
import { slowHistory } from './slow-history-for-tests.ts'

const nowUs = Date.UTC(2026, 10, 27) * 1_000
const always = { sinceUs: 0, untilUs: Number.MAX_SAFE_INTEGER }

let stack: AsyncDisposableStack
let store: Store
let lanes: readonly number[]
/** What following once, lane after lane, makes. */
let once: readonly unknown[]

beforeAll(async () => {
  stack = new AsyncDisposableStack()
  store = await openTestStore(stack, await createTestDatabase())
  await storeWeeks(store)
  lanes = await lanesOf(store)
  await followAll(store)
  once = await everyRevision(store)
}, 240_000)

afterAll(async () => {
  await stack.disposeAsync()
})

describe('however a lane is followed, the revisions are the same', () => {
  test('there are revisions of every kind', () => {
    const rows = once as readonly { readonly fidelity: string; readonly changed: readonly unknown[] }[]
    expect(rows.length).toBeGreaterThan(500)
    expect(new Set(rows.map(({ fidelity }) => fidelity))).toEqual(new Set(['exact', 'gap', 'derived', 'metadata-only']))
    expect(rows.filter(({ changed }) => changed.length > 0).length).toBeGreaterThan(50)
  })

  test('as the slow way makes them', () => {
    const slow = corpusVersions().flatMap((version, index) =>
      slowHistory(
        fixedCluster(index + 1),
        corpusOf(version).lists.flatMap((list) => itemsOf(list)),
      ).map((revision) => ({ cluster: `lab-${version}`, ...revision })),
    )
    const rows = once as readonly (RevisionRow & { readonly cluster: string; readonly uid: string })[]
    const kept = rows.map(({ cluster, uid, place, fidelity, significance, link, ...row }) => {
      return { cluster, uid, place, event: eventOf(row), fidelity, significance, link }
    })
    expect(kept).toEqual(slow)
  })

  test('a second time, from the beginning', { timeout: 240_000 }, async () => {
    await store.pool.query('update history_position set next_seq = 1')
    await followAll(store)
    expect(await everyRevision(store)).toEqual(once)
  })

  test.each([1, 2])(
    'in batches of any size, lanes in any order, with crashes between (%i)',
    { timeout: 240_000 },
    async (seed) => {
      await forgetHistory(store)
      await followAnyhow(store, seededRandom(seed))
      expect(await everyRevision(store)).toEqual(once)
    },
  )

  test('by two at once', { timeout: 240_000 }, async () => {
    await forgetHistory(store)
    await Promise.all([followAll(store), followAll(store)])
    expect(await everyRevision(store)).toEqual(once)
  })
})

test('what comes late slots in, whatever the order', { timeout: 240_000 }, async () => {
  await using own = new AsyncDisposableStack()
  const late = await openTestStore(own, await createTestDatabase())
  const random = seededRandom(7)
  await storeWeeks(late, (deliveries) => shuffled(deliveries, random))
  await followAll(late)
  expect(await everyRevision(late)).toEqual(once)
})

test('an exact state is what the API server answered, at the time of its event', async () => {
  const items = createSegmentItems(store)
  const { rows } = await store.pool.query<{ id: number; uid: string; latest: number; segment: number; item: number }>(
    `select o.id, o.uid, r.latest, r.segment_id as segment, r.item
     from revision r join history_object o on o.id = r.object_id
     where r.fidelity = 'e' and r.observed = 's' and not r.is_read and r.state_segment_id is null
       and not exists (select from revision n where n.object_id = r.object_id and n.place > r.place and n.latest <= r.latest)
     order by r.time, r.key`,
  )
  expect(rows.length).toBeGreaterThan(100)
  for (const { id, uid, latest, segment, item } of rows) {
    const at = await objectAt(store, everything, { id, uid }, latest, items)
    const raw = await items.read(segment, item)
    const { responseObject } = JSON.parse(String(raw)) as { responseObject: unknown }
    expect(at).toMatchObject({ presence: 'present', revision: { fidelity: 'exact' } })
    expect(at?.object).toEqual(responseObject)
  }
})

test('a history has all revisions on its pages, newest first, and none for who may not see', async () => {
  const { rows } = await store.pool.query<OfObject & { readonly id: number; readonly count: number }>(
    `select o.id, c.name as cluster, o.api_group as "group", o.resource, o.namespace, o.name, count(*) as count
     from history_object o join revision r on r.object_id = o.id join cluster c on c.id = o.cluster_id
     where r.place is not null and o.resource = 'deployments' group by 1, 2 order by count desc limit 1`,
  )
  const [busiest] = rows
  if (busiest === undefined) throw new Error('no Deployment was written in the recorded weeks')
  const named = await objectOf(busiest)
  const history = await namedHistory(store, everything, named)
  const page = { window: always, limit: 7, all: true }
  const events: string[] = []
  const versions: number[] = []
  for (let after: ChainPosition | null = null, isEnd = false; !isEnd; isEnd = after === null) {
    const { revisions, next } = await namedRevisions(store, history, { ...page, after })
    events.push(...revisions.map(({ event }) => event))
    versions.push(...revisions.flatMap(({ resourceVersion }) => resourceVersion ?? []))
    after = next
  }
  expect(new Set(events).size).toBe(events.length)
  expect(events.length).toBeGreaterThanOrEqual(busiest.count)
  expect(versions).toEqual(versions.toSorted((a, b) => b - a))
  const gone = { objectId: busiest.id + 1_000_000, place: 1, loose: { timeUs: 0, key: randomUUID() } }
  expect(await namedRevisions(store, history, { ...page, after: gone })).toEqual({ revisions: [], next: null })
  expect(await namedHistory(store, nothing, named)).toMatchObject({ lifetimes: [], objectIds: [] })
  expect(await objectAt(store, nothing, { id: busiest.id, uid: '' }, nowUs, createSegmentItems(store))).toBeNull()
})

interface OfObject extends Omit<ClusterObject, 'cluster'> {
  readonly cluster: string
}

async function objectOf({ cluster: name, ...named }: OfObject): Promise<ClusterObject> {
  const cluster = await findCluster(store, everything, name)
  if (cluster === null) throw new Error(`no cluster is called ${name}`)
  return { ...named, cluster }
}

test('an object is found by its name, and what changed by its path', async () => {
  const { rows } = await store.pool.query<OfObject & { readonly from: string; readonly to: string }>(
    `select c.name as cluster, o.api_group as "group", o.resource, o.namespace, o.name, f.from_text as "from", f.to_text as "to"
     from changed_field f join field_path p on p.id = f.path_id join history_object o on o.id = f.object_id
       join cluster c on c.id = o.cluster_id
     where p.plain = 'spec.template.spec.containers[].image' and o.resource = 'deployments' and f.is_sure
       and f.op <> 'c'
     order by f.time limit 1`,
  )
  const [row] = rows
  if (row === undefined) throw new Error('nobody changed an image in the recorded weeks')
  const { from, to, ...of } = row
  const history = await namedHistory(store, everything, await objectOf(of))
  const page = { window: always, limit: 1_000, all: true, after: null }
  const { revisions } = await namedRevisions(store, history, page)
  expect(revisions.flatMap(({ changes }) => changes)).toContainEqual(
    expect.objectContaining({ plain: 'spec.template.spec.containers[].image', op: 'replace', from, to }),
  )
})

test('of a Secret it is said which value changed, and no value', async () => {
  await using own = new AsyncDisposableStack()
  const fresh = await openTestStore(own, await createTestDatabase())
  const { uid: cluster } = await addCluster(fresh, { name: 'east' })
  const items = [
    writeOf('create', '101', { password: 'b2xk', same: 'eA==' }),
    writeOf('update', '102', { password: 'bmV3', same: 'eA==', 'tls\0.key': 'a2V5\ud800' }),
  ]
  await storeDeliveries(fresh, [{ cluster, items, receivedAtUs: nowUs }])
  await followAll(fresh)
  const rows = await everyRevision(fresh)
  expect(rows).toMatchObject([
    { significance: 'created', changes: 0, changed: [] },
    {
      fidelity: 'exact',
      significance: 'changed',
      changes: 2,
      changed: [
        ['data.password', 'data.password', 'r', true, hidden, hidden, 'prod'],
        ['data["tls\\u0000.key"]', 'data["tls\\u0000.key"]', 'a', true, null, hidden, 'prod'],
      ],
    },
  ])
})

test('a write that was not seen is a gap, and its change is not sure, until it comes late', async () => {
  await using own = new AsyncDisposableStack()
  const fresh = await openTestStore(own, await createTestDatabase())
  const { uid: cluster } = await addCluster(fresh, { name: 'east' })
  const [created, first, second] = [
    writeOf('create', '101', { a: 'MQ==', b: 'MQ==' }),
    writeOf('update', '102', { a: 'Mg==', b: 'MQ==' }),
    writeOf('update', '103', { a: 'Mg==', b: 'Mg==' }),
  ]
  await storeDeliveries(fresh, [{ cluster, items: [created, second], receivedAtUs: nowUs }])
  await followAll(fresh)
  expect(await everyRevision(fresh)).toMatchObject([
    { place: 101, fidelity: 'exact' },
    {
      place: 103,
      fidelity: 'gap',
      link: { adjacency: 'broken', unseenMin: 1 },
      changed: [
        ['data.a', 'data.a', 'r', false, hidden, hidden, 'prod'],
        ['data.b', 'data.b', 'r', false, hidden, hidden, 'prod'],
      ],
    },
  ])
  await storeDeliveries(fresh, [{ cluster, lane: 'other', items: [first], receivedAtUs: nowUs + 1 }])
  await followAll(fresh)
  expect(await everyRevision(fresh)).toMatchObject([
    { place: 101, fidelity: 'exact' },
    {
      place: 102,
      fidelity: 'exact',
      link: { adjacency: 'proven' },
      changed: [['data.a', 'data.a', 'r', true, hidden, hidden, 'prod']],
    },
    {
      place: 103,
      fidelity: 'exact',
      link: { adjacency: 'proven' },
      changed: [['data.b', 'data.b', 'r', true, hidden, hidden, 'prod']],
    },
  ])
})

const hidden = '(hidden)'

function writeOf(verb: 'create' | 'update', resourceVersion: string, data: Readonly<Record<string, string>>): string {
  const metadata = { name: 'db', namespace: 'prod', uid: '5f8d3c1e-0000-4000-8000-000000000001', resourceVersion }
  return JSON.stringify({
    ...oneEvent,
    auditID: `8f0c3e1a-0000-4000-8000-000000000${resourceVersion}`,
    level: 'RequestResponse',
    verb,
    requestURI: '/api/v1/namespaces/prod/secrets/db',
    objectRef: {
      resource: 'secrets',
      namespace: 'prod',
      name: 'db',
      apiVersion: 'v1',
      resourceVersion: String(Number(resourceVersion) - 1),
    },
    responseStatus: { code: verb === 'create' ? 201 : 200 },
    responseObject: { kind: 'Secret', apiVersion: 'v1', metadata, data },
    requestReceivedTimestamp: `2026-10-27T00:00:00.000${resourceVersion}Z`,
    stageTimestamp: `2026-10-27T00:00:00.001${resourceVersion}Z`,
  })
}

test('states and changes go with the days of their bytes', { timeout: 240_000 }, async () => {
  await using own = new AsyncDisposableStack()
  const old = await openTestStore(own, await createTestDatabase())
  await storeWeeks(old)
  await followAll(old)
  const { cluster } = await aCluster(old)
  const aged = {
    cluster,
    items: [JSON.stringify({ ...oneEvent, requestReceivedTimestamp: '2027-06-01T00:00:00.000000Z' })],
  }
  await storeDeliveries(old, [{ ...aged, receivedAtUs: Date.UTC(2027, 5, 1) * 1_000 }])
  await expire(old, Date.UTC(2027, 5, 1) * 1_000, 30)
  expect(await everyRevision(old)).toEqual([])
  const { rows: names } = await old.pool.query('select name from history_object')
  expect(names).toEqual([])
  expect(await changedFieldDays(old)).toEqual([])
  await followAll(old)
})

const oneEvent = {
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  level: 'Metadata',
  auditID: '8f0c3e1a-0000-4000-8000-000000000009',
  stage: 'ResponseComplete',
  requestURI: '/healthz',
  verb: 'get',
  user: { username: 'alice' },
}

/** Two lanes a cluster, by turns. */
async function storeWeeks(
  target: Store,
  arrange: (deliveries: readonly Delivery[]) => readonly Delivery[] = (deliveries) => deliveries,
): Promise<void> {
  const deliveries: Delivery[] = []
  for (const [number, version] of corpusVersions().entries()) {
    const uid = await addFixedCluster(target, `lab-${version}`, number + 1)
    for (const [index, list] of corpusOf(version).lists.entries()) {
      deliveries.push({
        cluster: uid,
        lane: index % 2 === 0 ? 'main' : 'other',
        items: itemsOf(list),
        receivedAtUs: nowUs + index,
      })
    }
  }
  await storeDeliveries(target, arrange(deliveries))
  await target.pool.query('analyze')
}

/** Keys of events are made of the cluster's uid: with the same one they are the same in every database. */
async function addFixedCluster(target: Store, name: string, number: number): Promise<string> {
  const { uid: made } = await addCluster(target, { name })
  const uid = fixedCluster(number)
  await target.pool.query('update cluster set uid = $2 where uid = $1', [made, uid])
  return uid
}

const fixedCluster = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`

function itemsOf(list: string): readonly string[] {
  return (JSON.parse(list) as { items: unknown[] }).items.map((item) => JSON.stringify(item))
}

function shuffled<T>(values: readonly T[], random: Random): readonly T[] {
  return values
    .map((value) => ({ value, at: random.next() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ value }) => value)
}

async function aCluster(from: Store): Promise<{ readonly cluster: string }> {
  const { rows } = await from.pool.query<{ cluster: string }>(
    'select uid::text as cluster from cluster order by id limit 1',
  )
  return rows[0] ?? { cluster: '' }
}

/** Every third batch fails at its last statement, when all else is written. */
async function followAnyhow(target: Store, random: Random): Promise<void> {
  const follower = createHistoryFollower(target)
  const left = new Set(lanes)
  for (let batch = 0; left.size > 0; batch++) {
    const lane = [...left][random.below(left.size)] ?? 0
    const isCrash = batch % 3 === 2
    if (isCrash)
      await target.pool.query('alter table history_position add constraint crash check (next_seq < 0) not valid')
    const bounds = { numbersMax: 1 + random.below(400), bytesMax: 1 + random.below(1024 * 1024) }
    const outcome = await follower.follow(lane, bounds).catch((error: unknown) => {
      if (!isCrash || !String(error).includes('crash')) throw error
      return { kind: 'crashed' }
    })
    if (isCrash) await target.pool.query('alter table history_position drop constraint crash')
    if (outcome.kind === 'idle') left.delete(lane)
  }
}
