// What somebody sends who means no good: a clear 4xx, soon, and never 500.

import { connect } from 'node:net'
import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AnsweredProblem, problemOf, type TestApi } from './api-for-tests.ts'
import { startSeededApi } from './seeded-api-for-tests.ts'

const resources = new AsyncDisposableStack()
let api: TestApi
let event: string

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  const { lists } = corpusOf(corpusVersions().at(-1) ?? '')
  const seeded = resources.use(await startSeededApi(database.connection, lists))
  api = seeded.api
  event = seeded.ids.event
})

afterAll(() => resources.disposeAsync())

/** Of a refusal on a machine that does other work too: nothing of it grows with what was sent. */
const refusalMsMax = 3_000
/** The longest suggestion is a query, mended and escaped twice. */
const problemLengthMax = 40_000

async function refused(response: Promise<Response>): Promise<AnsweredProblem> {
  const from = performance.now()
  const problem = await problemOf(await response)
  expect(performance.now() - from).toBeLessThan(refusalMsMax)
  expect(problem.status).toBeGreaterThanOrEqual(400)
  expect(problem.status).toBeLessThan(500)
  expect(JSON.stringify(problem).length).toBeLessThan(problemLengthMax)
  return problem
}

const search = (body: object): Promise<Response> => api.post('/v1/events/search', JSON.stringify(body))
const q = (text: string): string => `/v1/events?${new URLSearchParams({ q: text }).toString()}`

describe('a query', () => {
  test.each([
    ['of 100 KB', 'a'.repeat(100_000)],
    ['of 100 KB of qualifiers', 'ns:a '.repeat(20_000)],
    ['with 10,000 nested groups', '('.repeat(10_000) + 'a' + ')'.repeat(10_000)],
    ['with 10,000 opened groups', '('.repeat(10_000)],
    ['with 10,000 negations', '-'.repeat(10_000)],
    ['with 10,000 values', `ns:${'a,'.repeat(10_000)}a`],
    ['with an open quote of 8 KB', `"${'\\'.repeat(8_000)}`],
    ['with a regular expression', 'name:/(a+)+$/'],
  ])('%s is refused, in the body and in the URL', async (_what, text) => {
    expect((await refused(search({ q: text }))).code).toBe('query_syntax')
    expect(['query_syntax', 'headers_too_large']).toContain((await refused(api.get(q(text)))).code)
  })

  test.each([
    'name:%',
    'name:_',
    'name:\\',
    'ns:%_\\',
    'actor:%*_*',
    `"'; drop table event; --"`,
    'name:../../etc/passwd',
    '..',
  ])('of %s means these very characters and finds nothing', async (text) => {
    const response = await search({ q: text, since: '2014-01-01', until: '2100-01-01' })
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ data: [] })
  })

  test('with a NUL is refused wherever it stands', async () => {
    for (const text of ['name:a\0b', '\0', 'a\0:b', 'audit:\0'])
      expect((await refused(search({ q: text }))).code).toBe('query_syntax')
    for (const path of ['name=a%00b', 'actor=%00', 'q=%00', '%00=1', 'since=%00', 'cursor=%00', 'fields=%00'])
      expect((await refused(api.get(`/v1/events?${path}`))).code).toBe('query_syntax')
  })

  test('with a lone surrogate is read or refused, and never breaks', async () => {
    const { status } = await api.post('/v1/events/search', '{"q":"name:\\ud800"}')
    expect([200, 400]).toContain(status)
  })
})

describe('parameters', () => {
  test('of which there are thousands are all read, and refused', async () => {
    expect((await refused(api.get(`/v1/events?${'ns=a&'.repeat(4_000)}`))).parameter).toBe('ns')
    expect(
      (await refused(api.get(`/v1/events?${Array.from({ length: 2_000 }, (_, n) => `p${n}=1`).join('&')}`))).code,
    ).toBe('query_syntax')
  })

  test('that would change an object are parameters like others', async () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '__proto__[x]'])
      for (const path of ['/v1/events', '/v1/clusters', '/v1/quarantine', '/v1/queries/complete'])
        expect((await refused(api.get(`${path}?${encodeURIComponent(name)}=1`))).parameter, path).toBe(name)
  })

  test('of a body that would do so are fields that are not known', async () => {
    const problem = await refused(api.post('/v1/events/search', '{"__proto__":{"q":"a"},"constructor":1}'))
    expect(problem.code).toBe('unprocessable')
  })
})

