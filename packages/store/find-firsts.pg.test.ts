// What an actor did for the first time, compared with every event of a recorded week, one by one.

import type { StoredEvent } from '@plaintrail/event/event'
import { matches } from '@plaintrail/query/ast'
import { everything, nothing } from '@plaintrail/query/scope'
import { parseMicroTime } from '@plaintrail/event/time'
import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { budgetOf } from './budget.ts'
import { addCluster } from './clusters.ts'
import { storeDeliveries } from './events-for-tests.ts'
import { findEvents } from './find-events.ts'
import { findFirsts, firstsMax } from './find-firsts.ts'
import { migrate } from './migrate.ts'
import { openStore, type Store } from './open-store.ts'
import { storeCorpus } from './store-corpus-for-tests.ts'

const actor = 'alice@acme.io'
const everyTime = { sinceUs: 0, untilUs: Date.UTC(2100, 0) * 1_000 }

const resources = new AsyncDisposableStack()
let store: Store
/** Oldest first. */
let events: readonly StoredEvent[]

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  await migrate(database.connection)
  store = resources.use(
    openStore(database.connection, { connectionsMax: 4, statementMs: 30_000, applicationName: 'test' }),
  )
  await storeCorpus(store, corpusVersions().map(corpusOf))
  const asked = { query: matches('actor', [[actor]]), window: everyTime, order: 'asc' as const, limit: 100_000 }
  events = (await findEvents(store, everything, { ...asked, after: null, snapshot: null })).events
}, 60_000)

afterAll(() => resources.disposeAsync())

test('a first is what no event before it has, wherever the window begins', async () => {
  expect(events.length).toBeGreaterThan(100)
  let found = 0
  for (const share of [0, 0.1, 0.5, 0.9]) {
    const window = { ...everyTime, sinceUs: usOf(events[Math.floor(events.length * share)]) }
    const { firsts, comparedSinceUs } = (await findFirsts(store, everything, actor, { window })) ?? {}
    expect(comparedSinceUs).toBe(0)
    const told = (firsts ?? []).map(({ what, value, time }) => `${time} ${what} ${value}`)
    expect(told.toSorted()).toEqual(firstsByList(window.sinceUs).toSorted())
    expect((firsts ?? []).map(({ time }) => time)).toEqual(
      told
        .map((text) => text.slice(0, 27))
        .toSorted()
        .toReversed(),
    )
    found += told.length
  }
  expect(found).toBeGreaterThan(10)
})

test('nobody is shown anything outside his scope, and a spent budget says so', async () => {
  expect(await findFirsts(store, nothing, actor, { window: everyTime })).toBeNull()
  expect(await findFirsts(store, everything, 'nobody', { window: everyTime })).toBeNull()
  const spent = await findFirsts(store, everything, actor, { window: everyTime, budget: budgetOf(-1) })
  expect(spent).toEqual({ firsts: [], comparedSinceUs: everyTime.untilUs })
})

test('a client that makes up names of itself hides nothing else, and makes nothing new', async () => {
  const database = resources.use(await createTestDatabase())
  await migrate(database.connection)
  const own = resources.use(
    openStore(database.connection, { connectionsMax: 4, statementMs: 30_000, applicationName: 'test' }),
  )
  const { uid } = await addCluster(own, { name: 'east' })
  const startUs = Date.UTC(2026, 10, 20) * 1_000
  const itemAt = (second: number, namespace: string, userAgent: string): string =>
    eventOf({ us: startUs + second * 1_000_000, namespace, userAgent })
  const madeUp = firstsMax * 5 + 10
  const before = [itemAt(1, 'shop', 'client-1'), ...numbers(madeUp).map((n) => itemAt(2 + n, 'shop', `made-up-${n}`))]
  const window = { sinceUs: startUs + 10_000_000_000, untilUs: startUs + 20_000_000_000 }
  const within = [
    ...numbers(madeUp).map((n) => itemAt(10_000 + n, 'shop', `new-${n}`)),
    itemAt(15_500, 'prod', 'client-1'),
    itemAt(15_501, 'shop', `made-up-${madeUp - 1}`),
    ...numbers(firstsMax + 1).map((n) => itemAt(16_000 + n, 'shop', `newer-${n}`)),
  ]
  await storeDeliveries(own, [{ cluster: uid, items: before.concat(within), receivedAtUs: startUs }])
  const { firsts } = (await findFirsts(own, everything, 'mallory', { window })) ?? { firsts: [] }
  expect(firsts.filter(({ what }) => what !== 'client').map(({ what, value }) => `${what} ${value}`)).toEqual([
    'namespace prod',
  ])
  const clients = firsts.filter(({ what }) => what === 'client')
  expect(clients).toHaveLength(firstsMax)
  expect(clients.every(({ value }) => value.startsWith('new'))).toBe(true)
  const known = { window: { sinceUs: startUs + 15_501_000_000, untilUs: startUs + 15_502_000_000 } }
  expect((await findFirsts(own, everything, 'mallory', known))?.firsts).toEqual([])
}, 120_000)

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n)

function eventOf({ us, namespace, userAgent }: { us: number; namespace: string; userAgent: string }): string {
  const time = new Date(us / 1_000).toISOString().replace('Z', '000Z')
  return JSON.stringify({
    level: 'Metadata',
    auditID: crypto.randomUUID(),
    stage: 'ResponseComplete',
    requestURI: `/api/v1/namespaces/${namespace}/pods`,
    verb: 'list',
    user: { username: 'mallory' },
    userAgent,
    objectRef: { apiVersion: 'v1', resource: 'pods', namespace },
    requestReceivedTimestamp: time,
    stageTimestamp: time,
  })
}

const usOf = (event: StoredEvent | undefined): number => parseMicroTime(event?.time ?? '') ?? 0

function firstsByList(sinceUs: number): readonly string[] {
  const seen = new Set<string>()
  const firsts: string[] = []
  for (const event of events) {
    for (const one of valuesOf(event)) {
      if (!seen.has(one) && usOf(event) >= sinceUs) firsts.push(`${event.time} ${one}`)
      seen.add(one)
    }
  }
  return firsts
}

function valuesOf({ cluster, object, source }: StoredEvent): readonly string[] {
  const kind = object && `kind ${object.resource}${object.group === '' ? '' : `.${object.group}`}`
  return [
    `cluster ${cluster}`,
    ...(object?.namespace ? [`namespace ${object.namespace}`] : []),
    ...(kind === null ? [] : [kind]),
    ...(source.client.name === null ? [] : [`client ${source.client.name}`]),
    ...(source.ip === null ? [] : [`ip ${source.ip.value}`]),
  ]
}
