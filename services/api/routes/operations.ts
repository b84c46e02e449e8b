// /healthz, /readyz, /metrics: for machines that watch this one, and so without a token.

import express, { type Router } from 'express'
import type { RouteParts } from '../api-parts.ts'

export function operations(parts: Pick<RouteParts, 'health' | 'metrics' | 'metricsText'>): Router {
  const router = express.Router()
  router.get('/healthz', (_request, response) => void response.json({ ok: true }))
  router.get('/readyz', (_request, response) => {
    const snapshot = parts.health.snapshot()
    response.status(snapshot.ok ? 200 : 503).json(snapshot)
  })
  router.get('/metrics', async (_request, response) => {
    response.setHeader('Content-Type', parts.metrics.contentType)
    response.send(await parts.metricsText())
  })
  return router
}
