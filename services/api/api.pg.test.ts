// What every route of the api keeps: who is let in, how errors look, and what is said when Postgres fails.

import { hash } from 'node:crypto'
import { addCluster } from '@plaintrail/store/clusters'
import { storeDeliveries } from '@plaintrail/store/events-for-tests'
import { makeToken } from '@plaintrail/store/tokens'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditItem, nowUs, pageOf, problemOf, startTestApi, type TestApi } from './api-for-tests.ts'

const resources = new AsyncDisposableStack()
const item = auditItem({})
const times = (time: string) => ({ requestReceivedTimestamp: time, stageTimestamp: time })
const over = auditItem({ auditID: 'over', ...times('2026-11-19T10:00:00.000000Z') })
const begun = auditItem({
  auditID: 'begun',
  stage: 'RequestReceived',
  responseStatus: undefined,
  ...times('2026-11-19T10:00:00.000000Z'),
})
const late = auditItem({ auditID: 'late', ...times('2026-11-19T10:00:00.000000Z') })
let api: TestApi
let id: string
let cluster: string

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  api = resources.use(await startTestApi(database.connection))
  ;({ uid: cluster } = await addCluster(api.store, { name: 'east' }))
  await storeDeliveries(api.store, [{ cluster, items: [item, over, begun, late], receivedAtUs: nowUs }])
  const { data } = await pageOf(await api.get('/v1/events?since=2026-11-20&until=2100-01-01'))
  id = data[0]?.id ?? ''
})

afterAll(() => resources.disposeAsync())

const routes = [
  'GET /v1/version',
  'GET /v1/events',
  'GET /v1/events/evt_1',
  'GET /v1/events/evt_1/raw',
  'GET /v1/objects/east/core/pods/shop/web/history',
  'GET /v1/clusters',
  'POST /v1/clusters',
  'GET /v1/quarantine',
].map((route) => route.split(' '))

describe('who asks', () => {
  test.each(routes)('%s %s answers nobody who has no token or a wrong one', async (method = '', path = '') => {
    for (const authorization of [undefined, 'Bearer', 'Basic YTpi', `Bearer ${makeToken('api')}`]) {
      const response = await fetch(api.url + path, {
        method,
        headers: { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) },
        ...(method === 'POST' ? { body: '{not json' } : {}),
      })
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toBe('Bearer')
      expect(await problemOf(response)).toMatchObject({ code: 'auth_required', hint: expect.any(String) })
    }
  })

  test.each(routes)('%s %s answers no ingest token, which can only post events', async (method = '', path = '') => {
    const response = await fetch(api.url + path, {
      method,
      headers: { authorization: `Bearer ${makeToken('ingest')}` },
    })
    expect(response.status).toBe(403)
    expect((await problemOf(response)).code).toBe('forbidden')
  })

  test('the scheme of the token is read in any case', async () => {
    expect((await api.get('/v1/version', { authorization: `bearer ${api.token}` })).status).toBe(200)
  })

  test('no token ever stands in an answer or in the log', async () => {
    const wrong = makeToken('api')
    const answer = await (await api.get('/v1/events', { authorization: `Bearer ${wrong}` })).text()
    expect(answer).not.toContain(wrong)
    expect(api.log()).not.toContain(wrong)
  })
})

describe('every answer', () => {
  test('has the id that the caller sent, or one of our own', async () => {
    const sent = await api.get('/v1/version', { 'x-request-id': 'ci-42.a:b_c' })
    expect(sent.headers.get('x-request-id')).toBe('ci-42.a:b_c')
    const made = await api.get('/v1/version')
    expect(made.headers.get('x-request-id')).toMatch(/^req_[0-9a-f-]{36}$/)
  })

  test('has an id of our own where the sent one could not stand in a log line', async () => {
    for (const odd of ['a b', 'x'.repeat(129), '{"a":1}']) {
      const response = await api.get('/v1/version', { 'x-request-id': odd })
      expect(response.headers.get('x-request-id')).toMatch(/^req_/)
    }
  })

  test('is kept by no cache and guessed by no browser unless it says so', async () => {
    const { headers } = await api.get('/v1/events')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('x-powered-by')).toBeNull()
  })

  test('leaves its connection open for longer than a load balancer does', async () => {
    const { headers } = await api.get('/v1/version')
    expect(headers.get('keep-alive')).toBe('timeout=120')
  })

  test('lets the reference have its own style and nothing else', async () => {
    const response = await fetch(`${api.url}/v1/reference`)
    const [, style = ''] = /<style>([^]*?)<\/style>/.exec(await response.text()) ?? []
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toContain(`default-src 'none'; style-src 'sha256-${hash('sha256', style, 'base64')}';`)
    expect(policy).not.toContain('script-src')
  })

  test('says which version this is when asked', async () => {
    const response = await api.get('/v1/version')
    expect(await response.json()).toEqual({ version: '9.9.9' })
    expect(response.headers.get('plaintrail-version')).toBe('9.9.9')
  })
})

