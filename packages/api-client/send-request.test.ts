import { createServer, type RequestListener } from 'node:http'
import { describe, expect, test } from 'vitest'
import { ApiError } from './api-error.ts'
import { attemptsMax, bodyOf, createSender } from './send-request.ts'

interface Listening extends AsyncDisposable {
  readonly url: URL
}

async function listen(answer: RequestListener): Promise<Listening> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: new URL(`http://127.0.0.1:${port}/`),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => void server.close(resolve))
    },
  }
}

/** Where nothing listens any longer. */
async function closed(): Promise<{ readonly url: URL }> {
  await using server = await listen(() => {})
  return { url: server.url }
}

const faultOf = async (asked: Promise<unknown>): Promise<ApiError> => {
  const error: unknown = await asked.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (error instanceof ApiError) return error
  throw new Error('there was no ApiError', { cause: error })
}

describe('a request', () => {
  test('has the token, every value of its parameters, and no value that is not there', async () => {
    const seen: string[] = []
    await using server = await listen((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers.authorization}`)
      response.end('{}')
    })
    const send = createSender({ url: new URL('audit', server.url), token: 'ptr_1' })
    await send({ method: 'GET', path: '/v1/events?a=1', query: { ns: ['', 'x y'], since: undefined, limit: 7 } })
    expect(seen).toEqual(['GET /audit/v1/events?a=1&ns=&ns=x+y&limit=7 Bearer ptr_1'])
  })

  test('cannot be talked into another server', async () => {
    const seen: (string | undefined)[] = []
    await using server = await listen((request, response) => {
      seen.push(request.url)
      response.end()
    })
    const send = createSender({ url: server.url, token: 'ptr_1' })
    for (const path of ['//127.0.0.1:1/', '/http://127.0.0.1:1/']) await send({ method: 'GET', path })
    expect(seen).toHaveLength(2)
  })

  test('is shown before it is sent, and is not sent where that throws', async () => {
    let asked = 0
    await using server = await listen((_request, response) => {
      asked += 1
      response.end()
    })
    const shown = new Error('shown')
    const send = createSender({
      url: server.url,
      token: null,
      onRequest: () => {
        throw shown
      },
    })
    await expect(send({ method: 'GET', path: '/v1/x' })).rejects.toBe(shown)
    expect(asked).toBe(0)
  })
})

describe('a busy server', () => {
  const busy = (status: number, retryAfter: string | null, times: number) => {
    let left = times
    return listen((_request, response) => {
      const isBusy = left-- > 0
      response.writeHead(isBusy ? status : 200, retryAfter === null ? {} : { 'retry-after': retryAfter }).end('{}')
    })
  }
  const ask = async (server: Listening, more: object = {}) => {
    const sleptMs: number[] = []
    const send = createSender({ url: server.url, token: null, sleepMs: async (ms) => void sleptMs.push(ms) })
    const { status } = await send({ method: 'GET', path: '/v1/x', ...more })
    return { status, sleptMs }
  }

  test.each([429, 503])('is asked again when it said: %i', async (status) => {
    await using server = await busy(status, '2', 2)
    expect(await ask(server)).toEqual({ status: 200, sleptMs: [2_000, 2_000] })
  })

  test('is not asked for ever', async () => {
    await using server = await busy(503, '1', 1_000)
    const { status, sleptMs } = await ask(server)
    expect([status, sleptMs.length]).toEqual([503, attemptsMax - 1])
  })

  test.each([
    ['says nothing of when', 503, null, {}],
    ['wants too long a wait', 429, '31', {}],
    ['says it as a date', 503, 'Thu, 26 Nov 2026 15:00:00 GMT', {}],
    ['has failed', 500, '1', {}],
    ['is asked by somebody who waits himself', 503, '1', { isRetried: false }],
  ])('is asked once where it %s', async (_name, status, retryAfter, more) => {
    await using server = await busy(status, retryAfter, 1)
    expect(await ask(server, more)).toEqual({ status, sleptMs: [] })
  })
})

describe('no answer', () => {
  test('from a server that is not there', async () => {
    const { url } = await closed()
    const send = createSender({ url, token: null })
    const fault = await faultOf(send({ method: 'GET', path: '/' }))
    expect(fault).toMatchObject({ kind: 'unreachable', systemCode: 'ECONNREFUSED' })
  })

  test('in time', async () => {
    await using server = await listen(() => {})
    const send = createSender({ url: server.url, token: null, timeoutMs: 30 })
    expect((await faultOf(send({ method: 'GET', path: '/' }))).kind).toBe('timeout')
  })

  test('because the caller does not want it any more', async () => {
    await using server = await listen(() => {})
    const stop = new AbortController()
    const send = createSender({ url: server.url, token: null, signal: stop.signal })
    const asked = faultOf(send({ method: 'GET', path: '/' }))
    stop.abort()
    expect((await asked).kind).toBe('interrupted')
  })

  test('because it is elsewhere, where the token does not go', async () => {
    await using server = await listen((_request, response) => {
      response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end()
    })
    const fault = await faultOf(createSender({ url: server.url, token: 'ptr_1' })({ method: 'GET', path: '/' }))
    expect(fault).toMatchObject({ kind: 'redirected', status: 307, location: 'http://127.0.0.1:1/' })
  })

  test('that is whole', async () => {
    await using server = await listen((_request, response) => {
      response.writeHead(200, { 'content-length': '10' })
      response.write('{}')
      setTimeout(() => response.destroy(), 20)
    })
    const send = createSender({ url: server.url, token: null })
    const response = await send({ method: 'GET', path: '/' })
    expect((await faultOf(bodyOf(response, server.url, 100))).kind).toBe('unreachable')
  })

  test('that is short enough', async () => {
    await using server = await listen((_request, response) => void response.end('x'.repeat(101)))
    const response = await createSender({ url: server.url, token: null })({ method: 'GET', path: '/' })
    expect(await faultOf(bodyOf(response, server.url, 100))).toMatchObject({
      kind: 'unreadable',
      message: expect.stringContaining('100 bytes'),
    })
  })
})

describe('a refusal', () => {
  const refusedWith = async (status: number, body: string): Promise<ApiError> => {
    await using server = await listen((_request, response) => void response.writeHead(status).end(body))
    const response = await createSender({ url: server.url, token: null })({ method: 'GET', path: '/' })
    return faultOf(bodyOf(response, server.url, 1_000))
  }

  test('says what the problem says', async () => {
    const problem = {
      title: 'Bad Request',
      code: 'query_syntax',
      detail: 'there is no qualifier "actr"',
      hint: 'Did you mean "actor"?',
      suggestion: 'actor:alice',
      pointer: { start: 0, end: 4 },
      request_id: 'req_1',
    }
    const fault = await refusedWith(400, JSON.stringify(problem))
    expect(fault.message).toBe('there is no qualifier "actr"')
    expect(fault).toMatchObject({ kind: 'refused', status: 400 })
    const { request_id: requestId, ...rest } = problem
    expect(fault.problem).toEqual({ ...rest, requestId })
  })

  test.each(['', '<html>', '[]', 'null', '{"detail":7,"pointer":{"start":3,"end":1}}'])(
    'that is no problem is one by its status: %s',
    async (body) => {
      const fault = await refusedWith(502, body)
      expect(fault.message).toMatch(/^http:\/\/127\.0\.0\.1:\d+ answered 502$/)
      expect(fault.problem).toMatchObject({ code: null, pointer: null })
    },
  )
})
