// Pages of events over HTTP: what they hold, how they are filtered, and how they are walked.

import { addCluster } from '@plaintrail/store/clusters'
import { storeDeliveries } from '@plaintrail/store/events-for-tests'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  auditItem,
  nowText,
  nowUs,
  pageOf,
  problemOf,
  startTestApi,
  type EventPage,
  type TestApi,
} from '../api-for-tests.ts'

const resources = new AsyncDisposableStack()
const secondUs = 1_000_000
let api: TestApi

const at = (secondsAgo: number): string =>
  new Date((nowUs - secondsAgo * secondUs) / 1_000).toISOString().replace('Z', '418Z')

const changes = Array.from({ length: 25 }, (_, n) =>
  auditItem({ auditID: `change-${n}`, requestReceivedTimestamp: at(60 * (n + 1)) }),
)
const denied = auditItem({
  auditID: 'denied',
  verb: 'get',
  user: { username: 'bob@acme.example' },
  requestURI: '/api/v1/namespaces/pay/secrets/db',
  objectRef: { resource: 'secrets', namespace: 'pay', name: 'db', apiVersion: 'v1' },
  responseStatus: { metadata: {}, code: 403 },
  annotations: { 'authorization.k8s.io/decision': 'forbid' },
  requestReceivedTimestamp: at(5_000),
})
const exec = auditItem({
  auditID: 'exec',
  verb: 'get',
  requestURI: '/api/v1/namespaces/pay/pods/db-0/exec?command=sh',
  objectRef: { resource: 'pods', namespace: 'pay', name: 'db-0', apiVersion: 'v1', subresource: 'exec' },
  responseStatus: { metadata: {}, code: 101 },
  requestReceivedTimestamp: at(5_100),
})
const stages = ['RequestReceived', 'ResponseComplete'].map((stage, n) =>
  auditItem({
    auditID: 'staged',
    stage,
    verb: 'delete',
    requestReceivedTimestamp: at(5_200),
    stageTimestamp: new Date(Date.parse(at(5_200)) + 250 * n).toISOString().replace('Z', '418Z'),
    ...(n === 0 ? { responseStatus: undefined } : {}),
  }),
)
const yesterday = auditItem({ auditID: 'yesterday', requestReceivedTimestamp: at(30 * 3_600) })
/** Its segment is dropped. */
const expired = auditItem({ auditID: 'expired', requestReceivedTimestamp: at(50 * 3_600) })
/** Int64s, repeated keys, white space, escapes and characters beyond the first plane; a text that looks like an answer's end. */
const odd =
  `{ "auditID":"odd", "stage" : "ResponseComplete","verb":"get","requestURI":"/x","user":{"username":"\\u0061lice"},` +
  `"x":9007199254740993.000,"x":1e0,"y":"☃😀\\ud83d\\ude00\\ud800 \u2028\u007f]}","requestReceivedTimestamp":"${at(9_000)}" }`

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  api = resources.use(await startTestApi(database.connection))
  const east = await addCluster(api.store, { name: 'east' })
  const west = await addCluster(api.store, { name: 'west' })
  await storeDeliveries(api.store, [
    { cluster: east.uid, items: [...changes, exec, ...stages, yesterday, odd], receivedAtUs: nowUs },
    { cluster: west.uid, items: [denied], receivedAtUs: nowUs + 1 },
    { cluster: west.uid, items: [expired], receivedAtUs: nowUs + 2 },
  ])
})

afterAll(() => resources.disposeAsync())

const ask = async (query: string): Promise<EventPage> => await pageOf(await api.get(`/v1/events${query}`))
const auditIds = ({ data }: EventPage): readonly string[] => data.map(({ audit }) => audit.id)
const refused = async (path: string) => {
  const response = await api.get(path)
  expect(response.status).toBe(400)
  return await problemOf(response)
}

