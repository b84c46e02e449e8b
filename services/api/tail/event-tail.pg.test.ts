// Live tails over HTTP: what they tell, that nothing is lost and nothing comes twice, and what a slow reader gets.

import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { sealTailPosition } from '@plaintrail/query/tail-position'
import { everything } from '@plaintrail/query/scope'
import { addCluster } from '@plaintrail/store/clusters'
import { storeDeliveries } from '@plaintrail/store/events-for-tests'
import { signingKey } from '@plaintrail/store/signing-keys'
import { takeSnapshot } from '@plaintrail/store/take-snapshot'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditItem, pageOf, problemOf, startTestApi, type EventPage, type TestApi } from '../api-for-tests.ts'
import { startTails } from './start-tails-for-tests.ts'
import { isLive, openTail, type TestTail } from './tail-for-tests.ts'
import { tailQuestion } from './tail-question.ts'

const resources = new AsyncDisposableStack()
let api: TestApi
let uids: Readonly<Record<string, string>>
let made = 0

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  api = resources.use(await startTestApi(database.connection))
  const [east, west] = [await addCluster(api.store, { name: 'east' }), await addCluster(api.store, { name: 'west' })]
  uids = { east: east.uid, west: west.uid }
})

afterAll(() => resources.disposeAsync())

/** A microsecond of its own, as real requests have nearly always. */
const now = (): string => {
  made += 1
  return `${new Date().toISOString().slice(0, -1)}${String(made % 1_000).padStart(3, '0')}Z`
}

const item = (name: string, more: Readonly<Record<string, unknown>> = {}): string =>
  auditItem({
    auditID: `tail-${made}`,
    requestURI: `/api/v1/namespaces/shop/configmaps/${name}`,
    objectRef: { resource: 'configmaps', namespace: 'shop', name, apiVersion: 'v1' },
    requestReceivedTimestamp: now(),
    ...more,
  })

const store = async (cluster: string, ...items: readonly string[]): Promise<void> =>
  await storeDeliveries(api.store, [{ cluster: uids[cluster] ?? '', items, receivedAtUs: Date.now() * 1_000 }])

const open = async (parameters = '', headers: Readonly<Record<string, string>> = {}): Promise<TestTail> =>
  await openTail(`${api.url}/v1/events/stream${parameters}`, { authorization: `Bearer ${api.token}`, ...headers })

