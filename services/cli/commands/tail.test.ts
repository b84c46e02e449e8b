import { describe, expect, test } from 'vitest'
import { problem, startCannedApi, type CannedRequest } from '../testing/canned-api.ts'
import { plaintrail, type Surroundings } from '../testing/captured-io.ts'
import { sampleEvent } from '../testing/sample-event.ts'

const told = (event: string, id: string, data: object): string =>
  `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`
const received = sampleEvent({ id: 'evt_00', audit: { ...sampleEvent().audit, stage: 'RequestReceived' } })
const list = '/v1/events?q=x'

const startTail = (...connections: readonly string[]) => {
  let next = 0
  return startCannedApi(({ path }: CannedRequest) =>
    path === '/v1/events/stream' && next < connections.length
      ? { headers: { 'content-type': 'text/event-stream' }, body: connections[next++] }
      : { status: 400, body: problem(400, 'query_syntax', 'no more') },
  )
}

const tail = async (connections: readonly string[], args: string, surroundings: Surroundings = {}) => {
  await using api = await startTail(...connections)
  const done = await plaintrail(['tail', ...args.split(' ')], { server: api.url, ...surroundings })
  return { ...done, requests: api.requests }
}

describe('tail', () => {
  test('shows events as they come, and goes on where the connection ended', async () => {
    const first = told('event', 'a:1', sampleEvent()) + told('watermark', 'a:2', { time: '2026-11-20T14:03:24Z' })
    const second = told('event', 'a:3', sampleEvent({ id: 'evt_02', verb: 'delete' }))
    const done = await tail([first, second], 'is:write -ns:x --since 15m --limit 2 --tz UTC')
    expect(done.code).toBe(0)
    expect(
      done.out
        .trimEnd()
        .split('\n')
        .map((line) => line.split(/ {2,}/).slice(0, 4)),
    ).toEqual([
      ['WHEN', 'CLUSTER', 'WHO', 'VERB'],
      ['2026-11-20T14:03:22.418211Z', 'demo', 'alice@acme.io', 'patch'],
      ['2026-11-20T14:03:22.418211Z', 'demo', 'alice@acme.io', 'delete'],
    ])
    expect(done.err).toBe('the connection has ended: another one in 2 s\n')
    expect(done.requests.map(({ query }) => Object.fromEntries(query))).toEqual(
      Array.from({ length: 2 }, () => ({ q: 'is:write NOT ns:x', since: '15m' })),
    )
    expect(done.requests.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, 'a:2'])
  })

  test('says nothing where the server ends the stream as planned, and goes on after what it was told last', async () => {
    const planned = `event: end\ndata: {"planned":true,"reason":"session_over"}\n\n`
    const [first, last] = [told('event', 'a:1', sampleEvent()), told('event', 'a:2', sampleEvent())]
    const done = await tail([first + planned, planned, last], '-o name --limit 2')
    expect(done).toMatchObject({ code: 0, out: 'evt_01\nevt_01\n', err: '' })
    expect(done.requests.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, 'a:1', 'a:1'])
    const broken = await tail([first + planned, ': nothing\n\n', last], '-o name --limit 2')
    expect(broken.err).toBe('the connection has ended: another one in 4 s\n')
  })

  test('says why where the server could not go on', async () => {
    const failed = { planned: false, reason: 'failed', code: 'dependency_unavailable', detail: 'it took too long' }
    const first = `retry: 10000\n${told('end', '', failed)}`
    const done = await tail([first, told('event', 'a:1', sampleEvent())], '-o name --limit 1 --quiet')
    expect(done).toMatchObject({ code: 0, out: 'evt_01\n', err: '! the server could not go on: it took too long\n' })
  })

  test('shows that a request was received only where every stage is asked for', async () => {
    const stream = told('event', 'a:1', received) + told('event', 'a:2', sampleEvent())
    expect((await tail([stream], '-o name --limit 1')).out).toBe('evt_01\n')
    expect((await tail([stream], '-o name --limit 2 --stages')).out).toBe('evt_00\nevt_01\n')
  })

  test.each([
    [
      'drops',
      { count: 1204, reason: 'slow_consumer', since: '2026-11-20T14:04:00Z', list },
      '! 1204 events were missed since',
    ],
    ['reset', { reason: 'too_old', since: '2026-11-20T14:04:00Z', list }, '! events may have been missed since'],
  ])('tells what it could not show, and where it is: %s', async (event, data, warning) => {
    const stream = told(event, 'a:1', data) + told('event', 'a:2', sampleEvent())
    const done = await tail([stream], '-o name --limit 1 --quiet')
    expect(done).toMatchObject({ code: 0, out: 'evt_01\n', err: expect.stringContaining(warning) })
    expect(done.err).toContain(`plaintrail api GET '${list}'`)
    expect((await tail([stream], '-o name --limit 1 --require-complete')).code).toBe(3)
  })

  test.each([
    ['csv', 'when,cluster'],
    ['jsonl', '{"id":"evt_01"'],
    ['sentence', sampleEvent().sentence],
    ['jsonpath={.id}', 'evt_01'],
    ['wide', 'WHEN'],
  ])('has every format: -o %s', async (format, start) => {
    const stream = told('event', 'a:1', sampleEvent()) + told('event', 'a:2', sampleEvent())
    const done = await tail([stream], `-o ${format} --limit 2`)
    expect(done.out.startsWith(start)).toBe(true)
    expect(done.out.trimEnd().split(/\r?\n/).length).toBe(format === 'csv' || format === 'wide' ? 3 : 2)
  })

  test('no line is wider than the terminal', async () => {
    const stream = told('event', 'a:1', sampleEvent({ detail: 'x'.repeat(300) }))
    const done = await tail([stream], '--limit 1 --no-color', { isTty: true, columns: 80 })
    for (const line of done.out.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })

  test('ends with 130 and no word where somebody presses Ctrl-C', async () => {
    const stop = new AbortController()
    await using api = await startCannedApi(() => {
      setTimeout(() => stop.abort(), 50)
      return {
        headers: { 'content-type': 'text/event-stream' },
        body: told('event', 'a:1', sampleEvent()),
        isLeftOpen: true,
      }
    })
    const done = await plaintrail(['tail', '-o', 'name'], { server: api.url, interrupted: stop.signal })
    expect(done).toMatchObject({ code: 130, out: 'evt_01\n', err: '' })
  })

  test('has its titles as soon as the server has spoken, and not before', async () => {
    const open = async (body: string): Promise<string> => {
      const stop = new AbortController()
      await using api = await startCannedApi(() => {
        setTimeout(() => stop.abort(), 100)
        return { headers: { 'content-type': 'text/event-stream' }, body, isLeftOpen: true }
      })
      return (await plaintrail(['tail'], { server: api.url, interrupted: stop.signal })).out
    }
    const hello = ': plaintrail tail, heartbeat every 15s\nretry: 2000\n\n'
    const begin = told('watermark', 'a:1', { time: '2026-11-20T14:03:24Z' })
    expect(await open(hello)).toBe('')
    expect(await open(hello + begin)).toMatch(/^WHEN +CLUSTER .*\n$/)
    expect(await open(hello + begin + begin)).toBe(await open(hello + begin))
    expect((await tail([], 'is:write')).out).toBe('')
    const gone = await plaintrail(['tail'], { server: 'http://127.0.0.1:9' })
    expect(gone).toMatchObject({ code: 8, out: '' })
  })

  test('a query that cannot be read is shown with its fault, and asked once', async () => {
    const done = await tail([], 'actr:x')
    expect(done).toMatchObject({ code: 6, requests: [{}] })
  })

  test('what is no event is told as no answer of Plaintrail', async () => {
    for (const data of ['{}', '{', '[]'])
      expect((await tail([`event: event\ndata: ${data}\n\n`], '--limit 1')).code).toBe(8)
  })
})
