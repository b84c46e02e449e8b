import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Crash, crashingStore } from './crashing-store-for-tests.ts'
import { storeDeliveries } from './events-for-tests.ts'
import { openTestStore } from './history-for-tests.ts'
import {
  deliveriesOf,
  foundIn,
  freshCluster,
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
import { slowFindings } from './slow-findings-for-tests.ts'

const parsed = rulesOf({
  each: `match: 'verb:delete', summary: '{{actor}} deleted {{object}}'`,
  'by-body': `match: 'verb:create', where: 'request.object.data.x == "1"'`,
  many: `match: 'verb:get', condition: {count: 3, within: 2m}`,
  different: `match: 'verb:get', condition: {distinct: object.name, atLeast: 3, within: 3m}`,
  'in-order': `match: 'verb:get', condition: {then: [{match: 'verb:create'}, {match: 'verb:delete'}], within: 5m}`,
  'not-followed': `match: 'verb:create', condition: {without: {match: 'verb:delete'}, within: 2m}, lateness: 1m`,
  first: `match: 'verb:get,create', condition: {firstSeen: [object.name], within: 4m}`,
})
const rules = parsed.map(({ rule }) => rule)
const own = new AsyncDisposableStack()
let store: Store

beforeAll(async () => {
  store = await openTestStore(own, await createTestDatabase())
  await putRules(store, { source: 'api', author: 'test', rules: parsed })
})
afterAll(() => own.disposeAsync())

const anyCall: fc.Arbitrary<Call> = fc.record({
  // Few times, so that many are at the ends of windows.
  second: fc.nat(24).map((at) => at * 30),
  actor: fc.nat(1),
  verb: fc.constantFrom('get', 'create', 'delete'),
  name: fc.nat(3),
  namespace: fc.nat(1),
  isStarted: fc.boolean(),
  lane: fc.nat(2),
  delivery: fc.nat(4),
})
const anyCalls = fc.array(anyCall, { minLength: 1, maxLength: 60 })

test('findings are those of the slow way, however what is stored comes and is judged, by several at once and again', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyCalls,
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 3 }),
      async (calls, numbersMax, followers) => {
        const cluster = await freshCluster(store)
        const deliveries = deliveriesOf(cluster, calls)
        const half = Math.ceil(deliveries.length / 2)
        for (const some of [deliveries.slice(0, half), deliveries.slice(half), deliveries.slice(0, 2)]) {
          await storeDeliveries(store, some)
          await Promise.all(Array.from({ length: followers }, () => judgeAll(store, cluster, numbersMax)))
          // What is decided too soon is said anew when more comes.
          await tickAt(store, startUs + 1_300 * second)
        }
        await tickAt(store, laterUs)
        expect(await foundIn(store, cluster)).toEqual(slowFindings(rules, textsOf(cluster, deliveries)))
      },
    ),
    { numRuns: 40, endOnFailure: true },
  )
}, 240_000)

test('a crash between any two statements changes nothing, whether the last one was done or not', async () => {
  await fc.assert(
    fc.asyncProperty(anyCalls, fc.integer({ min: 5, max: 40 }), fc.boolean(), async (calls, every, isDone) => {
      const cluster = await freshCluster(store)
      const deliveries = deliveriesOf(cluster, calls)
      await storeDeliveries(store, deliveries)
      const crashing = crashingStore(store, every, isDone)
      for (let hasCrashed = true; hasCrashed;) {
        hasCrashed = false
        try {
          await judgeAll(crashing, cluster, 7)
          await tickAt(crashing, laterUs)
        } catch (error) {
          if (!(error instanceof Crash)) throw error
          hasCrashed = true
        }
      }
      expect(await foundIn(store, cluster)).toEqual(slowFindings(rules, textsOf(cluster, deliveries)))
    }),
    { numRuns: 25, endOnFailure: true },
  )
}, 240_000)
