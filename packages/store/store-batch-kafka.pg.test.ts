// Batches whose entries come from Kafka: the position moves with the rows, or neither is there.

import { randomBytes, randomUUID } from 'node:crypto'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { expect, test } from 'vitest'
import { normalize } from '@plaintrail/event/normalize'
import type { ReadEvent, ReadSegment } from './batch-plan.ts'
import { logPositions } from './log-positions.ts'
import { migrate } from './migrate.ts'
import { openStore, type Store } from './open-store.ts'
import { makePartitionsAhead } from './partitions.ts'
import { dayOf, dayOfSegment } from './segment-id.ts'
import { BatchFenced, createBatchWriter } from './store-batch.ts'

const nowUs = Date.parse('2026-11-20T10:00:00Z') * 1_000
const dayUs = 86_400_000_000
const topic = 'audit.1'
const clusterUid = randomUUID()

async function openTestStore(stack: AsyncDisposableStack): Promise<Store> {
  const database = stack.use(await createTestDatabase())
  await migrate(database.connection)
  const store = stack.use(
    openStore(database.connection, { connectionsMax: 4, statementMs: 0, applicationName: 'test' }),
  )
  await makePartitionsAhead(store, nowUs)
  await store.pool.query('insert into cluster (uid, name) values ($1, $2)', [clusterUid, 'lab'])
  return store
}

function someEvents(count: number): readonly ReadEvent[] {
  return Array.from({ length: count }, (_, item) => {
    const event = normalize({
      level: 'Metadata',
      auditID: randomUUID(),
      stage: 'ResponseComplete',
      verb: 'get',
      requestURI: '/api/v1/namespaces/shop/pods/web',
      user: { username: 'alice' },
      requestReceivedTimestamp: '2026-11-20T10:00:00.000000Z',
    })
    if (!event) throw new Error('the test made no event')
    return { event, item, key: randomBytes(16), bytes: 100 }
  })
}

function entryAt(offset: number, after: number, edit: Partial<ReadSegment> = {}): ReadSegment {
  const events = edit.events ?? someEvents(3)
  return {
    position: { log: 'kafka', topic, partition: 2, offset, after },
    envelope: Buffer.from(`envelope ${offset}`),
    receivedUs: nowUs,
    clusterUid,
    laneName: 'main',
    items: events.length,
    events,
    quarantined: [],
    ...edit,
  }
}

async function positionOf(store: Store): Promise<number | undefined> {
  return (await logPositions(store, topic, [2])).get(2)
}

async function counts(store: Store): Promise<{ events: number; segments: number; seals: number }> {
  const { rows } = await store.pool.query<{ events: number; segments: number; seals: number }>(
    `select (select count(*) from event) as events, (select count(*) from segment) as segments,
       (select count(*) from seal) as seals`,
  )
  return rows[0] ?? { events: -1, segments: -1, seals: -1 }
}

test('a partition that nobody worked on begins at 0, for every worker that asks', async () => {
  await using stack = new AsyncDisposableStack()
  const store = await openTestStore(stack)
  const asked = await Promise.all(Array.from({ length: 4 }, () => logPositions(store, topic, [0, 1, 2])))
  for (const positions of asked) expect([...positions.values()]).toEqual([0, 0, 0])
})

test('rows, bytes and position are committed together', async () => {
  await using stack = new AsyncDisposableStack()
  const store = await openTestStore(stack)
  const writer = createBatchWriter(store, { nowUs: () => nowUs })
  await positionOf(store)
  // Offsets have holes where the log kept markers of its own.
  const earlier = nowUs - 5_000_000
  const { lanes } = await writer.store([entryAt(0, 0), entryAt(4, 1, { receivedUs: earlier })])
  const posts = [nowUs, earlier].map((receivedUs) => ({ receivedUs, newestStageUs: null }))
  expect(lanes).toEqual([{ cluster: 'lab', lane: 'main', posts }])
  expect(await positionOf(store)).toBe(5)
  expect(await counts(store)).toEqual({ events: 6, segments: 2, seals: 2 })
  const { rows } = await store.pool.query<{ envelope: Buffer; received: number }>(
    'select envelope, received_us as received from segment order by id',
  )
  expect(rows.map(({ envelope }) => envelope.toString())).toEqual(['envelope 0', 'envelope 4'])
  expect(rows.map(({ received }) => received)).toEqual([nowUs, earlier])
})

test('a worker that lost its partition and does not know it writes nothing', async () => {
  await using stack = new AsyncDisposableStack()
  const store = await openTestStore(stack)
  await positionOf(store)
  const zombie = createBatchWriter(store, { nowUs: () => nowUs })
  const prepared = await zombie.prepare([entryAt(0, 0)])
  await createBatchWriter(store, { nowUs: () => nowUs }).store([entryAt(0, 0), entryAt(1, 1)])
  await expect(zombie.commit(prepared)).rejects.toBeInstanceOf(BatchFenced)
  expect(await positionOf(store)).toBe(2)
  expect(await counts(store)).toEqual({ events: 6, segments: 2, seals: 2 })
})

