// A live tail of the whole system: nothing lost and nothing twice, whatever breaks between the worker and the reader.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { openTail, type TestTail } from '@plaintrail/api/tail-for-tests'
import type { StoredEvent } from '@plaintrail/event/event'
import { Client } from 'pg'
import { describe, expect, test } from 'vitest'
import { createEventMaker } from './make-events.ts'
import { profiles } from './profiles.ts'
import { eventList, postList, until, type AddedCluster, type System } from './system.ts'

const startUs = Date.now() * 1_000
const monthUs = 30 * 86_400_000_000
const hasCurl = spawnSync('curl', ['--version']).status === 0

/** Posts for as long as a signal says, and remembers what was taken. */
function startPosting(current: () => System, clusters: readonly AddedCluster[]) {
  // The second one's API server was away for a month, and its events come now.
  const makers = clusters.map((_, n) => createEventMaker(n + 1, startUs - n * monthUs, 50_000))
  const taken: string[] = []
  const stop = new AbortController()
  const post = async (cluster: AddedCluster, maker: ReturnType<typeof createEventMaker>): Promise<void> => {
    while (!stop.signal.aborted) {
      const items = Array.from({ length: 15 }, maker.event)
      // Posted again until it is taken, as an API server does.
      while (!(await isTaken(current(), cluster, items))) await sleep(100)
      taken.push(...items.map(auditIdOf))
      await sleep(50)
    }
  }
  const done = Promise.all(clusters.map((cluster, n) => post(cluster, makers[n] ?? createEventMaker(0, startUs, 1))))
  return {
    taken,
    async end() {
      stop.abort()
      await done
    },
  }
}

async function isTaken(system: System, cluster: AddedCluster, items: readonly string[]): Promise<boolean> {
  const response = await postList(system, cluster, eventList(items)).catch(() => null)
  await response?.text().catch(() => undefined)
  return response?.status === 200
}

const auditIdOf = (item: string): string => (JSON.parse(item) as { readonly auditID: string }).auditID

/** Goes on from the last id whenever its connection ends, for whatever reason. */
async function startReading(current: () => System) {
  const told: TestTail['told'][number][] = []
  const stop = new AbortController()
  let connections = 0
  let isLive = false
  const connect = async (): Promise<void> => {
    const { url, adminToken } = current()
    const id = told.findLast((one) => one.id !== '')?.id
    await using tail = await openTail(`${url}/v1/events/stream`, {
      authorization: `Bearer ${adminToken}`,
      ...(id === undefined ? {} : { 'last-event-id': id }),
    })
    connections += 1
    for (let at = 0; ;) {
      const isOver = await Promise.race([tail.ended.then(() => true), sleep(20).then(() => stop.signal.aborted)])
      told.push(...tail.told.slice(at))
      at = tail.told.length
      isLive ||= tail.of('watermark').length > 0
      if (isOver) return
    }
  }
  const read = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await connect().catch(() => undefined)
      await sleep(50)
    }
  }
  const done = read()
  await until(() => Promise.resolve(isLive))
  return {
    told: () => told.filter(({ event }) => event === 'event').map(({ data }) => (data as StoredEvent).audit.id),
    resets: () => told.filter(({ event }) => event === 'reset' || event === 'drops'),
    connections: () => connections,
    async end() {
      stop.abort()
      await done
    },
  }
}

/** Of every process, in the middle of whatever they do. */
async function cutConnections(system: System): Promise<void> {
  const connection = await system.connection()
  const client = new Client(typeof connection === 'string' ? { connectionString: connection } : connection)
  await client.connect()
  await client.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and application_name like 'plaintrail %'",
  )
  await client.end()
}

describe.each(await profiles())('$name', ({ startSystem }) => {
  test('a reader is told every event once while connections are cut and everything is restarted', async () => {
    const first = await startSystem()
    let system: System = first
    try {
      const clusters = [await system.addCluster('east'), await system.addCluster('west')]
      const reading = await startReading(() => system)
      const posting = startPosting(() => system, clusters)
      for (let round = 0; round < 3; round++) {
        await sleep(1_000)
        await cutConnections(system)
      }
      await sleep(1_000)
      const before = reading.connections()
      expect(await system.stop()).toBe(0)
      system = await startSystem({ dataFolder: first.dataFolder })
      await until(() => Promise.resolve(reading.connections() > before))
      await sleep(1_000)
      await posting.end()
      await until(() => Promise.resolve(new Set(reading.told()).size >= posting.taken.length))
      // Whatever came twice would have come by now.
      await sleep(500)
      await reading.end()
      expect(posting.taken.length).toBeGreaterThan(200)
      expect(reading.told().toSorted()).toEqual(posting.taken.toSorted())
      expect(reading.resets()).toEqual([])
      expect(reading.connections()).toBeGreaterThan(1)
    } finally {
      await system[Symbol.asyncDispose]()
      await first[Symbol.asyncDispose]()
    }
  })

  test.skipIf(!hasCurl)('curl -N follows, and a stop ends it', async () => {
    await using system = await startSystem()
    const cluster = await system.addCluster('lab')
    const url = `${system.url}/v1/events/stream?class=write&cluster=lab`
    const curl = spawn('curl', ['-sN', '--compressed', '-H', `Authorization: Bearer ${system.adminToken}`, url])
    let text = ''
    curl.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
    const gone = once(curl, 'exit')
    await until(() => Promise.resolve(text.includes('event: watermark')))
    const from = performance.now()
    expect((await postList(system, cluster, createEventMaker(5, startUs, 50_000).list(50))).status).toBe(200)
    await until(() => Promise.resolve(text.includes('event: event')))
    expect(performance.now() - from).toBeLessThan(10_000)
    const told = [...text.matchAll(/^data: (\{"id":.*)$/gm)].map(([, json = '']) => JSON.parse(json) as StoredEvent)
    expect(new Set(told.map((event) => event.class))).toEqual(new Set(['write']))
    expect(await system.stop()).toBe(0)
    await gone
    expect(text).toMatch(/\n\nevent: end\ndata: {"planned":true,"reason":"stopping"}\n\n$/)
  })
})
