// GET /v1/openapi.json: what the API takes and answers, for programs.

import type { Request, Response } from 'express'
import type { RouteParts } from '../api-parts.ts'
import { askedAgain, madeOnce, sendTagged } from '../tagged-answer.ts'

export function getOpenapi(parts: RouteParts): (request: Request, response: Response) => void {
  const document = madeOnce(() => JSON.stringify(parts.document()))
  return (request, response) =>
    sendTagged(request, response, { ...document(), cacheControl: askedAgain, type: 'application/json' })
}
