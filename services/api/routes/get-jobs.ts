// GET /v1/jobs?state=dead: jobs whose attempts are used up, last died first.

import { formatMicroTime } from '@plaintrail/event/time'
import { onlyValue, type UrlParameters } from '@plaintrail/query/parameters'
import { QueryError } from '@plaintrail/query/query-error'
import { listDeadJobs, type DeadJob } from '@plaintrail/store/dead-jobs'
import type { RouteParts } from '../api-parts.ts'
import type { Route } from '../authenticate.ts'
import { nextPage } from '../list-answer.ts'
import { cursorKeyFor, listQuestion, refuseOthers, urlParameters } from '../list-question.ts'

export function getJobs(parts: RouteParts): Route {
  return async (request, response, caller) => {
    const parameters = urlParameters(request)
    refuseOthers(parameters, ['state', 'limit', 'cursor'])
    const cursorKey = cursorKeyFor(parts, caller)
    const question = listQuestion(withoutState(parameters), cursorKey, {
      list: 'jobs',
      nowUs: parts.nowUs(),
      sinceUs: 0,
    })
    const { limit, after } = question
    const found = await listDeadJobs(parts.store, caller.scope, { limit, after })
    response.json({
      data: found.items.map(answer),
      ...nextPage(response, question, found.next && { position: found.next }, cursorKey),
    })
  }
}

/** The others are in the queue and not in the store; beside a cursor it is refused as any other parameter is. */
function withoutState({ state, ...others }: UrlParameters): UrlParameters {
  const asked = onlyValue('state', state)
  if (asked !== undefined && asked !== 'dead')
    throw new QueryError({
      message: `could not read state: "${asked.slice(0, 40)}" is none of its values`,
      parameter: 'state',
      hint: 'It can be dead.',
    })
  return asked !== undefined && others['cursor'] !== undefined ? { ...others, state: asked } : others
}

function answer({ id, kind, createdUs, deadUs, attempts, error }: DeadJob): object {
  return { id, kind, created_at: formatMicroTime(createdUs), dead_at: formatMicroTime(deadUs), attempts, error }
}
