// The api: questions over HTTP, answered from the store. It never writes events.

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type Express } from 'express'
import { createSegmentItems } from '@plaintrail/store/segment-items'
import { signingKey } from '@plaintrail/store/signing-keys'
import type { ApiParts, RouteParts } from './api-parts.ts'
import { questionMsMax } from './bounded-question.ts'
import { compressAnswers } from './compress-answers.ts'
import type { ApiConfig } from './config.ts'
import { mountRoutes } from './mount-routes.ts'
import { openApiDocument } from './openapi/openapi-document.ts'
import { problemHandler, unknownRoute } from './problems.ts'
import { requestId, saysVersion, timeRequests } from './requests.ts'
import { routeTable } from './route-table.ts'

export interface Api extends AsyncDisposable {
  /** `http://127.0.0.1:7717` */
  readonly url: string
}

/** Longer than any body takes that is not ingest's. */
const requestMsMax = 35_000
const stopMsMax = 10_000

export async function startApi(config: ApiConfig, parts: ApiParts): Promise<Api> {
  const routeParts: RouteParts = {
    ...parts,
    config,
    document: once(() => openApiDocument(routeTable, parts.version)),
    cursorKey: await signingKey(parts.store, 'cursor'),
    segmentItems: createSegmentItems(parts.store),
    nowUs: parts.nowUs ?? (() => Date.now() * 1_000),
    questionMsMax: parts.questionMsMax ?? questionMsMax,
  }
  const app = apiApp(routeParts)
  const server = createServer({ requestTimeout: requestMsMax }, (request, response) => void app(request, response))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(config.port, config.host, resolve)
  })
  server.on('error', (error) => parts.logger.error({ error }, 'the api server failed'))
  return { url: urlOf(server), [Symbol.asyncDispose]: () => close(server) }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null
  return () => (made ??= { value: make() }).value
}

/** The routes of the table, and what every answer has. */
export function apiApp(parts: RouteParts): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', 'simple')
  app.use(requestId, timeRequests(parts.metrics))
  if (parts.mount) app.use(parts.mount)
  app.use(saysVersion(parts.version), ...compressAnswers())
  app.use(mountRoutes(parts, routeTable))
  app.use(unknownRoute)
  app.use(problemHandler(parts.logger))
  return app
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
