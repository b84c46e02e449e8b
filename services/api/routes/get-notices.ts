// GET /v1/notices: what the system has to tell its operators, newest first.

import { listNotices } from '@plaintrail/store/notices'
import type { RouteParts } from '../api-parts.ts'
import type { Route } from '../authenticate.ts'
import { echo, nextPage } from '../list-answer.ts'
import { cursorKeyFor, listQuestion, refuseOthers, urlParameters } from '../list-question.ts'

const parameterNames = ['cluster', 'not.cluster', 'since', 'until', 'limit', 'cursor']

/** They must not be overlooked, so the window is everything unless something else is asked for. */
export function getNotices(parts: RouteParts): Route {
  return async (request, response, caller) => {
    const parameters = urlParameters(request)
    refuseOthers(parameters, parameterNames)
    const cursorKey = cursorKeyFor(parts, caller)
    const question = listQuestion(parameters, cursorKey, { list: 'notices', nowUs: parts.nowUs(), sinceUs: 0 })
    const { window, limit, after, query } = question
    const found = await listNotices(parts.store, caller.scope, {
      window,
      limit,
      after,
      query,
    })
    response.json({
      data: found.items,
      ...nextPage(response, question, found.next && { position: found.next }, cursorKey),
      meta: echo(question),
    })
  }
}
