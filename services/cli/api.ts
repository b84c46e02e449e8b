// openApi: the server's API for a command; what goes wrong becomes a CliError with the exit code that says why.
import {
  openApiClient,
  type ApiClient,
  type ApiClientOptions,
  type ApiStream,
  type Reply,
} from '@plaintrail/api-client/api-client'
import { ApiError } from '@plaintrail/api-client/api-error'
import { followEvents, type FollowOptions } from '@plaintrail/api-client/follow-events'
import { readBounded, refused, type ApiRequest, type Parameters } from '@plaintrail/api-client/send-request'
import type { ServerSentEvent } from '@plaintrail/api-client/server-sent-events'
import type { CliError } from './cli-error.ts'
import { cliErrorOf } from './refusal.ts'
import { refuseOpenToken, type Server } from './server.ts'

export type Query = Parameters

/** A JSON answer: as it came, and as values. */
export type Answer = Pick<Reply<unknown>, 'text' | 'value'>

export interface ApiResponse {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Uint8Array
}

/** As ApiClient, but that CliError is thrown. */
export interface Api extends Pick<ApiClient, 'url' | 'get' | 'post' | 'delete' | 'stream'> {
  /** A list by parameters that are put together at run time, as those of the query language are. */
  getList(path: string, query: Query): Promise<Answer>
  /** An event stream, over connections that break. */
  follow(path: string, options: FollowOptions): AsyncGenerator<ServerSentEvent>
  /** Whatever the server answers. Throws CliError only when it does not answer. */
  send(request: ApiRequest): Promise<ApiResponse>
  /** What refused it, as the error that a command ends with. */
  refusal(response: ApiResponse): CliError
}

/** The largest answer is one raw event, which the receiver takes up to 64 MiB. */
const answerBytesMax = 128 * 1024 * 1024

/** Throws CliError where the token would go to another machine without TLS. */
export function openApi(server: Server, options: Omit<ApiClientOptions, 'url' | 'token'>): Api {
  refuseOpenToken(server)
  const { url } = server
  const client = openApiClient({ ...options, answerBytesMax, url, token: server.token })
  /** Every request of a command passes here, so that no ApiError leaves this file. */
  const asked = async <T>(input: { readonly query?: unknown } | undefined, work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw error instanceof ApiError ? cliErrorOf(error, server, queryText(input?.query)) : error
    }
  }
  return {
    url,
    get: (path, ...input) => asked(input[0], () => client.get(path, ...input)),
    post: (path, body, ...input) => asked(input[0] ?? { query: body }, () => client.post(path, body, ...input)),
    delete: (path, ...input) => asked(input[0], () => client.delete(path, ...input)),
    stream: (path, options, ...input) =>
      asked(input[0], async () => {
        const { headers, body }: ApiStream = await client.stream(path, options, ...input)
        return { headers, body: told(body, server, null) }
      }),
    getList: (path, query) => asked({ query }, () => client.getAny(path, query)),
    follow: (path, followed) => told(followEvents(client.send, url, path, followed), server, queryText(followed.query)),
    send: (request) =>
      asked(request, async () => {
        const response = await client.send({ isRetried: false, ...request })
        const bytes = await readBounded(response, url, answerBytesMax)
        return { status: response.status, headers: response.headers, bytes }
      }),
    refusal: ({ status, headers, bytes }) =>
      cliErrorOf(refused(new Response(null, { status, headers }), url, bytes), server, null),
  }
}

/** The same, but that CliError is thrown. */
async function* told<T>(items: AsyncIterable<T>, server: Server, query: string | null): AsyncGenerator<T> {
  try {
    yield* items
  } catch (error) {
    throw error instanceof ApiError ? cliErrorOf(error, server, query) : error
  }
}

/** The text in the query language that was asked, of parameters or of a body. */
function queryText(asked: unknown): string | null {
  if (typeof asked !== 'object' || asked === null || !('q' in asked)) return null
  return typeof asked.q === 'string' ? asked.q : null
}
