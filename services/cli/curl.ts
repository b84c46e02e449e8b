// curlCommand: a request as a command of curl that a person can run, pass on and change.
import type { PreparedRequest } from '@plaintrail/api-client/send-request'

/** Ends a command whose request was shown and not sent. */
export class CurlShown extends Error {
  override readonly name = 'CurlShown'
}

/** A longer body is left to a file. */
const bodyBytesShownMax = 16 * 1024
/** What curl, or the program that prints this, adds by itself. */
const ownHeaders = new Set(['authorization', 'user-agent'])

/** For a POSIX shell. The token is `$PLAINTRAIL_TOKEN`, never itself. */
export function curlCommand({ method, url, headers, body }: PreparedRequest): string {
  const parts = ['curl -sS']
  if (headers.get('accept') === 'text/event-stream') parts.push('-N')
  if (method !== 'GET') parts.push(`-X ${shellWord(method)}`)
  parts.push('-H "Authorization: Bearer $PLAINTRAIL_TOKEN"')
  for (const [name, value] of headers) if (!ownHeaders.has(name)) parts.push(`-H ${shellWord(`${name}: ${value}`)}`)
  if (body !== null) parts.push(`--data-binary ${body.length > bodyBytesShownMax ? '@body.json' : bodyWord(body)}`)
  return [...parts, shellWord(url.href)].join(' ')
}

/** curl takes a leading @ for the name of a file. */
function bodyWord(body: Uint8Array): string {
  const text = new TextDecoder().decode(body)
  return text.startsWith('@') ? '@body.json' : shellWord(text)
}

function shellWord(text: string): string {
  return /^[\w./:=@-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}