describe('a tail', () => {
  test('tells what comes and is asked for, soon, as an event stream that nobody keeps or compresses', async () => {
    await store('east', item('before'))
    await using tail = await open('?q=ns:shop&not.name=other', { 'accept-encoding': 'gzip, br' })
    await tail.until(isLive)
    await store('east', item('a'), item('other'), item('b'))
    await store('west', item('c'))
    await tail.until((one) => one.names().length === 3, 5_000)
    expect(tail.names()).toEqual(['a', 'b', 'c'])
    expect(tail.text()).toMatch(/^: plaintrail tail, heartbeat every 15s\nretry: 2000\n\n/)
    const headers = Object.fromEntries(tail.response.headers)
    expect(headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    })
    expect(headers['content-encoding']).toBeUndefined()
  })

  test('tells an event as a list does, and each stage of a request as it comes', async () => {
    await using tail = await open()
    await tail.until(isLive)
    const exec = {
      auditID: '8f0c3e1a-0000-4000-8000-00000000000e',
      requestReceivedTimestamp: '2026-11-20T11:00:00.000000Z',
    }
    await store('east', item('exec', { ...exec, stage: 'ResponseStarted' }))
    await tail.until((one) => one.names().length === 1)
    await store('east', item('exec', { ...exec, stage: 'ResponseComplete' }))
    await tail.until((one) => one.names().length === 2)
    const [started, complete] = tail.of('event').map(({ data }) => data)
    expect(started).toMatchObject({ audit: { id: exec.auditID, stage: 'ResponseStarted' } })
    const { data } = await pageOf(await api.get(`/v1/events?audit=${exec.auditID}&since=2026-11-20`))
    expect([complete]).toEqual(data)
    expect(complete).toMatchObject({ stages: [{ stage: 'ResponseStarted' }, { stage: 'ResponseComplete' }] })
  })

  test('finds what names nobody had before, and texts in the sentence', async () => {
    const asked = new URLSearchParams({ q: 'actor:newcomer "configmap mine"' })
    await using tail = await open(`?${asked.toString()}`)
    await tail.until(isLive)
    const user = { username: 'newcomer' }
    await store('east', item('yours', { user }), item('mine', { user }), item('mine'))
    await tail.until((one) => one.names().length > 0)
    await store('east', item('mine', { user }))
    await tail.until((one) => one.names().length > 1)
    expect(tail.names()).toEqual(['mine', 'mine'])
  })

  test('with since tells what is stored first, oldest first, and then goes on without a gap', async () => {
    const old = (seconds: number) => ({
      requestReceivedTimestamp: `${new Date(Date.parse('2026-11-19T00:00:00Z') + seconds * 1_000).toISOString().slice(0, -1)}000Z`,
    })
    await store('east', item('s2', old(20)), item('s1', old(10)), item('s0', old(-10)))
    await store('west', item('s3', old(30)))
    await using tail = await open('?name=s*&since=2026-11-19')
    await tail.until(isLive)
    expect(tail.names()).toEqual(['s1', 's2', 's3'])
    // Late: it was not there when the tail began, and comes though it is older than since.
    await store('west', item('s-late', old(-20)))
    await tail.until((one) => one.names().includes('s-late'))
    // From within what was stored.
    const [first] = tail.of('event')
    await using resumed = await open('?name=s*&since=2026-11-19', { 'last-event-id': first?.id ?? '' })
    await resumed.until((one) => one.names().includes('s-late'))
    expect(resumed.names()).toEqual(['s2', 's3', 's-late'])
  })

  test('goes on from every id that it told, in the middle of a post and in lanes that are new since', async () => {
    await using tail = await open('?name=r-*')
    await tail.until(isLive)
    const begin = tail.lastId()
    await store('east', item('r-1'), item('r-2'), item('other'), item('r-3'))
    await store('west', item('r-4'), item('r-5'))
    const north = await addCluster(api.store, { name: 'north' })
    uids = { ...uids, north: north.uid }
    await store('north', item('r-6'))
    await tail.until((one) => one.names().length === 6)
    const told = tail.of('event')
    for (const [index, id] of [begin, ...told.map((one) => one.id)].entries()) {
      await using resumed =
        index % 2 === 0 ? await open('?name=r-*', { 'last-event-id': id }) : await open(`?name=r-*&last_event_id=${id}`)
      await resumed.until(isLive)
      expect(resumed.names().toSorted(), String(index)).toEqual(tail.names().slice(index).toSorted())
      expect(resumed.of('reset')).toEqual([])
    }
  })

  test('says so where it cannot go on from an id, with a list of what may be missing, and goes on from now', async () => {
    await using tail = await open('?name=x-*')
    await tail.until(isLive)
    await store('east', item('x-1'))
    const key = await signingKey(api.store, 'cursor')
    const { name } = tailQuestion({ parameters: { name: 'x-*' }, header: undefined }, everything, 0)
    const snapshot = await takeSnapshot(api.store, everything)
    const sealed = (different: object): string =>
      sealTailPosition({ snapshot: { ...snapshot, ...different }, stored: null }, key, name)
    const cases = [
      ['unreadable', 'made-up'],
      ['unreadable', sealTailPosition({ snapshot, stored: null }, key, 'another question')],
      ['too_old', sealed({ takenUs: snapshot.takenUs - 86_401_000_000 })],
      ['ahead', sealed({ lanes: new Map([...(snapshot.lanes ?? [])].map(([lane, last]) => [lane, last + 1])) })],
    ] as const
    for (const [reason, id] of cases) {
      await using resumed = await open('?name=x-*', { 'last-event-id': id })
      await resumed.until(isLive)
      expect(resumed.told[0]).toMatchObject({ event: 'reset', data: { reason } })
      const list = listIn(resumed.told[0]?.data)
      const { data } = await pageOf(await api.get(list))
      expect(data.map(({ object }) => object?.name)).toContain('x-1')
      expect(resumed.names()).toEqual([])
      await store('east', item(`x-${reason}`))
      await resumed.until((one) => one.names().includes(`x-${reason}`))
    }
  })

  test('of a question that cannot be read is refused before it begins', async () => {
    for (const parameters of ['?q=namspace:a', '?until=now', '?limit=5', '?since=never', '?verb=get&x=1'])
      expect((await problemOf(await api.get(`/v1/events/stream${parameters}`))).code, parameters).toBe('query_syntax')
    expect((await fetch(`${api.url}/v1/events/stream`)).status).toBe(401)
  })
})

