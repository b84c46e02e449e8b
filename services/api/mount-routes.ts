// mountRoutes: the table as Express' routes. Whoever asks is known before anything of the request is read.

import { Router } from 'express'
import type { RouteParts } from './api-parts.ts'
import { anyone, createAuthenticate } from './authenticate.ts'
import type { ApiRoute } from './route.ts'

export function mountRoutes(parts: RouteParts, table: readonly ApiRoute[]): Router {
  const router = Router()
  const authenticate = createAuthenticate(parts.store)
  for (const one of table.toSorted(moreLiteralFirst)) {
    const answer = one.make(parts)
    router[one.method](expressPath(one.path), async (request, response) => {
      const caller = one.access === 'anyone' ? anyone : await authenticate(request)
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
