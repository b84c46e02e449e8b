import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { and } from '@plaintrail/query/ast'
import { everything, type Scope } from '@plaintrail/query/scope'
import { parseFindingId } from '@plaintrail/rules/finding-id'
import { addCluster } from './clusters.ts'
import { Crash, crashingStore } from './crashing-store-for-tests.ts'
import { storeDeliveries } from './events-for-tests.ts'
import { addException, deleteException, exceptionsOfRuleMax, findException, hidingExceptions } from './exceptions.ts'
import { findFinding } from './find-findings.ts'
import { openTestStore } from './history-for-tests.ts'
import {
  call,
  deliveriesOf,
  foundIn,
  judgeAll,
  laterUs,
  rulesOf,
  second,
  startUs,
  textsOf,
  tickAt,
  type Call,
} from './judged-calls-for-tests.ts'
import type { Store } from './open-store.ts'
import { putRules } from './rules.ts'
import { slowFindings, type SlowCluster } from './slow-findings-for-tests.ts'
import { triageFinding } from './triage-finding.ts'
import { findSteps } from './triage-steps.ts'

const specs = {
  each: `match: 'verb:delete', summary: '{{actor}} deleted {{object}}'`,
  many: `match: 'verb:get', condition: {count: 3, within: 2m}`,
  different: `match: 'verb:get', condition: {distinct: object.name, atLeast: 3, within: 3m}`,
  'in-order': `match: 'verb:get', condition: {then: [{match: 'verb:create'}, {match: 'verb:delete'}], within: 5m}`,
  'not-followed': `match: 'verb:create', condition: {without: {match: 'verb:delete'}, within: 2m}, lateness: 1m`,
  first: `match: 'verb:get,create', condition: {firstSeen: [object.name], within: 4m}`,
}
const parsed = rulesOf(specs)
const who = { name: 'tester', id: null }
const own = new AsyncDisposableStack()
let store: Store

beforeAll(async () => {
  store = await openTestStore(own, await createTestDatabase())
  await putRules(store, { source: 'api', author: 'test', rules: parsed })
})
afterAll(() => own.disposeAsync())

let clusters = 0
async function freshCluster(): Promise<SlowCluster> {
  clusters += 1
  const name = `x${clusters}`
  const { uid } = await addCluster(store, { name })
  return { uid, name }
}

const names = Object.keys(specs)
const matchOf = { name1: 'name:c1', ns1: 'ns:ns1', u0: 'actor:u0 -name:c0' } as const
type Match = keyof typeof matchOf

const means: Readonly<Record<Match, (call: Call) => boolean>> = {
  name1: ({ name }) => name === 1,
  ns1: ({ namespace }) => namespace === 1,
  u0: ({ actor, name }) => actor === 0 && name !== 0,
}

const anyCall: fc.Arbitrary<Call> = fc.record({
  second: fc.nat(24).map((at) => at * 30),
  actor: fc.nat(1),
  verb: fc.constantFrom('get', 'create', 'delete'),
  name: fc.nat(3),
  namespace: fc.nat(1),
  isStarted: fc.boolean(),
  lane: fc.nat(2),
  delivery: fc.nat(4),
})

/** What is done between two halves of the events, and after both. */
type Deed = { readonly kind: 'add' | 'delete' | 'expire'; readonly match: Match; readonly rule: string }
const anyDeed: fc.Arbitrary<Deed> = fc.record({
  kind: fc.constantFrom('add', 'add', 'delete', 'expire'),
  match: fc.constantFrom<Match>('name1', 'ns1', 'u0'),
  rule: fc.constantFrom(...names),
})
const anyDeeds = fc.array(anyDeed, { maxLength: 5 })

