// /healthz, /readyz, /metrics: as packages/runtime answers them, beside the API.

import type { RequestHandler } from 'express'
import { answerOperations } from '@plaintrail/runtime/operations-server'
import type { RouteParts } from '../api-parts.ts'

export function operations(parts: Pick<RouteParts, 'health' | 'metrics' | 'metricsText'>): RequestHandler {
  const { health, metrics, metricsText } = parts
  const asked = { health, metrics: { contentType: metrics.contentType, text: metricsText } }
  return async (request, response, next) => {
    const answer = request.method === 'GET' ? await answerOperations(asked, request.path) : null
    if (!answer) return next()
    response.status(answer.code).setHeader('Content-Type', answer.type)
    response.send(answer.body)
  }
}
