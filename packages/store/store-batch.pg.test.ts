import { randomBytes, randomUUID } from 'node:crypto'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { expect, test } from 'vitest'
import type { Event } from '@plaintrail/event/event'
import { normalize } from '@plaintrail/event/normalize'
import type { ReadSegment } from './batch-plan.ts'
import { migrate } from './migrate.ts'
import { openStore, type Store } from './open-store.ts'
import { makePartitionsAhead } from './partitions.ts'
import { dayStartUs, dayOf } from './segment-id.ts'
import { BatchFenced, createBatchWriter } from './store-batch.ts'
import { queueDepth, tableLogReader, tableLogWriter } from './table-log.ts'

const nowUs = Date.parse('2026-11-20T10:00:00Z') * 1_000
const someLane = { cluster: randomUUID(), lane: 'main' }

interface Bench extends AsyncDisposable {
  readonly store: Store
  readonly clusterUid: string
  /** Appends a segment to the log and gives it back as the worker would read it. */
  segment(events: readonly Event[], edit?: Partial<ReadSegment>): Promise<ReadSegment>
}

async function openBench(): Promise<Bench> {
  const stack = new AsyncDisposableStack()
  const database = stack.use(await createTestDatabase())
  await migrate(database.connection)
  const store = stack.use(
    openStore(database.connection, { connectionsMax: 4, statementMs: 0, applicationName: 'test' }),
  )
  await makePartitionsAhead(store, Date.now() * 1_000)
  const clusterUid = randomUUID()
  await store.pool.query('insert into cluster (uid, name) values ($1, $2)', [clusterUid, 'lab'])
  const log = tableLogWriter(store)
  const reader = tableLogReader(store)
  return {
    store,
    clusterUid,
    async segment(events, edit = {}) {
      await log.append(Buffer.from('an envelope'), { ...someLane, receivedAtUs: Date.now() * 1_000, bodyBytes: 11 })
      const [entry] = await reader.read({ entries: 1, bytes: 1 })
      return {
        ...(entry ?? { position: { log: 'table', offset: 0 }, envelope: Buffer.alloc(0) }),
        receivedUs: nowUs,
        clusterUid,
        laneName: 'main',
        items: events.length,
        events: events.map((event, item) => ({ event, item, key: randomBytes(16), bytes: 100 })),
        quarantined: [],
        ...edit,
      }
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

function eventAt(us: number, edit: Partial<Event> = {}): Event {
  const event = normalize({
    level: 'Metadata',
    auditID: randomUUID(),
    stage: 'ResponseComplete',
    verb: 'get',
    requestURI: '/api/v1/namespaces/shop/pods/web',
    user: { username: 'alice', groups: ['sre'] },
    objectRef: { resource: 'pods', namespace: 'shop', name: 'web', apiVersion: 'v1' },
    responseStatus: { metadata: {}, code: 200 },
  })
  if (!event) throw new Error('the test made no event')
  return { ...event, time: us, flags: {}, ...edit }
}

const some = (count: number, from = nowUs): Event[] => Array.from({ length: count }, (_, i) => eventAt(from + i * 10))

async function seqs(store: Store): Promise<readonly number[]> {
  const { rows } = await store.pool.query<{ seq: number }>('select seq from event order by seq')
  return rows.map((row) => row.seq)
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1)

test('events are numbered in their lane without a hole, whatever was a duplicate', async () => {
  await using bench = await openBench()
  const writer = createBatchWriter(bench.store)
  const first = await bench.segment(some(5))
  expect(await writer.store([first])).toMatchObject({ stored: 5, duplicates: 0, quarantined: 0, droppedSegments: 0 })
  const half = await bench.segment([], {
    items: 6,
    events: [...first.events.slice(0, 3), ...(await bench.segment(some(3))).events],
  })
  expect(await writer.store([half])).toMatchObject({ stored: 3, duplicates: 3 })
  expect(await writer.store([await bench.segment(some(4))])).toMatchObject({ stored: 4 })
  expect(await seqs(bench.store)).toEqual(upTo(12))
})

test('a segment none of whose events was new is dropped again', async () => {
  await using bench = await openBench()
  const writer = createBatchWriter(bench.store)
  const first = await bench.segment(some(5))
  await writer.store([first])
  const again = await bench.segment([], { items: 5, events: first.events })
  expect(await writer.store([again])).toMatchObject({ stored: 0, duplicates: 5, quarantined: 0, droppedSegments: 1 })
  const { rows } = await bench.store.pool.query<{ id: number }>('select id from segment')
  expect(rows.map((row) => row.id)).toEqual([first.position.offset])
  expect(await queueDepth(bench.store)).toEqual({ segments: 0, bytes: 0 })
})

test('the same event twice in one batch is stored once', async () => {
  await using bench = await openBench()
  const first = await bench.segment(some(5))
  const again = await bench.segment([], { items: 5, events: first.events })
  expect(await createBatchWriter(bench.store).store([first, again])).toMatchObject({ stored: 5, duplicates: 5 })
  expect(await seqs(bench.store)).toEqual(upTo(5))
})

test('two workers with the same segment: one stores it, the other is fenced and writes nothing', async () => {
  await using bench = await openBench()
  const segment = await bench.segment(some(50))
  const outcomes = await Promise.allSettled([1, 2].map(() => createBatchWriter(bench.store).store([segment])))
  expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1)
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  expect(failed?.reason).toBeInstanceOf(BatchFenced)
  expect(await seqs(bench.store)).toEqual(upTo(50))
})

test('two workers that meet a new lane at the same moment make it once and lose nothing', async () => {
  await using bench = await openBench()
  const writers = Array.from({ length: 4 }, () => createBatchWriter(bench.store))
  for (let turn = 0; turn < 8; turn++) {
    const segments: ReadSegment[] = []
    for (const [index] of writers.entries()) {
      segments.push(await bench.segment(some(3, nowUs + turn * 1_000 + index * 100), { laneName: `lane-${turn}` }))
    }
    const outcomes = await Promise.all(segments.map(async (segment, index) => await writers[index]?.store([segment])))
    expect(outcomes.map((outcome) => outcome?.stored)).toEqual([3, 3, 3, 3])
  }
})

test('two lanes that store the same events at once keep each event once and both numberings whole', async () => {
  await using bench = await openBench()
  const segments: ReadSegment[] = []
  for (let turn = 0; turn < 10; turn++) {
    const one = await bench.segment(some(40, nowUs + turn * 1_000))
    const other = await bench.segment([], { items: 40, laneName: 'second', events: one.events.toReversed() })
    segments.push(one, other)
  }
  const writers = [createBatchWriter(bench.store), createBatchWriter(bench.store)]
  const run = async (lane: number): Promise<void> => {
    for (const segment of segments.filter((_, index) => index % 2 === lane)) await writers[lane]?.store([segment])
  }
  await Promise.all([run(0), run(1)])
  const { rows } = await bench.store.pool.query<{ lane: number; count: number; highest: number }>(
    'select lane_id as lane, count(*)::int8 as count, max(seq) as highest from event group by 1',
  )
  expect(rows.reduce((sum, row) => sum + row.count, 0)).toBe(400)
  for (const row of rows) expect(row.highest).toBe(row.count)
})

test('an event that Postgres refuses is quarantined and its neighbours are stored', async () => {
  await using bench = await openBench()
  const poison = eventAt(nowUs, { detail: 'NUL \0 in a text' })
  const tooLarge = eventAt(nowUs, { code: 1_000_000 })
  const segment = await bench.segment([...some(20), poison, ...some(20, nowUs + 1_000), tooLarge])
  const outcome = await createBatchWriter(bench.store).store([segment])
  expect(outcome).toMatchObject({ stored: 40, quarantined: 2 })
  const { rows } = await bench.store.pool.query<{ item: number; reason: string }>(
    'select item, reason from quarantine order by item',
  )
  expect(rows).toEqual([
    { item: 20, reason: 'not_storable' },
    { item: 41, reason: 'not_storable' },
  ])
  expect(await seqs(bench.store)).toEqual(upTo(40))
})

test('an event that Postgres refuses is found beside one that is stored already', async () => {
  await using bench = await openBench()
  const writer = createBatchWriter(bench.store)
  const first = await bench.segment(some(4))
  await writer.store([first])
  const poisoned = await bench.segment([eventAt(nowUs + 5, { detail: 'NUL \0 in a text' }), ...some(2, nowUs + 1_000)])
  const mixed = { ...poisoned, events: [...poisoned.events, ...first.events] }
  expect(await writer.store([mixed])).toMatchObject({ stored: 2, duplicates: 4, quarantined: 1 })
  expect(await seqs(bench.store)).toEqual(upTo(6))
})

test('more different user agents than are remembered do not hold up the batch', async () => {
  await using bench = await openBench()
  const agents = Array.from({ length: 30_000 }, (_, index) => `agent-${index}`)
  const addresses = (index: number): string[] =>
    Array.from({ length: 8 }, (_, hop) => `10.${index >> 8}.${index & 255}.${hop}`)
  const events = agents.map((userAgent, index) =>
    eventAt(nowUs + index, {
      client: { userAgent, name: null, version: null },
      source: { peer: '10.0.0.1', claimed: addresses(index) },
    }),
  )
  expect(await createBatchWriter(bench.store).store([await bench.segment(events)])).toMatchObject({ stored: 30_000 })
})

test('a duplicate is found among many days, and a list over too many days keeps what it can', async () => {
  await using bench = await openBench()
  const writer = createBatchWriter(bench.store)
  const dayUs = 86_400_000_000
  const days = await bench.segment(Array.from({ length: 620 }, (_, day) => eventAt(nowUs - day * dayUs)))
  expect(await writer.store([days])).toMatchObject({ stored: 570, quarantined: 50 })
  const again = await bench.segment([], { items: 2, events: days.events.slice(0, 2) })
  expect(await writer.store([again, await bench.segment(some(1))])).toMatchObject({ stored: 1, duplicates: 2 })
})

test('a log that slept for days makes the day that it wakes up on', async () => {
  await using bench = await openBench()
  const inNineDays = Date.now() * 1_000 + 9 * 86_400_000_000
  await tableLogWriter(bench.store).append(Buffer.from('an envelope'), {
    ...someLane,
    receivedAtUs: inNineDays,
    bodyBytes: 11,
  })
  expect((await queueDepth(bench.store)).segments).toBe(1)
})

test('a late event gets a partition of its day, an odd one the fixed odd partition', async () => {
  await using bench = await openBench()
  const late = Date.parse('2019-02-03T04:05:06Z') * 1_000
  const odd = eventAt(0, { flags: { oddTime: true } })
  await createBatchWriter(bench.store).store([await bench.segment([eventAt(late), odd])])
  const { rows } = await bench.store.pool.query<{ place: string; time: number }>(
    'select tableoid::regclass::text as place, time from event order by time',
  )
  expect(rows).toEqual([
    { place: 'event_odd', time: 0 },
    { place: 'event_20190203', time: late },
  ])
  expect(dayStartUs(dayOf(late))).toBe(Date.parse('2019-02-03T00:00:00Z') * 1_000)
})

test('a day that retention dropped in the meantime is made again', async () => {
  await using bench = await openBench()
  const writer = createBatchWriter(bench.store)
  const late = Date.parse('2019-02-03T04:05:06Z') * 1_000
  await writer.store([await bench.segment([eventAt(late)])])
  await bench.store.pool.query('drop table event_20190203')
  expect(await writer.store([await bench.segment([eventAt(late), ...some(2)])])).toMatchObject({
    stored: 3,
    quarantined: 0,
  })
})

test('a sparse old log of more days than one statement can lock is stored whole', async () => {
  await using bench = await openBench()
  const dayUs = 86_400_000_000
  const segments: ReadSegment[] = []
  for (let week = 0; week < 3; week++) {
    segments.push(await bench.segment(Array.from({ length: 7 }, (_, day) => eventAt(nowUs - (week * 7 + day) * dayUs))))
  }
  const writer = createBatchWriter(bench.store, { daysMax: 10 })
  const prepared = await writer.prepare(segments)
  expect(prepared.length).toBe(3)
  expect(await writer.commit(prepared)).toMatchObject({ stored: 21, quarantined: 0 })
  expect(await seqs(bench.store)).toEqual(upTo(21))
})

test('what belongs to no known cluster is quarantined, not lost and not in the way', async () => {
  await using bench = await openBench()
  const segment = await bench.segment(some(3), { clusterUid: randomUUID() })
  expect(await createBatchWriter(bench.store).store([segment])).toMatchObject({ stored: 0, quarantined: 1 })
  expect(await queueDepth(bench.store)).toEqual({ segments: 0, bytes: 0 })
  const { rows } = await bench.store.pool.query<{ id: number }>('select id from segment where id = $1', [
    segment.position.offset,
  ])
  expect(rows).toHaveLength(1)
  const { rows: followed } = await bench.store.pool.query<{ kind: string; payload: object }>(
    'select kind, payload from outbox',
  )
  const payload = { clusterId: null, count: 1, reasons: { unknown_cluster: 1 } }
  expect(followed).toEqual([{ kind: 'quarantine.noticed', payload }])
})

test('the same unreadable item twice in one batch is quarantined once, and told of once', async () => {
  await using bench = await openBench()
  const unread = { item: 0, reason: 'not_an_object', detail: 'it is a number', bytes: 2, digest: randomBytes(16) }
  const twice = [
    await bench.segment([], { items: 1, quarantined: [unread] }),
    await bench.segment([], { items: 1, quarantined: [unread] }),
  ]
  expect(await createBatchWriter(bench.store).store(twice)).toMatchObject({ quarantined: 1 })
  const { rows } = await bench.store.pool.query<{ payload: object }>('select payload from outbox')
  expect(rows.map(({ payload }) => payload)).toEqual([expect.objectContaining({ count: 1 })])
})

test('the same unreadable item posted again is quarantined once', async () => {
  await using bench = await openBench()
  const writer = createBatchWriter(bench.store)
  const unread = { item: 0, reason: 'not_an_object', detail: 'it is a number', bytes: 2, digest: randomBytes(16) }
  for (let turn = 0; turn < 2; turn++)
    await writer.store([await bench.segment([], { items: 1, quarantined: [unread] })])
  const { rows } = await bench.store.pool.query<{ count: number }>('select count(*)::int8 as count from quarantine')
  expect(rows[0]?.count).toBe(1)
})