test('what an exception hides is the same in any order of events and exceptions, and is what the slow way leaves out', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyCall, { minLength: 1, maxLength: 50 }),
      anyDeeds,
      anyDeeds,
      fc.boolean(),
      async (calls, early, late, isApplied) => {
        const cluster = await freshCluster()
        const deliveries = deliveriesOf(cluster, calls)
        const holding = new Map<string, { readonly id: number; readonly deed: Deed }>()
        const half = Math.ceil(deliveries.length / 2)
        try {
          for (const [some, deeds] of [
            [deliveries.slice(0, half), early],
            [deliveries.slice(half), late],
            [deliveries.slice(0, 2), []],
          ] as const) {
            await storeDeliveries(store, some)
            const tick = async (): Promise<void> => await tickAt(store, startUs + 1_300 * second)
            const done = deeds.map((deed) => act(cluster, holding, deed))
            await Promise.all([judgeAll(store, cluster, 7), ...done, ...(isApplied ? [tick(), tick()] : [])])
            if (isApplied) await tick()
            await judgeAll(store, cluster, 7)
          }
          await settle()
          const hidden = [...holding.values()].map(({ deed }) => deed)
          expect(await foundIn(store, cluster)).toEqual(slowly(cluster, calls, deliveries, hidden))
        } finally {
          for (const { id } of holding.values()) await deleteException(store, who, id)
          await settle()
        }
        expect(await foundIn(store, cluster)).toEqual(slowly(cluster, calls, deliveries, []))
      },
    ),
    { numRuns: 25, endOnFailure: true },
  )
}, 300_000)

test('a crash between any two statements hides and opens nothing twice, whether the last one was done or not', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyCall, { minLength: 5, maxLength: 40 }),
      anyDeeds,
      fc.integer({ min: 5, max: 40 }),
      fc.boolean(),
      async (calls, deeds, every, isDone) => {
        const cluster = await freshCluster()
        const deliveries = deliveriesOf(cluster, calls)
        const holding = new Map<string, { readonly id: number; readonly deed: Deed }>()
        await storeDeliveries(store, deliveries.slice(0, 3))
        await judgeAll(store, cluster)
        await resolveAll(cluster)
        const resolved = await statesIn(cluster)
        await storeDeliveries(store, deliveries)
        for (const deed of deeds) await act(cluster, holding, deed)
        const crashing = crashingStore(store, every, isDone)
        for (let hasCrashed = true; hasCrashed;) {
          hasCrashed = false
          try {
            await judgeAll(crashing, cluster, 7)
            await settle(crashing)
          } catch (error) {
            if (!(error instanceof Crash)) throw error
            hasCrashed = true
          }
        }
        const hidden = [...holding.values()].map(({ deed }) => deed)
        expect(await foundIn(store, cluster)).toEqual(slowly(cluster, calls, deliveries, hidden))
        for (const { id, state, version, opened } of await statesIn(cluster)) {
          const before = resolved.find((one) => one.id === id)
          if (before === undefined) continue
          expect({ state, version, opened }, id).toEqual(
            state === 'open' ? { state, version: 2, opened: 1 } : { state: 'resolved', version: 1, opened: 0 },
          )
        }
        for (const { id } of holding.values()) await deleteException(store, who, id)
        await settle()
      },
    ),
    { numRuns: 15, endOnFailure: true },
  )
}, 300_000)

async function resolveAll(cluster: SlowCluster): Promise<void> {
  const change = { state: 'resolved', reason: 'expected', comment: 'test' } as const
  for (const { id } of await foundIn(store, cluster))
    await triageFinding(store, everything, { id, who, change, ifVersion: 0 })
}

async function statesIn(
  cluster: SlowCluster,
): Promise<readonly { id: string; state: string; version: number; opened: number }[]> {
  const { rows } = await store.pool.query<{ id: string; state: string; version: number; opened: number }>(
    `select f.id::text as id, f.state, f.triage_version as version,
       (select count(*) from triage_step t where t.finding_id = f.id and t.did = 'regressed') as opened
     from finding f join cluster c on c.id = f.cluster_id where c.uid = $1 and f.triage_version > 0`,
    [cluster.uid],
  )
  return rows
}

