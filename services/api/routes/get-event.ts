// GET /v1/events/{id}: one event, with the other stages of its request.

import { hash } from 'node:crypto'
import { eventChanges } from '@plaintrail/store/event-changes'
import { findEvent } from '@plaintrail/store/find-event'
import { findingsOfEvents } from '@plaintrail/store/findings-of-events'
import { initiatorBeside } from '../initiators-beside.ts'
import type { RouteParts } from '../api-parts.ts'
import type { Route } from '../authenticate.ts'
import { refuseOthers, urlParameters } from '../list-question.ts'
import { Problem } from '../problems.ts'
import { withLinks } from '../send-events.ts'
import { askedAgain, sendTagged } from '../tagged-answer.ts'

export function getEvent(parts: RouteParts): Route {
  return async (request, response, caller) => {
    refuseOthers(urlParameters(request), [])
    const event = await findEvent(parts.store, caller.scope, String(request.params['id']))
    if (!event)
      throw new Problem('not_found', 'there is no such event, or it is past retention', 'Ids begin with evt_.')
    const changes = await eventChanges(parts.store, [event.id])
    const initiator = await initiatorBeside(parts.store, caller.scope, event)
    const findings = (await findingsOfEvents(parts.store, caller.scope, [event])).get(event.id) ?? []
    const body = JSON.stringify({ ...withLinks(event), change: changes.get(event.id) ?? null, initiator, findings })
    sendTagged(request, response, {
      tag: hash('sha256', body),
      // However old it is: another stage, or another event of its auditID, may be back-filled after years.
      cacheControl: askedAgain,
      type: 'application/json',
      body: () => body,
    })
  }
}
