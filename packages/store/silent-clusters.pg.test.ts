import { matches } from '@plaintrail/query/ast'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { addCluster } from './clusters.ts'
import { storeDeliveries } from './events-for-tests.ts'
import { findGaps, recordGap } from './gaps.ts'
import { migrate } from './migrate.ts'
import { openStore, type Store } from './open-store.ts'
import { recordSilences } from './silent-clusters.ts'

const everything = { kind: 'everything' } as const
const minuteUs = 60_000_000
const startUs = Date.parse('2026-11-20T00:00:00Z') * 1_000
const always = { sinceUs: 0, untilUs: startUs * 2 }
const stack = new AsyncDisposableStack()
let store: Store
let sent = 0

beforeAll(async () => {
  const database = stack.use(await createTestDatabase())
  await migrate(database.connection)
  store = stack.use(openStore(database.connection, { connectionsMax: 4, statementMs: 0, applicationName: 'test' }))
})

afterAll(() => stack.disposeAsync())

describe('a silent cluster', () => {
  test('has a gap that grows while it is silent, and that its next segment ends', async () => {
    const { uid, name } = await addCluster(store, { name: 'growing' })
    expect(await tick(0, name)).toEqual({ begun: false, ended: false, gaps: [] })
    await send(uid, 0)
    await send(uid, 5)
    expect(await tick(20, name)).toEqual({ begun: false, ended: false, gaps: [] })
    expect(await tick(21, name)).toEqual({ begun: true, ended: false, gaps: [[5, 21]] })
    expect(await tick(90, name)).toEqual({ begun: false, ended: false, gaps: [[5, 90]] })
    await send(uid, 100)
    await send(uid, 101)
    expect(await tick(102, name)).toEqual({ begun: false, ended: true, gaps: [[5, 100]] })
    expect(await tick(103, name)).toEqual({ begun: false, ended: false, gaps: [[5, 100]] })
    expect(await tick(200, name)).toEqual({
      begun: true,
      ended: false,
      gaps: [
        [101, 200],
        [5, 100],
      ],
    })
  })

  test('that fell silent again before anybody looked has both gaps', async () => {
    const { uid, name } = await addCluster(store, { name: 'twice' })
    await send(uid, 0)
    expect(await tick(30, name)).toMatchObject({ gaps: [[0, 30]] })
    await send(uid, 40)
    expect(await tick(60, name)).toEqual({
      begun: true,
      ended: true,
      gaps: [
        [40, 60],
        [0, 40],
      ],
    })
  })

  test('has no gap after all when the worker was only behind', async () => {
    const { uid, name } = await addCluster(store, { name: 'behind' })
    await send(uid, 0)
    expect(await tick(30, name)).toMatchObject({ gaps: [[0, 30]] })
    for (const minute of [1, 10, 20, 30]) await send(uid, minute)
    expect(await tick(31, name)).toEqual({ begun: false, ended: true, gaps: [] })
  })

  test('whose events nobody could read is not silent', async () => {
    const { uid, name } = await addCluster(store, { name: 'unreadable' })
    await send(uid, 0)
    for (const minute of [5, 15]) {
      const problems = [{ item: 0, reason: 'no_json', detail: 'broken' }]
      await storeDeliveries(store, [{ cluster: uid, items: [`{${minute}`], receivedAtUs: at(minute), problems }])
    }
    expect(await tick(25, name)).toEqual({ begun: false, ended: false, gaps: [] })
  })

  test('that never sent anything, or only had files imported, is not silent', async () => {
    const { uid, name } = await addCluster(store, { name: 'imported' })
    await send(uid, 0)
    await store.pool.query(
      `update lane set name = 'backfill' where cluster_id = (select id from cluster where uid = $1)`,
      [uid],
    )
    expect(await tick(500, name)).toEqual({ begun: false, ended: false, gaps: [] })
  })

  test('keeps one open gap when two look at the same moment', async () => {
    const { uid, name } = await addCluster(store, { name: 'watched' })
    await send(uid, 0)
    await Promise.all(Array.from({ length: 4 }, () => recordSilences(store, at(30), 15 * minuteUs)))
    expect(await tick(31, name)).toMatchObject({ gaps: [[0, 31]] })
    await recordGap(store, { clusterUid: uid, cause: 'body_too_large', detail: '', fromUs: at(31), toUs: at(31) })
    expect(await tick(32, name)).toMatchObject({
      gaps: [
        [0, 32],
        [31, 31],
      ],
    })
  })
})

function at(minute: number): number {
  return startUs + minute * minuteUs
}

async function send(cluster: string, minute: number): Promise<void> {
  sent += 1
  const time = new Date(at(minute) / 1_000).toISOString()
  const item = JSON.stringify({
    auditID: `0c8b5f0e-0000-4000-8000-${String(sent).padStart(12, '0')}`,
    stage: 'ResponseComplete',
    level: 'Metadata',
    verb: 'get',
    requestURI: '/api/v1/pods',
    user: { username: 'alice' },
    requestReceivedTimestamp: time,
    stageTimestamp: time,
  })
  await storeDeliveries(store, [{ cluster, items: [item], receivedAtUs: at(minute) }])
}

/** Gaps of the cluster in minutes, newest first. */
async function tick(minute: number, name: string) {
  const { begun, ended } = await recordSilences(store, at(minute), 15 * minuteUs)
  const found = await findGaps(store, everything, always, matches('cluster', [[name]]))
  const minuteOf = (time: string) => (Date.parse(time) * 1_000 - startUs) / minuteUs
  return {
    begun: begun.includes(name),
    ended: ended.includes(name),
    gaps: found.map(({ from, to }) => [minuteOf(from), minuteOf(to)]),
  }
}
