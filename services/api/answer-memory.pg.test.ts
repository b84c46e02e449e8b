// Large answers of which too many are on their way: who asks next waits, then is told to come again; nobody else notices.

import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { addCluster } from '@plaintrail/store/clusters'
import { storeDeliveries } from '@plaintrail/store/events-for-tests'
import { storePart } from '@plaintrail/store/make-export'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rawReadBytes, type MemoryBounds } from './answer-memory.ts'
import { auditItem, nowUs, pageOf, problemOf, startTestApi, type TestApi } from './api-for-tests.ts'

const resources = new AsyncDisposableStack()
const mebibyte = 1024 * 1024
const rawPage = '/v1/events?limit=1000&include=raw'
/** Room for one page to be read, and not for another beside one that nobody reads. */
const tight: MemoryBounds = { bytesMax: rawReadBytes, waitMsMax: 400, waitingMax: 2, stalledMsMax: 60_000 }
let start: (memoryBounds: MemoryBounds) => Promise<TestApi>
let part: string

beforeAll(async () => {
  const { connection } = resources.use(await createTestDatabase())
  start = async (memoryBounds) => await startTestApi(connection, { memoryBounds })
  const api = resources.use(await start(tight))
  const { uid } = await addCluster(api.store, { name: 'east' })
  // More than the buffers of a connection hold.
  const groups = Array.from({ length: 40 }, (_, n) => `group-${n}-${'x'.repeat(500)}`)
  const items = Array.from({ length: 600 }, (_, n) =>
    auditItem({
      auditID: `fat-${n}`,
      user: { username: 'fat', groups },
      requestReceivedTimestamp: '2026-11-20T11:00:00.000000Z',
    }),
  )
  await storeDeliveries(api.store, [{ cluster: uid, items, receivedAtUs: nowUs }])
  part = await addPart(api, 20 * mebibyte)
})

afterAll(() => resources.disposeAsync())

/** As a jobrunner writes it; its URL. */
async function addPart(api: TestApi, bytes: number): Promise<string> {
  const made = (await (await api.post('/v1/exports', '{"format":"parquet"}')).json()) as { readonly id: string }
  const { rows } = await api.store.pool.query<{ job: string }>('select job::text as job from export')
  const content = randomBytes(bytes)
  const sha256 = createHash('sha256').update(content).digest()
  const end = { part: { rows: 1, content, sha256 }, next: null, manifestOf: () => '{}' }
  await storePart(api.store, rows[0]?.job ?? '', end, { bytesMax: 1024 ** 3, keepDays: 7 })
  return `/v1/exports/${made.id}/parts/1`
}

/** Who asks for it and reads no more of it than its first bytes. */
async function unread(api: TestApi, path: string): Promise<Socket> {
  const { hostname, port } = new URL(api.url)
  const socket = connect(Number(port), hostname)
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${api.token}\r\n\r\n`)
  await once(socket, 'data')
  socket.pause()
  return socket
}

describe.each([
  ['bytes of events', () => rawPage, rawReadBytes],
  ['a file of an export', () => part, 60 * mebibyte],
])('%s', (_what, path, bytesMax) => {
  test('are refused after a short wait while too many are on their way, and nothing else is', async () => {
    await using api = await start({ ...tight, bytesMax })
    const readers = [await unread(api, path())]
    // A file takes less than a page at first: the second reader's fits beside it.
    if (path() === part) readers.push(await unread(api, path()))
    const from = performance.now()
    const refused = await api.get(path())
    expect(performance.now() - from).toBeGreaterThan(300)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2'])
    expect(refused.headers.get('cache-control')).toBe('no-store')
    expect(await problemOf(refused)).toMatchObject({ code: 'busy', hint: expect.any(String) })
    expect((await pageOf(await api.get('/v1/events?limit=1000'))).data).toHaveLength(600)
    readers.forEach((reader) => reader.destroy())
    const taken = await api.get(path())
    expect(taken.status).toBe(200)
    await taken.arrayBuffer()
  })

  test('are answered in order when there is room again, and no more than a few wait', async () => {
    await using api = await start({ ...tight, bytesMax, waitMsMax: 20_000 })
    const readers = [await unread(api, path())]
    if (path() === part) readers.push(await unread(api, path()))
    const answered: number[] = []
    const waiting = [0, 1].map(async (n) => {
      await sleep(n * 100)
      const response = await api.get(path())
      answered.push(n)
      await response.arrayBuffer()
      return response.status
    })
    await sleep(300)
    expect(answered).toEqual([])
    expect((await api.get(path())).status).toBe(503)
    readers.forEach((reader) => reader.destroy())
    expect(await Promise.all(waiting)).toEqual([200, 200])
    expect(answered).toEqual([0, 1])
  })
})

test('who reads nothing of an answer is cut off, and the next one gets his place', async () => {
  await using api = await start({ ...tight, waitMsMax: 20_000, stalledMsMax: 2_000 })
  const reader = await unread(api, rawPage)
  const response = await api.get(rawPage)
  expect(response.status).toBe(200)
  // Reading, he is not: it takes longer, and comes whole.
  let bytes = 0
  for await (const chunk of response.body ?? new ReadableStream<Uint8Array>()) {
    bytes += chunk.length
    if (bytes < 4 * mebibyte) await sleep(20)
  }
  expect(bytes).toBeGreaterThan(10 * mebibyte)
  reader.destroy()
})

test('who has a file already is told so, however many are on their way', async () => {
  await using api = await start({ ...tight, bytesMax: 1 })
  const tag = (await api.get(part, {})).headers.get('etag') ?? ''
  const reader = await unread(api, part)
  expect((await api.get(part, { 'if-none-match': tag })).status).toBe(304)
  reader.destroy()
})

test('who goes while he waits leaves his turn to the next', async () => {
  await using api = await start({ ...tight, waitMsMax: 20_000 })
  const reader = await unread(api, rawPage)
  const gone = new AbortController()
  const leaves = fetch(api.url + rawPage, { headers: { authorization: `Bearer ${api.token}` }, signal: gone.signal })
  await sleep(200)
  const next = api.get(rawPage)
  await sleep(200)
  gone.abort()
  await expect(leaves).rejects.toThrow('abort')
  reader.destroy()
  const response = await next
  expect(response.status).toBe(200)
  await response.arrayBuffer()
  expect(api.log()).not.toContain('could not answer')
})
