// New rows by their numbers, and what a snapshot holds: what a live tail is made of.

import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { everything as everyEvent, type Query } from '@plaintrail/query/ast'
import { parseQuery } from '@plaintrail/query/parse-query'
import { everything, nothing, type Scope } from '@plaintrail/query/scope'
import { beforeAll, afterAll, describe, expect, test } from 'vitest'
import { addCluster } from './clusters.ts'
import { storeDeliveries } from './events-for-tests.ts'
import { findArrivals, type Arrival, type LaneStretch } from './find-arrivals.ts'
import { laneHeads } from './lane-heads.ts'
import { migrate } from './migrate.ts'
import { openStore, type Store } from './open-store.ts'
import { readSnapshot } from './read-snapshot.ts'
import { dayName, dayOf } from './segment-id.ts'
import { sealsOfNumbers } from './seals-of-numbers.ts'
import { takeSnapshot } from './take-snapshot.ts'

const resources = new AsyncDisposableStack()
const nowUs = Math.floor(Date.now() / 1_000) * 1_000_000
const dayUs = 86_400_000_000
let store: Store
let uids: Readonly<Record<'east' | 'west', string>>

function item(name: string, { agoUs = 0, ...different }: Readonly<Record<string, unknown>> & { agoUs?: number } = {}) {
  const time = `${new Date((nowUs - agoUs) / 1_000).toISOString().slice(0, -1)}000Z`
  return JSON.stringify({
    level: 'Metadata',
    auditID: `audit-${name}`,
    stage: 'ResponseComplete',
    requestURI: `/api/v1/namespaces/shop/configmaps/${name}`,
    verb: 'delete',
    user: { username: 'alice' },
    objectRef: { resource: 'configmaps', namespace: 'shop', name, apiVersion: 'v1' },
    responseStatus: { code: 200 },
    requestReceivedTimestamp: time,
    stageTimestamp: time,
    ...different,
  })
}

const names = (arrivals: readonly Arrival[]): readonly (string | undefined)[] =>
  arrivals.map(({ event }) => event.object?.name)
const asking = (text: string, scope: Scope = everything): { scope: Scope; query: Query } => ({
  scope,
  query: parseQuery(text, nowUs),
})

/** The numbers that came since. */
async function since(before: ReadonlyMap<number, number>): Promise<readonly LaneStretch[]> {
  const { last } = await laneHeads(store)
  return [...last].map(([laneId, head]) => ({ laneId, after: before.get(laneId) ?? 0, last: head }))
}

const store1 = async (cluster: 'east' | 'west', ...segments: readonly (readonly string[])[]): Promise<void> =>
  await storeDeliveries(
    store,
    segments.map((items) => ({ cluster: uids[cluster], items, receivedAtUs: nowUs })),
  )

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  await migrate(database.connection)
  store = resources.use(
    openStore(database.connection, { connectionsMax: 4, statementMs: 10_000, applicationName: 'test' }),
  )
  const east = await addCluster(store, { name: 'east' })
  const west = await addCluster(store, { name: 'west' })
  uids = { east: east.uid, west: west.uid }
  await store1('east', [item('first')])
})

afterAll(() => resources.disposeAsync())

