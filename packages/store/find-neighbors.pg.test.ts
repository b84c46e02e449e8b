// Neighbors of events of a recorded week, compared with the whole list.

import type { StoredEvent } from '@plaintrail/event/event'
import { parseMicroTime } from '@plaintrail/event/time'
import { everything as everyEvent } from '@plaintrail/query/ast'
import { everything, nothing } from '@plaintrail/query/scope'
import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findEvents } from './find-events.ts'
import { findNeighbors, neighborKeys, type NeighborKey } from './find-neighbors.ts'
import { migrate } from './migrate.ts'
import { openStore, type Store } from './open-store.ts'
import { storeCorpus } from './store-corpus-for-tests.ts'

const window = { sinceUs: 0, untilUs: Date.UTC(2100, 0) * 1_000 }
const spanUs = 5_000_000

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
  const asked = { query: everyEvent, window, order: 'asc', limit: 100_000, after: null, snapshot: null } as const
  events = (await findEvents(store, everything, asked)).events
}, 60_000)

afterAll(() => resources.disposeAsync())

test.each(neighborKeys)('by %s are those of the list that are near and alike, in order', async (by) => {
  const named = events.filter(({ object }) => object !== null && object.name !== '')
  let found = 0
  for (const share of [0.1, 0.3, 0.5, 0.7, 0.9]) {
    const event = named[Math.floor(named.length * share)]
    if (event === undefined) throw new Error('the week has events with names')
    const at = events.indexOf(event)
    const isNear = (other: StoredEvent): boolean => Math.abs(usOf(other) - usOf(event)) <= spanUs
    const alike = (others: readonly StoredEvent[]): readonly string[] =>
      others.filter((other) => isNear(other) && keyOf[by](other) === keyOf[by](event)).map(({ id }) => id)
    // The id of any stage will do.
    for (const { id } of event.stages) {
      const answer = await findNeighbors(store, everything, id, { by, spanUs, limit: 500 })
      expect(answer?.self).toEqual(event)
      expect(answer?.before.map((other) => other.id)).toEqual(alike(events.slice(0, at)).slice(-500))
      expect(answer?.after.map((other) => other.id)).toEqual(alike(events.slice(at + 1)).slice(0, 500))
      found += (answer?.before.length ?? 0) + (answer?.after.length ?? 0)
    }
  }
  expect(found).toBeGreaterThan(5)
})

test('a limit keeps the nearest, and says that there are more', async () => {
  const event = events[Math.floor(events.length / 4)]
  const ask = async (limit: number) =>
    await findNeighbors(store, everything, event?.id ?? '', { by: 'cluster', spanUs, limit })
  const [all, few] = [await ask(500), await ask(2)]
  expect(few?.before).toEqual(all?.before.slice(-2))
  expect(few?.after).toEqual(all?.after.slice(0, 2))
  expect([few?.hasMoreBefore, few?.hasMoreAfter]).toEqual([true, true])
})

test('there are none of what is not there, or outside the scope', async () => {
  const question = { by: 'actor', spanUs, limit: 10 } as const
  expect(await findNeighbors(store, nothing, events[0]?.id ?? '', question)).toBeNull()
  expect(await findNeighbors(store, everything, 'evt_x', question)).toBeNull()
})

const usOf = ({ time }: StoredEvent): number => parseMicroTime(time ?? '') ?? 0

const keyOf: Readonly<Record<NeighborKey, (event: StoredEvent) => string>> = {
  cluster: ({ cluster }) => cluster,
  actor: ({ actor }) => `${actor.type} ${actor.name}`,
  object: ({ cluster, object }) =>
    JSON.stringify([cluster, object?.group, object?.resource, object?.namespace, object?.name]),
  session: ({ cluster, actor, source }) => JSON.stringify([cluster, actor.name, actor.type, actor.as, source]),
}
