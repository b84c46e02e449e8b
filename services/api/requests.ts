// What every request gets: an id that is in its answer and its log lines, safe headers, and a clock.

import { randomUUID } from 'node:crypto'
import express, { type Request, type RequestHandler, type Response } from 'express'
import type { Metrics } from '@plaintrail/runtime/metrics'

const header = 'X-Request-Id'
/** A caller's own id is echoed when it is short and plain. */
const plainId = /^[\w.:-]{1,128}$/

export const requestId: RequestHandler = (request, response, next) => {
  const sent = request.get(header)
  response.setHeader(header, sent !== undefined && plainId.test(sent) ? sent : `req_${randomUUID()}`)
  response.setHeader('X-Content-Type-Options', 'nosniff')
  response.setHeader('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'")
  response.setHeader('Cache-Control', 'no-store')
  next()
}

/** For who reports a fault: the version is in what they copied. */
export function saysVersion(version: string): RequestHandler {
  return (_request, response, next) => {
    response.setHeader('Plaintrail-Version', version)
    next()
  }
}

export function requestIdOf(response: Response): string {
  return String(response.getHeader(header) ?? '')
}

/** Of no standard; proxies have made it the code of a client that did not wait for its answer. */
const codeOfGone = 499

export function timeRequests(metrics: Metrics): RequestHandler {
  const duration = metrics.histogram({
    name: 'plaintrail_api_request_duration_seconds',
    help: 'From request to answer.',
    labels: ['route', 'method', 'code'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 10],
  })
  return (request, response, next) => {
    const stop = duration.startTimer()
    response.once('close', () => {
      // The pattern and never the path, which names users' objects.
      const pattern: unknown = request.route?.path
      stop({
        route: typeof pattern === 'string' ? pattern : 'none',
        method: request.method,
        code: String(response.writableFinished ? response.statusCode : codeOfGone),
      })
    })
    next()
  }
}

const parseJson = express.json({ limit: '1mb' })

/** The body as JSON, undefined where its type is another. Called by a route, so that nobody's body is read before its token. */
export function readJson(request: Request, response: Response): Promise<unknown> {
  return new Promise((resolve, reject) => {
    parseJson(request, response, (error?: unknown) => (error === undefined ? resolve(request.body) : reject(error)))
  })
}

/** The body as a text, undefined where its type is none of these. A body without a type is taken for one of them. */
export function readText(request: Request, response: Response, types: readonly string[]): Promise<string | undefined> {
  const isUntyped = request.headers['content-type'] === undefined
  const parseText = express.text({ limit: '1mb', type: isUntyped ? () => true : [...types] })
  return new Promise((resolve, reject) => {
    parseText(request, response, (error?: unknown) => {
      if (error !== undefined) reject(error)
      else resolve(typeof request.body === 'string' ? request.body : undefined)
    })
  })
}
