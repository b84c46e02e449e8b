// startCannedApi: a real HTTP server that answers what a test tells it to, in the place of Plaintrail's API.
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'

export interface CannedRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly authorization: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface CannedAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Bytes and texts go out as they are, anything else as JSON. */
  readonly body?: unknown
  /** Whether the body is not ended, as that of a stream is not. */
  readonly isLeftOpen?: boolean
}

export interface CannedApi extends AsyncDisposable {
  readonly url: string
  readonly requests: readonly CannedRequest[]
}

/** Undefined is answered with 404. */
export async function startCannedApi(answer: (request: CannedRequest) => CannedAnswer | undefined): Promise<CannedApi> {
  const requests: CannedRequest[] = []
  const server = createServer((incoming, response) => {
    void readRequest(incoming).then((request) => {
      requests.push(request)
      const { status = 200, headers = {}, body = '', isLeftOpen = false } = answer(request) ?? notFound
      response.writeHead(status, headers)
      const sent = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)
      if (isLeftOpen) response.write(sent)
      else response.end(sent)
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('could not listen')
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}

const notFound: CannedAnswer = { status: 404, body: problem(404, 'not_found', 'There is no such thing') }

export function problem(status: number, code: string, title: string, more: object = {}): object {
  return { type: `https://plaintrail.dev/problems/${code}`, title, status, code, request_id: 'req_1', ...more }
}

async function readRequest(incoming: IncomingMessage): Promise<CannedRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk))
  const url = new URL(incoming.url ?? '/', 'http://canned')
  return {
    method: incoming.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    authorization: incoming.headers.authorization,
    headers: incoming.headers,
    body: Buffer.concat(chunks),
  }
}
