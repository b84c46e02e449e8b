import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { attemptsMax } from '../ingest/post-batch.ts'
import { problem, startCannedApi, type CannedApi } from '../testing/canned-api.ts'
import { plaintrail } from '../testing/captured-io.ts'

let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plaintrail-ingest-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true })
})

const head = '{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":['
const events = (count: number, size = 0): string[] =>
  Array.from(
    { length: count },
    (_, index) => `{"auditID":"${index}", "n":9007199254740993,"pad":"${'x'.repeat(size)}"}`,
  )
const bodies = (api: CannedApi): string[] => api.requests.map(({ body }) => body.toString())

async function fileWith(content: string | Uint8Array): Promise<string> {
  const path = join(folder, 'audit.log')
  await writeFile(path, content)
  return path
}

const ingest = (api: CannedApi, ...args: readonly string[]) =>
  plaintrail(['ingest', ...args, '--cluster', 'demo'], { server: api.url, folder })

test('events are sent as the bytes that stand in the file, with the token, to the cluster', async () => {
  await using api = await startCannedApi(() => ({}))
  const lines = ['{"b":1, "a":9007199254740993,"a":1.10}', '{"s":"\\u00e9é"}']
  const done = await ingest(api, await fileWith(`${lines.join('\n')}\n`))
  expect(bodies(api)).toEqual([`${head}${lines.join(',')}]}`])
  expect(api.requests[0]).toMatchObject({
    method: 'POST',
    path: '/v1/ingest/k8s/demo',
    authorization: 'Bearer ptr_test',
  })
  expect(done).toMatchObject({ code: 0, out: '', err: '2 events sent\n' })
})

test('a file sent twice is sent with the same bytes, so that the receiver knows it', async () => {
  await using api = await startCannedApi(() => ({}))
  const file = await fileWith(events(900).join('\n'))
  await ingest(api, file)
  const first = bodies(api)
  await ingest(api, file)
  expect(bodies(api)).toEqual([...first, ...first])
})

describe('batches', () => {
  test('hold at most 400 events', async () => {
    await using api = await startCannedApi(() => ({}))
    const done = await ingest(api, await fileWith(events(1001).join('\n')))
    expect(bodies(api).map((body) => JSON.parse(body).items.length)).toEqual([400, 400, 201])
    expect(done.err).toBe('1001 events sent\n')
  })

  test('hold at most 4 MiB, except for one event that is larger', async () => {
    await using api = await startCannedApi(() => ({}))
    const file = await fileWith([...events(3, 1_800_000), ...events(1, 6_000_000), ...events(1)].join('\n'))
    await ingest(api, file)
    expect(bodies(api).map((body) => JSON.parse(body).items.length)).toEqual([2, 1, 1, 1])
  })

  test('are split when the receiver finds them too large, and what cannot be split is reported', async () => {
    await using api = await startCannedApi(({ body }) => ({ status: body.length > 3000 ? 413 : 200 }))
    const done = await ingest(api, await fileWith([...events(5, 900), ...events(1, 4000)].join('\n')))
    expect(done.code).toBe(3)
    expect(done.err).toContain('5 events sent')
    expect(done.err).toContain('1 too large to send')
  })
})

test('a line that is no JSON is sent alone and as it is, between its neighbours', async () => {
  await using api = await startCannedApi(() => ({}))
  const done = await ingest(api, await fileWith('{"a":1}\r\n\r\nnot {json\r\n{"a":2}\n{"cut":"o'))
  expect(bodies(api)).toEqual([`${head}{"a":1}]}`, 'not {json', `${head}{"a":2}]}`, '{"cut":"o'])
  expect(done).toMatchObject({ code: 0, err: '2 events sent, 2 that are no JSON sent to quarantine\n' })
})

