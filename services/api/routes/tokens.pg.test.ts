// Tokens over HTTP: each has a name of its own, its text is told once, and one that was revoked or has expired lets in nobody.

import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { tokenDigest } from '@plaintrail/store/tokens'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nowUs, problemOf, startTestApi, type TestApi } from '../api-for-tests.ts'

const resources = new AsyncDisposableStack()
/** How long a token that was revoked may still work, and what a machine that does other things may add. */
const forgottenMsMax = 10_000
const slackMs = 20_000
let api: TestApi
let clockUs = nowUs

beforeAll(async () => {
  const { connection } = resources.use(await createTestDatabase())
  api = resources.use(await startTestApi(connection, { nowUs: () => clockUs }))
}, 60_000)
afterAll(() => resources.disposeAsync())

interface Token {
  readonly id: string
  readonly name: string
  readonly created_by: string | null
  readonly expires_at: string | null
  readonly last_used_at: string | null
  readonly revoked_at: string | null
  readonly current: boolean
}

interface Added extends Token {
  readonly token: string
}

interface Step {
  readonly actor: string
  readonly actor_id: string | null
  readonly verb: string
  readonly object: { readonly kind: string; readonly name: string; readonly id: string | null }
  readonly rule: string | null
  readonly after: object | null
}

async function jsonOf<T>(response: Response, status = 200): Promise<T> {
  const text = await response.text()
  expect(response.status, text).toBe(status)
  return JSON.parse(text) as T
}

