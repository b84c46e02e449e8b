// Attribution through Postgres against the recorded weeks: whatever the lanes, the batches and the order, the same is said.

import type { StoredEvent } from '@plaintrail/event/event'
import { everything as everyEvent } from '@plaintrail/query/ast'
import { everything, nothing } from '@plaintrail/query/scope'
import { attributedEvents, FactsForTests } from '@plaintrail/history/initiator-facts-for-tests'
import { TruthOf } from '@plaintrail/history/initiator-truth-for-tests'
import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { seededRandom, type Random } from '@plaintrail/test/random'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { attributeBounds, createAttributor, type AttributeBounds } from './attributor.ts'
import { addCluster } from './clusters.ts'
import { storeDeliveries, type Delivery } from './events-for-tests.ts'
import { expire } from './expire.ts'
import { findEvents } from './find-events.ts'
import { initiatorsOf } from './initiators-of.ts'
import { lanesOf, openTestStore } from './history-for-tests.ts'
import type { Store } from './open-store.ts'
import { initiatorDays } from './partitions.ts'

const nowUs = Date.UTC(2026, 10, 27) * 1_000
const laterUs = nowUs + 3_600_000_000
const options = { kubelets: new Set(['lab-kubelets']) }

let stack: AsyncDisposableStack
let store: Store
let once: readonly unknown[]

beforeAll(async () => {
  stack = new AsyncDisposableStack()
  store = await openTestStore(stack, await createTestDatabase())
  await storeWeeks(store)
  const from = process.cpuUsage()
  const began = performance.now()
  await attributeAll(store)
  const tookMs = performance.now() - began
  const { user, system } = process.cpuUsage(from)
  once = await everyAttribution(store)
  const { rows } = await store.pool.query<{ events: number; facts: number; bytes: number }>(
    `select (select count(*) from event) as events, (select count(*) from initiator_fact) as facts,
       pg_total_relation_size('initiator_fact') + (select sum(pg_total_relation_size(i.inhrelid))
         from pg_inherits i where i.inhparent = 'event_initiator'::regclass) as bytes`,
  )
  console.log({ tookMs, cpuMs: (user + system) / 1_000, rows: once.length, ...rows[0] })
}, 240_000)

afterAll(async () => {
  await stack.disposeAsync()
})

test('who is named was behind it, and as many are found as in memory', () => {
  const told = new Map((once as readonly Row[]).map((row) => [`${row.cluster} ${row.audit} ${row.stage}`, row]))
  const sums = { right: 0, wrong: 0, unknown: 0, rightInMemory: 0 }
  const misses: string[] = []
  for (const version of corpusVersions()) {
    const { lists, steps } = corpusOf(version)
    const truth = new TruthOf(steps)
    const inMemory = new FactsForTests(options)
    for (const list of lists.map(attributedEvents)) {
      const attributions = inMemory.take(list)
      for (const [at, seen] of list.entries()) {
        const known = truth.of(seen)
        if (known === null) continue
        const row = told.get(`lab-${version} ${seen.event.auditID} c`)
        const isNamed = row?.initiatorKind === 'person'
        const verdict = !isNamed ? 'unknown' : known.behind.has(row.name) ? 'right' : 'wrong'
        sums[verdict] += 1
        if (known.behind.has(attributions[at]?.initiator.name ?? '')) sums.rightInMemory += 1
        if (verdict !== 'right') misses.push(`${verdict} ${known.kind}: ${row?.considered.join('; ') ?? 'no row'}`)
      }
    }
  }
  console.log(sums, misses.toSorted().join('\n'))
  const { right, wrong, unknown, rightInMemory } = sums
  expect(wrong).toBe(0)
  expect(right / (right + unknown)).toBeGreaterThan(0.94)
  expect(right / rightInMemory).toBeGreaterThanOrEqual(0.99)
})

