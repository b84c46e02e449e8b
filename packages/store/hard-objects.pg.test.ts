// Objects that are large, change without a schema or by two versions, or are answered as something else: through the follower,
// checkpoints, states and blame. Right, or said not to be known; memory bounded.

import { everything } from '@plaintrail/query/scope'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { BlamedObject } from './blame-walk.ts'
import { addCluster } from './clusters.ts'
import { storeDeliveries } from './events-for-tests.ts'
import { followAll, openTestStore } from './history-for-tests.ts'
import { keepBlame, keepBlameBounds } from './keep-blame.ts'
import { objectAt } from './object-at.ts'
import { objectBlame, type BlamedField } from './object-blame.ts'
import type { Store } from './open-store.ts'
import { createSegmentItems, type SegmentItems } from './segment-items.ts'
import { writeEvent, type WriteOf, type WrittenObject } from './written-objects-for-tests.ts'

let stack: AsyncDisposableStack
let store: Store
let items: SegmentItems
let cluster: string

beforeEach(async () => {
  stack = new AsyncDisposableStack()
  store = await openTestStore(stack, await createTestDatabase())
  items = createSegmentItems(store)
  cluster = (await addCluster(store, { name: 'east' })).uid
}, 60_000)

afterEach(async () => {
  await stack.disposeAsync()
})

const startUs = Date.UTC(2026, 10, 20) * 1_000
const secondUs = 1_000_000
const custom: WrittenObject = {
  apiVersion: 'acme.io/v1',
  kind: 'Shop',
  resource: 'shops',
  name: 'main',
  uid: '5f8d3c1e-0000-4000-8000-000000000001',
}

/** The first is made, each next one demands the one before; versions are 101, 102, … */
async function storeWrites(
  contents: readonly WriteOf['content'][],
  object: (at: number) => WrittenObject,
): Promise<void> {
  for (const [at, content] of contents.entries()) {
    await storeDeliveries(store, [
      { cluster, items: [written(object(at), at, content)], receivedAtUs: startUs + at * secondUs },
    ])
  }
  await followAll(store)
}

function written(object: WrittenObject, at: number, content: WriteOf['content'], answer?: WriteOf['answer']): string {
  return writeEvent(object, {
    verb: at === 0 ? 'create' : 'update',
    resourceVersion: 101 + at,
    basedOn: at === 0 ? null : 100 + at,
    timeUs: startUs + at * secondUs,
    content,
    ...(answer && { answer }),
  })
}

async function only(): Promise<BlamedObject> {
  const { rows } = await store.pool.query<BlamedObject>('select id, uid, resource from history_object')
  const [object] = rows
  if (object === undefined || rows.length !== 1) throw new Error(`expected one object, found ${rows.length}`)
  return object
}

async function blamed(place: number): Promise<ReadonlyMap<string, BlamedField>> {
  const told = await objectBlame(store, await only(), { place, withNoise: false }, items)
  expect(told?.cut).toEqual([])
  return new Map(told?.fields.map((field) => [field.path, field]))
}

const versionOf = (field: BlamedField | undefined): unknown => [field?.how, field?.revision?.resourceVersion]

test(
  'a custom resource of 5 MB that changed 20 times has its states, and blame in bounded time and memory',
  { timeout: 240_000 },
  async () => {
    const large = Array.from({ length: 25_000 }, (_, at) => ({ name: `item-${at}`, text: 'x'.repeat(150), count: at }))
    const contents = Array.from({ length: 20 }, (_, at) => ({
      spec: { items: large.map((item, index) => (index === at ? { ...item, count: -1 } : item)), step: at },
    }))
    const rss = highest()
    await storeWrites(contents, () => custom)
    const object = await only()
    for (const at of [0, 7, 19]) {
      const state = await objectAt(store, everything, object, startUs + at * secondUs + 2_000, items)
      expect(state?.presence).toBe('present')
      expect((state?.object?.['spec'] as { step: number } | undefined)?.step).toBe(at)
    }
    const began = performance.now()
    const told = await objectBlame(store, object, { place: 120, withNoise: false }, items)
    const tookMs = performance.now() - began
    const fields = new Map(told?.fields.map((field) => [field.path, field]))
    // 75,000 fields are cut to 10,000; the last revision is right in any case.
    expect(told?.cut).toContain('fields')
    expect(fields.size).toBe(10_000)
    const changed = fields.get('spec.items[item-3].count')
    if (told?.cut.includes('revisions') === true) expect(['set', 'set-or-unseen', 'unseen']).toContain(changed?.how)
    else expect(versionOf(changed)).toEqual(['set', 105])
    expect(tookMs).toBeLessThan(20_000)
    const most = rss.end()
    console.log(
      `5 MB, 20 revisions: blame in ${Math.round(tookMs)} ms, cut: ${told?.cut.join(' ')}; memory ${most} MiB at most`,
    )
    expect(most).toBeLessThan(1_500)
  },
)

