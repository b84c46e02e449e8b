// createSender: one request to the server and its answer, tried again where the server says when.
import { ApiError, readProblem } from './api-error.ts'

export type ParameterValue = string | number | boolean
/** A value that is undefined is not sent; each of an array is. */
export type Parameters = Readonly<Record<string, ParameterValue | readonly ParameterValue[] | null | undefined>>

export interface ApiRequest {
  readonly method: string
  /** Begins with a slash, and may have a query: `/v1/events?ns=shop`. */
  readonly path: string
  readonly query?: Parameters
  readonly body?: Uint8Array<ArrayBuffer>
  readonly headers?: Readonly<Record<string, string>>
  /** Null waits for as long as it takes: for a stream. */
  readonly timeoutMs?: number | null
  /** Whether to wait and try again where the server is busy. Only the server's own Retry-After is waited for. */
  readonly isRetried?: boolean
  readonly signal?: AbortSignal
}

/** What is about to be sent, for whoever shows requests. */
export interface PreparedRequest {
  readonly method: string
  readonly url: URL
  readonly headers: Headers
  readonly body: Uint8Array<ArrayBuffer> | null
}

export interface ToldAnswer extends PreparedRequest {
  readonly status: number
  readonly answerHeaders: Headers
  /** Until the first byte. */
  readonly tookMs: number
}

export interface SenderOptions {
  /** Where the API is; a path in it stays in front of every request's. */
  readonly url: URL
  readonly token: string | null
  readonly timeoutMs?: number
  readonly userAgent?: string
  readonly signal?: AbortSignal
  readonly fetch?: typeof fetch
  readonly sleepMs?: (ms: number) => Promise<void>
  readonly nowMs?: () => number
  /** Called before a request is sent; what it throws, the caller gets. */
  readonly onRequest?: (request: PreparedRequest) => void | Promise<void>
  readonly onAnswer?: (answer: ToldAnswer) => void | Promise<void>
}

export type Send = (request: ApiRequest) => Promise<Response>

export const timeoutDefaultMs = 60_000
export const attemptsMax = 4
/** A server that asks for more is not waited for: whoever asked may decide. */
export const retryAfterMsMax = 30_000

/** The answer as fetch gives it, whatever its status but a redirect. Throws ApiError. */
export function createSender(options: SenderOptions): Send {
  const url = new URL(options.url)
  if (!url.pathname.endsWith('/')) url.pathname += '/'
  const sleep = options.sleepMs ?? ((ms) => new Promise<void>((resolve) => void setTimeout(resolve, ms)))
  return async (request) => {
    for (let attempt = 1; ; attempt++) {
      const response = await sendOnce({ ...options, url }, request)
      const waitMs = retryDelayMs(response)
      if (request.isRetried === false || waitMs === null || attempt === attemptsMax) return response
      await response.body?.cancel()
      await sleep(waitMs)
    }
  }
}

/** What a 429 or a 503 says in Retry-After; null where there is nothing to wait for. */
function retryDelayMs({ status, headers }: Response): number | null {
  if (status !== 429 && status !== 503) return null
  const text = headers.get('retry-after')
  if (text === null || !/^\d{1,6}$/.test(text)) return null
  const ms = Number(text) * 1_000
  return ms <= retryAfterMsMax ? ms : null
}

async function sendOnce(options: SenderOptions, request: ApiRequest): Promise<Response> {
  const prepared = prepare(options, request)
  await options.onRequest?.(prepared)
  const timeoutMs = request.timeoutMs === undefined ? (options.timeoutMs ?? timeoutDefaultMs) : request.timeoutMs
  const signals = [options.signal, request.signal, timeoutMs === null ? undefined : AbortSignal.timeout(timeoutMs)]
  const { method, url, headers, body } = prepared
  const now = options.nowMs ?? Date.now
  const fromMs = now()
  try {
    const response = await (options.fetch ?? fetch)(url, {
      method,
      headers,
      redirect: 'manual',
      signal: AbortSignal.any(signals.filter((signal) => signal !== undefined)),
      ...(body === null ? {} : { body }),
    })
    await options.onAnswer?.({
      ...prepared,
      status: response.status,
      answerHeaders: response.headers,
      tookMs: now() - fromMs,
    })
    if (response.status < 300 || response.status >= 400 || response.status === 304) return response
    await response.body?.cancel()
    throw redirected(url, response)
  } catch (error) {
    throw error instanceof ApiError ? error : brokenOff(url, error)
  }
}

/** The method, address and headers of a request. A token goes to this server only: a path cannot name another one. */
function prepare({ url: server, token, userAgent }: SenderOptions, request: ApiRequest): PreparedRequest {
  const url = new URL(`.${request.path}`, server)
  for (const [name, value] of Object.entries(request.query ?? {})) {
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined && one !== null) url.searchParams.append(name, String(one))
  }
  const headers = new Headers({ accept: 'application/json, */*;q=0.5' })
  if (userAgent !== undefined) headers.set('user-agent', userAgent)
  if (token !== null) headers.set('authorization', `Bearer ${token}`)
  if (request.body !== undefined) headers.set('content-type', 'application/json')
  for (const [name, value] of Object.entries(request.headers ?? {})) headers.set(name, value)
  return { method: request.method, url, headers, body: request.body ?? null }
}

/** What a 2xx has, or an error that says why there is none. Reads no more than `bytesMax`. */
export async function bodyOf(response: Response, url: URL, bytesMax: number): Promise<Uint8Array> {
  const bytes = await readBounded(response, url, bytesMax)
  if (response.ok) return bytes
  throw refused(response, url, bytes)
}

export function refused(response: Response, url: URL, bytes: Uint8Array): ApiError {
  const problem = readProblem(bytes)
  const said = problem.detail ?? problem.title ?? `${url.origin} answered ${response.status}`
  return new ApiError(said, { kind: 'refused', url, status: response.status, problem })
}

export async function readBounded(response: Response, url: URL, bytesMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of response.body ?? []) {
      length += chunk.length
      if (length > bytesMax)
        throw new ApiError(`could not read the answer: it is longer than ${bytesMax} bytes`, {
          kind: 'unreadable',
          url,
        })
      chunks.push(chunk)
    }
  } catch (error) {
    throw error instanceof ApiError ? error : brokenOff(url, error)
  }
  const bytes = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}

function redirected(url: URL, response: Response): ApiError {
  return new ApiError(`${url.origin} sends elsewhere (${response.status})`, {
    kind: 'redirected',
    url,
    status: response.status,
    location: response.headers.get('location'),
  })
}

/** Of fetch, and of a body that ends before it is whole. */
export function brokenOff(url: URL, error: unknown): ApiError {
  const name = error instanceof Error ? error.name : ''
  if (name === 'TimeoutError')
    return new ApiError(`could not reach ${url.origin}: no answer in time`, { kind: 'timeout', url, cause: error })
  if (name === 'AbortError')
    return new ApiError(`asking ${url.origin} was interrupted`, { kind: 'interrupted', url, cause: error })
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  const systemCode = cause instanceof Error && 'code' in cause ? String(cause.code) : null
  const why = systemCode === 'ECONNREFUSED' ? 'nothing listens there' : messageOf(cause)
  return new ApiError(`could not reach ${url.origin}: ${why}`, { kind: 'unreachable', url, systemCode, cause: error })
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
