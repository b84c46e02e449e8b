// Stretches of work from the store: those of a recorded week pulled apart in time, against a grouping done the slow way.

import { formatMicroTime, parseMicroTime } from '@plaintrail/event/time'
import { everything as everyEvent } from '@plaintrail/query/ast'
import { everything, nothing } from '@plaintrail/query/scope'
import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { seededRandom } from '@plaintrail/test/random'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addCluster } from './clusters.ts'
import { storeDeliveries } from './events-for-tests.ts'
import { findActivity, type ActivityQuestion, type FoundActivity, type FoundStretch } from './find-activity.ts'
import { migrate } from './migrate.ts'
import { openStore, type Store } from './open-store.ts'
import { createSegmentItems, type SegmentItems } from './segment-items.ts'

interface Item {
  readonly auditID: string
  readonly stage: string
  readonly verb: string
  readonly requestURI: string
  readonly requestReceivedTimestamp: string
  readonly stageTimestamp: string
  readonly user: { readonly username: string; readonly extra?: Readonly<Record<string, readonly string[]>> }
  readonly sourceIPs: readonly string[]
  readonly userAgent?: string
  readonly objectRef?: { readonly resource: string; readonly name?: string }
  readonly responseStatus?: { readonly code?: number }
  readonly annotations?: Readonly<Record<string, string>>
}

const minuteUs = 60_000_000
const gapUs = 30 * minuteUs
const everyTime = { sinceUs: 0, untilUs: Date.UTC(2100, 0) * 1_000 }
const question: ActivityQuestion = { query: everyEvent, window: everyTime, limit: 100, after: null, snapshot: null }
const resources = new AsyncDisposableStack()
let store: Store
let items: SegmentItems

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  await migrate(database.connection)
  store = resources.use(
    openStore(database.connection, { connectionsMax: 4, statementMs: 30_000, applicationName: 'test' }),
  )
  items = createSegmentItems(store)
})

afterAll(() => resources.disposeAsync())

async function found(actor: string, asked: Partial<ActivityQuestion> = {}): Promise<FoundActivity> {
  const answer = await findActivity(store, everything, actor, { ...question, ...asked }, items)
  if (answer === null) throw new Error(`there is no ${actor}`)
  return answer
}

/** All pages. */
async function walked(actor: string, asked: Partial<ActivityQuestion>): Promise<readonly FoundStretch[]> {
  const all: FoundStretch[] = []
  let page = await found(actor, asked)
  for (let pages = 0; pages < 1_000; pages++) {
    all.push(...page.stretches)
    if (page.next === null) return all
    page = await found(actor, { ...asked, after: page.next, snapshot: page.snapshot })
  }
  throw new Error('it never ends')
}

const outlineOf = ({ startedUs, endedUs, ip, credential, requests, counts }: FoundStretch): unknown => ({
  startedUs,
  endedUs,
  ip,
  credential,
  requests,
  denied: counts.denied,
})

/** One stage of each request: the last. */
function lastStages(all: readonly Item[]): readonly Item[] {
  const requests = new Map<string, Item>()
  for (const item of all.filter(({ stage }) => stage !== 'RequestReceived')) {
    const key = [item.auditID, item.requestReceivedTimestamp, item.verb, item.requestURI, item.user.username].join(' ')
    const known = requests.get(key)
    if (known === undefined || item.stage === 'ResponseComplete') requests.set(key, item)
  }
  return [...requests.values()]
}

const timeOf = ({ requestReceivedTimestamp }: Item): number => parseMicroTime(requestReceivedTimestamp) ?? 0
const credentialOf = ({ user }: Item): string | null =>
  user.extra?.['authentication.kubernetes.io/credential-id']?.[0] ?? null
const keyOf = (item: Item): string => `${credentialOf(item)} ${item.sourceIPs.at(-1)}`

/** Refused, and not after the authorizer had allowed it. */
const isDenied = ({ annotations, responseStatus }: Item): boolean =>
  annotations?.['authorization.k8s.io/decision'] !== 'allow' && [401, 403].includes(responseStatus?.code ?? 0)

/** By looking at each pair: calls that are near each other are in one stretch, and so are those near any of them. */
function slowStretches(own: readonly Item[]): readonly unknown[] {
  const groups = own.map((_, index) => index)
  for (const [left, one] of own.entries())
    for (const [right, other] of own.entries()) {
      if (right <= left || keyOf(one) !== keyOf(other) || Math.abs(timeOf(one) - timeOf(other)) > gapUs) continue
      const [keep, drop] = [groups[left], groups[right]]
      for (const [index, group] of groups.entries()) if (group === drop) groups[index] = keep ?? 0
    }
  return [...Map.groupBy(own, (_, index) => groups[index])]
    .map(([, calls]) => calls)
    .toSorted((one, other) => Math.max(...other.map(timeOf)) - Math.max(...one.map(timeOf)))
    .map((calls) => ({
      startedUs: Math.min(...calls.map(timeOf)),
      endedUs: Math.max(...calls.map(({ stageTimestamp }) => parseMicroTime(stageTimestamp) ?? 0)),
      ip: calls[0]?.sourceIPs.at(-1) ?? null,
      credential: calls[0] ? credentialOf(calls[0]) : null,
      requests: calls.length,
      denied: calls.filter(isDenied).length,
    }))
}

