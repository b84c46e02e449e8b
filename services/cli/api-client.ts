// openApi: requests to the server's API; what it refuses becomes a CliError with the exit code that says why.
import { CliError } from './cli-error.ts'
import type { CliIo } from './io.ts'
import type { Server } from './server.ts'

export type Query = Readonly<Record<string, string | readonly string[] | undefined>>

/** A JSON answer: as it came, and as values. */
export interface Answer {
  readonly text: string
  readonly value: unknown
}

interface ApiRequest {
  readonly method: string
  /** Begins with a slash; `/v1/events`. */
  readonly path: string
  readonly query?: Query
  readonly body?: Uint8Array<ArrayBuffer>
  readonly timeoutMs?: number
}

export interface Api {
  readonly url: URL
  /** Throws CliError for anything but a 2xx with JSON. */
  getJson(path: string, query?: Query): Promise<Answer>
  postJson(path: string, value: unknown): Promise<Answer>
  /** The body of a 2xx as it came. Throws CliError for anything else. */
  getBytes(path: string): Promise<Uint8Array>
  /** Whatever the server answers. Throws CliError only when it does not answer. */
  send(request: ApiRequest): Promise<ApiResponse>
}

export interface ApiResponse {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Uint8Array
}

const timeoutDefaultMs = 60_000
/** The largest answer is one raw event, which the receiver takes up to 64 MiB. */
const answerBytesMax = 128 * 1024 * 1024

export function openApi(server: Server, io: CliIo): Api {
  const send = (request: ApiRequest): Promise<ApiResponse> => sendRequest(server, io, request)
  const sendOk = async (request: ApiRequest): Promise<ApiResponse> => {
    const response = await send(request)
    if (response.status >= 200 && response.status < 300) return response
    throw refusal(response, server)
  }
  return {
    url: server.url,
    send,
    getJson: async (path, query = {}) => readAnswer(await sendOk({ method: 'GET', path, query }), server),
    postJson: async (path, value) => {
      const body = new TextEncoder().encode(JSON.stringify(value))
      return readAnswer(await sendOk({ method: 'POST', path, body }), server)
    },
    getBytes: async (path) => (await sendOk({ method: 'GET', path })).bytes,
  }
}

/** What went wrong, from a problem (RFC 9457) or from an answer that is none. */
export function refusal(
  response: ApiResponse,
  server: { readonly url: URL; readonly token?: string | null },
): CliError {
  const problem = readProblem(response.bytes)
  const code = refusalCode(response.status, problem['code'])
  const location = response.headers.get('location')
  if (response.status >= 300 && response.status < 400)
    return new CliError(code, `${server.url.origin} sends elsewhere (${response.status})`, {
      hint: location === null ? null : `Set PLAINTRAIL_SERVER to ${location}.`,
    })
  const said = problem['title'] ?? `${server.url.origin} answered ${response.status}`
  const detail = problem['detail']
  const message = detail === undefined || detail === said ? said : `${said}: ${detail}`
  return new CliError(code, message, { hint: problem['hint'] ?? refusalHint(code, server.token) })
}

async function sendRequest(server: Server, io: CliIo, request: ApiRequest): Promise<ApiResponse> {
  const url = new URL(`.${request.path}`, server.url)
  for (const [name, value] of Object.entries(request.query ?? {})) {
    for (const text of typeof value === 'string' ? [value] : (value ?? [])) url.searchParams.append(name, text)
  }
  const headers = new Headers({ accept: 'application/json, */*;q=0.5' })
  if (server.token !== null) headers.set('authorization', `Bearer ${server.token}`)
  if (request.body !== undefined) headers.set('content-type', 'application/json')
  try {
    const response = await io.fetch(url, {
      method: request.method,
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(request.timeoutMs ?? timeoutDefaultMs),
      ...(request.body === undefined ? {} : { body: request.body }),
    })
    return { status: response.status, headers: response.headers, bytes: await readBody(response) }
  } catch (error) {
    throw error instanceof CliError ? error : unreachable(server.url, error)
  }
}

async function readBody(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length > answerBytesMax)
      throw new CliError('unavailable', `could not read the answer: it is longer than ${answerBytesMax} bytes`, {
        hint: 'Ask for less with --limit.',
      })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, length)
}

function readAnswer(response: ApiResponse, server: Server): Answer {
  const text = Buffer.from(response.bytes).toString()
  try {
    return { text, value: JSON.parse(text) }
  } catch (error) {
    throw notPlaintrail(server.url, error)
  }
}

/** The answer is no JSON, or none of the shape that the API gives. */
export function notPlaintrail(url: URL, cause?: unknown): CliError {
  const hint = 'Is it a Plaintrail server, and of the same version as this command?'
  return new CliError('unavailable', `could not understand the answer of ${url.origin}`, { hint, cause })
}

function unreachable(url: URL, error: unknown): CliError {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  const timedOut = error instanceof Error && error.name === 'TimeoutError'
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const why = timedOut ? 'no answer in time' : code === 'ECONNREFUSED' ? 'nothing listens there' : messageOf(cause)
  const isHere = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)
  return new CliError('unavailable', `could not reach ${url.origin}: ${why}`, {
    hint: isHere
      ? 'Start a server with `npm start` (or `npm run demo`), or set PLAINTRAIL_SERVER.'
      : 'Check PLAINTRAIL_SERVER and the network, then try again.',
    cause: error,
  })
}

function refusalCode(status: number, code: string | undefined): CliError['code'] {
  if (code === 'query_syntax') return 'query_invalid'
  if (status === 401 || status === 403) return 'denied'
  if (status === 404) return 'not_found'
  if (status === 429 || status >= 500 || status < 400) return 'unavailable'
  return 'usage'
}

function refusalHint(code: CliError['code'], token: string | null | undefined): string | null {
  if (code !== 'denied') return null
  return token === null
    ? 'No token was found: set PLAINTRAIL_TOKEN, or --data to the data folder of the server.'
    : 'Check PLAINTRAIL_TOKEN.'
}

function readProblem(bytes: Uint8Array): Readonly<Partial<Record<string, string>>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString())
    if (typeof value !== 'object' || value === null) return {}
    return Object.fromEntries(Object.entries(value).filter((entry) => typeof entry[1] === 'string'))
  } catch {
    return {}
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
