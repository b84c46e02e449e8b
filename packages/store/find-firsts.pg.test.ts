// What an actor did for the first time, compared with every event of a recorded week, one by one.

import type { StoredEvent } from '@plaintrail/event/event'
import { matches } from '@plaintrail/query/ast'
import { everything, nothing } from '@plaintrail/query/scope'
import { parseMicroTime } from '@plaintrail/event/time'
import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { budgetOf } from './budget.ts'
import { findEvents } from './find-events.ts'
import { findFirsts } from './find-firsts.ts'
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
