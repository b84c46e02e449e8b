// Every error as RFC 9457 problem+json, in this one place. What Postgres says never leaves the process.

import { STATUS_CODES } from 'node:http'
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express'
import { QueryError } from '@plaintrail/query/query-error'
import type { Logger } from '@plaintrail/runtime/logger'
import { ClusterExists } from '@plaintrail/store/clusters'
import { QuestionTooLong } from '@plaintrail/store/find-events'
import { sqlState } from '@plaintrail/store/open-store'
import { IngestUrlRefused } from './connect/kubeconfig.ts'
import { type ProblemCode, problemCodes, problemSlug } from './problem-codes.ts'
import { requestIdOf } from './requests.ts'

export class Problem extends Error {
  override name = 'Problem'
  readonly code: ProblemCode
  /** One sentence that says how to mend it. */
  readonly hint: string | null
  /** More members of the answer. */
  readonly more: Readonly<Record<string, unknown>>

  constructor(
    code: ProblemCode,
    message: string,
    hint: string | null = null,
    more: Readonly<Record<string, unknown>> = {},
  ) {
    super(message)
    this.code = code
    this.hint = hint
    this.more = more
  }
}

/** A program that is told to wait waits this long. */
const retryAfterSeconds = 2

export function problemHandler(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error)
    const problem = problemOf(error)
    if (problem.code === 'internal')
      logger.error({ error, request_id: requestIdOf(response) }, 'could not answer a request')
    sendProblem(request, response, problem)
  }
}

export const unknownRoute: RequestHandler = (request) => {
  throw new Problem(
    'not_found',
    `there is nothing at ${request.method} ${request.path.slice(0, 200)}`,
    '/v1/reference has what there is.',
  )
}

/** Of one statement (57014, statement_timeout) as of all of them. */
export function tookTooLong(): Problem {
  return new Problem(
    'dependency_unavailable',
    'the question took longer than 10 seconds',
    'Narrow the window with since and until, or name a namespace or an object.',
  )
}

function sendProblem(request: Request, response: Response, problem: Problem): void {
  const [status] = problemCodes[problem.code]
  if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer')
  if (status === 503) response.setHeader('Retry-After', String(retryAfterSeconds))
  const body = {
    type: `https://plaintrail.dev/problems/${problemSlug(problem.code)}`,
    title: STATUS_CODES[status],
    status,
    code: problem.code,
    detail: problem.message,
    ...(problem.hint === null ? {} : { hint: problem.hint }),
    ...problem.more,
    docs: `/v1/reference#problem-${problemSlug(problem.code)}`,
    instance: request.originalUrl.slice(0, 2_000),
    request_id: requestIdOf(response),
  }
  response.status(status).type('application/problem+json').send(JSON.stringify(body))
}

/** Of whatever was thrown, as it is told; of what nobody foresaw nothing. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof QueryError) {
    const { code, parameter, suggestion, pointer } = error
    return new Problem(code, error.message, error.hint, {
      parameter,
      ...(suggestion === undefined ? {} : { suggestion }),
      ...(pointer === undefined ? {} : { pointer }),
    })
  }
  if (error instanceof QuestionTooLong) return tookTooLong()
  if (error instanceof ClusterExists) return new Problem('conflict', error.message)
  if (error instanceof IngestUrlRefused) return new Problem('unprocessable', error.message, error.hint)
  return (
    ofExpress(error) ??
    ofPostgres(error) ??
    new Problem('internal', 'something went wrong here', 'The log has more, under this request_id.')
  )
}

/** What express and its body-parser refuse has a status; body-parser says in `type` what was wrong. */
function ofExpress(error: unknown): Problem | null {
  if (!(error instanceof Error) || !('status' in error)) return null
  const type = 'type' in error ? error.type : null
  if (type === 'entity.too.large') return new Problem('payload_too_large', 'the body is over 1 MiB')
  if (type === 'entity.parse.failed') return noJson()
  if (typeof error.status !== 'number' || error.status < 400 || error.status > 499) return null
  return new Problem(
    'bad_request',
    'the request could not be read',
    'Write a % in a path as %25, and the body in UTF-8.',
  )
}

export function noJson(): Problem {
  return new Problem('bad_request', 'the body is no JSON', 'Send Content-Type: application/json and an object.')
}

export function noText(types: readonly string[]): Problem {
  return new Problem(
    'bad_request',
    'the body is no text of a type that is read here',
    `Send it as ${types.join(' or ')}.`,
  )
}

/** Cancelled by statement_timeout, shutting down, out of connections or space; or not there at all. */
const unavailableStates = /^(08|53|57P|58)/
const unavailableCodes = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
])
/** What pg and pg-pool throw of their own have only a message. */
const brokenPool =
  /timeout exceeded when trying to connect|Connection terminated|connection error and is not queryable|after calling end/

const queryCanceled = '57014'

function ofPostgres(error: unknown): Problem | null {
  if (stateOf(error) === queryCanceled) return tookTooLong()
  if (!isPostgresAway(error)) return null
  return new Problem(
    'dependency_unavailable',
    'Postgres is not available now',
    'Try again; /readyz says what is wrong.',
  )
}

/** And not only one statement too much for it. */
export function isPostgresAway(error: unknown): boolean {
  const state = stateOf(error)
  if (state !== null) return state !== queryCanceled && unavailableStates.test(state)
  return withCause(error).some(
    (one) =>
      one instanceof Error &&
      (('code' in one && unavailableCodes.has(String(one.code))) || brokenPool.test(one.message)),
  )
}

function stateOf(error: unknown): string | null {
  return (
    withCause(error)
      .map(sqlState)
      .find((code) => code !== null) ?? null
  )
}

/** drizzle wraps what pg throws. */
function withCause(error: unknown): readonly unknown[] {
  return error instanceof Error && error.cause !== undefined ? [error, error.cause] : [error]
}