test('an entry that would leave a hole before it is not stored', async () => {
  await using stack = new AsyncDisposableStack()
  const store = await openTestStore(stack)
  await positionOf(store)
  await expect(createBatchWriter(store, { nowUs: () => nowUs }).store([entryAt(5, 5)])).rejects.toBeInstanceOf(
    BatchFenced,
  )
  expect(await counts(store)).toEqual({ events: 0, segments: 0, seals: 0 })
})

test('an entry without anything new moves the position and keeps no bytes', async () => {
  await using stack = new AsyncDisposableStack()
  const store = await openTestStore(stack)
  const writer = createBatchWriter(store, { nowUs: () => nowUs })
  await positionOf(store)
  const events = someEvents(3)
  await writer.store([entryAt(0, 0, { events })])
  expect(await writer.store([entryAt(1, 1, { events })])).toMatchObject({ stored: 0, duplicates: 3 })
  expect(await positionOf(store)).toBe(2)
  expect(await counts(store)).toEqual({ events: 3, segments: 1, seals: 1 })
})

test('an entry that lay in Kafka for days is kept under the day it was received, and a time of no sense under today', async () => {
  await using stack = new AsyncDisposableStack()
  const store = await openTestStore(stack)
  await positionOf(store)
  const writer = createBatchWriter(store, { nowUs: () => nowUs })
  const sixDaysAgo = nowUs - 6 * dayUs
  await writer.store([entryAt(0, 0, { receivedUs: sixDaysAgo }), entryAt(1, 1, { receivedUs: nowUs + 9_000 * dayUs })])
  const { rows } = await store.pool.query<{ id: number }>('select id from segment order by id')
  expect(rows.map(({ id }) => dayOfSegment(id))).toEqual([dayOf(sixDaysAgo), dayOf(nowUs)])
})

test('what cannot be read is told once, though it is posted again while its batch is committed', async () => {
  await using stack = new AsyncDisposableStack()
  const store = await openTestStore(stack)
  await positionOf(store)
  const writer = createBatchWriter(store, { nowUs: () => nowUs })
  const quarantined = [{ item: 0, reason: 'no_verb', detail: 'none', bytes: 9, digest: randomBytes(16) }]
  const first = await writer.prepare([entryAt(0, 0, { quarantined })])
  const again = await writer.prepare([entryAt(1, 1, { quarantined })])
  expect(await writer.commit(first)).toMatchObject({ quarantined: 1 })
  expect(await writer.commit(again)).toMatchObject({ quarantined: 0 })
  const { rows } = await store.pool.query<{ payload: unknown }>('select payload from outbox')
  expect(rows).toEqual([{ payload: expect.objectContaining({ count: 1 }) }])
})

test('what cannot be read is kept with its bytes and holds nothing up', async () => {
  await using stack = new AsyncDisposableStack()
  const store = await openTestStore(stack)
  await positionOf(store)
  const damaged = { item: -1, reason: 'damaged_envelope', detail: 'cut', bytes: 9, digest: randomBytes(16) }
  const noCluster = { clusterUid: '00000000-0000-0000-0000-000000000000', laneName: '', events: [], items: 0 }
  const entry = entryAt(0, 0, { ...noCluster, receivedUs: 0, quarantined: [damaged] })
  await createBatchWriter(store, { nowUs: () => nowUs }).store([entry, entryAt(1, 1)])
  expect(await positionOf(store)).toBe(2)
  expect(await counts(store)).toEqual({ events: 3, segments: 2, seals: 1 })
})

test('a database that was put back to an earlier state under a running worker is filled again, with the right names', async () => {
  await using stack = new AsyncDisposableStack()
  const store = await openTestStore(stack)
  await positionOf(store)
  const writer = createBatchWriter(store, { nowUs: () => nowUs })
  const entries = [entryAt(0, 0), entryAt(1, 1)]
  await writer.store(entries)
  // The ids that the writer remembers are now nobody's, or somebody else's.
  await store.pool.query(
    `truncate event, seal, segment, log_position, lane, actor, actor_groups, client, source, resource, namespace, verb, reason
     restart identity cascade`,
  )
  await store.pool.query(
    `insert into actor (digest, name, type) select gen_random_uuid(), 'somebody else', 'human' from generate_series(1, 5)`,
  )
  expect(await positionOf(store)).toBe(0)
  await expect(writer.store([entryAt(2, 2)])).rejects.toBeInstanceOf(BatchFenced)
  await writer.store(entries)
  const { rows } = await store.pool.query<{ name: string }>(
    'select a.name from event e join actor a on a.id = e.actor_id join lane l on l.id = e.lane_id',
  )
  expect(rows.map(({ name }) => name)).toEqual(Array.from({ length: 6 }, () => 'alice'))
})
