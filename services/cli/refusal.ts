// cliErrorOf: what the server refused, or why it did not answer, told to whoever typed the command.
import type { ApiError } from '@plaintrail/api-client/api-error'
import { CliError } from './cli-error.ts'
import { commandHint } from './command-hint.ts'
import { caretLines } from './output/caret.ts'
import type { Server } from './server.ts'

/** `query` is the text that was sent as `q`: a fault in it is shown below it. */
export function cliErrorOf(error: ApiError, server: Server, query: string | null): CliError {
  switch (error.kind) {
    case 'refused':
      return refusal(error, server, query)
    case 'redirected':
      return new CliError('unavailable', error.message, {
        hint: error.location === null ? null : `Ask there, if you trust it: --server ${error.location}`,
        cause: error,
      })
    case 'unreachable':
      return new CliError('unavailable', error.message, { hint: unreachableHint(error.url), cause: error })
    case 'timeout':
      return new CliError('timeout', error.message, {
        hint: 'Try again, ask for less, or wait longer with --timeout 5m.',
        cause: error,
      })
    case 'interrupted':
      return new CliError('interrupted', 'interrupted', { cause: error })
    case 'unreadable':
      return new CliError('unavailable', error.message, { hint: 'Ask for less with --limit.', cause: error })
    default:
      return error.kind satisfies never
  }
}

/** The answer is no JSON, or none of the shape that the API gives. */
export function notPlaintrail(url: URL, cause?: unknown): CliError {
  const hint = 'Is it a Plaintrail server, and of the same version as this command?'
  return new CliError('unavailable', `could not understand the answer of ${url.origin}`, { hint, cause })
}

function refusal(error: ApiError, server: Server, query: string | null): CliError {
  const { problem } = error
  const code = refusalCode(error.status ?? 0, problem?.code ?? null)
  const pointed = problem?.pointer && query !== null ? caretLines(query, problem.pointer) : []
  const mended =
    problem?.suggestion && problem.pointer && problem.suggestion !== query ? [`Mended: ${problem.suggestion}`] : []
  const hint = serverHint(problem, server) ?? refusalHint(code, server)
  const lines = [...pointed, ...(hint === null ? [] : [hint]), ...mended]
  return new CliError(code, error.message, { hint: lines.length === 0 ? null : lines.join('\n'), cause: error })
}

/** What commands send as If-Match they have got themselves, a moment before; and nobody types a header with a token. */
function serverHint(problem: ApiError['problem'], { token }: Server): string | null {
  if (problem?.code === 'auth_required' && token === null) return null
  if (problem?.code === 'precondition_failed') return 'Look at it as it is now, and then say it again.'
  return problem?.hint == null ? null : commandHint(problem.hint)
}

function refusalCode(status: number, code: string | null): CliError['code'] {
  if (code === 'query_syntax' || code === 'unavailable') return 'query_invalid'
  if (status === 401 || status === 403) return 'denied'
  if (status === 404 || status === 410) return 'not_found'
  if (status === 429 || status >= 500 || status < 400) return 'unavailable'
  return 'usage'
}

function refusalHint(code: CliError['code'], { token }: Server): string | null {
  if (code !== 'denied') return null
  return token === null
    ? 'No token was found: plaintrail login, or set PLAINTRAIL_TOKEN, or --data to the data folder of the server.'
    : '`plaintrail whoami` says which token was sent.'
}

function unreachableHint({ hostname }: URL): string {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(hostname)
    ? 'Start a server with `npm start` (or `npm run demo`), or name another: --server, --context, PLAINTRAIL_SERVER.'
    : 'Check the address (`plaintrail whoami` says where it is from) and the network, then try again.'
}
