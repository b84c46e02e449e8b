// GET /v1/audit: what people did here about findings, exceptions, rules and tokens, and what Plaintrail did by itself.

import { findSteps } from '@plaintrail/store/triage-steps'
import type { RouteParts } from '../api-parts.ts'
import type { Route } from '../authenticate.ts'
import { nextPage } from '../list-answer.ts'
import { cursorKeyFor, listQuestion, urlParameters } from '../list-question.ts'
import { stepAnswer } from '../triage-answer.ts'

/** Of all time unless something else is asked for: who looks for a step may not know when it was. */
export function getAudit(parts: RouteParts): Route {
  return async (request, response, caller) => {
    const cursorKey = cursorKeyFor(parts, caller)
    const parameters = urlParameters(request)
    const read = listQuestion(parameters, cursorKey, { list: 'audit', nowUs: parts.nowUs(), sinceUs: 0 })
    // Steps are written by the clock of the database, which may be ahead of this one.
    const isOpen = parameters['until'] === undefined && parameters['cursor'] === undefined
    const question = isOpen ? { ...read, window: { ...read.window, untilUs: Number.MAX_SAFE_INTEGER } } : read
    const { items, next } = await findSteps(parts.store, caller.scope, question)
    response.json({
      data: items.map(stepAnswer),
      ...nextPage(response, question, next && { position: next }, cursorKey),
    })
  }
}
