// kill -9 in the middle of an export, seeded: its files end as those of one that nobody killed, and its manifest proves them.

import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { canonicalJson } from '@plaintrail/formats/manifest'
import { createEventMaker } from './make-events.ts'
import { seededRandom } from './random.ts'
import {
  allRequests,
  postList,
  startSystem,
  temporaryFolder,
  until,
  type EmbeddedSystem,
  type System,
} from './system.ts'

interface Part {
  readonly number: number
  readonly url: string
  readonly sha256: string
  readonly bytes: number
  readonly rows: number
}

interface Export {
  readonly id: string
  readonly state: string
  readonly error: string | null
  readonly progress: { readonly rows: number }
  readonly parts: readonly Part[]
  readonly links: { readonly manifest: string | null }
}

/** The first one as soon as it has begun. */
const kills = 3
const seed = Number(process.env['PLAINTRAIL_TEST_SEED'] ?? 20261126)
const lists = 24
const listEvents = 50
const entry = join(import.meta.dirname, 'small-parts/main.ts')

test(`an export ends the same after ${kills} kills (seed ${seed})`, async () => {
  const random = seededRandom(seed)
  const dataFolder = await temporaryFolder()
  const start = (): Promise<EmbeddedSystem> => startSystem({ dataFolder, entry })
  try {
    const { whole, path } = await prepare(await start())
    let least = 1
    for (let kill = 1; kill < kills; kill++) {
      await using system = await start()
      // Each round gets further than the one before, and dies while it makes a part or stores one.
      await until(async () => (await look(system, path)).parts.length > least)
      least = (await look(system, path)).parts.length
      await sleep(random.below(60))
      await system.killNode()
    }
    await using system = await start()
    const before = await look(system, path)
    expect(before.state).toBe('running')
    const killed = await ended(system, path)
    expect(killed.lines.length).toBe(lists * listEvents)
    expect(killed).toEqual(whole)
  } finally {
    await rm(dataFolder, { recursive: true, force: true })
  }
})

interface Ended {
  readonly lines: readonly string[]
  readonly parts: number
}

/** Events, an export of them that is let end, and one that has only begun when the system dies. */
async function prepare(started: EmbeddedSystem): Promise<{ whole: Ended; path: string }> {
  await using system = started
  const cluster = await system.addCluster('lab')
  const maker = createEventMaker(seed, Date.parse('2026-11-20T10:00:00Z') * 1_000, 500)
  for (let n = 0; n < lists; n++) expect((await postList(system, cluster, maker.list(listEvents))).status).toBe(200)
  await until(async () => (await allRequests(system)).length === lists * listEvents)
  const whole = await ended(system, await ask(system))
  const path = await ask(system)
  await until(async () => (await look(system, path)).parts.length > 0)
  await system.killNode()
  return { whole, path }
}

async function ask(system: System): Promise<string> {
  const body = { format: 'ndjson', include_raw: true, since: '2026-11-20', until: '2026-11-21' }
  const response = await system.post('/v1/exports', body)
  expect(response.status).toBe(202)
  return response.headers.get('location') ?? ''
}

const look = async (system: System, path: string): Promise<Export> => (await (await system.get(path)).json()) as Export

/** What is in its files, once they are what its manifest says. */
async function ended(system: System, path: string): Promise<Ended> {
  await until(async () => ['done', 'failed'].includes((await look(system, path)).state), 60_000)
  const { id, state, error, progress, parts, links } = await look(system, path)
  expect([state, error]).toEqual(['done', null])
  const manifest = (await (await system.get(links.manifest ?? '')).json()) as Record<string, unknown>
  const { sha256, ...rest } = manifest
  expect(createHash('sha256').update(canonicalJson(rest)).digest('hex')).toBe(sha256)
  expect(rest).toMatchObject({ id, rows: progress.rows, parts: parts.map(({ url: _url, ...part }) => part) })
  expect(parts.map(({ number }) => number)).toEqual(parts.map((_, at) => at + 1))
  let text = ''
  for (const part of parts) {
    const content = Buffer.from(await (await system.get(part.url)).arrayBuffer())
    expect([content.length, createHash('sha256').update(content).digest('hex')]).toEqual([part.bytes, part.sha256])
    const own = gunzipSync(content).toString()
    expect(own.split('\n')).toHaveLength(part.rows + 1)
    text += own
  }
  return { lines: text.trimEnd().split('\n'), parts: parts.length }
}
