// A full disk under the data folder: no 200 after the first failed write, health says why, and it goes on by itself.

import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createEventMaker } from './make-events.ts'
import { allRequests, postList, startSystem, until } from './system.ts'

const mountPoint = mkdtempSync(join(tmpdir(), 'plaintrail-disk-'))
const mounted =
  process.getuid?.() === 0 &&
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=400m,mode=0755', 'tmpfs', mountPoint]).status === 0
if (!mounted) console.warn('SKIPPED: the full-disk test needs root and mount to make a small disk')

/** Postgres writes meanwhile, so that the last of it may not fit: the disk is full then too. */
function fillUp(ballast: string): void {
  const { bavail, bsize } = statfsSync(mountPoint)
  try {
    writeFileSync(ballast, Buffer.alloc(bavail * bsize - 65_536))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
  }
}

test.skipIf(!mounted)(
  'a full disk is told, costs no acknowledged event, and mends itself',
  { timeout: 180_000 },
  async () => {
    const ballast = join(mountPoint, 'ballast')
    try {
      mkdirSync(join(mountPoint, 'data'))
      await using system = await startSystem({ dataFolder: join(mountPoint, 'data') })
      const cluster = await system.addCluster('lab')
      const maker = createEventMaker(21, Date.parse('2026-11-20T10:00:00Z') * 1_000, 500)
      const acknowledged: string[] = []
      const post = async (): Promise<number> => {
        const body = maker.list(200)
        const response = await postList(system, cluster, body)
        if (response.status === 200) {
          acknowledged.push(...[...body.matchAll(/"auditID":"([^"]+)"/g)].map((match) => match[1] ?? ''))
        } else {
          expect(response.status).toBe(503)
          expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
        }
        return response.status
      }
      for (let round = 0; round < 5; round++) expect(await post()).toBe(200)

      fillUp(ballast)
      await until(async () => (await post()) === 503, 60_000)
      const answers: number[] = []
      for (let round = 0; round < 5; round++) answers.push(await post())
      expect(answers).toEqual([503, 503, 503, 503, 503])
      await until(async () => {
        const ready = await system.get('/readyz')
        return ready.status === 503 && /No space left on device/i.test(await ready.text())
      })

      rmSync(ballast)
      await until(async () => (await post()) === 200, 60_000)
      await until(async () => (await system.get('/readyz')).status === 200, 60_000)
      await until(async () => (await allRequests(system)).length >= acknowledged.length, 60_000)
      const found = (await allRequests(system)).map((request) => request.audit.id)
      expect(new Set(found).size).toBe(found.length)
      expect(acknowledged.filter((id) => !found.includes(id))).toEqual([])
    } finally {
      spawnSync('umount', ['-l', mountPoint])
      rmSync(mountPoint, { recursive: true, force: true })
    }
  },
)
