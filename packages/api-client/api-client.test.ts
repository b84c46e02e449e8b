import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { filledPath, openApiClient, type ApiClient } from './api-client.ts'
import { ApiError } from './api-error.ts'

interface Asked {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly idempotencyKey: string | string[] | undefined
  readonly body: string
}

interface Answering extends AsyncDisposable {
  readonly api: ApiClient
  readonly asked: readonly Asked[]
}

async function answering(answer: (asked: Asked) => string): Promise<Answering> {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    const { method, url, headers } = request
    void request.toArray().then((chunks: Uint8Array[]) => {
      const one = { method, url, idempotencyKey: headers['idempotency-key'], body: Buffer.concat(chunks).toString() }
      asked.push(one)
      response.end(answer(one))
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    asked,
    api: openApiClient({ url: new URL(`http://127.0.0.1:${port}/`), token: 'ptr_1' }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => void server.close(resolve))
    },
  }
}

test('a path is filled with what it names, each in its own place', () => {
  const path = '/v1/objects/{cluster}/{group}/{resource}/{ns}/{name}/history'
  const inPath = { cluster: 'a/b', group: 'core', resource: 'pods', ns: '_', name: '../x?y' }
  expect(filledPath(path, inPath)).toBe('/v1/objects/a%2Fb/core/pods/_/..%2Fx%3Fy/history')
})

test('a call sends what it was given and answers text and values', async () => {
  await using server = await answering(() => '{"name":"lab","n":9007199254740993}')
  const added = await server.api.post('/v1/clusters', { name: 'lab', credential: 'token' }, { idempotencyKey: 'once' })
  expect(added.text).toContain('9007199254740993')
  expect(added.value.name).toBe('lab')
  expect(server.asked).toEqual([
    { method: 'POST', url: '/v1/clusters', idempotencyKey: 'once', body: '{"name":"lab","credential":"token"}' },
  ])
})

test('pages come one after another, each asked for by the cursor of the one before and nothing else', async () => {
  await using server = await answering(({ url }) => {
    const page = Number(new URLSearchParams(url?.split('?')[1]).get('cursor') ?? 0)
    return JSON.stringify({ data: [{ id: `evt_${page}` }], has_more: page < 2, next_cursor: String(page + 1) })
  })
  const ids: string[] = []
  for await (const { value } of server.api.pages('/v1/events', { query: { ns: ['shop'], 'not.verb': ['get'] } }))
    ids.push(...value.data.map(({ id }) => id))
  expect(ids).toEqual(['evt_0', 'evt_1', 'evt_2'])
  expect(server.asked.map(({ url }) => url)).toEqual([
    '/v1/events?ns=shop&not.verb=get',
    '/v1/events?cursor=1',
    '/v1/events?cursor=2',
  ])
})

test('an answer that is no JSON is an error of its own', async () => {
  await using server = await answering(() => '<html>')
  await expect(server.api.get('/v1/version')).rejects.toMatchObject({ name: ApiError.name, kind: 'unreadable' })
})
