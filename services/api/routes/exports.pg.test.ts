import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '@plaintrail/test/postgres-for-tests'
import { storePart } from '@plaintrail/store/make-export'
import { nowText, problemOf, startTestApi, type TestApi } from '../api-for-tests.ts'

let database: TestDatabase
let api: TestApi
beforeAll(async () => {
  database = await createTestDatabase()
  api = await startTestApi(database.connection)
})
afterAll(async () => {
  await api[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

interface Answered {
  readonly id: string
  readonly state: string
  readonly links: { readonly self: string; readonly manifest: string | null }
  readonly parts: readonly { readonly url: string; readonly name: string; readonly sha256: string }[]
}

const post = (body: unknown, headers = {}): Promise<Response> => api.post('/v1/exports', JSON.stringify(body), headers)

/** The answer's shape is held by openapi/answers.pg.test.ts. */
async function answered(response: Response, status = 200): Promise<Answered> {
  if (response.status !== status) throw new Error(`${response.status} ${await response.text()}`)
  return (await response.json()) as Answered
}

const next = { timeUs: Date.parse('2026-11-20T06:00:00Z') * 1_000, key: 'aa'.repeat(16) }

/** As a jobrunner writes it. */
async function addPart(id: string, text: string, isLast: boolean): Promise<void> {
  const { rows } = await api.store.pool.query<{ job: string }>(
    `select job::text as job from export where replace(id::text, '-', '') = $1`,
    [id.slice('exp_'.length)],
  )
  const content = Buffer.from(text)
  const part = { rows: 10, content, sha256: createHash('sha256').update(content).digest() }
  const end = { part, next: isLast ? null : next, manifestOf: () => '{"a":1}' }
  await storePart(api.store, rows[0]?.job ?? '', end, { bytesMax: 1_000, keepDays: 7 })
}

describe('an export', () => {
  test('is asked for, told of as it grows, fetched by parts, and proved by its manifest', async () => {
    const response = await post({ q: 'ns:shop after:2026-11-20', format: 'csv' })
    const made = await answered(response, 202)
    expect(response.headers.get('location')).toBe(made.links.self)
    expect(made).toMatchObject({
      state: 'queued',
      query: 'ns:shop',
      window: { since: '2026-11-20T00:00:00.000000Z', until: nowText },
      format: 'csv',
      include_raw: false,
      maker: 'test',
      progress: { fraction: 0, rows: 0, parts: 0 },
      links: { manifest: null },
    })
    expect((await problemOf(await api.get(`${made.links.self}/manifest`))).code).toBe('conflict')
    await addPart(made.id, 'one', false)
    const running = await answered(await api.get(made.links.self))
    expect(running).toMatchObject({ progress: { fraction: 0.5, rows: 10, bytes: 3, parts: 1 } })
    await addPart(made.id, 'two', true)
    const done = await answered(await api.get(made.links.self))
    expect(done).toMatchObject({ state: 'done', progress: { fraction: 1, rows: 20 }, parts: [{}, { number: 2 }] })
    for (const [at, text] of ['one', 'two'].entries()) {
      const { url = '', name = '', sha256 = '' } = done.parts[at] ?? {}
      const file = await api.get(url)
      expect(file.headers.get('content-type')).toBe('application/gzip')
      expect(file.headers.get('content-encoding')).toBeNull()
      expect(file.headers.get('content-disposition')).toBe(`attachment; filename=${name}`)
      expect(file.headers.get('etag')).toBe(`"${sha256}"`)
      expect(createHash('sha256').update(text).digest('hex')).toBe(sha256)
      expect(await file.text()).toBe(text)
      expect((await api.get(url, { 'if-none-match': `"${sha256}"` })).status).toBe(304)
    }
    const manifest = await api.get(done.links.manifest ?? '')
    expect([manifest.headers.get('content-type'), await manifest.text()]).toEqual([
      'application/json; charset=utf-8',
      '{"a":1}',
    ])
  })

  test('is listed newest first, a page at a time', async () => {
    const ids: string[] = []
    for (let n = 0; n < 3; n += 1) ids.unshift((await answered(await post({ format: 'ecs' }), 202)).id)
    const first = (await (await api.get('/v1/exports?limit=2')).json()) as { data: Answered[]; next_cursor: string }
    const second = (await (await api.get(`/v1/exports?cursor=${first.next_cursor}`)).json()) as { data: Answered[] }
    expect([...first.data, ...second.data].map(({ id }) => id).slice(0, 3)).toEqual(ids)
  })

  test('is cancelled, and then has no files', async () => {
    const made = await answered(await post({ format: 'parquet', since: '2014-01-01' }), 202)
    await addPart(made.id, 'one', false)
    expect(await answered(await api.delete(made.links.self))).toMatchObject({ state: 'cancelled' })
    expect(await answered(await api.get(made.links.self))).toMatchObject({ state: 'cancelled', parts: [] })
    expect((await problemOf(await api.get(`${made.links.self}/parts/1`))).code).toBe('not_found')
  })

  test('that is asked for twice with one Idempotency-Key is one', async () => {
    const headers = { 'idempotency-key': 'once' }
    const one = await answered(await post({ format: 'csv' }, headers), 202)
    const other = await post({ format: 'csv' }, headers)
    expect(other.headers.get('location')).toBe(one.links.self)
    expect((await answered(other, 202)).id).toBe(one.id)
  })

  test.each([
    [{ format: 'pdf' }, 422, 'unprocessable'],
    [{}, 422, 'unprocessable'],
    [{ format: 'csv', colour: 'red' }, 422, 'unprocessable'],
    [{ format: 'csv', include_raw: 'yes' }, 422, 'unprocessable'],
    [{ format: 'csv', q: 'colour:red' }, 400, 'query_syntax'],
    [{ format: 'csv', q: '('.repeat(10_000) }, 400, 'query_syntax'],
    [{ format: 'csv', q: 'a'.repeat(100_000) }, 400, 'query_syntax'],
    [{ format: 'csv', q: '\u0000' }, 400, 'query_syntax'],
    [{ format: 'csv', since: 'yesterday' }, 400, 'query_syntax'],
    [{ format: 'csv', since: 'now', until: '2014-01-01' }, 400, 'query_syntax'],
    [{ format: 'csv', q: 'label:team=payments' }, 422, 'unavailable'],
    [[], 422, 'unprocessable'],
  ])('of %j is refused: %d %s', async (body, status, code) => {
    const response = await post(body)
    expect(response.status).toBe(status)
    expect((await problemOf(response)).code).toBe(code)
  })

  test.each(['exp_0', 'exp_', '%00', '..%2f..', "exp_' or 1=1--", 'EXP_' + '0'.repeat(32), 'exp_' + '0'.repeat(32)])(
    'of the id %j is not there',
    async (id) => {
      for (const path of ['', '/parts/1', '/manifest']) {
        expect((await problemOf(await api.get(`/v1/exports/${id}${path}`))).status).toBe(404)
      }
      expect((await problemOf(await api.delete(`/v1/exports/${id}`))).status).toBe(404)
    },
  )

  test.each(['0', '-1', '1.5', '1e9', '99999999999999999999', 'x', '%00', '01'])('has no part %j', async (n) => {
    const { links } = await answered(await post({ format: 'csv' }), 202)
    expect((await problemOf(await api.get(`${links.self}/parts/${n}`))).status).toBe(404)
    await api.delete(links.self)
  })

  test('is refused when as many as may be are not ended', async () => {
    const made: Answered[] = []
    for (
      let response = await post({ format: 'csv' });
      response.status === 202;
      response = await post({ format: 'csv' })
    )
      made.push(await answered(response, 202))
    const problem = await problemOf(await post({ format: 'csv' }))
    expect([problem.code, problem.hint]).toEqual(['conflict', expect.stringContaining('cancel')])
    await api.delete(made[0]?.links.self ?? '')
    expect((await post({ format: 'csv' })).status).toBe(202)
  })
})