async function settle(by: Store = store): Promise<void> {
  const asked = 'select count(*) as pending from exception where is_pending'
  for (let pending = 1; pending > 0;) {
    await tickAt(by, laterUs)
    const { rows } = await store.pool.query<{ pending: number }>(asked)
    pending = rows[0]?.pending ?? 0
  }
}

async function act(
  cluster: SlowCluster,
  holding: Map<string, { readonly id: number; readonly deed: Deed }>,
  deed: Deed,
): Promise<void> {
  const key = `${deed.rule} ${deed.match}`
  const before = holding.get(key)
  if (deed.kind === 'add') {
    if (before !== undefined) return
    // Taken before the answer: deeds of one list are done at once.
    holding.set(key, { id: 0, deed })
    const match = `cluster:${cluster.name} ${matchOf[deed.match]}`
    const added = await addException(store, who, {
      rule: deed.rule,
      match,
      reason: 'test',
      owner: null,
      expiresUs: null,
    })
    if (added.kind !== 'added') throw new Error(added.kind)
    holding.set(key, { id: added.id, deed })
    return
  }
  if (before === undefined || before.id === 0) return
  holding.delete(key)
  if (deed.kind === 'delete') await deleteException(store, who, before.id)
  else
    await store.pool.query("update exception set expires_at = timestamptz 'epoch' where id = $1 and holds", [before.id])
}

