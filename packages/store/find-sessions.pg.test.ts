// Sessions as they were: those of a recorded week, and made-up ones whose end nobody saw.

import type { StoredEvent } from '@plaintrail/event/event'
import { everything as everyEvent, matches } from '@plaintrail/query/ast'
import { everything, nothing } from '@plaintrail/query/scope'
import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addCluster } from './clusters.ts'
import { storeDeliveries } from './events-for-tests.ts'
import { findEvents } from './find-events.ts'
import { findSessions, type SessionQuestion } from './find-sessions.ts'
import { recordGap } from './gaps.ts'
import { migrate } from './migrate.ts'
import { openStore, type Store } from './open-store.ts'
import type { Session } from './session.ts'
import { storeCorpus } from './store-corpus-for-tests.ts'

const hourUs = 3_600_000_000
const nowUs = Date.UTC(2026, 10, 20, 12) * 1_000
const everyTime = { sinceUs: 0, untilUs: Date.UTC(2100, 0) * 1_000 }
const question: SessionQuestion = {
  query: everyEvent,
  window: everyTime,
  order: 'asc',
  limit: 1_000,
  after: null,
  snapshot: null,
  state: null,
  nowUs,
}

const resources = new AsyncDisposableStack()
let store: Store

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  await migrate(database.connection)
  store = resources.use(
    openStore(database.connection, { connectionsMax: 4, statementMs: 30_000, applicationName: 'test' }),
  )
})

afterAll(() => resources.disposeAsync())

describe.each(corpusVersions())('the week on Kubernetes %s', (version) => {
  const cluster = `lab-${version}`
  const query = matches('cluster', [[cluster]])

  beforeAll(async () => {
    await storeCorpus(store, [corpusOf(version)])
  })

  test('has each connection that was made, with who, where, what and how long, and none that was refused', async () => {
    const { sessions } = await findSessions(store, everything, { ...question, query })
    const told = sessions.map(({ actor, kind, object, command, container, state }) =>
      [actor.name, kind, object.namespace, object.name, command, container, state].join(' '),
    )
    expect(told).toEqual([
      'bob@acme.io exec shop target echo hello lab main ended',
      'alice@acme.io exec shop target echo hello again main ended',
      'bob@acme.io attach shop target  main ended',
      'alice@acme.io portforward shop target   ended',
    ])
    const attach = sessions[2]
    expect(attach?.durationUs).toBeGreaterThan(1_000_000)
    expect(attach?.source.client.name).toBe('kubectl')
  })

  test('has those sessions, and no other, that are in the list of events', async () => {
    const events = await allConnections(query)
    const began = events.filter(({ stages }) => stages.some(({ code }) => code === 101))
    const { sessions } = await findSessions(store, everything, { ...question, query })
    expect(sessions.map(({ id }) => id)).toEqual(began.map(({ id }) => id))
    expect(events.length).toBeGreaterThan(began.length)
  })
})

async function allConnections(query: SessionQuestion['query']): Promise<readonly StoredEvent[]> {
  const { events } = await findEvents(store, everything, { ...question, query, limit: 100_000 })
  return events.filter((event) => event.class === 'connect')
}

describe('a session whose end was not seen', () => {
  test('is open where nothing could have hidden its end', async () => {
    const cluster = await began({ hoursAgo: 2 })
    expect(await sessionIn(cluster)).toMatchObject({ state: 'open', reason: null, ended: null, durationUs: null })
  })

  test('is open where the policy leaves out the stage that says it began', async () => {
    const cluster = await began({ hoursAgo: 2, stage: 'RequestReceived' })
    expect(await sessionIn(cluster)).toMatchObject({ state: 'open', started: at(nowUs - 2 * hourUs) })
  })

  test('is unknown where events of its cluster are missing since, and open where they are missing before', async () => {
    const [since, before] = [await began({ hoursAgo: 2 }), await began({ hoursAgo: 2 })]
    const gap = { cause: 'body_too_large', detail: 'made up' }
    await recordGap(store, { ...gap, clusterUid: since.uid, fromUs: nowUs - hourUs, toUs: nowUs - hourUs + 1 })
    await recordGap(store, { ...gap, clusterUid: before.uid, fromUs: nowUs - 4 * hourUs, toUs: nowUs - 3 * hourUs })
    expect(await sessionIn(since)).toMatchObject({ state: 'unknown', reason: 'gap' })
    expect(await sessionIn(before)).toMatchObject({ state: 'open' })
  })

  test.each(['create', 'get'])('is unknown where its API server has started since, told by a %s', async (verb) => {
    const cluster = await began({ hoursAgo: 2 })
    await store1(cluster, [apiServerStart(verb, nowUs - 3 * hourUs, 'system:apiserver')])
    await store1(cluster, [apiServerStart(verb, nowUs - hourUs, 'alice@acme.example')])
    expect(await sessionIn(cluster)).toMatchObject({ state: 'open' })
    await store1(cluster, [apiServerStart(verb, nowUs - hourUs, 'system:apiserver')])
    expect(await sessionIn(cluster)).toMatchObject({ state: 'unknown', reason: 'api_server_restarted' })
  })

  test('is unknown where something of its cluster could not be read since', async () => {
    const cluster = await began({ hoursAgo: 2 })
    const problems = [{ item: 0, reason: 'not_an_object' as const, detail: 'made up' }]
    await storeDeliveries(store, [{ cluster: cluster.uid, items: ['7'], receivedAtUs: nowUs - hourUs, problems }])
    expect(await sessionIn(cluster)).toMatchObject({ state: 'unknown', reason: 'unreadable_event' })
  })

  test('is unknown after a day', async () => {
    const cluster = await began({ hoursAgo: 24.1 })
    expect(await sessionIn(cluster)).toMatchObject({ state: 'unknown', reason: 'too_old' })
  })

  test('has ended when its end comes after all, or its handler panics', async () => {
    const cluster = await began({ hoursAgo: 30 })
    await store1(cluster, [exec({ hoursAgo: 30, stage: 'ResponseComplete', endedHoursAgo: 5 })])
    expect(await sessionIn(cluster)).toMatchObject({ state: 'ended', reason: null, durationUs: 25 * hourUs })
    const panicked = await began({ hoursAgo: 1 })
    await store1(panicked, [exec({ hoursAgo: 1, stage: 'Panic', endedHoursAgo: 0 })])
    expect(await sessionIn(panicked)).toMatchObject({ state: 'ended', durationUs: hourUs })
  })
})

