// GET /v1/reference: what the API takes and answers, for people.

import { hash } from 'node:crypto'
import type { Request, Response } from 'express'
import type { RouteParts } from '../api-parts.ts'
import { referenceHtml, referenceStyle } from '../openapi/reference-html.ts'
import { askedAgain, madeOnce, sendTagged } from '../tagged-answer.ts'

/** One page with one style and no script; nothing is loaded from anywhere. */
const styleHash = hash('sha256', referenceStyle, 'base64')
const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

export function getReference(parts: RouteParts): (request: Request, response: Response) => void {
  const page = madeOnce(() => referenceHtml(parts.document()))
  return (request, response) => {
    response.setHeader('Content-Security-Policy', policy)
    sendTagged(request, response, { ...page(), cacheControl: askedAgain, type: 'text/html' })
  }
}
