import { describe, expect, test } from 'vitest'
import { problem, startCannedApi, type CannedAnswer, type CannedRequest } from '../testing/canned-api.ts'
import { plaintrail } from '../testing/captured-io.ts'
import { sampleToken } from '../testing/sample-token.ts'

const ids = {
  admin: '00000000-0000-4000-8000-000000000001',
  alice: '00000000-0000-4000-8000-000000000002',
  bob: '00000000-0000-4000-8000-000000000003',
}
const tokens = [
  sampleToken({ id: ids.admin, name: 'admin', created_by: null, expires_at: null, current: false }),
  sampleToken({ id: ids.alice, name: 'alice' }),
  sampleToken({ id: ids.bob, name: 'bob', current: false, last_used_at: '2026-11-20T14:10:00.000000Z' }),
]
const secret = 'ptr_0123456789'

/** Alice asks. */
function answer({ method, path }: CannedRequest): CannedAnswer | undefined {
  if (method === 'POST') return { status: 201, body: { ...sampleToken({ current: false }), token: secret } }
  if (path === '/v1/tokens') return { body: { data: tokens, has_more: false, next_cursor: null } }
  const id = path.replace('/v1/tokens/', '').replace('current', ids.alice)
  const found = tokens.find((token) => token.id === id)
  return found && { body: found }
}

const revoked = (requests: readonly CannedRequest[]): readonly string[] =>
  requests.filter(({ method }) => method === 'DELETE').map(({ path }) => path.replace('/v1/tokens/', ''))

describe('token add', () => {
  test('prints the text alone, and on stderr what it is for', async () => {
    await using api = await startCannedApi(answer)
    const done = await plaintrail(['token', 'add', 'alice', '--expires', '90d'], { server: api.url })
    expect(done).toMatchObject({ code: 0, out: `${secret}\n` })
    expect(done.err).toContain('token alice was added, until 2027-03-01T00:00:00.000000Z; its text is not told again')
    expect(done.err).toContain(`plaintrail login --server ${api.url}`)
    expect(done.err).not.toContain(secret)
    const [request] = api.requests
    expect(request).toMatchObject({ method: 'POST', path: '/v1/tokens' })
    expect(JSON.parse(String(request?.body))).toEqual({ name: 'alice', expires_at: '2027-02-18T14:17:22.000Z' })
    // Whoever loses the answer on its way asks again and has the same token.
    expect(request?.headers['idempotency-key']).toMatch(/^[\da-f-]{36}$/)
  })

  test.each([
    ['json', /"token": "ptr_0123456789"/],
    ['jsonl', /"token":"ptr_0123456789"/],
    ['yaml', /token: ptr_0123456789/],
    ['csv', /,ptr_0123456789/],
    ['wide', /ptr_0123456789/],
  ])('tells it in -o %s, too', async (format, text) => {
    await using api = await startCannedApi(answer)
    const { out } = await plaintrail(['token', 'add', 'alice', '-o', format], { server: api.url })
    expect(out).toMatch(text)
  })

  test('asks nothing where the time is none or past, and says why where the server refuses', async () => {
    await using api = await startCannedApi(() => ({
      status: 409,
      body: problem(409, 'conflict', 'there is a token of the name alice'),
    }))
    for (const time of ['soon', '2020-01-01'])
      expect((await plaintrail(['token', 'add', 'alice', '--expires', time], { server: api.url })).code).toBe(2)
    expect(api.requests).toHaveLength(0)
    const done = await plaintrail(['token', 'add', 'alice'], { server: api.url })
    expect(done).toMatchObject({ out: '', err: expect.stringContaining('there is a token of the name alice') })
    expect(done.code).not.toBe(0)
  })
})

test('token list tells who may ask, when each was used last, and which one asks', async () => {
  await using api = await startCannedApi(answer)
  const { out } = await plaintrail(['token'], { server: api.url })
  expect(out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['NAME', 'ADDED', 'BY', 'USED', 'ENDS', 'YOU'],
    ['admin', '2026-11-20T10:00:00.000000Z', '-', 'never', 'never', '-'],
    ['alice', '2026-11-20T10:00:00.000000Z', 'admin', 'never', '2027-03-01T00:00:00.000000Z', 'you'],
    ['bob', '2026-11-20T10:00:00.000000Z', 'admin', '2026-11-20T14:10:00.000000Z', '2027-03-01T00:00:00.000000Z', '-'],
    [''],
  ])
  expect((await plaintrail(['token', 'list', '-o', 'name'], { server: api.url })).out).toBe('admin\nalice\nbob\n')
  expect((await plaintrail(['token', 'list', '-o', 'wide'], { server: api.url })).out).toContain(ids.bob)
})

describe('token revoke', () => {
  test('takes names and ids, and the own token last', async () => {
    await using api = await startCannedApi(answer)
    const done = await plaintrail(['token', 'revoke', 'alice', ids.bob, 'bob', 'admin'], { server: api.url })
    expect(done).toMatchObject({ code: 0, out: '' })
    expect(revoked(api.requests)).toEqual([ids.bob, ids.admin, ids.alice])
    expect(done.err).toContain(`token bob (${ids.bob}) is revoked`)
    expect(done.err).toContain('! that was the token you ask with')
    expect(done.err).toContain('! the next start of the server puts another into admin-token')
  })

  test('revokes none where one is not there', async () => {
    await using api = await startCannedApi(answer)
    const done = await plaintrail(['token', 'revoke', 'bob', 'nob\u001b[2J'], { server: api.url })
    expect(done).toMatchObject({ code: 5, err: expect.stringContaining('plaintrail token list') })
    expect(done.err).not.toContain('\u001b')
    expect(revoked(api.requests)).toEqual([])
  })

  test('by an id asks for that token alone', async () => {
    await using api = await startCannedApi(answer)
    const done = await plaintrail(['token', 'revoke', ids.bob], { server: api.url })
    expect(done.err).not.toContain('!')
    expect(api.requests.map(({ path }) => path)).not.toContain('/v1/tokens')
  })
})

test.each([
  ['list', {}],
  ['add x', { ...sampleToken() }],
  ['revoke x', { data: [{}] }],
])('token %s takes no answer of another program for one of ours', async (words, body) => {
  await using api = await startCannedApi(() => ({ body }))
  const done = await plaintrail(['token', ...words.split(' ')], { server: api.url })
  expect(done).toMatchObject({ code: 8, out: '' })
})
