// What is told of actors, compared with every event of a recorded week, counted one by one.

import type { StoredEvent } from '@plaintrail/event/event'
import { everything as everyEvent, matches, type Query } from '@plaintrail/query/ast'
import { parseQuery } from '@plaintrail/query/parse-query'
import { everything, nothing } from '@plaintrail/query/scope'
import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { budgetOf } from './budget.ts'
import { findActor, findActors, type ActorQuestion, type FoundActor } from './find-actors.ts'
import { findEvents } from './find-events.ts'
import { migrate } from './migrate.ts'
import { openStore, type Store } from './open-store.ts'
import { storeCorpus } from './store-corpus-for-tests.ts'

const window = { sinceUs: 0, untilUs: Date.UTC(2100, 0) * 1_000 }
const question: ActorQuestion = { query: everyEvent, window, limit: 1_000, after: null, snapshot: null }

const resources = new AsyncDisposableStack()
let store: Store

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  await migrate(database.connection)
  store = resources.use(
    openStore(database.connection, { connectionsMax: 4, statementMs: 30_000, applicationName: 'test' }),
  )
  await storeCorpus(store, corpusVersions().map(corpusOf))
})

afterAll(() => resources.disposeAsync())

test.each(['', 'is:write', 'ns:shop -verb:get', 'outcome:denied', '"scaled"', 'verb:fly'])(
  'the actors of "%s" have the requests that the list has, by class, outcome, client and address',
  async (text) => {
    const query = text === '' ? everyEvent : parseQuery(text, 0)
    const { actors, countedSinceUs } = await findActors(store, everything, { ...question, query })
    expect(countedSinceUs).toBe(0)
    expect(actors.map(shortOf)).toEqual(await actorsByList(query))
  },
)

test('pages have each actor once, in the order of the whole list', async () => {
  const all = await findActors(store, everything, question)
  const walked: FoundActor[] = []
  let { after, snapshot } = question
  do {
    const page = await findActors(store, everything, { ...question, limit: 3, after, snapshot })
    walked.push(...page.actors)
    ;({ next: after, snapshot } = page)
  } while (after)
  expect(walked).toEqual(all.actors)
})

test('an actor is found by its id and by its name, with when it was first and last seen at all', async () => {
  const { actors } = await findActors(store, everything, question)
  const alice = actors.find(({ name }) => name === 'alice@acme.io')
  const times = (await listOf(matches('actor', [['alice@acme.io']]))).map(({ time }) => time)
  expect(alice).toMatchObject({ type: 'human', first_seen: times.at(-1), last_seen: times[0] })
  for (const text of [alice?.id ?? '', 'alice@acme.io'])
    expect((await findActor(store, everything, text, question))?.actor).toEqual(alice)
  const later = { ...question, window: { sinceUs: window.untilUs - 1, untilUs: window.untilUs } }
  const { actor } = (await findActor(store, everything, 'alice@acme.io', later)) ?? {}
  expect(actor).toMatchObject({ requests: 0, clients: [], ips: [], first_seen: times.at(-1), last_seen: times[0] })
  expect(await findActor(store, everything, 'nobody', question)).toBeNull()
})

test('nobody is shown anything outside his scope', async () => {
  expect((await findActors(store, nothing, question)).actors).toEqual([])
  expect(await findActor(store, nothing, 'alice@acme.io', question)).toBeNull()
})

test('a budget that is spent says how far it got', async () => {
  const none = await findActors(store, everything, { ...question, budget: budgetOf(-1) })
  expect(none.countedSinceUs).toBeGreaterThanOrEqual(0)
  await expect(
    findActors(store, everything, { ...question, budget: budgetOf(1_000, AbortSignal.abort()) }),
  ).rejects.toThrow('aborted')
})

async function listOf(query: Query): Promise<readonly StoredEvent[]> {
  const asked = { query, window, order: 'desc', limit: 100_000, after: null, snapshot: null } as const
  return (await findEvents(store, everything, asked)).events
}

/** As plainly as can be. */
async function actorsByList(query: Query): Promise<readonly object[]> {
  const events = await listOf(query)
  return [...Map.groupBy(events, ({ actor }) => `${actor.type} ${actor.name}`)].map(([, own]) => ({
    name: own[0]?.actor.name,
    type: own[0]?.actor.type,
    requests: own.length,
    by_class: countsOf(own.map((event) => event.class)),
    by_outcome: countsOf(own.map(({ outcome }) => outcome)),
    clients: countsOf(own.map(({ source }) => source.client.name)),
    ips: countsOf(own.map(({ source }) => source.ip?.value ?? null)),
  }))
}

function shortOf({ name, type, requests, by_class, by_outcome, clients, ips }: FoundActor): object {
  const ofNamed = (named: FoundActor['ips']): object =>
    Object.fromEntries(named.map(({ value, count }) => [value, count]))
  const withSome = (counts: Readonly<Record<string, number>>): object =>
    Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0))
  const by = { by_class: withSome(by_class), by_outcome: withSome(by_outcome) }
  return { name, type, requests, ...by, clients: ofNamed(clients), ips: ofNamed(ips) }
}

function countsOf(values: readonly (string | null)[]): object {
  const found = values.filter((value) => value !== null)
  return Object.fromEntries([...Map.groupBy(found, (value) => value)].map(([value, same]) => [value, same.length]))
}
