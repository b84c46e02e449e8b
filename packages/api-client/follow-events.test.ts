import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { ApiError } from './api-error.ts'
import { connectionsMax, followEvents, type FollowOptions } from './follow-events.ts'
import { createSender } from './send-request.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** Each connection is answered by the next of `answers`, those after the last by the last. */
async function following(answers: readonly Answer[], options: FollowOptions = {}) {
  const seen: (string | undefined)[] = []
  const waitsMs: number[] = []
  const server = createServer((request, response) => {
    seen.push(request.headers['last-event-id']?.toString())
    answers[Math.min(seen.length, answers.length) - 1]?.(request, response)
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = new URL(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`)
  const send = createSender({ url, token: null, sleepMs: async () => {} })
  const told: string[] = []
  let fault: unknown = null
  try {
    const sleepMs = async (ms: number): Promise<void> => void waitsMs.push(ms)
    for await (const { event, data } of followEvents(send, url, '/v1/events/stream', { sleepMs, ...options })) {
      told.push(`${event} ${data}`)
      if (data === 'enough') break
    }
  } catch (error) {
    fault = error
  }
  server.closeAllConnections()
  await new Promise((resolve) => void server.close(resolve))
  return { told, seen, waitsMs, fault: fault instanceof ApiError ? fault : null }
}

const stream =
  (text: string, isLeftOpen = false): Answer =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
    response.write(text)
    if (!isLeftOpen) response.end()
  }

test('a stream that ends or breaks goes on from the last id, after the wait that the server wants', async () => {
  const cut: Answer = (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('id: b\ndata: 2\n\nid: c\ndata: half')
    setTimeout(() => response.destroy(), 20)
  }
  const done = await following([stream('retry: 7\n\nid: a\ndata: 1\n\n'), cut, stream('data: enough\n\n', true)])
  expect(done.told).toEqual(['message 1', 'message 2', 'message enough'])
  expect(done.seen).toEqual([undefined, 'a', 'b'])
  expect(done.waitsMs).toEqual([7, 7])
})

test('a connection that tells no id leaves the last one as it was', async () => {
  const done = await following([
    stream('id: a\ndata: 1\n\n'),
    stream('event: end\ndata: {}\n\n'),
    stream('data: enough\n\n', true),
  ])
  expect(done.told).toEqual(['message 1', 'end {}', 'message enough'])
  expect(done.seen).toEqual([undefined, 'a', 'a'])
})

test('a server that says nothing at all is left for another connection', async () => {
  const done = await following([stream('id: a\ndata: 1\n\n', true), stream('data: enough\n\n', true)], {
    silenceMsMax: 60,
  })
  expect(done.told).toEqual(['message 1', 'message enough'])
  expect(done.seen).toEqual([undefined, 'a'])
})

test('a server that refuses is not asked again, one that is away is, for longer and longer and not for ever', async () => {
  const refusing: Answer = (_request, response) => void response.writeHead(400).end('{"code":"query_syntax"}')
  expect((await following([refusing])).fault).toMatchObject({ kind: 'refused', status: 400 })
  expect((await following([stream('data: 1\n\n'), refusing])).fault).toMatchObject({ kind: 'refused', status: 400 })
  const away: Answer = (_request, response) => void response.writeHead(502).end()
  expect((await following([away])).seen).toHaveLength(1)
  const given = await following([stream('data: 1\n\n'), away])
  expect(given.fault).toMatchObject({ kind: 'refused', status: 502 })
  expect(given.seen).toHaveLength(connectionsMax)
  expect(given.waitsMs.slice(0, 7)).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000])
})

test('an answer that is no event stream is told', async () => {
  const page: Answer = (_request, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>')
  expect((await following([page])).fault).toMatchObject({ kind: 'unreadable' })
})

test('the signal ends it, while it reads and while it waits', async () => {
  const reading = new AbortController()
  setTimeout(() => reading.abort(), 50)
  const done = await following([stream('data: 1\n\n', true)], { signal: reading.signal })
  expect(done).toMatchObject({ told: ['message 1'], fault: { kind: 'interrupted' } })
  const waiting = new AbortController()
  const late = await following([stream('data: 1\n\n')], {
    signal: waiting.signal,
    sleepMs: async () => waiting.abort(),
  })
  expect(late).toMatchObject({ told: ['message 1'], fault: { kind: 'interrupted' } })
})
