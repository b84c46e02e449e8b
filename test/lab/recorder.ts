// startRecorder: an audit webhook backend that keeps what is posted to it, byte for byte, and answers as it is told to.

import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createSecureServer, type ServerHttp2Session } from 'node:http2'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { LabCertificates } from './certificates.ts'
import { base64File } from './certificates.ts'

/** One POST as it came. */
export interface Posted {
  readonly atMs: number
  readonly method: string
  readonly path: string
  /** `1.1` or `2.0`. */
  readonly httpVersion: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
  /** What we answered. */
  readonly status: number
}

export interface Recorder extends AsyncDisposable {
  readonly posts: readonly Posted[]
  /** For the API server's `--audit-webhook-config-file`. */
  readonly kubeconfig: string
  /** From now on, for each POST; 200 when it was never told. */
  answerWith(answer: (posted: Omit<Posted, 'status'>) => RecorderAnswer | Promise<RecorderAnswer>): void
}

export interface RecorderAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
}

export interface RecorderOptions {
  readonly certificates: LabCertificates
  /** Without TLS, to see what an API server does then. */
  readonly plain?: boolean
  /** Offers HTTP/2 beside HTTP/1.1, which Plaintrail's own receiver does not. */
  readonly http2?: boolean
}

const path = '/v1/ingest/k8s/lab'
const token = 'a-token-of-the-recorder'

export async function startRecorder(options: RecorderOptions): Promise<Recorder> {
  const { certificates, plain = false } = options
  const posts: Posted[] = []
  let answer: (posted: Omit<Posted, 'status'>) => RecorderAnswer | Promise<RecorderAnswer> = () => ({ status: 200 })
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const { method = '', url = '', httpVersion, headers } = request
    const posted = { atMs: Date.now(), method, path: url, httpVersion, headers, body: Buffer.concat(chunks) }
    const { status, headers: own = {} } = await answer(posted)
    posts.push({ ...posted, status })
    response.writeHead(status, own).end()
  }
  const { port, close } = await listen(options, (request, response) => {
    // A client that goes away in mid-body is no fault of the recorder.
    handle(request, response).catch(() => response.destroy())
  })
  return {
    posts,
    kubeconfig: JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'recorder',
      clusters: [
        {
          name: 'recorder',
          cluster: {
            server: `${plain ? 'http' : 'https'}://127.0.0.1:${port}${path}`,
            ...(plain ? {} : { 'certificate-authority-data': await base64File(certificates.ca) }),
          },
        },
      ],
      contexts: [{ name: 'recorder', context: { cluster: 'recorder', user: 'recorder' } }],
      users: [{ name: 'recorder', user: { token } }],
    }),
    answerWith: (told) => (answer = told),
    [Symbol.asyncDispose]: close,
  }
}

interface Listening {
  readonly port: number
  close(): Promise<void>
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void

async function listen({ certificates, plain, http2 }: RecorderOptions, listener: Listener): Promise<Listening> {
  const files = await certificates.server('recorder')
  const tls = { cert: await readFile(files.cert), key: await readFile(files.key) }
  if (http2 === true) return await listenHttp2(tls, listener)
  const server = plain === true ? createServer(listener) : createTlsServer(tls, listener)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function listenHttp2(
  tls: { readonly cert: Buffer; readonly key: Buffer },
  listener: Listener,
): Promise<Listening> {
  // What the recorder uses of a request and a response, those of HTTP/2 have too.
  const either = (request: unknown, response: unknown): void =>
    listener(request as IncomingMessage, response as ServerResponse)
  const server = createSecureServer({ ...tls, allowHTTP1: true }, either)
  const sessions = new Set<ServerHttp2Session>()
  server.on('session', (session) => sessions.add(session))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, 'close')
      server.close()
      for (const session of sessions) session.destroy()
      await closed
    },
  }
}