describe('a path', () => {
  test.each([
    '/v1/events/..%2f..%2fclusters',
    '/v1/events/%00',
    '/v1/events/evt_%00',
    `/v1/events/evt_${'A'.repeat(10_000)}`,
    '/v1/events/evt_ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ',
    '/v1/clusters/..',
    '/v1/clusters/%2e%2e',
    `/v1/clusters/${'a'.repeat(10_000)}`,
    '/v1/jobs/%00/retry',
    '/v1/events/%ff',
  ])('%s finds nothing', async (path) => {
    const problem = await refused(path.endsWith('retry') ? api.post(path, '') : api.get(path))
    expect([400, 404]).toContain(problem.status)
  })

  test('of an object with odd parts is read or refused', async () => {
    for (const part of ['%00', '*', '%25', '..%2f', encodeURIComponent('"'), 'a'.repeat(5_000)]) {
      const { status } = await api.get(`/v1/objects/${part}/${part}/${part}/${part}/${part}/history`)
      expect([200, 400, 404], part).toContain(status)
    }
  })
})

describe('a body', () => {
  test.each([
    ['of 2 MiB', `{"q":"${'a'.repeat(2 * 1024 * 1024)}"}`, 413],
    ['nested 100,000 deep', '['.repeat(100_000), 400],
    ['nested 100,000 deep and closed', '['.repeat(100_000) + ']'.repeat(100_000), 422],
    ['of another shape', '[]', 422],
    ['with fields of other types', '{"q":1,"limit":"x","include":{},"fields":"id"}', 422],
    ['with 10,000 fields', JSON.stringify({ fields: Array.from({ length: 10_000 }, () => 'id') }), 422],
    ['with a limit beyond numbers', '{"limit":1e400}', 422],
  ])('%s is refused', async (_what, body, status) => {
    expect((await refused(api.post('/v1/events/search', body))).status).toBe(status)
  })
})

describe('headers', () => {
  test('of 40 KB are refused with a problem', async () => {
    const problem = await refused(api.get('/v1/version', { 'x-long': 'a'.repeat(40_000) }))
    expect(problem).toMatchObject({ status: 431, code: 'headers_too_large', hint: expect.stringContaining('POST') })
  })

  test('that break what reads them are read or refused', async () => {
    for (const headers of [
      { authorization: `Bearer ${'a'.repeat(20_000)}` },
      { 'if-none-match': '"'.repeat(10_000) },
      { 'if-none-match': ',W/'.repeat(5_000) },
      { 'accept-encoding': 'gzip;q=x,*;q=999,br;;;' },
      { 'accept-encoding': 'gzip,'.repeat(5_000) },
      { accept: 'text/\\' },
      { 'x-request-id': '\u00ff'.repeat(100) },
      { 'idempotency-key': '\u00ff' },
      { 'last-event-id': '\u00ff' },
    ]) {
      const { status } = await api.get(`/v1/events/${event}`, headers)
      expect(status, JSON.stringify(headers).slice(0, 60)).toBeLessThan(500)
    }
  })

  test('that are no HTTP end the connection with a problem', async () => {
    for (const text of ['GET / HTTP/9.9\r\n\r\n', '\x16\x03\x01\x02\x00', 'GET /v1/version HTTP/1.1\r\nA B: c\r\n\r\n'])
      expect(await rawAnswer(text)).toMatch(/^HTTP\/1\.1 400 [^]*"code":"bad_request"/)
  })
})

function rawAnswer(text: string): Promise<string> {
  const { hostname, port } = new URL(api.url)
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(Number(port), hostname, () => socket.write(text))
    socket.on('data', (chunk) => (answer += chunk.toString()))
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
  })
}
