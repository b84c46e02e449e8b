// Disks that fill while the API server posts: Postgres' write-ahead log, its data, Kafka's log. Not in the short form (vitest.config.ts).

import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { HealthSnapshot } from '@plaintrail/runtime/health'
import { startKafkaBroker } from '../kafka-broker.ts'
import { testKafka } from '../kafka-for-tests.ts'
import { seededRandom } from '../random.ts'
import { testRedis } from '../redis-for-tests.ts'
import type { ServiceProcess } from '../service-process.ts'
import { until } from '../system.ts'
import { receiverBytesMax, startFaultSystem, startServers, type FaultSystem, type Servers } from './fault-system.ts'
import { acknowledgedMs, report, seed, underLoad } from './under-load.ts'

const here = (await testKafka()) !== null && (await testRedis()) !== null && canMount()
const fullMs = 20_000
/** Postgres goes on in the write-ahead log that it has already, and in pages with room. */
const noticedMsMax = 120_000
const diskBytes = 320 * 1024 * 1024

interface SmallDisk extends Disposable {
  readonly folder: string
  fill(): void
  free(): void
}

function canMount(): boolean {
  if (process.getuid?.() === 0 && spawnSync('mount', ['--version']).status === 0) return true
  console.warn('SKIPPED: tests of full disks need root and mount to make small disks')
  return false
}

function smallDisk(): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'plaintrail-disk-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskBytes},mode=0755`, 'tmpfs', folder])
  const ballast = join(folder, 'ballast')
  return {
    folder,
    fill() {
      for (;;) {
        const { bavail, bsize } = statfsSync(folder)
        try {
          writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize)), { flag: 'a' })
          if (bavail === 0) return
        } catch (error) {
          if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return
          throw error
        }
      }
    },
    free: () => rmSync(ballast, { force: true }),
    [Symbol.dispose]() {
      spawnSync('umount', ['-l', folder])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function outcomeOf(
  servers: Servers,
  inflict: (faulty: FaultSystem) => Promise<void>,
  name: string,
): Promise<void> {
  await using faulty = await startFaultSystem(servers)
  const outcome = await underLoad({ faulty, random: seededRandom(seed), journals: [] }, async () => {
    await sleep(3_000)
    await inflict(faulty)
    await sleep(3_000)
  })
  report(name, outcome)
  expect(outcome.verdict).toEqual([])
  expect(outcome.journal.hung).toBe(0)
  expect(outcome.residentMax).toBeLessThan(receiverBytesMax)
  expect(acknowledgedMs(outcome.journal).length).toBeGreaterThan(10)
}

/** A disk that nobody noticed to be full would prove nothing. */
async function fillFor(disk: SmallDisk, { system }: FaultSystem): Promise<void> {
  disk.fill()
  await until(async () => {
    const workers = await Promise.all(system.workers.map((worker) => readiness(worker)))
    return workers.some(({ status, checks }) => status === 'failed' && checks['store']?.ok === false)
  }, noticedMsMax)
  await sleep(fullMs)
  disk.free()
}

async function readiness({ operationsUrl }: ServiceProcess): Promise<HealthSnapshot> {
  return (await (await fetch(`${operationsUrl}/readyz`)).json()) as HealthSnapshot
}

/** Both come back by themselves: Postgres' supervisor tries until there is space. */
describe.skipIf(!here)('a full disk', () => {
  test("of Postgres' write-ahead log, with which Postgres goes down", { timeout: 600_000 }, async () => {
    using disk = smallDisk()
    await using servers = await startServers({ postgresFolder: disk.folder, postgresSettings: small })
    await outcomeOf(servers, (faulty) => fillFor(disk, faulty), 'pg_wal full')
  })

  test("of Postgres' data, with which its statements fail", { timeout: 600_000 }, async () => {
    using disk = smallDisk()
    await using servers = await startServers({ postgresFolder: disk.folder, postgresSettings: small })
    // The write-ahead log elsewhere, as an operator should have it.
    await servers.postgres.stop()
    const wal = join(disk.folder, 'postgres/data/pg_wal')
    const elsewhere = mkdtempSync(join(tmpdir(), 'plaintrail-wal-'))
    try {
      execFileSync('cp', ['-a', wal, elsewhere])
      execFileSync('chmod', ['0755', elsewhere])
      rmSync(wal, { recursive: true })
      symlinkSync(join(elsewhere, 'pg_wal'), wal)
      await servers.postgres.start()
      await outcomeOf(servers, (faulty) => fillFor(disk, faulty), 'data disk of Postgres full')
      await servers.postgres.stop()
    } finally {
      rmSync(elsewhere, { recursive: true, force: true })
    }
  })

  test("of Kafka's log, with which the broker ends", { timeout: 600_000 }, async () => {
    using disk = smallDisk()
    await using others = await startServers()
    await using kafka = await startKafkaBroker({ folder: join(disk.folder, 'kafka') })
    const fill = async ({ system }: FaultSystem): Promise<void> => {
      disk.fill()
      await sleep(fullMs)
      const said = await Promise.all(system.receivers.map(async (receiver) => (await readiness(receiver)).status))
      expect(said).toContain('degraded')
      disk.free()
      // Kafka does not come back by itself: an orchestrator starts it again.
      await kafka.kill()
      await kafka.start()
    }
    await outcomeOf({ ...others, kafka }, fill, "Kafka's disk full")
  })
})

const small = { max_wal_size: '64MB', min_wal_size: '32MB', shared_buffers: '32MB' }
