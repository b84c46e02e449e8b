// Builds that are wrong on purpose must fail the suite, or it proves nothing.

import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { testKafka } from '../kafka-for-tests.ts'
import { seededRandom } from '../random.ts'
import { testRedis } from '../redis-for-tests.ts'
import { startApiServer } from './api-server.ts'
import { startFaultSystem, startServers } from './fault-system.ts'
import { judge, settle } from './oracle.ts'

const here = (await testKafka()) !== null && (await testRedis()) !== null
const seed = Number(process.env['PLAINTRAIL_FAULTS_SEED'] ?? 7)
const killsMax = 12
const settleMs = 15_000

describe.skipIf(!here)('the oracle catches', () => {
  test.each([
    ['a receiver that acknowledges before Kafka has the batch', 'receiver', 'acknowledges-first.ts'],
    ['a worker that commits its position apart from the rows', 'worker', 'commits-apart.ts'],
  ] as const)('%s', { timeout: 180_000 }, async (_what, role, file) => {
    await using servers = await startServers()
    const entries = { [role]: join(import.meta.dirname, 'broken', file) }
    await using faulty = await startFaultSystem(servers, { entries, receivers: 1, workers: 1 })
    const random = seededRandom(seed)
    const apiServer = startApiServer({
      ...faulty,
      ca: faulty.system.ingest.ca ?? '',
      random,
      batchesPerSecond: 10,
      eventsABatch: 20,
      waitsMs: [1_000, 1_500, 2_250, 3_375],
    })
    const [broken] = role === 'receiver' ? faulty.system.receivers : faulty.system.workers
    try {
      for (let kill = 0; kill < killsMax; kill++) {
        await sleep(500 + random.below(700))
        await broken?.end('SIGKILL')
        await broken?.start()
        // A worker has nothing to do, and nothing to lose, before its group has given up on the one that was killed.
        if (role === 'worker') await sleep(6_500)
        if (kill >= 3 && role === 'worker') break
      }
    } finally {
      await apiServer.stop()
    }
    const evidence = { ...faulty, journals: [apiServer.journal] }
    await settle(evidence, settleMs)
    expect(await judge(evidence)).toContainEqual(expect.stringContaining('acknowledged and not stored'))
  })
})
