// What findEvents answers, compared with a second and much simpler reading of the same items.

import { eventIdentity, eventKey, formatEventId } from '@plaintrail/event/identity'
import { normalize } from '@plaintrail/event/normalize'
import type { Event, StoredEvent } from '@plaintrail/event/event'
import { resourcesNamed } from '@plaintrail/event/resources'
import { everything as everyEvent, matches } from '@plaintrail/query/ast'
import { queryOfParameters } from '@plaintrail/query/query-of-parameters'
import { everything, nothing } from '@plaintrail/query/scope'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { budgetOf } from './budget.ts'
import { addCluster } from './clusters.ts'
import { storeDeliveries } from './events-for-tests.ts'
import { findEvent } from './find-event.ts'
import { findEvents, type EventQuestion } from './find-events.ts'
import { migrate } from './migrate.ts'
import { openStore, type Store } from './open-store.ts'

const dayUs = 86_400_000_000
const startUs = Date.UTC(2026, 10, 10) * 1000
const everyTime = { sinceUs: 0, untilUs: Date.UTC(2100, 0) * 1000 }

const resources = new AsyncDisposableStack()
let store: Store
let items: readonly StoredItem[]

/** One item that was stored, read by normalize alone. */
interface StoredItem {
  readonly id: string
  readonly cluster: string
  readonly key: Buffer
  readonly event: Event
}

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  await migrate(database.connection)
  store = resources.use(
    openStore(database.connection, { connectionsMax: 4, statementMs: 30_000, applicationName: 'test' }),
  )
  const random = seeded(20_261_120)
  const clusters = [await addCluster(store, { name: 'east' }), await addCluster(store, { name: 'west' })]
  const made: StoredItem[] = []
  const deliveries = Array.from({ length: 30 }, (_, index) => {
    const cluster = clusters[index % 2] ?? { uid: '', name: '' }
    const texts = Array.from({ length: 20 }, () => madeUpItems(random)).flat()
    made.push(...texts.map((text) => storedItem(text, cluster)))
    return { cluster: cluster.uid, items: texts, receivedAtUs: startUs + index }
  })
  await storeDeliveries(store, deliveries)
  items = [...new Map(made.map((item) => [item.id, item])).values()]
})

afterAll(() => resources.disposeAsync())

describe('a page of events', () => {
  test('walking all pages gives each request once and in order, for any filter, order and page size', async () => {
    await fc.assert(
      fc.asyncProperty(
        filters,
        fc.constantFrom('desc', 'asc'),
        fc.integer({ min: 1, max: 400 }),
        windows,
        async (filter, order, limit, window) => {
          const walked = await walk({ query: queryOf(filter), order, limit, window })
          expect(walked.map(({ id }) => id)).toEqual(expectedIds(filter, order, window))
        },
      ),
      { numRuns: 60 },
    )
  }, 120_000)

  test('has a next page exactly when there is another event', async () => {
    const count = expectedIds({}, 'desc', everyTime).length
    const ask = { query: everyEvent, window: everyTime, order: 'desc', after: null, snapshot: null } as const
    expect((await findEvents(store, everything, { ...ask, limit: count })).next).toBeNull()
    expect((await findEvents(store, everything, { ...ask, limit: count - 1 })).next).not.toBeNull()
  })

  test('shows nobody anything outside his scope', async () => {
    const question = { ...wholeQuestion, limit: 1_000 } as const
    const [first] = items
    expect(await findEvents(store, nothing, question)).toMatchObject({ events: [], next: null })
    expect(await findEvent(store, nothing, first?.id ?? '')).toBeNull()
    const { events } = await findEvents(store, { kind: 'clusters', clusters: ['west'] }, question)
    expect(new Set(events.map(({ cluster }) => cluster))).toEqual(new Set(['west']))
    const other = await findEvents(
      store,
      { kind: 'clusters', clusters: ['west'] },
      { ...question, query: matches('cluster', [['east']]) },
    )
    expect(other.events).toEqual([])
  })

  test('stops between two statements when told to', async () => {
    const question = { ...wholeQuestion, limit: 10, budget: budgetOf(10_000, AbortSignal.abort()) } as const
    await expect(findEvents(store, everything, question)).rejects.toThrow('aborted')
  })
})

const wholeQuestion = { query: everyEvent, window: everyTime, order: 'desc', after: null, snapshot: null } as const

async function walk(question: Omit<EventQuestion, 'after' | 'snapshot'>): Promise<readonly StoredEvent[]> {
  const events: StoredEvent[] = []
  let after: EventQuestion['after'] = null
  do {
    const found = await findEvents(store, everything, { ...question, after, snapshot: null })
    expect(found.events.length).toBeLessThanOrEqual(question.limit)
    events.push(...found.events)
    after = found.next
    if (after) expect(found.events).toHaveLength(question.limit)
  } while (after)
  return events
}

