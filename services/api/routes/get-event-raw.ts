// GET /v1/events/{id}/raw: the event byte for byte as it arrived, redaction excepted.

import { rawEvent } from '@plaintrail/store/raw-events'
import type { RouteParts } from '../api-parts.ts'
import type { Route } from '../authenticate.ts'
import { refuseOthers, urlParameters } from '../list-question.ts'
import { Problem } from '../problems.ts'

export function getEventRaw(parts: RouteParts): Route {
  return async (request, response, caller) => {
    refuseOthers(urlParameters(request), [])
    const id = String(request.params['id'])
    const raw = await rawEvent(parts.store, caller.scope, id, parts.segmentItems)
    if (!raw)
      throw new Problem('not_found', 'there is no such event, or its bytes are past retention', 'Ids begin with evt_.')
    // An event never changes, and its id is made from its bytes.
    const etag = `"${id}"`
    response.setHeader('ETag', etag)
    response.setHeader('Cache-Control', 'private, max-age=31536000, immutable')
    if (namesTag(request.get('If-None-Match') ?? '', etag)) response.status(304).end()
    else response.type('application/json').send(raw)
  }
}

/** If-None-Match is a list or `*`, and compares weakly (RFC 9110 section 13.1.2): proxies put W/ before a tag. */
function namesTag(header: string, etag: string): boolean {
  return header.split(',').some((text) => text.trim() === '*' || text.trim().replace(/^W\//, '') === etag)
}