describe('a page', () => {
  test('has the items, whether there are more, and the question as it was understood', async () => {
    const response = await api.get('/v1/events?ns=pay&class=connect&since=2h')
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(response.headers.get('link')).toBeNull()
    const page = await pageOf(response)
    expect(page).toEqual({
      data: [expect.objectContaining({ cluster: 'east', verb: 'get', class: 'connect', code: 101 })],
      has_more: false,
      next_cursor: null,
      meta: {
        query: 'class:connect ns:pay',
        window: { since: '2026-11-20T10:00:00.000000Z', until: nowText },
        order: 'desc',
        watermark: expect.stringMatching(/^20.*Z$/),
        coverage: { complete: true, gaps: [] },
        stats: { took_ms: expect.any(Number), partial: false },
      },
    })
    expect(page.data[0]?.links.history).toBe('/v1/objects/east/core/pods/pay/db-0/history')
  })

  test('is of the last 24 hours where nothing else was asked for, and says so', async () => {
    const page = await ask('')
    expect(page.meta.window).toEqual({ since: '2026-11-19T12:00:00.000000Z', until: nowText })
    expect(auditIds(page)).toHaveLength(29)
    expect(auditIds(page)).not.toContain('yesterday')
    expect(auditIds(await ask('?since=2026-11-19'))).toContain('yesterday')
    expect(auditIds(await ask('?since=2026-11-19/PT12H'))).toEqual(['yesterday'])
  })

  test('shows a request once, with its stages and how long it took', async () => {
    const page = await ask('?verb=delete')
    expect(page.data).toHaveLength(1)
    expect(page.data[0]?.stages.map(({ stage }) => stage)).toEqual(['RequestReceived', 'ResponseComplete'])
    expect(page.data[0]?.durationUs).toBe(250_000)
    const [first] = page.data[0]?.stages ?? []
    const received = await (await api.get(`/v1/events/${first?.id}`)).json()
    expect(received).toMatchObject({ id: first?.id, audit: { stage: 'RequestReceived' } })
  })

  test('is newest first, or oldest first where that was asked for', async () => {
    const newest = auditIds(await ask('?limit=1000'))
    expect(newest.slice(0, 2)).toEqual(['change-0', 'change-1'])
    const oldest = await ask('?limit=1000&order=asc')
    expect(auditIds(oldest)).toEqual(newest.toReversed())
    expect(oldest.meta.order).toBe('asc')
    expect(await refused('/v1/events?order=acs')).toMatchObject({ parameter: 'order', suggestion: 'asc' })
  })

  test('has 1 to 1000 items', async () => {
    expect((await ask('?limit=1')).data).toHaveLength(1)
    expect((await ask('?limit=1000')).data).toHaveLength(29)
    for (const limit of ['0', '1001', '-1', '1.5', 'ten', '', '5&limit=6'])
      expect((await refused(`/v1/events?limit=${limit}`)).parameter).toBe('limit')
  })
})

describe('a filter', () => {
  test.each([
    ['cluster=west', ['denied']],
    ['cluster=we*', ['denied']],
    ['actor=bob@acme.example', ['denied']],
    ['not.actor=alice*', ['denied']],
    ['verb=get&class=connect', ['exec']],
    ['class=read', ['denied']],
    ['kind=secret', ['denied']],
    ['kind=po', ['exec']],
    ['ns=pay', ['denied', 'exec']],
    ['ns=pay&ns=shop&verb=get,delete', ['denied', 'exec', 'staged']],
    ['name=db', ['denied']],
    ['sub=exec', ['exec']],
    ['outcome=denied', ['denied']],
    ['stage=RequestReceived', ['staged']],
    ['class=other', ['odd']],
    ['cluster=nowhere', []],
    ['actor=bob@acme.example&ns=shop', []],
  ])('?%s finds what it names', async (query, found) => {
    expect(auditIds(await ask(`?${query}`))).toEqual(found)
  })

  test('that cannot be read names the parameter and the nearest word', async () => {
    expect(await refused('/v1/events?outcome=denyed')).toMatchObject({ parameter: 'outcome', suggestion: 'denied' })
    expect(await refused('/v1/events?since=yesterday')).toMatchObject({ parameter: 'since', code: 'query_syntax' })
    expect(await refused('/v1/events?since=1h&until=2h')).toMatchObject({ parameter: 'since' })
    expect(await refused('/v1/events?name=a%00b')).toMatchObject({ parameter: 'name' })
    expect(await refused('/v1/events?include=everything')).toMatchObject({ parameter: 'include' })
    expect(await refused('/v1/events?bytes=true')).toMatchObject({ parameter: 'bytes' })
  })
})