describe('readers who come and go while events are stored', () => {
  test('are told every event once, though Postgres cuts their connections', async () => {
    const rounds = 40
    const names: string[] = []
    const done = new AbortController()
    const read = async (waitMs: number): Promise<readonly string[]> => {
      const told: string[] = []
      let id = begin
      while (!done.signal.aborted || told.length < names.length) {
        await using tail = await open('?q=name:c-*', { 'last-event-id': id })
        await sleep(waitMs)
        told.push(...tail.names())
        id = tail.lastId() || id
        expect(tail.of('reset')).toEqual([])
        if (told.length > names.length + 100) break
      }
      return told
    }
    await using first = await open('?q=name:c-*')
    await first.until(isLive)
    const begin = first.lastId()
    const readers = [30, 170, 700].map(read)
    for (let round = 0; round < rounds; round++) {
      const own = Array.from({ length: 1 + (round % 7) }, (_, n) => `c-${round}-${n}`)
      names.push(...own)
      await store(round % 3 === 0 ? 'west' : 'east', ...own.map((name) => item(name)), item('unasked'))
      if (round % 10 === 5)
        await api.store.pool
          .query(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query ilike 'listen%'",
          )
          .catch(() => undefined)
    }
    done.abort()
    for (const told of await Promise.all(readers)) expect(told.toSorted()).toEqual(names.toSorted())
    await first.until((one) => one.names().length === names.length)
    expect(first.names().toSorted()).toEqual(names.toSorted())
  })

  test('go on from the hello, where the connection broke before anything else was told', async () => {
    await using tails = await startTails(api.store, {})
    for (const round of ['1', '2', '3']) {
      const hello = await helloOf(`${tails.url}?name=h${round}-*`)
      await store('east', item(`h${round}-a`), item(`h${round}-b`))
      await using resumed = await openTail(`${tails.url}?name=h${round}-*`, { 'last-event-id': idIn(hello) })
      await resumed.until(isLive)
      await store('west', item(`h${round}-c`))
      await resumed.until((one) => one.names().includes(`h${round}-c`))
      expect(resumed.names()).toEqual(['a', 'b', 'c'].map((name) => `h${round}-${name}`))
      expect(resumed.of('reset')).toEqual([])
      // He has an id, or begins again by `since`: what matches is not said to be sent before it is.
      expect(await helloOf(`${tails.url}?last_event_id=${idIn(hello)}&name=h${round}-*`)).toMatch(/\nretry: 2000\n\n$/)
      expect(await helloOf(`${tails.url}?since=2026-11-20`)).toMatch(/\nretry: 2000\n\n$/)
    }
  })

  test('go on at another process of the api', async () => {
    await using one = await startTails(api.store, {})
    await using other = await startTails(api.store, {})
    await using tail = await openTail(one.url, {})
    await tail.until(isLive)
    await store('west', item('moved-1'), item('moved-2'))
    await tail.until((reader) => reader.names().includes('moved-2'))
    const first = tail.of('event').find(({ data }) => JSON.stringify(data).includes('"moved-1"'))
    await using resumed = await openTail(other.url, { 'last-event-id': first?.id ?? '' })
    await resumed.until((reader) => reader.names().includes('moved-2'))
    expect(resumed.names()).toEqual(['moved-2'])
    expect(resumed.of('reset')).toEqual([])
  })

  test('are told all that came while nobody read, however much it is', async () => {
    await using tail = await open('?q=name:big-*')
    await tail.until(isLive)
    const id = tail.lastId()
    await tail[Symbol.asyncDispose]()
    // As autovacuum does: without statistics Postgres reads a day to look for the stages of one request.
    await api.store.pool.query('analyze event')
    const names = Array.from({ length: 9_000 }, (_, n) => `big-${n}`)
    for (let at = 0; at < names.length; at += 3_000)
      await store('east', ...names.slice(at, at + 3_000).map((name) => item(name)))
    await using resumed = await open('?q=name:big-*', { 'last-event-id': id })
    await resumed.until((one) => one.names().length >= names.length)
    expect(resumed.names()).toEqual(names)
  })
})

