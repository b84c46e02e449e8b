// GET /v1/events/stream: events as they come.

import type { RouteParts } from '../api-parts.ts'
import type { Route } from '../authenticate.ts'
import { urlParameters } from '../list-question.ts'
import { createEventTail } from '../tail/event-tail.ts'
import { tailQuestion } from '../tail/tail-question.ts'

export function getEventStream(parts: RouteParts): Route {
  const tail = createEventTail(parts)
  return async (request, response, caller) => {
    const sent = { parameters: urlParameters(request), header: request.get('Last-Event-ID') }
    await tail.follow(request, response, caller, tailQuestion(sent, caller.scope, parts.nowUs()))
  }
}
