// POST /v1/events/search, and what both ways of asking have: fields, totals, partial pages and cursors of one caller.

import { addCluster } from '@plaintrail/store/clusters'
import { ensureApiToken } from '@plaintrail/store/api-tokens-for-tests'
import { storeDeliveries } from '@plaintrail/store/events-for-tests'
import { makeToken, tokenDigest } from '@plaintrail/store/tokens'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditItem, nowUs, pageOf, problemOf, startTestApi, type TestApi } from '../api-for-tests.ts'

const minuteUs = 60_000_000
const dayUs = 24 * 60 * minuteUs
const resources = new AsyncDisposableStack()
let api: TestApi
/** The same database, with no time for a page but its first step. */
let hurried: TestApi

const at = (us: number): string => `${new Date((nowUs - us) / 1_000).toISOString().slice(0, -1)}000Z`

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  api = resources.use(await startTestApi(database.connection))
  hurried = resources.use(await startTestApi(database.connection, { questionMsMax: 0 }))
  const { uid } = await addCluster(api.store, { name: 'east' })
  const items = Array.from({ length: 30 }, (_, n) =>
    auditItem({
      auditID: `n${n}`,
      // Spread over days, so that a page takes several steps.
      requestReceivedTimestamp: at((n + 1) * dayUs),
      stageTimestamp: at((n + 1) * dayUs),
      ...(n % 3 === 0 ? { objectRef: undefined, requestURI: '/healthz' } : {}),
    }),
  )
  await storeDeliveries(api.store, [{ cluster: uid, items, receivedAtUs: nowUs }])
})

afterAll(() => resources.disposeAsync())

const search = (body: object, on = api) => on.post('/v1/events/search', JSON.stringify(body))

describe('a search by a body', () => {
  test('answers what the URL does, and goes on by GET and by POST', async () => {
    const byUrl = await pageOf(await api.get('/v1/events?q=class:write&since=40d&limit=7&order=asc'))
    const response = await search({ q: 'class:write', since: '40d', limit: 7, order: 'asc' })
    expect(response.headers.get('link')).toMatch(/^<\/v1\/events\?cursor=c2\./)
    const byBody = await pageOf(response)
    expect(byBody.data).toEqual(byUrl.data)
    expect(byBody.meta).toMatchObject({ query: 'class:write', order: 'asc' })
    const next = await pageOf(await search({ cursor: byBody.next_cursor }))
    expect(next.data).toEqual((await pageOf(await api.get(`/v1/events?cursor=${byUrl.next_cursor}`))).data)
    expect(next.data[0]?.id).not.toBe(byBody.data[0]?.id)
  })

  test('is refused where the query is no query, with its place and the query mended', async () => {
    const response = await search({ q: 'namspace:prod' })
    expect(response.status).toBe(400)
    expect(await problemOf(response)).toMatchObject({
      code: 'query_syntax',
      parameter: 'q',
      pointer: { start: 0, end: 8 },
      suggestion: 'ns:prod',
    })
    expect((await search({ q: 'label:a=b' })).status).toBe(422)
    expect((await search({ cursor: 'c2.x.y', limit: 3 })).status).toBe(400)
  })
})

describe('the query and the plain parameters', () => {
  test('must both hold', async () => {
    const page = await pageOf(await api.get('/v1/events?q=kind:deploy&audit=n1,n3&since=40d'))
    expect(page.data.map(({ audit }) => audit.id)).toEqual(['n1'])
    expect(page.meta.query).toBe('kind:deploy audit:n1,n3')
  })

  test('say the window where a time stands at the top of the query', async () => {
    const page = await pageOf(await api.get('/v1/events?q=after:2026-11-10T12:00:00Z+before:2026-11-12&limit=1'))
    expect(page.meta.window).toEqual({ since: '2026-11-10T12:00:00.000000Z', until: '2026-11-12T00:00:00.000000Z' })
    expect(page.meta.query).toBe('')
  })
})

describe('fields', () => {
  test('are the only ones that come, whole or in part', async () => {
    const page = await pageOf(
      await api.get('/v1/events?since=3d&order=asc&fields=id,actor.name,actor.type,object.name'),
    )
    const actor = { name: 'alice@acme.example', type: 'human' }
    const [first, second] = page.data
    expect(first).toEqual({ id: expect.any(String), actor, object: { name: 'checkout' } })
    expect(second).toEqual({ id: expect.any(String), actor, object: { name: 'checkout' } })
    const without = await pageOf(await search({ q: 'audit:n3', since: '40d', fields: ['object.name', 'path'] }))
    expect(without.data).toEqual([{ object: null, path: '/healthz' }])
  })

  test('that an event has not are refused, with the one that was meant', async () => {
    const problem = await problemOf(await api.get('/v1/events?fields=actor.nam'))
    expect(problem).toMatchObject({ code: 'query_syntax', parameter: 'fields', suggestion: 'actor.name' })
    expect((await problemOf(await api.get('/v1/events?fields=constructor'))).parameter).toBe('fields')
  })
})

test('a total is of all pages, and counted on the first', async () => {
  const first = await pageOf(await api.get('/v1/events?since=40d&limit=4&include=total'))
  expect(first.meta.total).toEqual({ value: 30, relation: 'eq' })
  const second = await pageOf(await api.get(`/v1/events?cursor=${first.next_cursor}`))
  expect(second.meta.total).toEqual({ value: 30, relation: 'eq' })
  expect(second.meta.watermark).toBe(first.meta.watermark)
  expect((await pageOf(await api.get('/v1/events?since=40d&limit=4'))).meta).not.toHaveProperty('total')
})

test('a page whose time is up is partial, and its cursor goes on to all the others', async () => {
  const ids: string[] = []
  let [partial, pages] = [0, 0]
  let page = await pageOf(await search({ since: '40d', include: ['total'] }, hurried))
  expect(page.meta.total?.relation).toBe('gte')
  for (;;) {
    ids.push(...page.data.map(({ audit }) => audit.id))
    pages += 1
    if (page.meta.stats.partial) partial += 1
    expect(page.has_more).toBe(page.next_cursor !== null)
    if (page.next_cursor === null) break
    page = await pageOf(await hurried.get(`/v1/events?cursor=${page.next_cursor}`))
  }
  expect(ids).toEqual(Array.from({ length: 30 }, (_, n) => `n${n}`))
  expect(partial).toBe(pages - 1)
  expect(pages).toBeGreaterThan(2)
})

test('a cursor of another caller is refused like one that was made up', async () => {
  const token = makeToken('api')
  await ensureApiToken(api.store, { name: 'another', digest: tokenDigest(token) })
  const page = await pageOf(await api.get('/v1/events?since=40d&limit=1'))
  const path = `/v1/events?cursor=${page.next_cursor}`
  const other = await api.get(path, { authorization: `Bearer ${token}` })
  expect(other.status).toBe(400)
  const [theirs, forged] = [
    await problemOf(other),
    await problemOf(await api.get(`${path.slice(0, -1)}${path.endsWith('A') ? 'B' : 'A'}`)),
  ]
  expect([theirs.code, theirs.detail]).toEqual([forged.code, forged.detail])
  expect((await api.get(path)).status).toBe(200)
})
