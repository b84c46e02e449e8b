// startRecorder: an audit webhook backend that keeps what is posted to it, byte for byte, and answers as it is told to.

import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { LabCertificates } from './certificates.ts'
import { base64File } from './certificates.ts'

/** One POST as it came. */
export interface Posted {
  readonly atMs: number
  readonly method: string
  readonly path: string
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
}

const path = '/v1/ingest/k8s/lab'
const token = 'a-token-of-the-recorder'

export async function startRecorder({ certificates, plain = false }: RecorderOptions): Promise<Recorder> {
  const posts: Posted[] = []
  let answer: (posted: Omit<Posted, 'status'>) => RecorderAnswer | Promise<RecorderAnswer> = () => ({ status: 200 })
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const { method = '', url = '', headers } = request
    const posted = { atMs: Date.now(), method, path: url, headers, body: Buffer.concat(chunks) }
    const { status, headers: own = {} } = await answer(posted)
    posts.push({ ...posted, status })
    response.writeHead(status, own).end()
  }
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    // A client that goes away in mid-body is no fault of the recorder.
    handle(request, response).catch(() => response.destroy())
  }
  const files = await certificates.server('recorder')
  const server = plain
    ? createServer(listener)
    : createTlsServer({ cert: await readFile(files.cert), key: await readFile(files.key) }, listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
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
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