describe('a page of sessions', () => {
  test.each(['desc', 'asc'] as const)('walking all pages gives each session of a state once, %s', async (order) => {
    const all = await findSessions(store, everything, { ...question, order })
    for (const state of ['open', 'ended', 'unknown'] as const) {
      const expected = all.sessions.filter((session) => session.state === state).map(({ id }) => id)
      expect(expected.length).toBeGreaterThan(1)
      const walked = await walk({ ...question, order, state, limit: 2 })
      expect(walked.map(({ id }) => id)).toEqual(expected)
    }
  })

  test('shows nobody anything outside his scope', async () => {
    expect((await findSessions(store, nothing, question)).sessions).toEqual([])
  })

  test('has proxied requests only where the connection was upgraded', async () => {
    const cluster = await addCluster(store, { name: 'proxies' })
    const proxy = { sub: 'proxy', hoursAgo: 1, stage: 'ResponseComplete', endedHoursAgo: 1 }
    await store1(cluster, [exec({ ...proxy, code: 200 }), exec({ ...proxy, code: 101 })])
    const { sessions } = await findSessions(store, everything, { ...question, query: of(cluster) })
    expect(sessions).toMatchObject([{ kind: 'proxy' }])
  })
})

async function walk(asked: SessionQuestion): Promise<readonly Session[]> {
  const found: Session[] = []
  let { after, snapshot } = asked
  do {
    const page = await findSessions(store, everything, { ...asked, after, snapshot })
    expect(page.sessions.length).toBeLessThanOrEqual(asked.limit)
    found.push(...page.sessions)
    ;({ next: after, snapshot } = page)
  } while (after)
  return found
}

interface Cluster {
  readonly uid: string
  readonly name: string
}

let made = 0

async function began(session: { readonly hoursAgo: number; readonly stage?: string }): Promise<Cluster> {
  const cluster = await addCluster(store, { name: `made-up-${made++}` })
  await store1(cluster, [exec({ stage: 'ResponseStarted', ...session })])
  return cluster
}

async function store1({ uid }: Cluster, items: readonly string[]): Promise<void> {
  await storeDeliveries(store, [{ cluster: uid, items, receivedAtUs: nowUs }])
}

const of = ({ name }: Cluster): SessionQuestion['query'] => matches('cluster', [[name]])

async function sessionIn(cluster: Cluster): Promise<Session | undefined> {
  const { sessions } = await findSessions(store, everything, { ...question, query: of(cluster) })
  expect(sessions).toHaveLength(1)
  return sessions[0]
}

const at = (us: number): string => new Date(us / 1_000).toISOString().replace('Z', '000Z')

interface MadeUp {
  readonly hoursAgo: number
  readonly stage: string
  readonly endedHoursAgo?: number
  readonly sub?: string
  readonly code?: number
}

function exec({ hoursAgo, stage, endedHoursAgo = hoursAgo, sub = 'exec', code = 101 }: MadeUp): string {
  return JSON.stringify({
    level: 'Metadata',
    auditID: `00000000-0000-4000-8000-000000000${code}`,
    stage,
    requestURI: `/api/v1/namespaces/pay/pods/db-0/${sub}?command=sh&container=db`,
    verb: 'get',
    user: { username: 'bob@acme.example' },
    userAgent: 'kubectl/v1.33.3',
    objectRef: { resource: 'pods', namespace: 'pay', name: 'db-0', apiVersion: 'v1', subresource: sub },
    ...(stage === 'RequestReceived' ? {} : { responseStatus: { code } }),
    requestReceivedTimestamp: at(nowUs - hoursAgo * hourUs),
    stageTimestamp: at(nowUs - endedHoursAgo * hourUs),
  })
}

function apiServerStart(verb: string, us: number, username: string): string {
  return JSON.stringify({
    level: 'Metadata',
    auditID: `start-${us}-${username}`,
    stage: 'ResponseComplete',
    requestURI: '/apis/scheduling.k8s.io/v1/priorityclasses/system-node-critical',
    verb,
    user: { username },
    objectRef: {
      resource: 'priorityclasses',
      name: 'system-node-critical',
      apiGroup: 'scheduling.k8s.io',
      apiVersion: 'v1',
    },
    responseStatus: { code: 200 },
    requestReceivedTimestamp: at(us),
    stageTimestamp: at(us),
  })
}
