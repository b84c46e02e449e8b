// Faults under load, with the oracle afterwards. A few of them, briefly, in `npm test`; all, and for as long as outages last, in
// `npm run test:faults`. PLAINTRAIL_FAULTS_SEED repeats a run, PLAINTRAIL_FAULTS_ONLY picks by a part of the name.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testKafka } from '../kafka-for-tests.ts'
import { seededRandom } from '../random.ts'
import { testRedis } from '../redis-for-tests.ts'
import type { Journal } from './api-server.ts'
import { receiverBytesMax, startFaultSystem, startServers, type FaultSystem } from './fault-system.ts'
import { faults } from './faults.ts'
import { acknowledgedMs, isEvery, report, seed, shape, underLoad } from './under-load.ts'

const wanted = process.env['PLAINTRAIL_FAULTS_ONLY']
const faultMsMax = 1_800_000

const here = (await testKafka()) !== null && (await testRedis()) !== null
const chosen = faults.filter(({ name, isShort }) => (wanted ? name.includes(wanted) : isEvery || isShort))

describe.skipIf(!here)('under load', () => {
  const resources = new AsyncDisposableStack()
  let faulty: FaultSystem
  const journals: Journal[] = []

  beforeAll(async () => {
    console.log(`fault suite, ${chosen.length} of ${faults.length}: PLAINTRAIL_FAULTS_SEED=${seed}`)
    faulty = resources.use(await startFaultSystem(resources.use(await startServers())))
  }, 120_000)

  afterAll(() => resources.disposeAsync(), 120_000)

  test.each(chosen)('$name: what was acknowledged is there once', { timeout: faultMsMax }, async (fault) => {
    // Another one for each fault: two generators of one seed would make the same auditIDs.
    const random = seededRandom(seed * 1_000 + faults.indexOf(fault))
    const outcome = await underLoad({ faulty, random, journals }, () =>
      fault.inflict({ faulty, random, outageMs: shape.outageMs, rounds: shape.rounds }),
    )
    report(fault.name, outcome)
    expect(outcome.verdict).toEqual([])
    expect(outcome.journal.hung, 'attempts that were left hanging').toBe(0)
    expect(outcome.residentMax, 'resident memory of a receiver').toBeLessThan(receiverBytesMax)
    expect(acknowledgedMs(outcome.journal).length).toBeGreaterThan(10)
  })
})
