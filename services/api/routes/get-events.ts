// GET /v1/events: a page of requests, newest first, by the plain parameters.

import type { RouteParts } from '../api-parts.ts'
import type { Route } from '../authenticate.ts'
import { listQuestion, urlParameters } from '../list-question.ts'
import { sendEvents } from '../send-events.ts'

export function getEvents(parts: RouteParts): Route {
  return async (request, response, caller) => {
    const question = listQuestion(urlParameters(request), parts.cursorKey, { list: 'events', nowUs: parts.nowUs() })
    await sendEvents(parts, response, caller.scope, question)
  }
}
