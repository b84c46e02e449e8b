// GET /v1/objects: which objects were touched, the last touched first.

import { findObjects } from '@plaintrail/store/find-objects'
import type { RouteParts } from '../api-parts.ts'
import type { Route } from '../authenticate.ts'
import { historyPath } from '../history-path.ts'
import { cursorKeyFor, listQuestion, urlParameters } from '../list-question.ts'
import { refuseParameters, sendFound } from '../send-found.ts'

export function getObjects(parts: RouteParts): Route {
  return async (request, response, caller) => {
    const parameters = urlParameters(request)
    refuseParameters(parameters, ['include', 'fields', 'order'])
    const asked = { list: 'objects', nowUs: parts.nowUs() } as const
    const question = listQuestion(parameters, cursorKeyFor(parts, caller), asked)
    await sendFound(parts, response, caller, question, async (budget) => {
      const { objects, ...found } = await findObjects(parts.store, caller.scope, { ...question, budget })
      const items = objects.map((object) => ({ ...object, links: { history: historyPath(object) } }))
      return { ...found, items, isPartial: found.countedSinceUs > question.window.sinceUs }
    })
  }
}
