// mountRoutes: the table as Express' routes. Whoever asks is known before anything of the request is read.

import { Router, type Request, type Response } from 'express'
import type { RouteParts } from './api-parts.ts'
import { anyone, createAuthenticate, type Caller } from './authenticate.ts'
import { Problem } from './problems.ts'
import { createRateLimit } from './rate-limit.ts'
import type { ApiRoute } from './route.ts'

export function mountRoutes(parts: RouteParts, table: readonly ApiRoute[]): Router {
  const router = Router()
  const authenticate = createAuthenticate(parts)
  const limit = createRateLimit(parts.config.requestsPerMinute)
  const known = async (request: Request, response: Response): Promise<Caller> => {
    try {
      return await authenticate(request)
    } catch (error) {
      if (error instanceof Problem) await limit.take(response, anyone, addressOf(request))
      throw error
    }
  }
  for (const one of table.toSorted(moreLiteralFirst)) {
    const answer = one.make(parts)
    router[one.method](expressPath(one.path), async (request, response) => {
      // Whoever keeps an answer keeps it for one token: another may see less. (Accept-Encoding is added by compression.)
      if (one.access !== 'anyone') response.vary('Authorization')
      const caller = one.access === 'anyone' ? anyone : await known(request, response)
      if (one.rate !== 'unlimited') await limit.take(response, caller, addressOf(request))
      await answer(request, response, caller)
    })
  }
  return router
}

/** `/v1/events/{id}/raw` → `/v1/events/:id/raw` */
export function expressPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1')
}

/** `/v1/events/facets` before `/v1/events/{id}`, which would take it. `{` sorts after every letter. */
function moreLiteralFirst(one: ApiRoute, other: ApiRoute): number {
  return one.path < other.path ? -1 : one.path > other.path ? 1 : 0
}

/** Of a proxy, where one stands before the API: a header that says another is only a claim. */
function addressOf(request: Request): string {
  return request.socket.remoteAddress ?? ''
}