const values: Readonly<Record<string, readonly string[]>> = {
  cluster: ['east', 'west', 'ea*', 'north'],
  actor: ['alice', 'bob', 'sa:ci/deployer', 'sa:ci/*', 'al*', 'nobody', '*'],
  as: ['', 'root', 'r*', 'nobody'],
  verb: ['get', 'patch', 'create', 'p*', 'fly'],
  class: ['read', 'write', 'connect', 'other'],
  kind: ['deploy', 'pods', 'Namespace', 'widgets.acme.io', 'node*', '*.apps', 'unknowns'],
  ns: ['', 'prod', 'dev', 'pr*', 'nowhere'],
  name: ['api', 'web', 'prod', 'a*', '', '/healthz', 'none%', 'no_e'],
  sub: ['', 'exec', 'sta*', 'scale'],
  outcome: ['success', 'denied', 'pending', 'rejected', 'error'],
  stage: ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic', 'Unknown'],
}

/** What is asked for under one key. */
interface Terms {
  readonly any: readonly string[]
  readonly not: readonly string[]
}
type Filter = Readonly<Record<string, Terms | undefined>>

const filters: fc.Arbitrary<Filter> = fc
  .uniqueArray(
    fc.constantFrom(...Object.keys(values)).chain((key) =>
      fc.record({
        key: fc.boolean().map((negated) => (negated ? `not.${key}` : key)),
        any: fc.subarray([...(values[key] ?? [])], { minLength: 1, maxLength: 3 }),
      }),
    ),
    { selector: ({ key }) => key, maxLength: 4 },
  )
  .map((asked) => {
    const filter: Record<string, Terms> = {}
    for (const { key, any: values } of asked) {
      const [name, other] = key.startsWith('not.') ? [key.slice(4), { not: values }] : [key, { any: values }]
      filter[name] = { any: [], not: [], ...filter[name], ...other }
    }
    return filter
  })

function queryOf(filter: Filter) {
  const parameters = Object.entries(filter).flatMap(([key, terms]) => [
    [key, terms?.any ?? []],
    [`not.${key}`, terms?.not ?? []],
  ])
  return queryOfParameters(Object.fromEntries(parameters), 0)
}

const windows = fc.oneof(
  fc.constant(everyTime),
  fc
    .tuple(fc.integer({ min: -3, max: 4 }), fc.integer({ min: 1, max: 400_000_000_000 }))
    .map(([day, length]) => ({ sinceUs: startUs + day * dayUs, untilUs: startUs + day * dayUs + length })),
  fc.constant({ sinceUs: 1, untilUs: everyTime.untilUs }),
)

/** Requests by the rule of docs/design: equal auditID, time, user, verb and URI; stages that all differ. */
function expectedIds(filter: Filter, order: 'asc' | 'desc', window: EventQuestion['window']): readonly string[] {
  const requests = Map.groupBy(items, ({ cluster, event }) =>
    JSON.stringify([
      cluster,
      event.auditID,
      event.time,
      event.actor.name,
      event.actor.type,
      event.verb,
      event.requestURI,
    ]),
  )
  const shown: StoredItem[] = []
  for (const own of requests.values()) {
    const isOne = new Set(own.map(({ event }) => event.stage)).size === own.length
    for (const stages of isOne ? [own] : own.map((item) => [item])) {
      const asked = stages.filter(({ event }) => holds(filter['stage'], [event.stage]))
      const last = asked.toSorted((a, b) => stageRank(a) - stageRank(b)).at(-1)
      if (last && isAsked(last, filter)) shown.push(last)
    }
  }
  const inWindow = shown.filter(({ event }) => event.time >= window.sinceUs && event.time < window.untilUs)
  const ordered = inWindow.toSorted((a, b) => a.event.time - b.event.time || Buffer.compare(a.key, b.key))
  return (order === 'asc' ? ordered : ordered.toReversed()).map(({ id }) => id)
}

const stageRank = ({ event }: StoredItem): number =>
  ['Unknown', 'RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'].indexOf(event.stage)

/** Each key with the texts that an event has under it; none where it has none. */
function isAsked({ cluster, event }: StoredItem, filter: Filter): boolean {
  const { object } = event
  const namespace = object?.resource === 'namespaces' ? ['', object.namespace] : [object?.namespace ?? '']
  return (
    holds(filter['cluster'], [cluster]) &&
    holds(filter['actor'], [event.actor.name]) &&
    holds(filter['as'], [event.impersonated?.name ?? '']) &&
    holds(filter['verb'], [event.verb.toLowerCase()]) &&
    holds(filter['class'], [event.class]) &&
    holds(filter['outcome'], [event.outcome]) &&
    holds(filter['ns'], object ? namespace : []) &&
    holds(filter['name'], object ? [object.name] : [event.path]) &&
    holds(filter['sub'], object ? [object.subresource] : [], true) &&
    holdsKind(filter['kind'], object)
  )
}

