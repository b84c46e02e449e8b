// GET /v1/actors/{id}/activity: what one actor did, as stretches of work with the commands in them.

import { hash } from 'node:crypto'
import { formatMicroTime } from '@plaintrail/event/time'
import { matches } from '@plaintrail/query/ast'
import { queryText } from '@plaintrail/query/normal-form'
import { findActivity, type ActiveActor, type FoundStretch } from '@plaintrail/store/find-activity'
import type { RouteParts } from '../api-parts.ts'
import type { Route } from '../authenticate.ts'
import { cursorKeyFor, listQuestion, urlParameters } from '../list-question.ts'
import type { ToldActivity } from '../schemas/activity-schemas.ts'
import { refuseParameters, sendFound } from '../send-found.ts'
import { actorIn, noActor } from './get-actors.ts'

export function getActorActivity(parts: RouteParts): Route {
  return async (request, response, caller) => {
    const parameters = urlParameters(request)
    refuseParameters(parameters, ['include', 'fields', 'order'])
    const named = actorIn(request)
    const question = listQuestion(parameters, cursorKeyFor(parts, caller), {
      // A cursor is of this actor, whatever the length of its name.
      list: `activity ${hash('sha256', named).slice(0, 32)}`,
      nowUs: parts.nowUs(),
    })
    await sendFound(parts, response, caller, question, async (budget) => {
      const asked = { ...question, budget }
      const found = await findActivity(parts.store, caller.scope, named, asked, parts.segmentItems)
      if (found === null) throw noActor()
      const { actor, stretches, ...rest } = found
      return { ...rest, items: stretches.map((stretch) => told(stretch, actor)) }
    })
  }
}

function told(stretch: FoundStretch, actor: ActiveActor): ToldActivity {
  const { id, clusters, startedUs, endedUs, credential, ip, clients, requests, sentence, counts, namespaces } = stretch
  return {
    id,
    actor,
    clusters,
    started: formatMicroTime(startedUs),
    ended: formatMicroTime(endedUs),
    duration_us: endedUs - startedUs,
    credential,
    ip,
    clients,
    acted_as: stretch.actedAs,
    requests,
    sentence,
    counts,
    namespaces,
    commands: stretch.commands.map(({ timeUs, ...command }) => ({ ...command, time: formatMicroTime(timeUs) })),
    commands_count: stretch.commandsCount,
    began_before: stretch.beganBefore,
    went_on: stretch.wentOn,
    is_cut: stretch.isCut,
    links: { events: eventsPath(stretch, actor) },
  }
}

/** Its events, and any of another credential from the same address in the meantime. */
function eventsPath({ startedUs, lastUs, ip }: FoundStretch, { name }: ActiveActor): string {
  const asked = new URLSearchParams({
    q: queryText(matches('actor', [[name]])),
    ...(ip === null ? {} : { ip }),
    since: formatMicroTime(startedUs),
    until: formatMicroTime(lastUs + 1),
  })
  return `/v1/events?${asked.toString()}`
}
