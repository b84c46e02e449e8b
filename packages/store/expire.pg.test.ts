import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { expect, test } from 'vitest'
import { expire } from './expire.ts'
import { migrate } from './migrate.ts'
import { openStore, type Store } from './open-store.ts'
import { eventDays, makeEventDays, makePartitionsAhead } from './partitions.ts'
import { dayName, dayOf, dayStartUs, segmentIdAt } from './segment-id.ts'

const nowUs = Date.parse('2026-11-20T10:00:00Z') * 1_000
const today = dayOf(nowUs)

async function openTestStore(stack: AsyncDisposableStack): Promise<Store> {
  const database = stack.use(await createTestDatabase())
  await migrate(database.connection)
  const store = stack.use(
    openStore(database.connection, { connectionsMax: 4, statementMs: 0, applicationName: 'test' }),
  )
  await makePartitionsAhead(store, nowUs)
  return store
}

/** A sealed segment received on a day, with events up to a time. */
async function addSegment(store: Store, day: number, timeMaxUs: number | null): Promise<number> {
  const id = segmentIdAt(day, 7)
  await store.pool.query(`insert into segment (id, received_us, bytes, envelope) values ($1, $2, 1, 'x')`, [
    id,
    dayStartUs(day),
  ])
  await store.pool.query(
    `insert into seal (segment_id, received_us, cluster_id, lane_id, items, stored, first_seq, time_min, time_max)
     select $1, $2, c.id, l.id, 1, 1, 1, $3, $3 from cluster c join lane l on l.cluster_id = c.id`,
    [id, dayStartUs(day), timeMaxUs],
  )
  return id
}

async function addCluster(store: Store): Promise<void> {
  await store.pool.query(`insert into cluster (uid, name) values (gen_random_uuid(), 'lab')`)
  await store.pool.query(`insert into lane (cluster_id, name) select id, 'main' from cluster`)
}

test('event days past retention go, the others stay', async () => {
  await using stack = new AsyncDisposableStack()
  const store = await openTestStore(stack)
  await makeEventDays(store, [today - 40, today - 31, today - 30])
  const expired = await expire(store, nowUs, 30)
  expect(expired.eventDays).toEqual([dayName(today - 40), dayName(today - 31)])
  expect((await eventDays(store))[0]).toBe(today - 30)
  expect(await expire(store, nowUs, 30)).toEqual({ eventDays: [], segmentDays: [] })
})

test('an old log file that was read lately is kept as long as news are', async () => {
  await using stack = new AsyncDisposableStack()
  const store = await openTestStore(stack)
  await addCluster(store)
  await makeEventDays(store, [today - 700, today - 600])
  await addSegment(store, today, dayStartUs(today - 700) + 1)
  expect((await expire(store, nowUs, 30)).eventDays).toEqual([dayName(today - 600)])
  await makePartitionsAhead(store, dayStartUs(today + 31))
  expect((await expire(store, dayStartUs(today + 31), 30)).eventDays, 'a clock ahead of all segments').toEqual([])
  await addSegment(store, today + 31, dayStartUs(today + 31))
  expect((await expire(store, dayStartUs(today + 31), 30)).eventDays).toContain(dayName(today - 700))
})

test('a day of segments stays while an event that is kept has its bytes there', async () => {
  await using stack = new AsyncDisposableStack()
  const store = await openTestStore(stack)
  await makePartitionsAhead(store, dayStartUs(today - 50))
  await addCluster(store)
  // Received fifty days ago with a clock that ran ahead: its event is not old.
  await makeEventDays(store, [today - 50])
  const needed = await addSegment(store, today - 50, nowUs)
  await addSegment(store, today - 49, dayStartUs(today - 49))
  const recent = await addSegment(store, today, dayStartUs(today))
  const expired = await expire(store, nowUs, 30)
  expect(expired.segmentDays).toContain(dayName(today - 49))
  expect(expired.segmentDays).not.toContain(dayName(today - 50))
  const { rows } = await store.pool.query<{ id: number }>('select id from segment')
  expect(rows.map((row) => row.id).toSorted((a, b) => a - b)).toEqual([needed, recent])
})
