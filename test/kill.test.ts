// kill -9 at random moments under load, seeded: every event of every batch that was answered 200 is there exactly once.

import { spawnSync } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createEventMaker } from './make-events.ts'
import { seededRandom } from './random.ts'
import {
  allRequests,
  postList,
  startSystem,
  temporaryFolder,
  untilDrained,
  type AddedCluster,
  type System,
} from './system.ts'

const kills = Number(process.env['PLAINTRAIL_TEST_KILLS'] ?? 20)
const seed = Number(process.env['PLAINTRAIL_TEST_SEED'] ?? 20261123)
const connections = 4
const batchEvents = 25
/** Bounds the final comparison; posting pauses are set so that a round stays below it. */
const batchesARoundMax = 40

interface Journal {
  readonly acknowledged: Set<string>
  readonly sent: Set<string>
}

test(`${kills} kills lose no acknowledged event and double none (seed ${seed})`, { timeout: 600_000 }, async () => {
  const { journal, found } = await killUnderLoad({ kills })
  expect(journal.acknowledged.size).toBeGreaterThan(kills * batchEvents)
  expect(missing(journal, found), 'acknowledged and not there').toEqual([])
  expect(found.length - new Set(found).size, 'there twice').toBe(0)
  expect(
    found.filter((id) => !journal.sent.has(id)),
    'there and never sent',
  ).toEqual([])
})

// The oracle proves nothing unless it sees a loss: this build answers 200 before the log has the batch.
test('a build that acknowledges before the write is durable is caught', { timeout: 600_000 }, async () => {
  const entry = join(import.meta.dirname, 'early-acknowledgement/main.ts')
  const { journal, found } = await killUnderLoad({ kills: 3, entry })
  expect(missing(journal, found).length).toBeGreaterThan(0)
})

async function killUnderLoad(options: {
  kills: number
  entry?: string
}): Promise<{ journal: Journal; found: string[] }> {
  const random = seededRandom(seed)
  const dataFolder = await temporaryFolder()
  const journal: Journal = { acknowledged: new Set(), sent: new Set() }
  const maker = createEventMaker(seed, Date.parse('2026-11-20T10:00:00Z') * 1_000, 500)
  let cluster: AddedCluster | null = null
  try {
    for (let round = 0; round < options.kills; round++) {
      // Disposed too should something here fail: a process that nobody ends would slow down all that follows.
      await using system = await startSystem({ dataFolder, ...(options.entry ? { entry: options.entry } : {}) })
      cluster ??= await system.addCluster('lab')
      const load = postUntilDead(system, cluster, () => maker.list(batchEvents), journal)
      await sleep(50 + random.below(700))
      // Every other time Postgres dies with it: then its own crash recovery is part of the proof.
      if (round % 2 === 1) await killPostgres(dataFolder)
      await system.killNode()
      await load
    }
    await using system = await startSystem({ dataFolder })
    await untilDrained(system)
    return { journal, found: (await allRequests(system)).map((request) => request.audit.id) }
  } finally {
    await rm(dataFolder, { recursive: true, force: true })
  }
}

async function postUntilDead(
  system: System,
  cluster: AddedCluster,
  list: () => string,
  journal: Journal,
): Promise<void> {
  let left = batchesARoundMax
  const post = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      const body = list()
      const ids = [...body.matchAll(/"auditID":"([^"]+)"/g)].map((match) => match[1] ?? '')
      for (const id of ids) journal.sent.add(id)
      try {
        const response = await postList(system, cluster, body)
        if (response.status === 200) for (const id of ids) journal.acknowledged.add(id)
      } catch {
        return
      }
    }
  }
  await Promise.all(Array.from({ length: connections }, post))
}

async function killPostgres(dataFolder: string): Promise<void> {
  const pid = (await readFile(join(dataFolder, 'postgres/data/postmaster.pid'), 'utf8')).split('\n')[0] ?? ''
  expect(spawnSync('kill', ['-9', pid]).status).toBe(0)
}

function missing(journal: Journal, found: readonly string[]): string[] {
  const there = new Set(found)
  return [...journal.acknowledged].filter((id) => !there.has(id))
}