/** Exceptions written into the rule's own answer: a hit that one means never counts, and finds nothing more. */
function slowly(
  cluster: SlowCluster,
  calls: readonly Call[],
  deliveries: ReturnType<typeof deliveriesOf>,
  hidden: readonly Deed[],
): ReturnType<typeof slowFindings> {
  return parsed
    .flatMap(({ rule }) => {
      const own = hidden.filter((deed) => deed.rule === rule.name)
      const isHidden = (text: string): boolean => {
        const { auditID } = JSON.parse(text) as { readonly auditID: string }
        const made = calls[Number(auditID.slice(-12))]
        return made !== undefined && own.some(({ match }) => means[match](made))
      }
      return slowFindings([rule], textsOf(cluster, deliveries), Infinity, isHidden)
    })
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

test('an exception hides what was there, says how much, and when it expires what it hid is counted again and opens again', async () => {
  const cluster = await freshCluster()
  const calls = [0, 1, 2].map((at) => call({ verb: 'delete', name: at, second: at * 60 }))
  await storeDeliveries(store, deliveriesOf(cluster, calls))
  await judgeAll(store, cluster)
  const [found] = await foundIn(store, cluster)
  const id = found?.id ?? ''
  const add = async (match: string, expiresUs: number | null = null): Promise<number> => {
    const asked = {
      rule: 'each',
      match: `cluster:${cluster.name} ${match}`,
      reason: 'planned',
      owner: 'bob',
      expiresUs,
    }
    const added = await addException(store, who, asked)
    return added.kind === 'added' ? added.id : 0
  }
  const [first, all] = [await add('name:c1', laterUs + second), await add('name:c*')]
  await settle()
  // A link to it still leads somewhere, and no list has it.
  expect(await findFinding(store, everything, id)).toMatchObject({
    events: 0,
    firstUs: 0,
    lastUs: 0,
    openedUs: null,
    triage: { state: 'open' },
  })
  expect(await foundIn(store, cluster)).toEqual([])
  expect(await hidingExceptions(store, id)).toEqual([
    { id: first, requests: 1 },
    { id: all, requests: 2 },
  ])
  await deleteException(store, who, all)
  await settle()
  const two = await findFinding(store, everything, id)
  expect(two).toMatchObject({
    events: 2,
    lastUs: startUs + 120 * second,
    triage: { state: 'open', isRegressed: false },
  })
  const resolve = { state: 'resolved', reason: 'expected', comment: 'it is ours' } as const
  expect(await triageFinding(store, everything, { id, who, change: resolve, ifVersion: 0 })).toMatchObject({
    kind: 'done',
  })
  // The same again is nothing new.
  await storeDeliveries(store, deliveriesOf(cluster, calls))
  await judgeAll(store, cluster)
  expect(await findFinding(store, everything, id)).toMatchObject({ events: 2, triage: { state: 'resolved' } })
  await tickAt(store, laterUs + 2 * second)
  await settle()
  const again = await findFinding(store, everything, id)
  expect(again).toMatchObject({ events: 3, triage: { state: 'open', isRegressed: true, version: 2, steps: 2 } })
  expect(await findException(store, first)).toMatchObject({
    holds: false,
    endedBy: null,
    requests: 0,
    isPending: false,
  })
  const { rows } = await store.pool.query<{ did: string; comment: string | null }>(
    `select did, comment from triage_step where exception_id = any($1) or finding_id = $2 order by id`,
    [[first, all], uuidOf(id)],
  )
  expect(rows.map(({ did }) => did)).toEqual([
    'exception-added',
    'exception-added',
    'exception-deleted',
    'state',
    'exception-expired',
    'regressed',
  ])
  // Nothing happened anew.
  expect(rows.at(-1)?.comment).toBe('an exception that hid events of it is over')
}, 60_000)

test('whoever sees no such cluster neither changes a finding nor is told what was done about it', async () => {
  const cluster = await freshCluster()
  await storeDeliveries(store, deliveriesOf(cluster, [call({ verb: 'delete' })]))
  await judgeAll(store, cluster)
  const id = (await foundIn(store, cluster))[0]?.id ?? ''
  const [others, own] = [clustersScope(['elsewhere']), clustersScope([cluster.name])]
  const asked = { id, who, change: { assignee: 'bob' }, ifVersion: 0 }
  expect(await triageFinding(store, others, asked)).toEqual({ kind: 'not-found' })
  expect(await triageFinding(store, own, asked)).toEqual({ kind: 'done', version: 1 })
  const window = { sinceUs: 0, untilUs: Number.MAX_SAFE_INTEGER }
  const seenBy = async (scope: Scope) =>
    (await findSteps(store, scope, { query: and([]), window, limit: 1_000, after: null })).items
  expect(await seenBy(others)).toEqual([])
  expect((await seenBy(own)).map(({ finding }) => finding)).toEqual([id])
  expect((await seenBy(everything)).some(({ did }) => did === 'exception-added')).toBe(true)
})

const clustersScope = (clusters: readonly string[]): Scope => ({ kind: 'clusters', clusters })

test('there are only so many exceptions of a rule, none of a rule on gaps, and none that means every event or what comes later', async () => {
  const add = async (rule: string, match: string) =>
    await addException(store, who, { rule, match, reason: 'test', owner: null, expiresUs: null })
  await putRules(store, { source: 'api', author: 'test', rules: rulesOf({ gaps: 'on: gap, groupBy: [cluster]' }) })
  expect(await add('gaps', 'actor:bob')).toEqual({ kind: 'no-events' })
  expect(await add('nothing', 'actor:bob')).toEqual({ kind: 'no-rule' })
  for (const match of [
    '',
    'bob',
    'initiator:bob',
    'changed:spec',
    'rule:x',
    'after:-1h',
    'actor:',
    '-severity:high',
    'seen:>-5m',
  ])
    await expect(add('many', match), match).rejects.toMatchObject({ parameter: 'match' })
  await expect(add('many', 'after:-1h')).rejects.toThrow('it has a time that depends on when it is asked')
  const ids: number[] = []
  for (let made = 0; made < exceptionsOfRuleMax; made++) {
    const added = await add('many', `actor:nobody-${made}`)
    if (added.kind === 'added') ids.push(added.id)
  }
  expect(ids).toHaveLength(exceptionsOfRuleMax)
  expect(await add('many', 'actor:bob')).toEqual({ kind: 'too-many', max: exceptionsOfRuleMax, of: 'rule' })
  for (const id of ids) await deleteException(store, who, id)
  expect(await deleteException(store, who, ids[0] ?? 0)).toBe(false)
  await settle()
}, 60_000)

const uuidOf = (id: string): string => parseFindingId(id)?.toString('hex') ?? ''