describe('a file', () => {
  test('may be gzip, whatever its name is', async () => {
    await using api = await startCannedApi(() => ({}))
    const packed = Buffer.concat([gzipSync('{"a":1}\n'), gzipSync('{"a":2}\n')])
    const done = await ingest(api, await fileWith(packed))
    expect(bodies(api)).toEqual([`${head}{"a":1},{"a":2}]}`])
    expect(done.code).toBe(0)
  })

  test('may come from stdin', async () => {
    await using api = await startCannedApi(() => ({}))
    const stdin = [Buffer.from('{"a"'), Buffer.from(':1}\n')]
    const done = await plaintrail(['ingest', '-', '-c', 'demo'], { server: api.url, stdin })
    expect(bodies(api)).toEqual([`${head}{"a":1}]}`])
    expect(done.err).toBe('1 event sent\n')
  })

  test('that is packed and cut off is sent as far as it goes, and reported', async () => {
    await using api = await startCannedApi(() => ({}))
    const packed = gzipSync(events(2000).join('\n'))
    const done = await ingest(api, await fileWith(packed.subarray(0, packed.length - 100)))
    expect(done.code).toBe(2)
    expect(done.err).toMatch(/could not read .*audit\.log: unexpected end of file/)
    expect(api.requests.length).toBeGreaterThan(0)
  })

  test('that is not there is a usage error', async () => {
    await using api = await startCannedApi(() => ({}))
    expect(await ingest(api, 'missing.log')).toMatchObject({ code: 2, err: expect.stringContaining('missing.log') })
    expect(await ingest(api, '.')).toMatchObject({ code: 2 })
    expect(api.requests).toHaveLength(0)
  })
})

describe('a busy receiver', () => {
  test('is waited for as long as it asks, and nothing is left out', async () => {
    let left = 2
    await using api = await startCannedApi(() => (left-- > 0 ? { status: 503, headers: { 'retry-after': '7' } } : {}))
    const done = await ingest(api, await fileWith(events(2).join('\n')))
    expect(done).toMatchObject({ code: 0, sleepsMs: [7000, 7000] })
    expect(new Set(bodies(api)).size).toBe(1)
  })

  test('that stays busy ends the run with a code that says to try again', async () => {
    await using api = await startCannedApi(() => ({
      status: 503,
      body: problem(503, 'overloaded', 'The spool is full'),
    }))
    const done = await ingest(api, await fileWith(events(2).join('\n')))
    expect(done.code).toBe(8)
    expect(api.requests).toHaveLength(attemptsMax)
    expect(Math.max(...done.sleepsMs)).toBeLessThanOrEqual(60_000)
  })

  test('that goes away in the middle is tried again, and the run says how to go on', async () => {
    let count = 0
    await using api = await startCannedApi(() => ({ status: count++ === 0 ? 200 : 500 }))
    const done = await ingest(api, await fileWith(events(500).join('\n')))
    expect(done.code).toBe(8)
    expect(done.err).toContain('400 events sent before that; run it again: nothing is stored twice')
  })
})

describe('a refusal', () => {
  test('for the token is told at once', async () => {
    await using api = await startCannedApi(() => ({
      status: 401,
      body: problem(401, 'auth_required', 'No such token'),
    }))
    expect(await ingest(api, await fileWith('{}'))).toMatchObject({ code: 4, sleepsMs: [] })
    expect(api.requests).toHaveLength(1)
  })

  test('for an unknown cluster says how to add it', async () => {
    await using api = await startCannedApi(() => undefined)
    const done = await ingest(api, await fileWith('{}'))
    expect(done).toMatchObject({ code: 5, err: expect.stringContaining('plaintrail cluster add demo') })
  })
})

test('where nothing listens the run ends at once', async () => {
  const done = await plaintrail(['ingest', await fileWith('{}'), '-c', 'demo'], { server: 'http://127.0.0.1:1' })
  expect(done).toMatchObject({ code: 8, sleepsMs: [], err: expect.stringContaining('npm start') })
})

test('somebody who watches sees how far it is, and a pipe does not', async () => {
  await using api = await startCannedApi(() => ({}))
  const file = await fileWith(events(10).join('\n'))
  const watched = await plaintrail(['ingest', file, '-c', 'demo'], { server: api.url, isTty: true })
  expect(watched.err).toMatch(/█+ 100% {2}10 events/)
  expect(watched.err.endsWith(`${String.fromCodePoint(0x1b)}[2K10 events sent\n`)).toBe(true)
  expect((await ingest(api, file)).err).toBe('10 events sent\n')
})

test('a script gets the counts as JSON', async () => {
  await using api = await startCannedApi(() => ({}))
  const done = await ingest(api, await fileWith('{}\nx\n'), '-o', 'json')
  expect(JSON.parse(done.out)).toEqual({ events_sent: 1, not_json: 1, too_large: 0 })
})