describe('a problem', () => {
  test('says what is wrong, with what, and how to mend it', async () => {
    const response = await api.get('/v1/events?namespac=shop', { 'x-request-id': 'mine' })
    expect(response.status).toBe(400)
    expect(await problemOf(response)).toEqual({
      type: 'https://plaintrail.dev/problems/query-syntax',
      title: 'Bad Request',
      status: 400,
      code: 'query_syntax',
      detail: expect.stringContaining('namespac'),
      hint: 'Did you mean "ns"?',
      parameter: 'namespac',
      suggestion: 'ns',
      docs: '/v1/reference#problem-query-syntax',
      instance: '/v1/events?namespac=shop',
      request_id: 'mine',
    })
  })

  test.each([
    '/v1/events/evt_1',
    '/v1/events/evt_1/raw',
    '/v1/clusters',
    '/v1/quarantine',
    '/v1/objects/east/core/pods/shop/web/history',
  ])('%s refuses a parameter that it does not know', async (path) => {
    for (const name of ['sinse', '__proto__', 'constructor']) {
      const response = await api.get(`${path}?${name}=1`)
      expect(response.status).toBe(400)
      expect((await problemOf(response)).parameter).toBe(name)
    }
  })

  test('is 404 for an unknown route, method, event and id', async () => {
    const unknown = [
      '/',
      '/v2/events',
      '/v1/events/evt_1/rawr',
      '/v1/events/evt_1',
      `/v1/events/${id}0`,
      '/v1/events/x',
    ]
    for (const path of [...unknown, `/v1/events/${id.slice(0, -1)}/raw`]) {
      const response = await api.get(path)
      expect(response.status, path).toBe(404)
      expect(await problemOf(response)).toMatchObject({ code: 'not_found', hint: expect.any(String) })
    }
    expect((await api.post('/v1/events', '{}')).status).toBe(404)
  })

  test('is 400 for a path that cannot be decoded', async () => {
    for (const path of ['/v1/events/%E0%A4%A', '/v1/objects/east/core/pods/shop/%ff/history']) {
      const response = await api.get(path)
      expect(response.status).toBe(400)
      expect((await problemOf(response)).code).toBe('bad_request')
    }
  })
})