/** Each step of the week some minutes after the one before, and from one of three addresses. */
function pulledApart(version: string): readonly Item[] {
  const { lists, steps } = corpusOf(version)
  const random = seededRandom(7)
  const later = steps.map(() => 1 + Math.floor(random.next() * 55))
  const from = steps.map(() => `10.0.0.${1 + Math.floor(random.next() * 3)}`)
  const begins = steps.map(({ began }) => Date.parse(began) * 1_000)
  return lists
    .flatMap((list) => (JSON.parse(list) as { items: Item[] }).items)
    .map((item) => {
      const step = begins.findLastIndex((began) => began <= timeOf(item))
      const shift = later.slice(0, step + 1).reduce((sum, minutes) => sum + minutes * minuteUs, 0)
      const moved = (text: string): string => formatMicroTime((parseMicroTime(text) ?? 0) + shift)
      return {
        ...item,
        requestReceivedTimestamp: moved(item.requestReceivedTimestamp),
        stageTimestamp: moved(item.stageTimestamp),
        sourceIPs: [from[Math.max(0, step)] ?? ''],
      }
    })
}

describe.each(corpusVersions())('the week on Kubernetes %s, pulled apart', (version) => {
  const posted = pulledApart(version)
  const query = { kind: 'matches', key: 'cluster', values: [[`lab-${version}`]] } as const

  beforeAll(async () => {
    const { uid } = await addCluster(store, { name: `lab-${version}` })
    const received = Date.UTC(2026, 10, 29) * 1_000
    for (let at = 0; at < posted.length; at += 300) {
      const some = posted.slice(at, at + 300).map((item) => JSON.stringify(item))
      await storeDeliveries(store, [{ cluster: uid, items: some, receivedAtUs: received + at }])
    }
  })

  test.each(['alice@acme.io', 'bob@acme.io', 'carol@acme.io', 'mallory@ext.io', 'lab-admin'])(
    'is told of %s as the slow way tells it, whatever the pages hold and read',
    async (actor) => {
      const own = lastStages(posted).filter(({ user }) => user.username === actor)
      const expected = slowStretches(own)
      expect(expected.length).toBeGreaterThan(actor === 'alice@acme.io' ? 5 : 0)
      for (const asked of [{}, { limit: 1 }, { limit: 3 }, { limit: 2, requestsMax: 400 }])
        expect((await walked(actor, { ...asked, query })).map(outlineOf)).toEqual(expected)
    },
  )

  test('a window says of what stands at its edges that it began before, or went on', async () => {
    const all = await walked('bob@acme.io', { query })
    const [whole] = all.toSorted((one, other) => other.requests - one.requests)
    if (whole === undefined || whole.requests < 6) throw new Error('there is no stretch of some calls')
    const sinceUs = whole.startedUs + 1
    const untilUs = whole.endedUs - 1
    const cut = (await walked('bob@acme.io', { query, window: { sinceUs, untilUs } })).find(
      ({ ip, credential }) => ip === whole.ip && credential === whole.credential,
    )
    expect([whole.beganBefore, whole.wentOn]).toEqual([false, false])
    expect(cut).toMatchObject({ beganBefore: true, requests: expect.any(Number) as number })
    expect(cut?.requests).toBeLessThan(whole.requests)
    const early = await found('bob@acme.io', { query, window: { sinceUs: 0, untilUs: whole.startedUs + 1 } })
    expect(early.stretches[0]).toMatchObject({ wentOn: true, requests: 1, startedUs: whole.startedUs })
  })

  test('a stretch of more calls than a page reads is told once, as far as it was read, and what is behind it is found', async () => {
    const whole = await walked('bob@acme.io', { query })
    const cut = await walked('bob@acme.io', { query, requestsMax: 5 })
    expect(cut.filter(({ isCut }) => isCut).length).toBeGreaterThan(1)
    expect(cut.length).toBe(whole.length)
    for (const [index, told] of cut.entries()) {
      expect(told.endedUs).toBe(whole[index]?.endedUs)
      const { requests = 0 } = whole[index] ?? {}
      expect(told.isCut ? told.requests <= requests : told.requests === requests).toBe(true)
      expect(told.sentence.startsWith('at least ')).toBe(told.isCut)
    }
    expect((await found('bob@acme.io', { query, requestsMax: 5 })).isPartial).toBe(true)
  })
})

test('nobody is told of who is not in the scope', async () => {
  expect(await findActivity(store, nothing, 'bob@acme.io', question, items)).toBe(null)
  expect(await findActivity(store, everything, 'nobody', question, items)).toBe(null)
})

test('the sentence and the commands say what was done', async () => {
  const { stretches } = await found('carol@acme.io')
  expect(stretches.flatMap(({ commands }) => commands.map(({ line }) => line))).toContain(
    'kubectl get secrets -n shop --as=system:serviceaccount:ci:deployer',
  )
  expect(stretches.map(({ sentence }) => sentence).join('\n')).toMatch(/acting as bob@acme\.io/)
})