describe('the same is said', () => {
  test('a second time, from the beginning', { timeout: 240_000 }, async () => {
    await store.pool.query('update attribution_position set next_seq = 1')
    await attributeAll(store)
    expect(await everyAttribution(store)).toEqual(once)
  })

  test.each([1, 2])(
    'in batches of any size, lanes in any order, with crashes between (%i)',
    { timeout: 240_000 },
    async (seed) => {
      await forgetAttributions(store)
      await attributeAnyhow(store, seededRandom(seed))
      expect(await everyAttribution(store)).toEqual(once)
    },
  )

  test('where the lane of the effects comes wholly before that of their causes', { timeout: 240_000 }, async () => {
    await forgetAttributions(store)
    await attributeAll(store, (await lanesOf(store)).toReversed())
    expect(await everyAttribution(store)).toEqual(once)
  })

  test('by two at once', { timeout: 240_000 }, async () => {
    await forgetAttributions(store)
    await Promise.all([attributeAll(store), attributeAll(store)])
    expect(await everyAttribution(store)).toEqual(once)
  })
})

test('a page of events says who is behind each, and nothing to who may not see', async () => {
  const page = await findPage(store)
  const initiators = await initiatorsOf(store, everything, page)
  const said = page.map(({ id }) => initiators.get(id)?.initiator.kind)
  expect(new Set(said)).toEqual(new Set(['person', 'service-account', 'unknown']))
  const hidden = await initiatorsOf(store, nothing, page)
  expect(new Set(hidden.values())).toEqual(new Set([null]))
  const pods = page.filter(({ actor, verb }) => actor.name.endsWith(':replicaset-controller') && verb === 'create')
  const [owner] = pods.flatMap(({ id }) => initiators.get(id)?.chain ?? [])
  expect(owner).toMatchObject({
    what: 'owner',
    event: expect.stringMatching(/^evt_/),
    why: expect.stringContaining('uid'),
  })
})

test('what was received just now waits for its causes', async () => {
  await forgetAttributions(store)
  const [lane = 0] = await lanesOf(store)
  expect(await createAttributor(store).attribute(lane, attributeBounds, nowUs - 1)).toEqual({ kind: 'idle' })
  const page = await findPage(store)
  const initiators = await initiatorsOf(store, everything, page)
  const types = new Set(page.filter(({ id }) => initiators.get(id) === null).map(({ actor }) => actor.type))
  expect(types).toContain('service-account')
  expect(types).not.toContain('human')
})

test('what was found goes with its events, and facts of what is still there stay', { timeout: 240_000 }, async () => {
  await using own = new AsyncDisposableStack()
  const old = await openTestStore(own, await createTestDatabase())
  const { uid: cluster } = await addCluster(old, { name: 'east' })
  const [gone, living, job] = [
    cronJob('gone', 'create', 1),
    cronJob('living', 'create', 2),
    makesJob('living', '2027-05-31'),
  ]
  await storeDeliveries(old, [{ cluster, items: [gone, living, cronJob('gone', 'delete', 3)], receivedAtUs: nowUs }])
  await attributeAll(old)
  const juneUs = Date.UTC(2027, 5, 1) * 1_000
  await storeDeliveries(old, [{ cluster, items: [job], receivedAtUs: juneUs - 86_400_000_000 }])
  await expire(old, juneUs, 30)
  const { rows } = await old.pool.query<{ kind: string }>('select kind from initiator_fact order by kind')
  expect(rows.map(({ kind }) => kind)).toEqual(['write'])
  await attributeAll(old, undefined, juneUs)
  expect(await everyAttribution(old)).toMatchObject([{ initiatorKind: 'person', name: 'alice' }])
  expect(await initiatorDays(old)).toEqual([Math.floor(Date.UTC(2027, 4, 31) / 86_400_000)])
  await expire(old, Date.UTC(2035, 0) * 1_000, 30)
})

test(
  'of an object that is changed hundreds of times the changes before the event count',
  { timeout: 120_000 },
  async () => {
    await using own = new AsyncDisposableStack()
    const busy = await openTestStore(own, await createTestDatabase())
    const { uid: cluster } = await addCluster(busy, { name: 'east' })
    const items: string[] = []
    for (let version = 1; version <= 600; version++) {
      items.push(version === 200 ? makesReplicaSet(version, 'api:199') : deploys(version))
    }
    await storeDeliveries(busy, [{ cluster, items, receivedAtUs: nowUs }])
    await attributeAll(busy)
    expect(await everyAttribution(busy)).toMatchObject([
      { initiatorKind: 'person', name: 'user-199', confidence: 'certain' },
    ])
  },
)

