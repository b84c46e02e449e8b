// The bytes of events and of what could not be read: exactly those that arrived.

import { everything as everyEvent, matches } from '@plaintrail/query/ast'
import { everything, nothing } from '@plaintrail/query/scope'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addCluster, type Cluster } from './clusters.ts'
import { storeDeliveries } from './events-for-tests.ts'
import { findEvents } from './find-events.ts'
import { migrate } from './migrate.ts'
import { openStore, type Store } from './open-store.ts'
import { listQuarantined, type QuarantineQuestion } from './quarantined.ts'
import { rawEvent, rawEvents } from './raw-events.ts'
import { createSegmentItems } from './segment-items.ts'

const resources = new AsyncDisposableStack()
const receivedAtUs = Date.UTC(2026, 10, 20) * 1000
const everyTime = { sinceUs: 0, untilUs: Date.UTC(2100, 0) * 1000 }
let store: Store
let east: Cluster

/** Int64s, repeated keys, white space, escapes and characters beyond the first plane. */
const texts = [1, 2, 3].map(
  (n) =>
    `{ "auditID":"a${n}", "stage" : "ResponseComplete","verb":"get","requestURI":"/x","user":{"username":"\\u0061lice"},` +
    `"x":9007199254740993.000,"x":1e0,"y":"☃😀\\ud83d\\ude00","requestReceivedTimestamp":"2026-11-20T10:00:0${n}.123456Z"}`,
)
const unreadable = ['{"depth":[[[', '\u0000\u0001 not JSON']

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  await migrate(database.connection)
  store = resources.use(openStore(database.connection, { connectionsMax: 4, statementMs: 0, applicationName: 'test' }))
  east = await addCluster(store, { name: 'east' })
  const west = await addCluster(store, { name: 'west' })
  const problems = [0, 1].map((n) => ({ item: n, reason: 'invalid_json', detail: `at ${n}` }))
  await storeDeliveries(store, [
    { cluster: east.uid, items: [texts[0] ?? '', texts[1] ?? ''], receivedAtUs },
    { cluster: east.uid, items: [texts[2] ?? ''], receivedAtUs: receivedAtUs + 1 },
    { cluster: east.uid, items: unreadable, receivedAtUs: receivedAtUs + 2, problems },
    {
      cluster: west.uid,
      items: ['west'],
      receivedAtUs: receivedAtUs + 3,
      problems: [{ item: 0, reason: 'odd', detail: '' }],
    },
    { cluster: '00000000-0000-4000-8000-00000000dead', items: [texts[0] ?? ''], receivedAtUs: receivedAtUs + 4 },
  ])
})
afterAll(() => resources.disposeAsync())

async function ids(): Promise<readonly string[]> {
  const question = {
    query: everyEvent,
    window: everyTime,
    order: 'asc',
    limit: 100,
    after: null,
    snapshot: null,
  } as const
  const { events } = await findEvents(store, everything, question)
  return events.map(({ id }) => id)
}