describe('findArrivals', () => {
  test('finds what came since, lane by lane in the order of the numbers, and from the middle of a segment', async () => {
    const before = await laneHeads(store)
    await store1('east', [item('a'), item('b')], [item('c', { agoUs: 300 * dayUs }), item('d')])
    await store1('west', [item('w')])
    const stretches = await since(before.last)
    const [eastLane = 0] = before.last.keys()
    const found = await findArrivals(store, stretches, [asking('')])
    expect(names(found.filter(({ laneId }) => laneId === eastLane))).toEqual(['a', 'b', 'c', 'd'])
    expect(names(found.filter(({ laneId }) => laneId !== eastLane))).toEqual(['w'])
    expect(found.map(({ seq }) => seq).slice(0, 2)).toEqual([2, 3])
    const middle = await findArrivals(store, [{ laneId: eastLane, after: 2, last: 4 }], [asking('')])
    expect(names(middle)).toEqual(['b', 'c'])
  })

  test('finds an event that has no usable time', async () => {
    const before = await laneHeads(store)
    await store1('east', [item('timeless', { requestReceivedTimestamp: 'never' })])
    const found = await findArrivals(store, await since(before.last), [asking('')])
    expect(found.map(({ event }) => [event.object?.name, event.time])).toEqual([['timeless', null]])
  })

  test('asks several questions at once, each with its own scope, its names and its texts', async () => {
    const before = await laneHeads(store)
    const stretchesOf = async () => await since(before.last)
    await store1('east', [item('x', { user: { username: 'newcomer' } }), item('y')])
    await store1('west', [item('z', { verb: 'get' })])
    const questions = [
      asking('actor:newcomer'),
      asking('"deleted configmap y"'),
      asking('verb:get OR "deleted configmap x"'),
      asking('', { kind: 'clusters', clusters: ['west'] }),
      asking('', nothing),
      asking('actor:nobody-has-this-name'),
    ]
    const found = await findArrivals(store, await stretchesOf(), questions)
    const byName = Object.fromEntries(found.map(({ event, asked }) => [event.object?.name, asked]))
    expect(byName).toEqual({ x: [0, 2], y: [1], z: [2, 3] })
  })

  test('tells each stage of a request as it comes, with the stages that are stored by then', async () => {
    const before = await laneHeads(store)
    const auditID = '8f0c3e1a-0000-4000-8000-000000000001'
    await store1('east', [item('exec', { auditID, stage: 'ResponseStarted', responseStatus: { code: 101 } })])
    const first = await findArrivals(store, await since(before.last), [asking('')])
    const between = await laneHeads(store)
    await store1('east', [item('exec', { auditID, responseStatus: { code: 101 } })])
    const second = await findArrivals(store, await since(between.last), [asking('')])
    expect(first.map(({ event }) => event.audit.stage)).toEqual(['ResponseStarted'])
    expect(second.map(({ event }) => event.audit.stage)).toEqual(['ResponseComplete'])
    expect(second[0]?.event.stages.map(({ id }) => id)).toEqual([first[0]?.event.id, second[0]?.event.id])
  })

  test('finds what waited in the log for weeks, and leaves out what retention took', async () => {
    const before = await laneHeads(store)
    const old = { cluster: uids.west, items: [item('old', { agoUs: 40 * dayUs })], receivedAtUs: nowUs - 40 * dayUs }
    await storeDeliveries(store, [old])
    await store1('west', [item('young')])
    const stretches = await since(before.last)
    expect(names(await findArrivals(store, stretches, [asking('')]))).toEqual(['old', 'young'])
    const day = dayName(dayOf(nowUs - 40 * dayUs))
    await store.pool.query(`drop table event_${day}, seal_${day}, segment_${day}`)
    expect(names(await findArrivals(store, stretches, [asking('')]))).toEqual(['young'])
  })

  test('reads the partitions of the new rows by the index on segments, whatever else is stored', async () => {
    const before = await laneHeads(store)
    await store1('east', [item('planned')])
    const stretches = await since(before.last)
    const [seal] = await sealsOfNumbers(store, stretches)
    const { rows } = await store.pool.query<{ 'QUERY PLAN': string }>(
      `explain select * from event e where e.segment_id = any(array[${seal?.segmentId ?? 0}]::int8[])
         and e.time >= ${seal?.timeMin ?? 0} and e.time <= ${seal?.timeMax ?? 0}`,
    )
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    expect(seal).toMatchObject({ stored: 1 })
    expect(new Set(plan.match(/event_\d{8}/g))).toHaveLength(1)
    const { rows: indexes } = await store.pool.query("select from pg_indexes where indexname = 'event_segment'")
    expect(indexes).toHaveLength(1)
  })
})

describe('readSnapshot', () => {
  test('tells what was stored by then, oldest first, goes on after any row, and asks for texts', async () => {
    await store1('west', [item('s3', { agoUs: 1 }), item('s1', { agoUs: 3_000_000 }), item('s2', { agoUs: 2_000_000 })])
    const query = parseQuery('cluster:west name:s1,s2,s3 "deleted"', nowUs)
    const snapshot = await takeSnapshot(store, everything, query)
    await store1('west', [item('s2', { agoUs: 1_500_000, auditID: 'later' })])
    const asked = { scope: everything, query, sinceUs: nowUs - dayUs, snapshot, signal: new AbortController().signal }
    const told: { readonly name: string | undefined; readonly id: string }[] = []
    for await (const { events } of readSnapshot(store, { ...asked, after: null }))
      told.push(...events.map(({ id, object }) => ({ id, name: object?.name })))
    expect(told.map(({ name }) => name)).toEqual(['s1', 's2', 's3'])
    const rest: (string | undefined)[] = []
    const { rows } = await store.pool.query<{ time: number; key: string }>(
      "select time, replace(key::text, '-', '') as key from event where name = 's1'",
    )
    const after = { timeUs: rows[0]?.time ?? 0, key: rows[0]?.key ?? '' }
    for await (const { events } of readSnapshot(store, { ...asked, after }))
      rest.push(...events.map(({ object }) => object?.name))
    expect(rest).toEqual(['s2', 's3'])
  })

  test('ends at once where nothing can match', async () => {
    const snapshot = await takeSnapshot(store, everything)
    const asked = { scope: everything, query: everyEvent, sinceUs: nowUs + 1_000_000, snapshot }
    const pieces: number[] = []
    for await (const { events } of readSnapshot(store, { ...asked, after: null, signal: new AbortController().signal }))
      pieces.push(events.length)
    expect(pieces.every((length) => length === 0)).toBe(true)
  })
})
