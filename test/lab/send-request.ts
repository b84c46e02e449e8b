// sendRequest: one request to an API server of the lab, with any header and body, as somebody or as nobody.

import { readFile } from 'node:fs/promises'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { request } from 'node:https'
import type { Credential } from './kubeconfig.ts'

export interface ApiRequest {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as it is where it is a text, else as JSON. */
  readonly body?: unknown
  /** Given up after so long: for a watch, which would never end by itself. */
  readonly abortAfterMs?: number
}

export interface ApiAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Of the server: its URL and the path of its authority's certificate. */
export interface ApiAddress {
  readonly server: string
  readonly ca: string
}

/** As much as an API server takes of a request (Go's http.DefaultMaxHeaderBytes). */
const headerBytesMax = 1024 * 1024

export async function sendRequest(address: ApiAddress, credential: Credential, asked: ApiRequest): Promise<ApiAnswer> {
  const { body } = asked
  const bytes = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
  const sent = request(address.server + asked.path, {
    method: asked.method,
    ca: await readFile(address.ca),
    ...(await tlsOf(credential)),
    agent: false,
    // An answer repeats the Audit-ID, which a test may make long.
    maxHeaderSize: headerBytesMax,
    headers: {
      // Without a length Node would send the body of a DELETE as if it were the next request.
      ...(bytes === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(bytes)) }),
      ...(credential !== null && 'token' in credential ? { authorization: `Bearer ${credential.token}` } : {}),
      ...asked.headers,
    },
  })
  return await new Promise((resolve, reject) => {
    sent.once('error', reject)
    sent.once('response', (response) => void readAnswer(response, asked.abortAfterMs).then(resolve, reject))
    sent.end(bytes)
  })
}

async function tlsOf(credential: Credential): Promise<{ readonly cert?: Buffer; readonly key?: Buffer }> {
  if (credential === null || 'token' in credential) return {}
  const [cert, key] = await Promise.all([readFile(credential.cert), readFile(credential.key)])
  return { cert, key }
}

async function readAnswer(response: IncomingMessage, abortAfterMs?: number): Promise<ApiAnswer> {
  const chunks: Buffer[] = []
  let isAborted = false
  const timer =
    abortAfterMs === undefined
      ? undefined
      : setTimeout(() => {
          isAborted = true
          response.destroy()
        }, abortAfterMs)
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk)
  } catch (error) {
    if (!isAborted) throw error
  } finally {
    clearTimeout(timer)
  }
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() }
}
