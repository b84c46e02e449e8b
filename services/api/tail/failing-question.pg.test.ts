// A question that Postgres refuses or does not answer in time: its reader is told so, and nobody else notices.

import { setTimeout as sleep } from 'node:timers/promises'
import { addCluster } from '@plaintrail/store/clusters'
import { storeDeliveries } from '@plaintrail/store/events-for-tests'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { auditItem, startTestApi, type TestApi } from '../api-for-tests.ts'
import { startTails } from './start-tails-for-tests.ts'
import { isLive, openTail, type TestTail } from './tail-for-tests.ts'

const resources = new AsyncDisposableStack()
let api: TestApi
let cluster: string
let made = 0

beforeEach(async () => {
  const database = resources.use(await createTestDatabase())
  api = resources.use(await startTestApi(database.connection))
  ;({ uid: cluster } = await addCluster(api.store, { name: 'east' }))
})

afterAll(() => resources.disposeAsync())

const store = async (...names: readonly string[]): Promise<void> => {
  const items = names.map((name) =>
    auditItem({
      auditID: `failing-${(made += 1)}`,
      objectRef: { resource: 'configmaps', namespace: 'shop', name, apiVersion: 'v1' },
      requestReceivedTimestamp: new Date().toISOString(),
    }),
  )
  await storeDeliveries(api.store, [{ cluster, items, receivedAtUs: Date.now() * 1_000 }])
}

const has = (tail: TestTail, name: string): boolean => tail.names().includes(name)

/** Alone reads groups, which are JSON: what is wrong with those hurts no other question. */
const groups = '?q=group:sre'
const addGroups = async (names: string): Promise<void> => {
  await api.store.pool.query(`insert into actor_groups (digest, names) values (gen_random_uuid(), ${names})`)
}
/** Postgres refuses the question. */
const noJson = `'no json'`
const jsonOf = (items: number): string => `'["x"' || repeat(',"x"', ${items}) || ']'`
const itemsTimed = 500_000

/** Postgres takes so long for it, in milliseconds, or longer: on this machine, for it reads more than is timed here. */
async function longFor(ms: number): Promise<string> {
  const times: number[] = []
  for (let round = 0; round < 3; round++) {
    const from = performance.now()
    await api.store.pool.query(`select count(*) from json_array_elements_text((${jsonOf(itemsTimed)})::json)`)
    times.push(performance.now() - from)
  }
  return jsonOf(Math.ceil((itemsTimed * ms) / Math.min(...times)))
}

const failed = { event: 'end', id: '', data: { planned: false, reason: 'failed' } }

test('ends its own tail with a problem, and others are told all that came', { timeout: 60_000 }, async () => {
  await using tails = await startTails(api.store, {})
  await using good = await openTail(`${tails.url}?ns=shop`, {})
  await using other = await openTail(`${tails.url}?q=name:after-*`, {})
  await using bad = await openTail(`${tails.url}${groups}`, {})
  await Promise.all([good, other, bad].map((tail) => tail.until(isLive)))
  await addGroups(noJson)
  await store('before', 'after-1')
  await store('after-2')
  await Promise.all([bad.ended, ...[good, other].map((tail) => tail.until((one) => has(one, 'after-2')))])
  expect(good.names()).toEqual(['before', 'after-1', 'after-2'])
  expect(other.names()).toEqual(['after-1', 'after-2'])
  expect(bad.told.at(-1)).toMatchObject(failed)
  expect(bad.text()).toMatch(/\n\nretry: 10000\nevent: end\n/)
  // Nothing that was stored has been passed over: mended, he goes on from where he was.
  expect(bad.names()).toEqual([])
  await api.store.pool.query(`delete from actor_groups where names = 'no json'`)
  await using again = await openTail(`${tails.url}${groups}`, { 'last-event-id': bad.lastId() })
  await again.until((one) => has(one, 'after-2'))
  expect(again.names()).toEqual(['before', 'after-1', 'after-2'])
})

test('that fails alone lets another one in', { timeout: 60_000 }, async () => {
  await using tails = await startTails(api.store, {})
  await using bad = await openTail(`${tails.url}${groups}`, {})
  await bad.until(isLive)
  await addGroups(noJson)
  await store('refused')
  await bad.ended
  expect(bad.told.at(-1)).toMatchObject(failed)
  await using good = await openTail(`${tails.url}?ns=shop`, {})
  await good.until(isLive)
  await store('alone')
  await good.until((one) => has(one, 'alone'))
})

test(
  'that takes too long ends as well, and holds up nobody when it is asked again',
  { timeout: 90_000, retry: 2 },
  async () => {
    const readMsMax = 3_000
    await using tails = await startTails(api.store, { readMsMax })
    await using good = await openTail(`${tails.url}?ns=shop`, {})
    await using bad = await openTail(`${tails.url}${groups}`, {})
    await Promise.all([good, bad].map((tail) => tail.until(isLive)))
    await addGroups(await longFor(2 * readMsMax))
    await store('held')
    await Promise.all([bad.ended, good.until((one) => has(one, 'held'))])
    const tooLong = { code: 'dependency_unavailable', detail: expect.stringContaining('longer than 3 s') }
    expect(bad.told.at(-1)).toMatchObject({ ...failed, data: tooLong })
    await using again = await openTail(`${tails.url}${groups}`, { 'last-event-id': bad.lastId() })
    // By now he is being told what came since.
    await sleep(500)
    const from = performance.now()
    await store('meanwhile')
    await good.until((one) => has(one, 'meanwhile'))
    expect(performance.now() - from, 'held up by the question that is being asked').toBeLessThan(readMsMax - 600)
    await again.ended
    expect(again.told).toMatchObject([{ ...failed, data: tooLong }])
  },
)
