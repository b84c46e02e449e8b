// GET /v1/objects/{cluster}/{group}/{resource}/{ns}/{name}/history: what was done to one object, newest first.

import type { RouteParts } from '../api-parts.ts'
import type { Route } from '../authenticate.ts'
import { listQuestion, urlParameters } from '../list-question.ts'
import { sendEvents } from '../send-events.ts'

const only = (value: string): { any: readonly string[]; not: readonly string[] } => ({ any: [value], not: [] })

/** Changes and connects, unless `class` asks for reads. */
const changes = { class: { any: ['connect', 'write'], not: [] } }

export function getObjectHistory(parts: RouteParts): Route {
  return async (request, response, caller) => {
    const segment = (name: string): string => String(request.params[name])
    const group = segment('group') === 'core' ? '' : segment('group')
    const question = listQuestion(urlParameters(request), parts.cursorKey, {
      list: 'history',
      nowUs: parts.nowUs(),
      sinceUs: 0,
      defaults: changes,
      fixed: {
        cluster: only(segment('cluster')),
        kind: only(`${segment('resource')}.${group}`),
        ns: only(segment('ns') === '_' ? '' : segment('ns')),
        name: only(segment('name')),
      },
    })
    await sendEvents(parts, response, caller.scope, question)
  }
}
