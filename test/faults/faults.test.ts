// Faults under load, with the oracle afterwards. A few of them, briefly, in `npm test`; all, and for as long as outages last, in
// `npm run test:faults`. PLAINTRAIL_FAULTS_SEED repeats a run.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testKafka } from '../kafka-for-tests.ts'
import { seededRandom } from '../random.ts'
import { testRedis } from '../redis-for-tests.ts'
import { startApiServer, waitsOfApiServerMs, type Journal } from './api-server.ts'
import {
  receiverBytesMax,
  startFaultSystem,
  startServers,
  watchResident,
  type FaultSystem,
  type Servers,
} from './fault-system.ts'
import { faults, type Fault } from './faults.ts'
import { judge, settle } from './oracle.ts'

const isLong = process.env['PLAINTRAIL_FAULTS'] === 'all'
const seed = Number(process.env['PLAINTRAIL_FAULTS_SEED'] ?? Date.now() % 1_000_000)
const wanted = process.env['PLAINTRAIL_FAULTS_ONLY']
const shape = isLong
  ? { outageMs: 180_000, rounds: 20, waitsMs: waitsOfApiServerMs, settleMs: 300_000, eventsABatch: 400 }
  : { outageMs: 12_000, rounds: 4, waitsMs: [1_000, 1_500, 2_250, 3_375], settleMs: 90_000, eventsABatch: 50 }
const batchesPerSecond = 10
const faultMsMax = 1_200_000

const here = (await testKafka()) !== null && (await testRedis()) !== null
const chosen = faults.filter(({ name, isShort }) => (wanted ? name.includes(wanted) : isLong || isShort))

describe.skipIf(!here)('under load', () => {
  const resources = new AsyncDisposableStack()
  let servers: Servers
  let faulty: FaultSystem
  const journals: Journal[] = []

  beforeAll(async () => {
    console.log(`fault suite, ${isLong ? 'all' : 'the short form'}: PLAINTRAIL_FAULTS_SEED=${seed}`)
    servers = resources.use(await startServers())
    faulty = resources.use(await startFaultSystem(servers))
  }, 120_000)

  afterAll(() => resources.disposeAsync(), 120_000)

  test.each(chosen)('$name: what was acknowledged is there once', { timeout: faultMsMax }, async (fault) => {
    const { journal, residentMax } = await inflict(faulty, fault)
    journals.push(journal)
    await settle({ ...faulty, journals }, shape.settleMs)
    report(fault.name, journal, residentMax)
    expect(await judge({ ...faulty, journals })).toEqual([])
    expect(journal.hung, 'attempts that were left hanging').toBe(0)
    expect(residentMax, 'resident memory of a receiver').toBeLessThan(receiverBytesMax)
    expect(acknowledgedOf(journal).length).toBeGreaterThan(10)
  })
})

async function inflict(faulty: FaultSystem, fault: Fault): Promise<{ journal: Journal; residentMax: number }> {
  const random = seededRandom(seed + fault.name.length)
  const { ca } = faulty.system.ingest
  await using resident = watchResident(() => faulty.system.receivers.map(({ pid }) => pid))
  const apiServer = startApiServer({
    ...faulty,
    ca: ca ?? '',
    random,
    batchesPerSecond,
    eventsABatch: shape.eventsABatch,
    waitsMs: shape.waitsMs,
  })
  try {
    await fault.inflict({ faulty, random, outageMs: shape.outageMs, rounds: shape.rounds })
  } finally {
    await apiServer.stop()
  }
  return { journal: apiServer.journal, residentMax: resident.bytesMax() }
}

function acknowledgedOf({ batches }: Journal): readonly number[] {
  return batches.filter(({ outcome }) => outcome === 'acknowledged').map(({ acknowledgedMs }) => acknowledgedMs)
}

/** Latency under the fault, to be read beside that of the run without one. */
function report(name: string, journal: Journal, residentMax: number): void {
  const sorted = acknowledgedOf(journal).toSorted((a, b) => a - b)
  const at = (share: number): number => Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0)
  const dropped = journal.batches.filter(({ outcome }) => outcome === 'dropped').length
  console.log(
    `${name}: ${sorted.length} of ${journal.batches.length} batches acknowledged, ${dropped} dropped by the API server; ` +
      `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms; ${journal.busy} times 503, ${journal.refused} refused, ${journal.hung} hung; ` +
      `receiver ${Math.round(residentMax / 2 ** 20)} MiB`,
  )
}