test('what an account did with a token is of who had it made, reads too, and where the making comes late', async () => {
  await using own = new AsyncDisposableStack()
  const fresh = await openTestStore(own, await createTestDatabase())
  const { uid: cluster } = await addCluster(fresh, { name: 'east' })
  const account = 'system:serviceaccount:ci:deployer'
  const token = { resource: 'serviceaccounts', name: 'deployer', verb: 'create', version: 1, day: '2026-10-27' }
  const issued = JSON.stringify({
    ...(JSON.parse(eventOf('bob', token, undefined)) as object),
    objectRef: {
      resource: 'serviceaccounts',
      namespace: 'ci',
      name: 'deployer',
      subresource: 'token',
      apiVersion: 'v1',
    },
    annotations: { 'authentication.kubernetes.io/issued-credential-id': 'JTI=1' },
  })
  const reads = [2, 3].map((version) =>
    JSON.stringify({
      ...(JSON.parse(
        eventOf(account, { resource: 'secrets', name: 'db', verb: 'get', version, day: '2026-10-27' }, undefined),
      ) as object),
      user: { username: account, extra: { 'authentication.kubernetes.io/credential-id': [`JTI=${version - 1}`] } },
    }),
  )
  await storeDeliveries(fresh, [{ cluster, items: reads, receivedAtUs: nowUs }])
  await attributeAll(fresh)
  expect(await everyAttribution(fresh)).toEqual([])
  await storeDeliveries(fresh, [{ cluster, lane: 'other', items: [issued], receivedAtUs: nowUs + 1 }])
  await attributeAll(fresh)
  const late = await everyAttribution(fresh)
  expect(late).toMatchObject([
    { initiatorKind: 'person', name: 'bob', confidence: 'likely', chain: [{ what: 'credential' }] },
  ])
  await forgetAttributions(fresh)
  await attributeAll(fresh, (await lanesOf(fresh)).toReversed())
  expect(await everyAttribution(fresh)).toEqual(late)
})

function deploys(version: number): string {
  const metadata = {
    name: 'api',
    uid: 'd-1',
    resourceVersion: String(version),
    generation: version - (version > 200 ? 1 : 0),
  }
  const done = {
    resource: 'deployments',
    name: 'api',
    verb: version === 1 ? 'create' : 'update',
    version,
    day: '2026-10-27',
  }
  return eventOf(`user-${version}`, done, { kind: 'Deployment', metadata, spec: templated(`api:${version}`) })
}

function makesReplicaSet(version: number, image: string): string {
  const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'api', uid: 'd-1', controller: true }]
  const metadata = { name: 'api-1', uid: 'r-1', resourceVersion: String(version), generation: 1, ownerReferences }
  const done = { resource: 'replicasets', name: 'api-1', verb: 'create', version, day: '2026-10-27' }
  const user = 'system:serviceaccount:kube-system:deployment-controller'
  return eventOf(user, done, { kind: 'ReplicaSet', metadata, spec: templated(image) })
}

const templated = (image: string): unknown => ({
  replicas: 1,
  template: { spec: { containers: [{ name: 'api', image }] } },
})

function cronJob(name: string, verb: 'create' | 'delete', version: number): string {
  const metadata = { name, namespace: 'shop', uid: `uid-${name}`, resourceVersion: String(version), generation: 1 }
  return eventOf(
    'alice',
    { resource: 'cronjobs', name, verb, day: '2026-10-27', version },
    { kind: 'CronJob', metadata },
  )
}

function makesJob(owner: string, day: string): string {
  const ownerReferences = [
    { apiVersion: 'batch/v1', kind: 'CronJob', name: owner, uid: `uid-${owner}`, controller: true },
  ]
  const metadata = {
    name: 'job',
    namespace: 'shop',
    uid: 'uid-job',
    resourceVersion: '9',
    generation: 1,
    ownerReferences,
  }
  const user = 'system:serviceaccount:kube-system:cronjob-controller'
  return eventOf(user, { resource: 'jobs', name: 'job', verb: 'create', day, version: 9 }, { kind: 'Job', metadata })
}

interface Done {
  readonly resource: string
  readonly name: string
  readonly verb: string
  readonly day: string
  readonly version: number
}