describe('raw events', () => {
  test('are byte for byte what arrived, from memory as from the segment', async () => {
    const items = createSegmentItems(store)
    for (const _ of [1, 2]) {
      const raws = await rawEvents(store, everything, { ids: await ids(), bytesMax: 1e6 }, items)
      expect(raws.map(String)).toEqual(texts)
    }
    const [first = ''] = await ids()
    expect(String(await rawEvent(store, everything, first, items))).toBe(texts[0])
  })

  test('are shown to nobody outside his scope, and are null for an id of nothing', async () => {
    const items = createSegmentItems(store)
    const [first = '', second = ''] = await ids()
    expect(await rawEvent(store, nothing, first, items)).toBeNull()
    expect(await rawEvents(store, nothing, { ids: [first], bytesMax: 1e6 }, items)).toEqual([null])
    expect(await rawEvent(store, everything, 'evt_nothing', items)).toBeNull()
    const mixed = await rawEvents(store, everything, { ids: ['evt_nothing', second], bytesMax: 1e6 }, items)
    expect(mixed.map((raw) => raw && String(raw))).toEqual([null, texts[1]])
  })

  test('end early where they would be too many bytes, but give one at least', async () => {
    const items = createSegmentItems(store)
    const sizes = texts.map((text) => Buffer.byteLength(text))
    const two = (sizes[0] ?? 0) + (sizes[1] ?? 0)
    expect(await rawEvents(store, everything, { ids: await ids(), bytesMax: two }, items)).toHaveLength(2)
    expect(await rawEvents(store, everything, { ids: await ids(), bytesMax: two - 1 }, items)).toHaveLength(1)
    expect(await rawEvents(store, everything, { ids: await ids(), bytesMax: 1 }, items)).toHaveLength(1)
  })

  test('of one segment unpack it once, also where it is larger than all that is kept', async () => {
    let reads = 0
    const query = (statement: pg.QueryConfig): Promise<pg.QueryResult> => {
      if (statement.text.includes('from segment s')) reads += 1
      return store.pool.query(statement)
    }
    const counted: Store = { ...store, pool: Object.assign(Object.create(store.pool) as pg.Pool, { query }) }
    const items = createSegmentItems(counted, 1)
    const [first = '', second = '', third = ''] = await ids()
    const asked = { ids: [first, second, first, second, third], bytesMax: 1e6 }
    expect((await rawEvents(store, everything, asked, items)).map(String)).toEqual([
      texts[0],
      texts[1],
      texts[0],
      texts[1],
      texts[2],
    ])
    expect(reads).toBe(2)
    expect(String(await rawEvent(store, everything, first, items))).toBe(texts[0])
    expect(reads).toBe(3)
  })

  test('are null when retention has dropped their segment', async () => {
    const [, , third = ''] = await ids()
    const { rows } = await store.pool.query<{ id: number }>('select id from segment where received_us = $1', [
      receivedAtUs + 1,
    ])
    const items = createSegmentItems(store, 0)
    expect(await rawEvent(store, everything, third, items)).not.toBeNull()
    await store.pool.query('delete from segment where id = $1', [rows[0]?.id])
    expect(await rawEvent(store, everything, third, items)).toBeNull()
  })
})

describe('quarantine', () => {
  const question: QuarantineQuestion = { query: everyEvent, window: everyTime, limit: 100, after: null, bytesMax: 1e6 }

  test('lists what could not be read, newest first, with its bytes on request', async () => {
    const { items, next } = await listQuarantined(store, everything, { ...question, items: createSegmentItems(store) })
    expect(next).toBeNull()
    expect(items.map(({ cluster, reason }) => [cluster, reason])).toEqual([
      [null, 'unknown_cluster'],
      ['west', 'odd'],
      ['east', 'invalid_json'],
      ['east', 'invalid_json'],
    ])
    expect(
      items
        .slice(2)
        .map(({ bytes }) => String(bytes))
        .toSorted(),
    ).toEqual(unreadable.toSorted())
    // All of what a cluster that nobody knows sent is kept as it stands in the log.
    expect(items[0]?.bytes?.subarray(0, 4).toString()).toBe('PTE1')
    expect(items[2]).toMatchObject({ time: '2026-11-20T00:00:00.000002Z', detail: expect.stringMatching(/^at \d$/) })
    const plain = await listQuarantined(store, everything, question)
    expect(plain.items.every((item) => !('bytes' in item))).toBe(true)
  })

  test('is walked page by page, each item once, also where bytes end a page', async () => {
    for (const bytesMax of [1e6, 1]) {
      const walked: string[] = []
      let after: QuarantineQuestion['after'] = null
      do {
        const found = await listQuarantined(store, everything, {
          ...question,
          limit: 3,
          after,
          bytesMax,
          items: createSegmentItems(store),
        })
        walked.push(...found.items.map(({ id }) => id))
        after = found.next
      } while (after)
      expect(walked).toHaveLength(4)
      expect(new Set(walked).size).toBe(4)
    }
  })

  test('shows only the clusters in scope, and nothing of unknown origin but to the administrator', async () => {
    const seen = async (scope: Parameters<typeof listQuarantined>[1], asked = {}) =>
      (await listQuarantined(store, scope, { ...question, ...asked })).items.map(({ cluster }) => cluster)
    expect(await seen(nothing)).toEqual([])
    expect(await seen({ kind: 'clusters', clusters: ['west'] })).toEqual(['west'])
    expect(await seen(everything, { query: matches('cluster', [['west']]) })).toEqual(['west'])
    expect(await seen({ kind: 'clusters', clusters: ['west'] }, { query: matches('cluster', [['east']]) })).toEqual([])
  })
})
