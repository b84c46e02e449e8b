// sendTagged: an answer with a strong ETag, or 304 to who has it already.

import { hash } from 'node:crypto'
import type { Request, Response } from 'express'

/** Of an answer that never changes, in seconds: a year. */
const keptSeconds = 31_536_000

export const keptForGood = `private, max-age=${keptSeconds}, immutable`
/** May be kept, and is asked for again each time. */
export const askedAgain = 'private, no-cache'

export interface Tagged {
  /** Without quotes: plain characters only. */
  readonly tag: string
  readonly cacheControl: string
  readonly type: string
  readonly body: () => string | Buffer
}

/** What compressed bytes have at the end of their tag: they are other bytes (RFC 9110 section 8.8.3.3). */
const encodings = ['', '-gzip', '-br', '-deflate']

/** The tag as the client sent it in If-None-Match, in quotes; null where he has not these bytes. */
export function knownTag(request: Request, tag: string): string | null {
  const known = tagsOf(request.get('If-None-Match') ?? '')
  const tags = encodings.map((encoding) => `"${tag}${encoding}"`)
  return (known.includes('*') ? tags[0] : tags.find((one) => known.includes(one))) ?? null
}

export function sendTagged(request: Request, response: Response, { tag, cacheControl, type, body }: Tagged): void {
  response.setHeader('Cache-Control', cacheControl)
  const same = knownTag(request, tag)
  response.setHeader('ETag', same ?? `"${tag}"`)
  if (same === null) response.type(type).send(body())
  else response.status(304).end()
}

/** If-None-Match is a list or `*`, and compares weakly (RFC 9110 section 13.1.2): proxies put W/ before a tag. */
function tagsOf(header: string): readonly string[] {
  return header.split(',').map((text) => text.trim().replace(/^W\//, ''))
}

/** A body that is made when it is first asked for and is then the same, tagged by its bytes. */
export function madeOnce(make: () => string): () => { readonly body: () => string; readonly tag: string } {
  let made: { readonly body: () => string; readonly tag: string } | null = null
  return () => {
    if (made !== null) return made
    const body = make()
    made = { body: () => body, tag: hash('sha256', body) }
    return made
  }
}
