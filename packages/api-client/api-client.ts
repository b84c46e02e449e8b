// openApiClient: the API as calls that know what each path takes and answers.
import { ApiError } from './api-error.ts'
import type { AnswerOf, AnyInput, BodyOf, InputOf, PathWith } from './api-paths.ts'
import {
  bodyOf,
  brokenOff,
  createSender,
  type ApiRequest,
  type Parameters,
  type Send,
  type SenderOptions,
} from './send-request.ts'

/** An answer: as it was written, and as values. Numbers beyond 2^53 are whole in the text only. */
export interface Reply<T> {
  readonly text: string
  readonly value: T
  readonly headers: Headers
}

/** Every call throws ApiError, and nothing else, where there is no 2xx with JSON. What the JSON holds is not looked at. */
export interface ApiClient {
  readonly url: URL
  get<P extends PathWith<'get'>>(path: P, ...input: InputOf<P, 'get'>): Promise<Reply<AnswerOf<P, 'get'>>>
  post<P extends PathWith<'post'>>(
    path: P,
    body: BodyOf<P, 'post'>,
    ...input: InputOf<P, 'post'>
  ): Promise<Reply<AnswerOf<P, 'post'>>>
  delete<P extends PathWith<'delete'>>(path: P, ...input: InputOf<P, 'delete'>): Promise<Reply<AnswerOf<P, 'delete'>>>
  /** The first page and those after it, for as long as the caller wants more. A cursor is sent alone. */
  pages<P extends PathWith<'get'>>(path: P, ...input: InputOf<P, 'get'>): AsyncGenerator<Reply<AnswerOf<P, 'get'>>>
  /** A body that comes bit by bit: of a download, or of an event stream. */
  stream<P extends PathWith<'get'>>(path: P, options: StreamOptions, ...input: InputOf<P, 'get'>): Promise<ApiStream>
  /** Of a path that is made at run time; whoever asks looks at what came. */
  getAny(path: string, query?: Parameters): Promise<Reply<unknown>>
  /** Whatever the server answers, to be read by the caller. */
  readonly send: Send
}

export interface StreamOptions {
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

export interface ApiStream {
  readonly headers: Headers
  /** Throws ApiError where it breaks off. */
  readonly body: AsyncIterable<Uint8Array>
}

export interface ApiClientOptions extends SenderOptions {
  /** No answer that is read as a whole may be longer. */
  readonly answerBytesMax?: number
}

/** The largest answer is a page of events with their bodies. */
const answerBytesDefaultMax = 128 * 1024 * 1024

export function openApiClient(options: ApiClientOptions): ApiClient {
  const { url, answerBytesMax = answerBytesDefaultMax } = options
  const send = createSender(options)
  // The types are the server's promise, which newer servers only add to.
  const ask = async <T>(request: ApiRequest): Promise<Reply<T>> => {
    const response = await send(request)
    const text = new TextDecoder().decode(await bodyOf(response, url, answerBytesMax))
    return { text, value: readJson(text, url) as T, headers: response.headers }
  }
  return {
    url,
    send,
    get: (path, ...[input]) => ask(requestOf('GET', path, input)),
    post: (path, body, ...[input]) => ask({ ...requestOf('POST', path, input), ...jsonBody(body) }),
    getAny: (path, query = {}) => ask({ method: 'GET', path, query }),
    delete: (path, ...[input]) => ask(requestOf('DELETE', path, input)),
    async *pages(path, ...[input]) {
      let next: ApiRequest | null = requestOf('GET', path, input)
      while (next !== null) {
        const reply: Reply<AnswerOf<typeof path, 'get'>> = await ask(next)
        yield reply
        const cursor = cursorIn(reply.value)
        next = cursor === null ? null : { ...next, query: { cursor } }
      }
    },
    stream: async (path, { headers = {}, signal }, ...[input]) => {
      const request = { ...requestOf('GET', path, input), headers, timeoutMs: null, ...(signal ? { signal } : {}) }
      const response = await send(request)
      if (!response.ok) await bodyOf(response, url, answerBytesMax)
      return { headers: response.headers, body: wholeBody(response, url) }
    },
  }
}

/** `/v1/events/{id}` with its parameters in place. */
export function filledPath(path: string, inPath: AnyInput['path'] = {}): string {
  return path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => encodeURIComponent(inPath[name] ?? ''))
}

function requestOf(method: string, path: string, input: AnyInput = {}): ApiRequest {
  const { query, idempotencyKey, timeoutMs } = input
  return {
    method,
    path: filledPath(path, input.path),
    query: parametersOf(query),
    ...(idempotencyKey === undefined ? {} : { headers: { 'idempotency-key': idempotencyKey } }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  }
}

/** The types of the document allow texts, numbers, booleans and lists of them, and nothing else. */
function parametersOf(query: AnyInput['query']): Parameters {
  return (query ?? {}) as Parameters
}

function jsonBody(body: unknown): { readonly body?: Uint8Array<ArrayBuffer> } {
  return body === undefined ? {} : { body: new TextEncoder().encode(JSON.stringify(body)) }
}

function readJson(text: string, url: URL): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ApiError(`could not understand the answer of ${url.origin}`, { kind: 'unreadable', url, cause: error })
  }
}

function cursorIn(page: unknown): string | null {
  if (typeof page !== 'object' || page === null || !('has_more' in page) || !('next_cursor' in page)) return null
  const { has_more: hasMore, next_cursor: cursor } = page
  return hasMore === true && typeof cursor === 'string' ? cursor : null
}

async function* wholeBody(response: Response, url: URL): AsyncGenerator<Uint8Array> {
  try {
    yield* response.body ?? []
  } catch (error) {
    throw brokenOff(url, error)
  }
}