/** An empty text is no text: only the empty value asks for it, and `*` does not (but for a subresource, which is a text). */
function holds(terms: Terms | undefined, texts: readonly string[], isText = false): boolean {
  const has = (value: string) =>
    texts.some((text) =>
      value === '' || (text === '' && !isText) ? text === value : globbed(accountOf(value)).test(text),
    )
  return (!terms?.any.length || terms.any.some(has)) && !terms?.not.some(has)
}

function holdsKind(terms: Terms | undefined, object: Event['object']): boolean {
  const has = (kind: string) =>
    object !== null &&
    (kind.includes('*')
      ? globbed(kind).test(object.resource) || globbed(kind).test(`${object.resource}.${object.apiGroup}`)
      : resourcesNamed(kind).some(
          ({ group, resource }) => resource === object.resource && (group ?? object.apiGroup) === object.apiGroup,
        ))
  return (!terms?.any.length || terms.any.some(has)) && !terms?.not.some(has)
}

const accountOf = (value: string): string =>
  value.startsWith('sa:') ? `system:serviceaccount:${value.slice(3).replace('/', ':')}` : value

function globbed(value: string): RegExp {
  return new RegExp(
    `^${value
      .split('*')
      .map((part) => part.replaceAll(/[\\^$.+?()[\]{}|]/g, String.raw`\$&`))
      .join('.*')}$`,
    's',
  )
}

function storedItem(text: string, cluster: { readonly uid: string; readonly name: string }): StoredItem {
  const event = normalize(JSON.parse(text))
  if (!event) throw new Error('a made up item must be readable')
  const key = eventKey(eventIdentity(Buffer.from(text)), Buffer.from(cluster.uid.replaceAll('-', ''), 'hex'))
  return { id: formatEventId(event.time, key), cluster: cluster.name, key, event }
}

/** One request's stages, of few people, objects and moments, so that all of them meet often. */
function madeUpItems(random: (below: number) => number): readonly string[] {
  const pick = <T>(choices: readonly [T, ...T[]]): T => choices[random(choices.length)] ?? choices[0]
  const us = pick([startUs, startUs - dayUs, startUs - 200 * dayUs, startUs + 3 * dayUs]) + random(4) * 1_000
  const object = pick<object | null>([
    null,
    {
      apiGroup: 'apps',
      apiVersion: 'v1',
      resource: 'deployments',
      namespace: pick(['prod', 'dev']),
      name: pick(['api', 'web']),
    },
    {
      apiGroup: 'apps',
      apiVersion: 'v1',
      resource: 'deployments',
      namespace: 'prod',
      name: 'api',
      subresource: pick(['scale', 'status']),
    },
    {
      apiVersion: 'v1',
      resource: 'pods',
      namespace: pick(['prod', 'dev']),
      name: pick(['api', 'none%']),
      ...pick([{}, { subresource: 'exec' }]),
    },
    { apiVersion: 'v1', resource: 'pods', namespace: 'prod' },
    { apiVersion: 'v1', resource: 'namespaces', namespace: 'prod', name: 'prod' },
    { apiVersion: 'v1', resource: 'nodes', name: 'api' },
    { apiGroup: 'acme.io', apiVersion: 'v1', resource: 'widgets', name: 'api' },
  ])
  const common = {
    level: 'Metadata',
    auditID: pick([
      'chosen by the client',
      `00000000-0000-4000-8000-0000${String(random(1e8)).padStart(8, '0')}`,
      '00000000-0000-4000-8000-000000000001',
    ]),
    requestURI: object ? `/made/${random(2)}` : '/healthz',
    verb: pick(['get', 'create', 'patch', 'PATCH']),
    user: { username: pick(['alice', 'bob', 'system:serviceaccount:ci:deployer']), groups: ['dev'] },
    ...pick([{}, {}, { impersonatedUser: { username: pick(['root', 'bob']) } }]),
    ...(object ? { objectRef: object } : {}),
    requestReceivedTimestamp: random(20) === 0 ? 'never' : microTime(us),
  }
  const code = pick([200, 201, 403, 409, 500])
  const [received, started, complete, panic, unknown] = [
    { ...common, stage: 'RequestReceived', stageTimestamp: microTime(us) },
    { ...common, stage: 'ResponseStarted', stageTimestamp: microTime(us + 5), responseStatus: { code } },
    { ...common, stage: 'ResponseComplete', stageTimestamp: microTime(us + 1_234), responseStatus: { code } },
    { ...common, stage: 'Panic', stageTimestamp: microTime(us + 9), responseStatus: { code: 500 } },
    { ...common, stage: 'Thinking' },
  ]
  const stages = pick([
    [complete],
    [complete],
    [received, complete],
    [received, started, complete],
    [received],
    [received, panic],
    [unknown, complete],
    [complete, { ...complete, level: 'Request' }],
  ])
  return stages.map((stage) => JSON.stringify(stage))
}

function microTime(us: number): string {
  return `${new Date(us / 1000).toISOString().slice(0, -1)}${String(us % 1000).padStart(3, '0')}Z`
}

/** Numerical Recipes' linear congruential generator: enough to make up a scene. */
function seeded(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
