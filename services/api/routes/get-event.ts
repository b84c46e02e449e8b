// GET /v1/events/{id}: one event, with the other stages of its request.

import { findEvent } from '@plaintrail/store/find-event'
import type { RouteParts } from '../api-parts.ts'
import type { Route } from '../authenticate.ts'
import { refuseOthers, urlParameters } from '../list-question.ts'
import { Problem } from '../problems.ts'
import { withLinks } from '../send-events.ts'

export function getEvent(parts: RouteParts): Route {
  return async (request, response, caller) => {
    refuseOthers(urlParameters(request), [])
    const event = await findEvent(parts.store, caller.scope, String(request.params['id']))
    if (!event)
      throw new Problem('not_found', 'there is no such event, or it is past retention', 'Ids begin with evt_.')
    // Not immutable: a later stage of the same request may still come.
    response.setHeader('Cache-Control', 'private, no-cache')
    response.json(withLinks(event))
  }
}
