// serveHttp: the app on a port, within bounds. What is no HTTP, or too much of it, is told as a problem too.

import { createServer, STATUS_CODES, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Express } from 'express'
import type { Logger } from '@plaintrail/runtime/logger'
import { problemCodes, problemSlug, type ProblemCode } from './problem-codes.ts'

export interface HttpServer extends AsyncDisposable {
  /** `http://127.0.0.1:7717` */
  readonly url: string
}

/** Request line and headers: the longest cursor (cursorLengthMax) and a token, with room. */
export const headerBytesMax = 32 * 1024
/** Longer than any body takes that is not ingest's. */
const requestMsMax = 35_000
/** Load balancers keep idle connections for a minute: one that is closed here first is theirs to fail on, by the next request. */
const keepAliveMs = 120_000
const stopMsMax = 10_000

export async function serveHttp(
  app: Express,
  { host, port, logger }: { readonly host: string; readonly port: number; readonly logger: Logger },
): Promise<HttpServer> {
  const server = createServer(
    { requestTimeout: requestMsMax, keepAliveTimeout: keepAliveMs, maxHeaderSize: headerBytesMax },
    (request, response) => void app(request, response),
  )
  server.on('clientError', tellClient)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  server.on('error', (error) => logger.error({ error }, 'the api server failed'))
  return { url: urlOf(server), [Symbol.asyncDispose]: () => close(server) }
}

/** There is no request yet, so that nothing of Express can answer; the connection ends with it. */
function tellClient(error: Error & { readonly code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy()
  const isTooLong = error.code === 'HPE_HEADER_OVERFLOW'
  const code: ProblemCode = isTooLong ? 'headers_too_large' : 'bad_request'
  const [status] = problemCodes[code]
  const body = JSON.stringify({
    type: `https://plaintrail.dev/problems/${problemSlug(code)}`,
    title: STATUS_CODES[status],
    status,
    code,
    detail: isTooLong ? `the request line and headers are over ${headerBytesMax} bytes` : 'this is no HTTP/1.1 request',
    hint: isTooLong ? 'Send a long query in the body of POST /v1/events/search.' : 'Speak plain HTTP to this port.',
    docs: `/v1/reference#problem-${problemSlug(code)}`,
  })
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/problem+json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}

function urlOf(server: Server): string {
  const { address, port, family } = addressOf(server)
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}

/** A server that listens on TCP has an address with a port. */
function addressOf(server: Server): AddressInfo {
  return server.address() as AddressInfo
}

/** Requests in progress get their answer, within the bound. */
async function close(server: Server): Promise<void> {
  const forced = setTimeout(() => server.closeAllConnections(), stopMsMax)
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
  })
  clearTimeout(forced)
}