describe('one event', () => {
  test('is found by its id, with its links', async () => {
    const response = await api.get(`/v1/events/${id}`)
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({
      id,
      time: '2026-11-20T12:00:00.000000Z',
      cluster: 'east',
      object: { group: 'apps', resource: 'deployments', namespace: 'shop', name: 'checkout' },
      links: {
        self: `/v1/events/${id}`,
        raw: `/v1/events/${id}/raw`,
        history: '/v1/objects/east/apps/deployments/shop/checkout/history',
      },
    })
    // Another stage of the same request may still be on its way.
    expect(response.headers.get('cache-control')).toBe('private, no-cache')
  })

  test('is not sent again to who has it, and is asked for again however long ago its request ended', async () => {
    const find = async (auditId: string): Promise<Response> => {
      const { data } = await pageOf(await api.get(`/v1/events?since=2026-11-01&audit=${auditId}`))
      return await api.get(`/v1/events/${data[0]?.id}`)
    }
    const [over, begun] = [await find('over'), await find('begun')]
    for (const { headers } of [over, begun]) expect(headers.get('cache-control')).toBe('private, no-cache')
    for (const { url, headers } of [over, begun]) {
      const tag = headers.get('etag') ?? ''
      expect(tag).toMatch(/^"[0-9a-f]{64}(-gzip|-br)?"$/)
      const again = await api.get(new URL(url).pathname, { 'if-none-match': tag })
      expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, tag, ''])
    }
    expect(over.headers.get('etag')).not.toBe(begun.headers.get('etag'))
  })

  test('is another answer when another event with its auditID comes late', async () => {
    const { data } = await pageOf(await api.get('/v1/events?since=2026-11-01&audit=late'))
    const path = `/v1/events/${data[0]?.id}`
    const first = await api.get(path)
    expect(await first.json()).toMatchObject({ audit: { conflict: false } })
    const other = auditItem({ auditID: 'late', verb: 'delete', ...times('2026-11-19T10:00:00.000000Z') })
    await storeDeliveries(api.store, [{ cluster, items: [other], receivedAtUs: nowUs + 1 }])
    const second = await api.get(path, { 'if-none-match': first.headers.get('etag') ?? '' })
    expect(second.status).toBe(200)
    expect(await second.json()).toMatchObject({ audit: { conflict: true } })
  })

  test('is kept for nobody else, whatever of it is kept', async () => {
    const { headers } = await api.post('/v1/exports', JSON.stringify({ since: '1h', format: 'csv' }))
    for (const path of [`/v1/events/${id}`, `/v1/events/${id}/raw`, '/v1/events', headers.get('location') ?? '']) {
      const response = await api.get(path)
      expect(response.status, path).toBe(200)
      expect(response.headers.get('vary')?.split(', '), path).toContain('Authorization')
      const known = await api.get(path, { 'if-none-match': '*' })
      expect(known.headers.get('vary')?.split(', '), path).toContain('Authorization')
    }
    const refused = await fetch(`${api.url}/v1/events/${id}`)
    expect([refused.status, refused.headers.get('vary')?.split(', ')]).toEqual([
      401,
      expect.arrayContaining(['Authorization']),
    ])
    expect((await fetch(`${api.url}/v1/openapi.json`)).headers.get('vary')).not.toContain('Authorization')
  })

  test('has its bytes as they arrived, to be kept for good', async () => {
    const response = await api.get(`/v1/events/${id}/raw`)
    expect(Buffer.from(await response.arrayBuffer()).equals(Buffer.from(item))).toBe(true)
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(response.headers.get('etag')).toBe(`"${id}"`)
    expect(response.headers.get('cache-control')).toBe('private, max-age=31536000, immutable')
  })

  test('has bytes that are not sent again to who has them', async () => {
    const tag = `"${id}"`
    for (const known of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
      const response = await api.get(`/v1/events/${id}/raw`, { 'if-none-match': known })
      expect(response.status, known).toBe(304)
      expect(await response.text()).toBe('')
      expect(response.headers.get('etag')).toBe(tag)
      expect(response.headers.get('cache-control')).toContain('immutable')
    }
    expect((await api.get(`/v1/events/${id}/raw`, { 'if-none-match': '"other"' })).status).toBe(200)
    expect((await api.get('/v1/events/evt_1/raw', { 'if-none-match': '"evt_1"' })).status).toBe(404)
  })
})

describe('machines that watch this one need no token', () => {
  test('/healthz says that the process answers', async () => {
    const response = await fetch(`${api.url}/healthz`)
    expect([response.status, await response.json()]).toEqual([200, { ok: true }])
  })

  test('and may add to the URL what they like', async () => {
    for (const path of ['/healthz', '/readyz', '/metrics'])
      expect((await fetch(`${api.url}${path}?probe=1`)).status, path).toBe(200)
  })

  test('/readyz says what is wrong', async () => {
    api.health.set('disk', { ok: true, detail: 'has space' })
    const ready = await fetch(`${api.url}/readyz`)
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { ok: true, status: 'ok', checks: { disk: { ok: true, detail: 'has space' } } },
    ])
    api.health.set('disk', { ok: false, detail: 'is full' })
    const response = await fetch(`${api.url}/readyz`)
    expect(response.status).toBe(503)
    expect(await response.json()).toEqual({
      ok: false,
      status: 'failed',
      checks: { disk: { ok: false, detail: 'is full' } },
    })
  })

  test('/metrics counts requests by route and names no object or user', async () => {
    await api.get('/v1/objects/east/core/pods/shop/a-secret-name/history')
    const response = await fetch(`${api.url}/metrics`)
    const text = await response.text()
    expect(response.headers.get('content-type')).toContain('text/plain')
    expect(text).toContain('plaintrail_build_info{version="9.9.9"} 1')
    expect(text).toMatch(
      /^plaintrail_api_request_duration_seconds_count\{route="\/v1\/objects\/:cluster\/[^"]*\/history",method="GET",code="200"\} \d/m,
    )
    expect(text).not.toContain('a-secret-name')
  })
})