function eventOf(username: string, { resource, name, verb, day, version }: Done, responseObject: unknown): string {
  const clock = [Math.floor(version / 60), version % 60].map((part) => String(part).padStart(2, '0')).join(':')
  return JSON.stringify({
    level: 'RequestResponse',
    auditID: `8f0c3e1a-0000-4000-8000-${String(version).padStart(12, '0')}`,
    stage: 'ResponseComplete',
    requestURI: `/apis/batch/v1/namespaces/shop/${resource}/${name}`,
    verb,
    user: { username },
    objectRef: { resource, apiGroup: 'batch', apiVersion: 'v1', namespace: 'shop', name },
    responseStatus: { code: verb === 'create' ? 201 : 200 },
    responseObject,
    requestReceivedTimestamp: `${day}T00:${clock}.000000Z`,
    stageTimestamp: `${day}T00:${clock}.001000Z`,
  })
}

async function findPage(from: Store): Promise<readonly StoredEvent[]> {
  const window = { sinceUs: 0, untilUs: laterUs }
  const asked = { query: everyEvent, window, order: 'desc', limit: 2_000, after: null, snapshot: null } as const
  return (await findEvents(from, everything, asked)).events
}

interface Row {
  readonly cluster: string
  readonly audit: string
  readonly stage: string
  readonly initiatorKind: string
  readonly name: string
  readonly considered: readonly string[]
}

async function everyAttribution(from: Store): Promise<readonly unknown[]> {
  const { rows } = await from.pool.query<Row & Record<string, unknown>>(
    `select c.name as cluster, e.audit::text as audit, e.stage, i.kind as "initiatorKind", i.name, i.confidence, i.chain,
       i.considered
     from event_initiator i join event e on e.time = i.time and e.key = i.key join cluster c on c.id = e.cluster_id
     order by i.time, i.key`,
  )
  return rows
}

async function attributeAll(target: Store, lanes?: readonly number[], atUs = laterUs): Promise<void> {
  const attributor = createAttributor(target, options)
  for (const lane of lanes ?? (await lanesOf(target))) {
    for (let kind = ''; kind !== 'idle';) {
      kind = (await attributor.attribute(lane, attributeBounds, atUs)).kind
      if (kind === 'busy') await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

/** Every third batch fails at its last statement, when all else is written. */
async function attributeAnyhow(target: Store, random: Random): Promise<void> {
  const attributor = createAttributor(target, options)
  const left = new Set(await lanesOf(target))
  const lanes = [...left]
  for (let batch = 0; left.size > 0; batch++) {
    const lane = lanes[random.below(lanes.length)] ?? 0
    const isCrash = batch % 3 === 2
    if (isCrash)
      await target.pool.query('alter table attribution_position add constraint crash check (next_seq < 0) not valid')
    const bounds: AttributeBounds = {
      numbersMax: 1 + random.below(800),
      bytesMax: 1 + random.below(2 * 1024 * 1024),
      settleUs: 0,
    }
    const outcome = await attributor.attribute(lane, bounds, laterUs).catch((error: unknown) => {
      if (!isCrash || !String(error).includes('crash')) throw error
      return { kind: 'crashed' }
    })
    if (isCrash) await target.pool.query('alter table attribution_position drop constraint crash')
    if (outcome.kind === 'idle') left.delete(lane)
  }
}

async function forgetAttributions(target: Store): Promise<void> {
  await target.pool.query('truncate event_initiator, initiator_fact, attribution_position')
}

/** Two lanes a cluster, by turns. */
async function storeWeeks(target: Store): Promise<void> {
  const deliveries: Delivery[] = []
  for (const version of corpusVersions()) {
    const { uid: cluster } = await addCluster(target, { name: `lab-${version}` })
    for (const [index, list] of corpusOf(version).lists.entries()) {
      const items = (JSON.parse(list) as { items: unknown[] }).items.map((item) => JSON.stringify(item))
      deliveries.push({ cluster, lane: index % 2 === 0 ? 'main' : 'other', items, receivedAtUs: nowUs + index })
    }
  }
  await storeDeliveries(target, deliveries)
  await target.pool.query('analyze')
}
