// /healthz, /readyz, /metrics: as packages/runtime answers them, beside the API.

import type { Request, Response } from 'express'
import { answerOperations } from '@plaintrail/runtime/operations-server'
import type { RouteParts } from '../api-parts.ts'
import { Problem } from '../problems.ts'

type OperationsParts = Pick<RouteParts, 'health' | 'metrics' | 'metricsText'>

export function answerOperation(parts: OperationsParts): (request: Request, response: Response) => Promise<void> {
  const { health, metrics, metricsText } = parts
  const asked = { health, metrics: { contentType: metrics.contentType, text: metricsText } }
  return async (request, response) => {
    const answer = await answerOperations(asked, String(request.route?.path))
    if (!answer) throw new Problem('not_found', 'this is no question about the process')
    response.status(answer.code).setHeader('Content-Type', answer.type)
    response.send(answer.body)
  }
}