test('10,000 revisions of one object: blame and state are right anywhere, and soon', { timeout: 600_000 }, async () => {
  const revisions = 10_000
  for (let from = 0; from < revisions; from += 500) {
    const lists = Array.from({ length: 5 }, (_, list) => {
      const first = from + list * 100
      const own = Array.from({ length: 100 }, (_one, at) => first + at)
      return {
        cluster,
        items: own.map((at) => written(custom, at, contentOf(at))),
        receivedAtUs: startUs + first * secondUs,
      }
    })
    await storeDeliveries(store, lists)
  }
  await store.pool.query('analyze')
  await followAll(store)
  const unkept = await objectBlame(store, await only(), { place: 10_100, withNoise: false }, items)
  expect(unkept?.cut).toEqual(['revisions'])
  expect(unkept?.fields.find(({ path }) => path === 'spec.tens')).toMatchObject({ how: 'set' })
  expect(unkept?.fields.find(({ path }) => path === 'spec.never')?.how).not.toBe('set')
  while (!(await keepBlame(store)).isDone);
  const { rows } = await store.pool.query<{ count: number }>('select count(*) as count from blame_checkpoint')
  expect(rows[0]?.count).toBe(200)
  for (const at of [0, 99, 100, 101, 5_555, 9_999]) {
    const fields = await blamed(101 + at)
    expect(versionOf(fields.get('spec.each'))).toEqual(['set', 101 + at])
    expect(versionOf(fields.get('spec.tens'))).toEqual(['set', 101 + at - (at % 10)])
    expect(versionOf(fields.get('spec.thousands'))).toEqual(['set', 101 + at - (at % 1_000)])
    expect(versionOf(fields.get('spec.never'))).toEqual(['set', 101])
    const state = await objectAt(store, everything, await only(), startUs + at * secondUs + 2_000, items)
    expect(state?.object?.['spec']).toEqual(contentOf(at)['spec'])
  }
})

const contentOf = (at: number) => ({
  spec: { each: at, tens: Math.floor(at / 10), thousands: Math.floor(at / 1_000), never: true },
})

test('a custom resource without a schema: items go by name where all have one, else by their places', async () => {
  const named = (image: string): unknown[] => [
    { name: 'b', image },
    { name: 'a', image: '1' },
  ]
  await storeWrites(
    [
      { spec: { parts: [{ name: 'a', image: '1' }], rows: [[1], [2]] } },
      { spec: { parts: named('1'), rows: [[1], [2]] } },
      { spec: { parts: named('2'), rows: [[1], [3]] } },
    ],
    () => custom,
  )
  const fields = await blamed(103)
  expect(versionOf(fields.get('spec.parts[a].image'))).toEqual(['set', 101])
  expect(versionOf(fields.get('spec.parts[b].name'))).toEqual(['set', 102])
  expect(versionOf(fields.get('spec.parts[b].image'))).toEqual(['set', 103])
  expect(versionOf(fields.get('spec.rows[0][0]'))).toEqual(['set', 101])
  expect(versionOf(fields.get('spec.rows[1][0]'))).toEqual(['set', 103])
})

test('where an object is written by two versions of its API, what a conversion may have changed is not said to be set', async () => {
  const old = { ...custom, apiVersion: 'acme.io/v1beta1' }
  await storeWrites(
    [{ spec: { size: 1, color: 'red' } }, { spec: { count: 1, color: 'red' } }, { spec: { count: 2, color: 'red' } }],
    (at) => (at === 0 ? old : custom),
  )
  expect(versionOf((await blamed(102)).get('spec.count'))).toEqual(['set-or-unseen', 102])
  const fields = await blamed(103)
  expect(versionOf(fields.get('spec.count'))).toEqual(['set', 103])
  expect(versionOf(fields.get('spec.color'))).toEqual(['set', 101])
})

test('an answer that is a Table, metadata alone or a list of other things is no state, and what comes after is not sure', async () => {
  const list = (kind: string, part: object) => ({ kind, apiVersion: 'meta.k8s.io/v1', ...part })
  const answers = [
    list('Table', { columnDefinitions: [], rows: [{ cells: ['main'], object: null }] }),
    list('PartialObjectMetadata', {
      metadata: { name: 'main', namespace: 'shop', uid: custom.uid, resourceVersion: '103' },
    }),
    list('Status', { status: 'Success' }),
  ]
  const events = [
    written(custom, 0, { spec: { size: 1 } }),
    ...answers.map((answer, index) => written(custom, index + 1, {}, answer)),
    written(custom, 4, { spec: { size: 2 } }),
  ]
  for (const [at, event] of events.entries()) {
    await storeDeliveries(store, [{ cluster, items: [event], receivedAtUs: startUs + at * secondUs }])
  }
  await followAll(store)
  const fields = await blamed(105)
  expect(fields.get('spec.size')).toMatchObject({ value: 2, how: 'set-or-unseen', revision: { resourceVersion: 105 } })
  const state = await objectAt(store, everything, await only(), startUs + 2 * secondUs + 2_000, items)
  expect(state?.object).toBeNull()
  expect(await keepBlame(store, { bounds: { ...keepBlameBounds, every: 1 } })).toMatchObject({ isDone: true })
  expect((await blamed(105)).get('spec.size')).toEqual(fields.get('spec.size'))
})

/** Resident memory of this process, looked at often, in MiB. */
function highest(): { end(): number } {
  let most = 0
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 20)
  return {
    end: () => {
      clearInterval(timer)
      return Math.round(most / 2 ** 20)
    },
  }
}
