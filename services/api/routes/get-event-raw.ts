// GET /v1/events/{id}/raw: the event byte for byte as it arrived, redaction excepted.

import { rawEvent } from '@plaintrail/store/raw-events'
import type { RouteParts } from '../api.ts'
import type { Route } from '../authenticate.ts'
import { Problem } from '../problems.ts'

export function getEventRaw(parts: RouteParts): Route {
  return async (request, response, caller) => {
    const id = String(request.params['id'])
    const etag = `"${id}"`
    // An event never changes, and its id is made from its bytes.
    if (request.get('If-None-Match') === etag && (await rawEvent(parts.store, caller.scope, id, parts.segmentItems))) {
      response.status(304).end()
      return
    }
    const raw = await rawEvent(parts.store, caller.scope, id, parts.segmentItems)
    if (!raw)
      throw new Problem('not_found', 'there is no such event, or its bytes are past retention', 'Ids begin with evt_.')
    response.setHeader('ETag', etag)
    response.setHeader('Cache-Control', 'private, max-age=31536000, immutable')
    response.type('application/json').send(raw)
  }
}
