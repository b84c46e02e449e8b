// GET /v1/sessions: shells and other connections into running things, newest first.

import { openCursor } from '@plaintrail/query/cursor'
import { onlyValue, type UrlParameters } from '@plaintrail/query/parameters'
import { findSessions } from '@plaintrail/store/find-sessions'
import { sessionStates, type Session, type SessionState } from '@plaintrail/store/session'
import type { RouteParts } from '../api-parts.ts'
import type { Route } from '../authenticate.ts'
import { cursorKeyFor, listQuestion, urlParameters } from '../list-question.ts'
import { refuseParameters, sendFound } from '../send-found.ts'

export function getSessions(parts: RouteParts): Route {
  return async (request, response, caller) => {
    const parameters = urlParameters(request)
    refuseParameters(parameters, ['include', 'fields'])
    const cursorKey = cursorKeyFor(parts, caller)
    const state = stateAsked(parameters, cursorKey)
    const question = listQuestion(withoutState(parameters), cursorKey, {
      list: state === null ? 'sessions' : `sessions ${state}`,
      nowUs: parts.nowUs(),
    })
    await sendFound(parts, response, caller, question, async (budget) => {
      const asked = { ...question, state, nowUs: parts.nowUs(), budget }
      const { sessions, ...found } = await findSessions(parts.store, caller.scope, asked)
      return { ...found, items: sessions.map(withLinks) }
    })
  }
}

/** A cursor carries it in the name of its list. */
function stateAsked(parameters: UrlParameters, cursorKey: Uint8Array): SessionState | null {
  const cursor = onlyValue('cursor', parameters['cursor'])
  const text = cursor === undefined ? parameters['state'] : openCursor(cursor, cursorKey).list.split(' ')[1]
  return sessionStates.find((known) => known === text) ?? null
}

/** What stands beside a cursor is refused with it. */
function withoutState({ state, ...others }: UrlParameters): UrlParameters {
  return others['cursor'] === undefined ? others : { ...others, ...(state === undefined ? {} : { state }) }
}

function withLinks(session: Session): object {
  return { ...session, links: { event: `/v1/events/${session.id}` } }
}