const send = async (body: object, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  await api.post('/v1/tokens', JSON.stringify(body), headers)
const add = async (name: string, more: object = {}): Promise<Added> => await jsonOf(await send({ name, ...more }), 201)
const by = ({ token }: Added): { readonly authorization: string } => ({ authorization: `Bearer ${token}` })
const listed = async (): Promise<readonly Token[]> =>
  (await jsonOf<{ readonly data: readonly Token[] }>(await api.get('/v1/tokens'))).data
const trail = async (asked: string): Promise<readonly Step[]> =>
  (await jsonOf<{ readonly data: readonly Step[] }>(await api.get(`/v1/audit?${asked}`))).data

async function untilRefused(headers: { readonly authorization: string }): Promise<number> {
  const sinceMs = performance.now()
  for (;;) {
    const response = await api.get('/v1/version', headers)
    await response.arrayBuffer()
    const tookMs = performance.now() - sinceMs
    if (response.status === 401 || tookMs > forgottenMsMax + slackMs) return tookMs
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

test('whoever was revoked a moment ago adds no token that would outlive it', async () => {
  const mallory = await add('mallory')
  // It is remembered from now on.
  expect(await jsonOf(await api.get('/v1/tokens/current', by(mallory)))).toMatchObject({ name: 'mallory' })
  await jsonOf(await api.delete(`/v1/tokens/${mallory.id}`))
  expect(await problemOf(await send({ name: 'mallory-again' }, by(mallory)))).toMatchObject({
    status: 401,
    code: 'auth_required',
  })
  expect((await listed()).map(({ name }) => name)).not.toContain('mallory-again')
})

describe('a token', () => {
  test('lets in under its name, and its text is told once', async () => {
    const response = await send({ name: '  alice@acme.io\n' })
    const added = await jsonOf<Added>(response, 201)
    expect(response.headers.get('location')).toBe(`/v1/tokens/${added.id}`)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(added.token).toMatch(/^ptr_[A-Za-z0-9]{43}$/)
    expect(added).toMatchObject({ name: 'alice@acme.io', created_by: 'test', expires_at: null, current: false })
    const own = await jsonOf<Token>(await api.get('/v1/tokens/current', by(added)))
    expect(own).toMatchObject({ id: added.id, name: 'alice@acme.io', current: true, revoked_at: null })
    const all = await listed()
    expect(all.map(({ name, current }) => [name, current])).toEqual([
      ['alice@acme.io', false],
      ['test', true],
    ])
    expect(all.find(({ name }) => name === 'test')?.last_used_at).toBe('2026-11-20T12:00:00.000000Z')
  })

  test('and its digest stand in no other answer and not in the log', async () => {
    const added = await add('secretive')
    const secrets = [added.token, tokenDigest(added.token).toString('hex'), tokenDigest(added.token).toString('base64')]
    const answers = await Promise.all([
      ...['/v1/tokens', `/v1/tokens/${added.id}`, '/v1/audit', '/v1/openapi.json', '/metrics'].map((path) =>
        api.get(path, by(added)),
      ),
      send({ name: 'secretive' }),
      send({ name: added.token, expires_at: added.token }),
      api.get(`/v1/tokens/${added.token}`),
      api.get('/v1/tokens?limit=1', by(added)),
    ])
    const texts = await Promise.all(answers.map((answer) => answer.text()))
    // What somebody put into a path comes back to him as the instance of the problem, and stands in no log.
    const told = texts.map((text) => text.replaceAll(`"instance":"/v1/tokens/${added.token}"`, ''))
    await api.delete(`/v1/tokens/${added.id}`)
    for (const secret of secrets) {
      expect(told.filter((text) => text.includes(secret))).toEqual([])
      expect(api.log()).not.toContain(secret)
    }
    const { rows } = await api.store.pool.query<{ text: string }>('select t::text as text from triage_step t')
    for (const secret of secrets) expect(JSON.stringify(rows)).not.toContain(secret)
  })

  test('is the same for who asks again with one Idempotency-Key, and for nobody else', async () => {
    const key = { 'idempotency-key': 'one-token' }
    const first = await jsonOf<Added>(await send({ name: 'robot' }, key), 201)
    expect(await jsonOf<Added>(await send({ name: 'robot' }, key), 201)).toEqual(first)
    expect(await problemOf(await send({ name: 'robot' }, { ...key, ...by(first) }))).toMatchObject({ status: 409 })
    const { rows } = await api.store.pool.query<{ text: string }>(
      `select encode(sealed, 'escape') as text from kept_answer`,
    )
    expect(rows.length).toBeGreaterThan(0)
    expect(JSON.stringify(rows)).not.toContain(first.token)
  })

  test('has a name that no other has: of many who add one in one moment one does', async () => {
    const all = await Promise.all(Array.from({ length: 6 }, () => send({ name: 'wanted' })))
    expect(all.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409, 409, 409, 409, 409])
    expect((await listed()).filter(({ name }) => name === 'wanted')).toHaveLength(1)
  })

  test.each([
    [{}, '/name'],
    [{ name: '' }, '/name'],
    [{ name: ' ' }, '/name'],
    [{ name: 7 }, '/name'],
    [{ name: 'Alice' }, '/name'],
    [{ name: 'al ice' }, '/name'],
    [{ name: 'al\u0000ice' }, '/name'],
    [{ name: 'al\u001b[2Jice' }, '/name'],
    [{ name: '\u202eecila' }, '/name'],
    [{ name: 'al\u200bice' }, '/name'],
    [{ name: '\u0430dmin' }, '/name'],
    [{ name: 'admin' }, '/name'],
    [{ name: ' admin ' }, '/name'],
    [{ name: 'adm1n' }, '/name'],
    [{ name: 'plaintrail' }, '/name'],
    [{ name: 'x'.repeat(64) }, '/name'],
    [{ name: 'x'.repeat(400) }, '/name'],
    [{ name: 'a', expires_at: '2020-01-01T00:00:00Z' }, '/expires_at'],
    [{ name: 'a', expires_at: 'soon' }, '/expires_at'],
    [{ name: 'a', expires_at: 1 }, '/expires_at'],
    [{ name: 'a', token: 'ptr_mine' }, '/token'],
  ])('is not made of %j', async (body, pointer) => {
    const before = await listed()
    expect(await problemOf(await send(body))).toMatchObject({ status: 422, errors: [{ pointer }] })
    expect((await listed()).map(({ name }) => name)).toEqual(before.map(({ name }) => name))
  })

  test('of nobody is not found, whatever stands in the path', async () => {
    for (const id of ['6fd50927-4c9c-4f31-82e6-721d335b29ef', 'test', '%00', '..%2f', "'--"]) {
      expect((await api.get(`/v1/tokens/${id}`)).status, id).toBe(404)
      expect((await api.delete(`/v1/tokens/${id}`)).status, id).toBe(404)
    }
  })
})

describe('a token that ends', () => {
  test('by being revoked, once or again, lets in nobody after ten seconds, and its step is told once', async () => {
    const added = await add('leaver')
    expect((await api.get('/v1/version', by(added))).status).toBe(200)
    const revoked = await jsonOf<Token>(await api.delete(`/v1/tokens/${added.id}`))
    expect(revoked.revoked_at).not.toBeNull()
    // Nothing is done by it any more, though it was remembered.
    const other = await fetch(`${api.url}/v1/tokens/${added.id}`, { method: 'DELETE', headers: by(added) })
    expect(other.status).toBe(401)
    expect(await jsonOf<Token>(await api.delete(`/v1/tokens/${added.id}`))).toEqual(revoked)
    expect(await jsonOf<Token>(await api.get(`/v1/tokens/${added.id}`))).toEqual(revoked)
    expect((await listed()).map(({ name }) => name)).not.toContain('leaver')
    expect(await untilRefused(by(added))).toBeLessThan(forgottenMsMax + 5_000)
    const refused = await api.get('/v1/version', by(added))
    expect(await problemOf(refused)).toMatchObject({ status: 401, code: 'auth_required' })
    const steps = (await trail('actor=test')).filter(({ object }) => object.id === added.id)
    expect(steps.map(({ verb }) => verb)).toEqual(['token-revoked', 'token-added'])
    expect(steps[0]).toMatchObject({ object: { kind: 'token', name: 'leaver' }, rule: null, after: null })
  }, 60_000)

  test('may be your own', async () => {
    const added = await add('myself')
    const response = await fetch(`${api.url}/v1/tokens/current`, { method: 'DELETE', headers: by(added) })
    expect(await jsonOf<Token>(response)).toMatchObject({ id: added.id, current: true, revoked_at: expect.any(String) })
    expect(await untilRefused(by(added))).toBeLessThan(forgottenMsMax + 5_000)
    expect((await trail('actor=myself')).map(({ verb, actor_id: id }) => [verb, id])).toEqual([
      ['token-revoked', added.id],
    ])
  }, 60_000)

  test('at its time is known no more from then on, remembered or not, and its name is free', async () => {
    const added = await add('guest', { expires_at: '2026-11-20T13:00:00+00:00' })
    expect(added.expires_at).toBe('2026-11-20T13:00:00.000000Z')
    expect((await api.get('/v1/version', by(added))).status).toBe(200)
    clockUs = Date.parse('2026-11-20T12:59:59.999Z') * 1_000
    expect((await api.get('/v1/version', by(added))).status).toBe(200)
    clockUs = Date.parse('2026-11-20T13:00:00Z') * 1_000
    expect(await problemOf(await api.get('/v1/version', by(added)))).toMatchObject({
      status: 401,
      detail: expect.stringContaining('expired'),
    })
    expect((await listed()).map(({ name }) => name)).not.toContain('guest')
    const again = await add('guest')
    expect(again.id).not.toBe(added.id)
    expect((await api.get('/v1/version', by(again))).status).toBe(200)
  })

  test('leaves its name to another, and the trail tells the two apart by their ids', async () => {
    const first = await add('sam')
    await jsonOf(await send({ name: 'sams-first' }, by(first)), 201)
    await api.delete(`/v1/tokens/${first.id}`)
    const second = await add('sam')
    await jsonOf(await send({ name: 'sams-second' }, by(second)), 201)
    expect((await trail('actor=sam')).map(({ actor_id: id, object }) => [id, object.name])).toEqual([
      [second.id, 'sams-second'],
      [first.id, 'sams-first'],
    ])
    expect((await trail('rule=*')).filter(({ object }) => object.kind === 'token')).toEqual([])
  })
})
