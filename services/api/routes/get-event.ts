// GET /v1/events/{id}: one event, with the other stages of its request.

import { hash } from 'node:crypto'
import type { StoredEvent } from '@plaintrail/event/event'
import { findEvent } from '@plaintrail/store/find-event'
import type { RouteParts } from '../api-parts.ts'
import type { Route } from '../authenticate.ts'
import { refuseOthers, urlParameters } from '../list-question.ts'
import { Problem } from '../problems.ts'
import { withLinks } from '../send-events.ts'
import { askedAgain, keptForGood, sendTagged } from '../tagged-answer.ts'

export function getEvent(parts: RouteParts): Route {
  return async (request, response, caller) => {
    refuseOthers(urlParameters(request), [])
    const event = await findEvent(parts.store, caller.scope, String(request.params['id']))
    if (!event)
      throw new Problem('not_found', 'there is no such event, or it is past retention', 'Ids begin with evt_.')
    const body = JSON.stringify(withLinks(event))
    sendTagged(request, response, {
      tag: hash('sha256', body),
      cacheControl: isSettled(event, parts.nowUs()) ? keptForGood : askedAgain,
      type: 'application/json',
      body: () => body,
    })
  }
}

/** API servers try a post for 98 s at most, and spools drain soon: a stage that was behind another has come by then. */
const settledMs = 3_600_000

/** Whether the last stage of its request has come, and whatever was on the way beside it. */
function isSettled({ stages }: StoredEvent, nowUs: number): boolean {
  return stages.some(
    ({ stage, time }) =>
      (stage === 'ResponseComplete' || stage === 'Panic') &&
      time !== null &&
      Date.parse(time) + settledMs <= nowUs / 1_000,
  )
}
