// Builds that are wrong on purpose must fail the suite, or it proves nothing.

import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { testKafka } from '../kafka-for-tests.ts'
import { seededRandom } from '../random.ts'
import { testRedis } from '../redis-for-tests.ts'
import type { ServiceProcess } from '../service-process.ts'
import { until } from '../system.ts'
import { startApiServer } from './api-server.ts'
import { startFaultSystem, startServers, type FaultSystem } from './fault-system.ts'
import { judge, settle, type Verdict } from './oracle.ts'
import { seed } from './under-load.ts'

const here = (await testKafka()) !== null && (await testRedis()) !== null
const settleMs = 15_000
const kills = 8

function entry(file: string): string {
  return join(import.meta.dirname, 'broken', file)
}

async function verdictOf(faulty: FaultSystem, kill: () => Promise<void>): Promise<Verdict> {
  const apiServer = startApiServer({
    ...faulty,
    ca: faulty.system.ingest.ca ?? '',
    random: seededRandom(seed),
    batchesPerSecond: 10,
    eventsABatch: 20,
    waitsMs: [1_000, 1_500, 2_250, 3_375],
  })
  try {
    await kill()
  } finally {
    await apiServer.stop()
  }
  const evidence = { ...faulty, journals: [apiServer.journal] }
  await settle(evidence, settleMs)
  return await judge(evidence)
}

function only(services: readonly ServiceProcess[]): ServiceProcess {
  const [service] = services
  if (!service) throw new Error('there is none')
  return service
}

const lost = expect.stringContaining('acknowledged and not stored')

describe.skipIf(!here)('the oracle catches', () => {
  test('a receiver that acknowledges before Kafka has the batch', { timeout: 180_000 }, async () => {
    await using servers = await startServers()
    const entries = { receiver: entry('acknowledges-first.ts') }
    await using faulty = await startFaultSystem(servers, { entries, receivers: 1, workers: 1 })
    const receiver = only(faulty.system.receivers)
    const verdict = await verdictOf(faulty, async () => {
      for (let kill = 0; kill < kills; kill++) {
        await sleep(700)
        await receiver.end('SIGKILL')
        await receiver.start()
      }
    })
    expect(verdict).toContainEqual(lost)
  })

  test('a worker that commits its position apart from the rows', { timeout: 180_000 }, async () => {
    await using servers = await startServers()
    const entries = { worker: entry('commits-apart.ts') }
    const env = { PLAINTRAIL_TEST_FAILPOINT: 'between position and rows', PLAINTRAIL_TEST_FAILPOINT_AFTER: '3' }
    await using faulty = await startFaultSystem(servers, { entries, env, receivers: 1, workers: 1 })
    const worker = only(faulty.system.workers)
    const verdict = await verdictOf(faulty, async () => {
      for (let death = 0; death < 2; death++) {
        await until(() => Promise.resolve(!worker.isRunning))
        await worker.start()
      }
    })
    expect(verdict).toContainEqual(lost)
  })
})
