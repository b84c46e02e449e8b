// The api: questions over HTTP, answered from the store. It never writes events.

import { parse } from 'node:querystring'
import express, { type Express } from 'express'
import { createSegmentItems } from '@plaintrail/store/segment-items'
import { signingKey } from '@plaintrail/store/signing-keys'
import { createAnswerMemory, memoryBounds, type MemoryBounds } from './answer-memory.ts'
import type { ApiParts, RouteParts } from './api-parts.ts'
import { questionMsMax } from './bounded-question.ts'
import { compressAnswers } from './compress-answers.ts'
import type { ApiConfig } from './config.ts'
import { mountRoutes } from './mount-routes.ts'
import { openApiDocument } from './openapi/openapi-document.ts'
import { problemHandler, unknownRoute } from './problems.ts'
import { requestId, saysVersion, timeRequests } from './requests.ts'
import { routeTable } from './route-table.ts'
import { serveHttp, type HttpServer } from './serve-http.ts'

export async function startApi(config: ApiConfig, parts: ApiParts): Promise<HttpServer> {
  const stop = new AbortController()
  const routeParts: RouteParts = {
    ...parts,
    config,
    document: once(() => openApiDocument(routeTable, parts.version)),
    cursorKey: await signingKey(parts.store, 'cursor'),
    segmentItems: createSegmentItems(parts.store),
    ...memories({ ...memoryBounds, ...parts.memoryBounds }),
    nowUs: parts.nowUs ?? (() => Date.now() * 1_000),
    questionMsMax: parts.questionMsMax ?? questionMsMax,
    stopping: stop.signal,
  }
  const server = await serveHttp(apiApp(routeParts), { host: config.host, port: config.port, logger: parts.logger })
  return {
    url: server.url,
    [Symbol.asyncDispose]() {
      stop.abort()
      return server[Symbol.asyncDispose]()
    },
  }
}

/** One for each kind of large answer, so that downloads keep nobody from reading. */
export function memories(bounds: MemoryBounds): Pick<RouteParts, 'rawMemory' | 'partMemory'> {
  return {
    rawMemory: createAnswerMemory('answers with the bytes of events', bounds),
    partMemory: createAnswerMemory('files of exports', bounds),
  }
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
  // No parameter is left out silently: how many there are is bounded by headerBytesMax.
  app.set('query parser', (text: string) => parse(text, '&', '=', { maxKeys: 0 }))
  app.use(requestId, timeRequests(parts.metrics))
  if (parts.mount) app.use(parts.mount)
  app.use(saysVersion(parts.version), ...compressAnswers())
  app.use(mountRoutes(parts, routeTable))
  app.use(unknownRoute)
  app.use(problemHandler(parts.logger))
  return app
}
