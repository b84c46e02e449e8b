// compressAnswers: gzip or br where the client takes it. An answer that goes on for long says Cache-Control: no-transform.

import { constants } from 'node:zlib'
import compression from 'compression'
import type { RequestHandler, Response } from 'express'

/** Shorter answers are sent as they are. */
const bytesMin = 1_024
/** A page of 1,000 events takes a few milliseconds: the network between is rarely worth more. */
const gzipLevel = 3
const brotliQuality = 3

export function compressAnswers(): readonly RequestHandler[] {
  return [
    tagByEncoding,
    compression({
      threshold: bytesMin,
      level: gzipLevel,
      brotli: { params: { [constants.BROTLI_PARAM_QUALITY]: brotliQuality } },
    }),
  ]
}

/**
 * Compressed bytes are other bytes, so their strong ETag is another (RFC 9110 section 8.8.3.3): `"…-gzip"`. sendTagged
 * knows them. Runs before `compression`, whose own writeHead has then set the encoding.
 */
const tagByEncoding: RequestHandler = (_request, response, next) => {
  // One signature for the overloads of node:http: whatever was given goes on as it was.
  const writeHead = response.writeHead.bind(response) as (...how: unknown[]) => Response
  response.writeHead = (...how: unknown[]) => {
    renameTag(response)
    return writeHead(...how)
  }
  next()
}

function renameTag(response: Response): void {
  const encoding = response.getHeader('Content-Encoding')
  const tag = response.getHeader('ETag')
  if (typeof encoding === 'string' && typeof tag === 'string')
    response.setHeader('ETag', `${tag.slice(0, -1)}-${encoding}"`)
}
