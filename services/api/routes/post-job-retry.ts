// POST /v1/jobs/{id}/retry: have a dead job tried again.

import { retryJob } from '@plaintrail/store/dead-jobs'
import type { RouteParts } from '../api-parts.ts'
import type { Route } from '../authenticate.ts'
import { refuseOthers, urlParameters } from '../list-question.ts'
import { Problem } from '../problems.ts'

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

/** 202: it is tried soon, and is listed again when that fails too. */
export function postJobRetry(parts: RouteParts): Route {
  return async (request, response, caller) => {
    refuseOthers(urlParameters(request), [])
    const id = String(request.params['id'])
    const retried = uuid.test(id) ? await retryJob(parts.store, caller.scope, id) : 'unknown'
    switch (retried) {
      case 'again':
        response.status(202).json({ id: id.toLowerCase(), state: 'waiting' })
        return
      case 'not dead':
        throw new Problem('conflict', 'the job is not dead: it waits, or is being tried', 'Look again in a minute.')
      case 'unknown':
        throw new Problem('not_found', 'there is no such job, or it is done', 'GET /v1/jobs?state=dead has their ids.')
    }
  }
}
