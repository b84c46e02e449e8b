// /healthz, /readyz and /metrics: for machines that watch a process, and so without a token. A process without an API of
// its own serves them on a port of their own.

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { port, text } from './config.ts'
import type { Health } from './health.ts'
import type { Logger } from './logger.ts'

export const operationsSettings = {
  operationsHost: {
    env: 'PLAINTRAIL_OPERATIONS_HOST',
    parse: text,
    default: '127.0.0.1',
    describe: 'Address on which /healthz, /readyz and /metrics are answered. They tell no event and no secret.',
  },
  operationsPort: {
    env: 'PLAINTRAIL_OPERATIONS_PORT',
    parse: port,
    default: '7719',
    describe: 'Port of /healthz, /readyz and /metrics.',
  },
} as const

export interface OperationsParts {
  readonly health: Health
  /** The body of /metrics and its Content-Type; Metrics is one. */
  readonly metrics: { text(): Promise<string>; readonly contentType: string }
}

export interface OperationsServer extends AsyncDisposable {
  /** `http://127.0.0.1:7719` */
  readonly url: string
}

export interface OperationsAnswer {
  readonly code: number
  readonly type: string
  readonly body: string
}

const requestMsMax = 10_000

export async function startOperationsServer(
  parts: OperationsParts & { readonly host: string; readonly port: number; readonly logger: Logger },
): Promise<OperationsServer> {
  const server = createServer({ requestTimeout: requestMsMax }, (request, response) => {
    const path = new URL(request.url ?? '/', 'http://host').pathname
    const asked = request.method === 'GET' || request.method === 'HEAD' ? answerOperations(parts, path) : null
    void Promise.resolve(asked)
      .then((answer) => answer ?? notFound)
      .catch((error: unknown) => {
        parts.logger.error({ error }, 'could not answer a question about this process')
        return { code: 500, type: 'text/plain', body: 'could not answer; see the log\n' }
      })
      .then(({ code, type, body }) => response.writeHead(code, { 'content-type': type }).end(body))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(parts.port, parts.host, resolve)
  })
  server.on('error', (error) => parts.logger.error({ error }, 'the operations server failed'))
  return { url: urlOf(server), [Symbol.asyncDispose]: () => close(server) }
}

/** Null for any other path. Ready is 200 also where the process is degraded: it works. */
export async function answerOperations(parts: OperationsParts, path: string): Promise<OperationsAnswer | null> {
  switch (path) {
    case '/healthz':
      return json(200, { ok: true })
    case '/readyz': {
      const snapshot = parts.health.snapshot()
      return json(snapshot.ok ? 200 : 503, snapshot)
    }
    case '/metrics':
      return { code: 200, type: parts.metrics.contentType, body: await parts.metrics.text() }
    default:
      return null
  }
}

const notFound: OperationsAnswer = { code: 404, type: 'text/plain', body: 'GET /healthz, /readyz or /metrics\n' }

function json(code: number, value: object): OperationsAnswer {
  return { code, type: 'application/json', body: JSON.stringify(value) }
}

/** A server that listens on TCP has an address with a port. */
function urlOf(server: Server): string {
  const { address, port, family } = server.address() as AddressInfo
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
