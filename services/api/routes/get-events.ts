// GET /v1/events and POST /v1/events/search: a page of requests, newest first.

import type { Response } from 'express'
import type { UrlParameters } from '@plaintrail/query/parameters'
import type { RouteParts } from '../api-parts.ts'
import type { Caller, Route } from '../authenticate.ts'
import { cursorKeyFor, listQuestion, urlParameters } from '../list-question.ts'
import { sendEvents } from '../send-events.ts'

export function getEvents(parts: RouteParts): Route {
  return async (request, response, caller) => {
    await answerEvents(parts, response, caller, urlParameters(request))
  }
}

/** What the body of a search may say: the same as the URL, without the plain parameters. */
export interface EventSearch {
  readonly q?: string | undefined
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly order?: string | undefined
  readonly limit?: number | undefined
  readonly cursor?: string | undefined
  readonly include?: readonly string[] | undefined
  readonly fields?: readonly string[] | undefined
}

/** For questions that are too long for a URL, or that should not stand in the logs of proxies. */
export function postEventsSearch(
  parts: RouteParts,
): (request: unknown, response: Response, caller: Caller, input: { readonly body: EventSearch }) => Promise<void> {
  return async (_request, response, caller, { body }) => {
    const { limit, ...texts } = body
    const sent = Object.entries({ ...texts, limit: limit === undefined ? undefined : String(limit) })
    await answerEvents(parts, response, caller, Object.fromEntries(sent.filter(([, value]) => value !== undefined)))
  }
}

async function answerEvents(
  parts: RouteParts,
  response: Response,
  caller: Caller,
  parameters: UrlParameters,
): Promise<void> {
  const question = listQuestion(parameters, cursorKeyFor(parts, caller), { list: 'events', nowUs: parts.nowUs() })
  await sendEvents(parts, response, caller, question)
}
