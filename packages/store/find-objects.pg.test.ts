// What is told of objects, compared with every event of a recorded week, one by one.

import type { StoredEvent } from '@plaintrail/event/event'
import { everything as everyEvent, type Query } from '@plaintrail/query/ast'
import { parseQuery } from '@plaintrail/query/parse-query'
import { everything, nothing } from '@plaintrail/query/scope'
import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findEvents } from './find-events.ts'
import { findObjects, type FoundObject, type ObjectQuestion } from './find-objects.ts'
import { migrate } from './migrate.ts'
import { openStore, type Store } from './open-store.ts'
import { storeCorpus } from './store-corpus-for-tests.ts'

const window = { sinceUs: 0, untilUs: Date.UTC(2100, 0) * 1_000 }
const question: ObjectQuestion = { query: everyEvent, window, limit: 10_000, after: null, snapshot: null }

const resources = new AsyncDisposableStack()
let store: Store

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  await migrate(database.connection)
  store = resources.use(
    openStore(database.connection, { connectionsMax: 4, statementMs: 30_000, applicationName: 'test' }),
  )
  await storeCorpus(store, corpusVersions().map(corpusOf))
}, 60_000)

afterAll(() => resources.disposeAsync())

test.each(['', 'is:write', 'ns:shop kind:deploy,po', 'is:human -is:success', '"created"', 'verb:fly'])(
  'the objects of "%s" are those in the list, with what was done to each',
  async (text) => {
    const query = text === '' ? everyEvent : parseQuery(text, 0)
    const { objects, countedSinceUs, next } = await findObjects(store, everything, { ...question, query })
    expect([countedSinceUs, next]).toEqual([0, null])
    const byName = (a: object, b: object): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)
    expect(objects.toSorted(byName)).toEqual((await objectsByList(query)).toSorted(byName))
    expect(objects.map(({ last_seen }) => last_seen)).toEqual(
      objects
        .map(({ last_seen }) => last_seen)
        .toSorted()
        .toReversed(),
    )
  },
)

test('pages have each object once, in the order of the whole list', async () => {
  const query = parseQuery('ns:shop', 0)
  const all = await findObjects(store, everything, { ...question, query })
  expect(all.objects.length).toBeGreaterThan(20)
  const walked: FoundObject[] = []
  let { after, snapshot } = question
  do {
    const page = await findObjects(store, everything, { ...question, query, limit: 7, after, snapshot })
    walked.push(...page.objects)
    ;({ next: after, snapshot } = page)
  } while (after)
  expect(walked).toEqual(all.objects)
})

test('nobody is shown an object outside his scope', async () => {
  expect((await findObjects(store, nothing, question)).objects).toEqual([])
})

async function objectsByList(query: Query): Promise<readonly FoundObject[]> {
  const asked = { query, window, order: 'desc', limit: 100_000, after: null, snapshot: null } as const
  const { events } = await findEvents(store, everything, asked)
  const named = events.filter(({ object }) => object !== null && object.name !== '')
  return [...Map.groupBy(named, nameOf).values()].flatMap((own) => {
    const { cluster, object } = own[0] ?? {}
    return object && cluster !== undefined ? [objectOf(cluster, object, own)] : []
  })
}

function nameOf({ cluster, object }: StoredEvent): string {
  return JSON.stringify([cluster, object?.group, object?.resource, object?.namespace, object?.name])
}

/** `own` has the newest first. */
function objectOf(
  cluster: string,
  { group, resource, kind, namespace, name }: NonNullable<StoredEvent['object']>,
  own: readonly StoredEvent[],
): FoundObject {
  const changes = own.filter(
    (event) => event.class === 'write' && event.outcome === 'success' && !event.flags.includes('dryRun'),
  )
  const [last] = changes
  return {
    cluster,
    group,
    resource,
    kind,
    namespace,
    name,
    uids: [...new Set(own.map(({ object }) => object?.uid ?? null).filter((uid) => uid !== null))],
    requests: own.length,
    changes: changes.length,
    reads: own.filter((event) => event.class === 'read').length,
    first_seen: own.at(-1)?.time ?? '',
    last_seen: own[0]?.time ?? '',
    last_change: last ? { time: last.time ?? '', actor: last.actor.name, verb: last.verb } : null,
  }
}
