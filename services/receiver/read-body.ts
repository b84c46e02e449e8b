// Read a request's body within two bounds: its own size, and what all requests together may hold in memory.

import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

export type Body =
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  | { readonly kind: 'too-large'; readonly bytes: number }
  | { readonly kind: 'overloaded' }
  | { readonly kind: 'aborted' }

/** Bytes that requests in progress may hold, shared by all of them. */
export interface Budget {
  take(bytes: number): boolean
  give(bytes: number): void
  readonly taken: number
}

export function createBudget(bytesMax: number): Budget {
  let taken = 0
  return {
    take(bytes) {
      // One request alone always fits, or a body of the full size could never be taken in.
      if (taken > 0 && taken + bytes > bytesMax) return false
      taken += bytes
      return true
    },
    give: (bytes) => (taken -= bytes),
    get taken() {
      return taken
    },
  }
}

/**
 * Never rejects. API servers send no Content-Encoding; gzip is taken from forwarders, and its bound counts inflated bytes.
 * The budget is held until the caller disposes it: it covers what is made of the body too.
 */
export async function readBody(
  request: IncomingMessage,
  limits: { readonly bodyBytesMax: number; readonly budget: Budget },
): Promise<{ readonly body: Body; readonly held: Disposable }> {
  request.on('error', ignored)
  const held = holdFrom(limits.budget)
  const announced = Number(request.headers['content-length'] ?? 0)
  if (announced > limits.bodyBytesMax) return { body: { kind: 'too-large', bytes: announced }, held }
  if (!held.atLeast(announced)) return { body: { kind: 'overloaded' }, held }
  const chunks: Buffer[] = []
  let length = 0
  try {
    // Leaving the loop early must not destroy the socket: the answer still goes through it.
    for await (const chunk of bodyStream(request).iterator({ destroyOnReturn: false })) {
      const bytes = asBuffer(chunk)
      length += bytes.length
      if (length > limits.bodyBytesMax) return { body: { kind: 'too-large', bytes: length }, held }
      if (!held.atLeast(length)) return { body: { kind: 'overloaded' }, held }
      chunks.push(bytes)
    }
  } catch {
    return { body: { kind: 'aborted' }, held }
  }
  const [only] = chunks
  return { body: { kind: 'whole', bytes: only && chunks.length === 1 ? only : Buffer.concat(chunks, length) }, held }
}

/** One request's share of the budget. */
function holdFrom(budget: Budget): Disposable & { atLeast(bytes: number): boolean } {
  let held = 0
  return {
    atLeast(bytes) {
      const more = bytes - held
      if (more > 0 && !budget.take(more)) return false
      held = Math.max(held, bytes)
      return true
    },
    [Symbol.dispose]() {
      budget.give(held)
      held = 0
    },
  }
}

function bodyStream(request: IncomingMessage): Readable {
  if (!gzipNames.has((request.headers['content-encoding'] ?? '').toLowerCase())) return request
  const inflated = createGunzip()
  request.on('error', (error) => inflated.destroy(error))
  // The loop that reads may have ended by then, and an error that nobody hears ends the process.
  inflated.on('error', ignored)
  return request.pipe(inflated)
}

const gzipNames = new Set(['gzip', 'x-gzip'])

/** Bytes in any other encoding cannot be looked into, and so no secret in them could be hidden. */
export function isReadableEncoding(request: IncomingMessage): boolean {
  const encoding = (request.headers['content-encoding'] ?? 'identity').toLowerCase()
  return encoding === 'identity' || gzipNames.has(encoding)
}

function ignored(): void {}

function asBuffer(chunk: unknown): Buffer {
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk))
}
