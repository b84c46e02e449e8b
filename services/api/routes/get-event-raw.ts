// GET /v1/events/{id}/raw: the event byte for byte as it arrived, redaction excepted.

import { rawEvent } from '@plaintrail/store/raw-events'
import { rawReadBytes } from '../answer-memory.ts'
import type { RouteParts } from '../api-parts.ts'
import type { Route } from '../authenticate.ts'
import { refuseOthers, urlParameters } from '../list-question.ts'
import { Problem } from '../problems.ts'
import { keptForGood, sendTagged } from '../tagged-answer.ts'

export function getEventRaw(parts: RouteParts): Route {
  return async (request, response, caller) => {
    refuseOthers(urlParameters(request), [])
    const id = String(request.params['id'])
    using memory = await parts.rawMemory.take(response, rawReadBytes)
    const raw = await rawEvent(parts.store, caller.scope, id, parts.segmentItems)
    if (!raw)
      throw new Problem('not_found', 'there is no such event, or its bytes are past retention', 'Ids begin with evt_.')
    memory.keepUntilSent(raw.length)
    // Its id is made from its bytes, so they never change.
    sendTagged(request, response, {
      tag: id,
      cacheControl: keptForGood,
      type: 'application/json',
      body: () => raw,
    })
  }
}