describe('a cursor', () => {
  const question = '?ns=shop&class=write&since=2026-11-19&limit=4'

  test('is sent alone and leads through every request once and in order', async () => {
    for (const order of ['desc', 'asc']) {
      const walked: string[] = []
      let page = await ask(`${question}&order=${order}`)
      const { query, window } = page.meta
      for (;;) {
        walked.push(...auditIds(page))
        expect(page.meta).toMatchObject({ query, window, order })
        expect(page.has_more).toBe(page.next_cursor !== null)
        if (page.next_cursor === null) break
        expect(page.data).toHaveLength(4)
        page = await ask(`?cursor=${page.next_cursor}`)
      }
      const all = [...changes.map((_, n) => `change-${n}`), 'staged', 'yesterday']
      expect(walked).toEqual(order === 'desc' ? all : all.toReversed())
    }
  })

  test('stands in the header Link too', async () => {
    const response = await api.get(`/v1/events${question}`)
    const page = await pageOf(response)
    expect(response.headers.get('link')).toBe(`</v1/events?cursor=${page.next_cursor}>; rel="next"`)
    const [, path = ''] = /^<(.*)>; rel="next"$/.exec(response.headers.get('link') ?? '') ?? []
    expect(auditIds(await pageOf(await api.get(path)))).toEqual(['change-4', 'change-5', 'change-6', 'change-7'])
  })

  test('that was asked for with include=raw goes on with raw', async () => {
    const { next_cursor: cursor } = await ask(`${question}&include=raw`)
    expect((await ask(`?cursor=${cursor}`)).data[0]).toHaveProperty('raw.auditID', 'change-4')
  })

  test('is refused with anything beside it', async () => {
    const { next_cursor: cursor } = await ask(question)
    for (const other of ['limit=4', 'ns=shop', 'include=raw', 'unknown=1'])
      expect((await refused(`/v1/events?cursor=${cursor}&${other}`)).parameter).toBe(other.split('=')[0])
    expect((await refused(`/v1/events?cursor=${cursor}&cursor=${cursor}`)).parameter).toBe('cursor')
  })

  test('is refused when it was changed or is none', async () => {
    const cursor = (await ask(question)).next_cursor ?? ''
    const middle = cursor.length >> 1
    const changed = cursor.slice(0, middle) + (cursor[middle] === 'A' ? 'B' : 'A') + cursor.slice(middle + 1)
    for (const text of [changed, cursor.slice(0, -1), `${cursor}A`, 'c1.e30.AAAA', '', 'x'.repeat(10_000)])
      expect((await refused(`/v1/events?cursor=${text}`)).parameter).toBe('cursor')
  })

  test('is refused by another list', async () => {
    const { next_cursor: cursor } = await ask('?limit=1&cluster=east')
    const problem = await refused(`/v1/quarantine?cursor=${cursor}`)
    expect(problem).toMatchObject({ parameter: 'cursor', hint: 'Send it to the path that gave it.' })
    expect(await refused(`/v1/objects/east/apps/deployments/shop/checkout/history?cursor=${cursor}`)).toMatchObject({
      parameter: 'cursor',
    })
  })
})

describe('include=raw', () => {
  test('puts the bytes of each event into the page as they arrived', async () => {
    const text = await (await api.get('/v1/events?limit=1000&include=raw')).text()
    for (const item of [odd, denied, exec, ...changes]) expect(text).toContain(`,"raw":${item}}`)
    expect(JSON.parse(text)).toHaveProperty('data.28.raw.auditID', 'odd')
  })

  test('says null where the bytes are past retention', async () => {
    // West's segment, which no page before this one has unpacked into memory.
    await api.store.pool.query('delete from segment where received_us = $1', [nowUs + 2])
    const text = await (await api.get('/v1/events?cluster=west&since=3d&until=2d&include=raw')).text()
    expect(JSON.parse(text)).toHaveProperty('data.0.raw', null)
  })
})