describe('a reader who is slower than what comes', () => {
  test('is told how many he missed and where a list has them, and may go on from before', async () => {
    await using tails = await startTails(api.store, { bufferBytesMax: 64 * 1024 })
    await using before = await openTail(tails.url, {})
    await before.until(isLive)
    const begin = before.lastId()
    await before[Symbol.asyncDispose]()
    const slow = connect(tails.port, '127.0.0.1')
    slow.write(`GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    let text = ''
    slow.on('data', (chunk) => (text += chunk.toString()))
    // The first one comes with the hello.
    while (text.split('event: watermark').length < 3) await sleep(10)
    slow.pause()
    // More than the sockets of the system hold.
    const groups = Array.from({ length: 40 }, (_, n) => `group-${n}-${'x'.repeat(500)}`)
    const total = 1_200
    for (let at = 0; at < total; at += 400)
      await store(
        'east',
        ...Array.from({ length: 400 }, (_, n) => item(`slow-${at + n}`, { user: { username: 'fat', groups } })),
      )
    await expect.poll(async () => dropped(await tails.metrics.text()), { timeout: 20_000 }).toBeGreaterThan(0)
    await sleep(500)
    slow.resume()
    await expect.poll(() => text.includes('event: drops'), { timeout: 20_000 }).toBe(true)
    await store('east', item('after'))
    await expect.poll(() => text.includes('"name":"after"'), { timeout: 20_000 }).toBe(true)
    slow.destroy()
    const names = new Set([...text.matchAll(/"name":"(slow-\d+)"/g)].map(([, name]) => name))
    const told = names.size
    expect(told).toBeGreaterThan(0)
    let missed = 0
    for (const [, data = '{}'] of text.matchAll(/event: drops\ndata: (.*)/g)) {
      const drops = JSON.parse(data) as { readonly count: number; readonly reason: string; readonly list: string }
      expect(drops.reason).toBe('slow_consumer')
      missed += drops.count
      for await (const name of listed(drops.list)) names.add(name)
    }
    expect(told + missed).toBe(total)
    expect([...names].filter((name) => name?.startsWith('slow-'))).toHaveLength(total)

    await using resumed = await openTail(tails.url, { 'last-event-id': begin })
    await resumed.until((one) => one.names().includes('after'))
    expect(resumed.names().filter((name) => name.startsWith('slow-'))).toHaveLength(total)
  }, 60_000)

  test('and reads nothing at all is cut off', async () => {
    await using tails = await startTails(api.store, {
      bufferBytesMax: 64 * 1024 ** 2,
      stalledMsMax: 300,
      heartbeatMs: 100,
    })
    const stuck = connect(tails.port, '127.0.0.1')
    stuck.write(`GET / HTTP/1.1\r\nHost: x\r\n\r\n`)
    await once(stuck, 'data')
    stuck.pause()
    const groups = Array.from({ length: 40 }, (_, n) => `group-${n}-${'x'.repeat(500)}`)
    await sleep(300)
    await store('east', ...Array.from({ length: 600 }, () => item('stuck', { user: { username: 'fat', groups } })))
    await expect.poll(() => streams(tails.metrics), { timeout: 20_000 }).toBe(0)
    stuck.destroy()
  })
})

/** The first bytes that come, after which the connection is cut. */
async function helloOf(url: string): Promise<string> {
  const reader = (await fetch(url)).body?.getReader()
  const first = await reader?.read()
  await reader?.cancel()
  return new TextDecoder().decode(first?.value)
}

const idIn = (text: string): string => /^id: (\S+)$/m.exec(text)?.[1] ?? ''

/** Of a reset or of drops. */
const listIn = (data: unknown): string => (data as { readonly list: string }).list

async function* listed(path: string): AsyncGenerator<string | undefined> {
  for (let next: string | null = `${path}&limit=500`; next !== null;) {
    const { data, next_cursor: cursor }: EventPage = await pageOf(await api.get(next))
    yield* data.map(({ object }) => object?.name)
    next = cursor === null ? null : `/v1/events?cursor=${cursor}`
  }
}

const dropped = (text: string): number =>
  Number(/^plaintrail_api_stream_events_total\{outcome="dropped"\} (\d+)/m.exec(text)?.[1] ?? 0)
const streams = async (metrics: { text(): Promise<string> }): Promise<number> =>
  Number(/^plaintrail_api_streams (\d+)/m.exec(await metrics.text())?.[1])

describe('the bounds of tails', () => {
  test('end one that is old, which goes on where it ended', async () => {
    await using tails = await startTails(api.store, { sessionMsMax: 500, heartbeatMs: 100 })
    await using tail = await openTail(tails.url, {})
    await tail.ended
    expect(tail.text()).toMatch(/: heartbeat\n\n/)
    expect(tail.text()).toMatch(/\n\nevent: end\ndata: {"planned":true,"reason":"session_over"}\n\n$/)
    await store('east', item('between'))
    await using resumed = await openTail(tails.url, { 'last-event-id': tail.lastId() })
    await resumed.until((one) => one.names().includes('between'))
    expect(resumed.names()).toEqual(['between'])
  })

  test('end soon after the token was revoked, and not where nobody can say whether it was', async () => {
    let answer = (): Promise<boolean> => Promise.reject(new Error('Postgres is away'))
    let asked = 0
    await using tails = await startTails(api.store, { heartbeatMs: 100 }, () => {
      asked += 1
      return answer()
    })
    await using tail = await openTail(tails.url, {})
    await tail.until(() => asked > 2)
    expect(tail.text()).not.toContain('event: end')
    answer = () => Promise.resolve(true)
    const before = asked
    await tail.until(() => asked > before + 2)
    expect(tail.text()).not.toContain('event: end')
    answer = () => Promise.resolve(false)
    await tail.ended
    expect(tail.text()).toMatch(/event: end\ndata: {"planned":true,"reason":"session_over"}\n\n$/)
  })

  test('refuse one too many of a caller and of all, until one ends', async () => {
    await using tails = await startTails(api.store, { streamsOfCallerMax: 2 })
    await using first = await openTail(tails.url, {})
    await using second = await openTail(tails.url, {})
    await expect(openTail(tails.url, {})).rejects.toThrow('429 you follow 2 tails already')
    expect(await streams(tails.metrics)).toBe(2)
    await second[Symbol.asyncDispose]()
    await expect.poll(() => streams(tails.metrics)).toBe(1)
    await using third = await openTail(tails.url, {})
    await Promise.all([first, third].map((tail) => tail.until(isLive)))
    await using few = await startTails(api.store, { streamsMax: 1 })
    await using only = await openTail(few.url, {})
    await expect(openTail(few.url, {})).rejects.toThrow('429 1 tails are followed here already')
    await only.until(isLive)
  })

  test('leave nothing behind when the api stops: every tail ends, and no connection listens', async () => {
    await using database = await createTestDatabase()
    const own = await startTestApi(database.connection)
    await using tail = await openTail(`${own.url}/v1/events/stream`, { authorization: `Bearer ${own.token}` })
    await tail.until(isLive)
    const from = performance.now()
    await own[Symbol.asyncDispose]()
    await tail.ended
    expect(performance.now() - from).toBeLessThan(3_000)
    expect(tail.told.at(-1)).toEqual({ event: 'end', id: '', data: { planned: true, reason: 'stopping' } })
    expect(own.store.pool.totalCount).toBe(0)
    expect(own.log()).toBe('')
  })
})
