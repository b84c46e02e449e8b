// GET /v1/actors, /v1/actors/{id} and /v1/actors/{id}/firsts: who asks, for what, and what of it is new.

import type { Request } from 'express'
import { formatMicroTime } from '@plaintrail/event/time'
import { and, everything, matches, type Query } from '@plaintrail/query/ast'
import { valueLengthMax } from '@plaintrail/query/bounds'
import type { UrlParameters } from '@plaintrail/query/parameters'
import { parseWindow } from '@plaintrail/query/window'
import { budgetOf } from '@plaintrail/store/budget'
import { findActor, findActors } from '@plaintrail/store/find-actors'
import { findFirsts } from '@plaintrail/store/find-firsts'
import type { RouteParts } from '../api-parts.ts'
import type { Route } from '../authenticate.ts'
import { answerMarginMs, boundedQuestion } from '../bounded-question.ts'
import { cursorKeyFor, listQuestion, urlParameters } from '../list-question.ts'
import { Problem } from '../problems.ts'
import { refuseParameters, sendCounted, sendFound } from '../send-found.ts'

/** As `is:` has them. */
export const typesAsked = ['human', 'bot', 'controller', 'node', 'anonymous'] as const

export function getActors(parts: RouteParts): Route {
  return async (request, response, caller) => {
    const { type, ...parameters } = urlParameters(request)
    refuseParameters(parameters, ['include', 'fields', 'order'])
    // The cursor carries the whole query, the type in it.
    const isNext = parameters['cursor'] !== undefined
    const question = listQuestion(isNext ? urlParameters(request) : parameters, cursorKeyFor(parts, caller), {
      list: 'actors',
      nowUs: parts.nowUs(),
      defaults: () => ofType(type),
    })
    await sendFound(parts, response, caller, question, async (budget) => {
      const { actors, ...found } = await findActors(parts.store, caller.scope, { ...question, budget })
      return { ...found, items: actors, isPartial: found.countedSinceUs > question.window.sinceUs }
    })
  }
}

function ofType(type: UrlParameters[string]): Query {
  const asked = typesAsked.find((known) => known === type)
  return asked === undefined ? everything : and([matches('is', [[asked]])])
}

export function getActor(parts: RouteParts): Route {
  return async (request, response, caller) => {
    const parameters = urlParameters(request)
    refuseParameters(parameters, ['include', 'fields', 'order', 'limit', 'cursor'])
    const asked = { list: 'actors', nowUs: parts.nowUs() } as const
    const question = listQuestion(parameters, cursorKeyFor(parts, caller), asked)
    await sendCounted(parts, response, caller, question, async (budget) => {
      const found = await findActor(parts.store, caller.scope, actorIn(request), { ...question, budget })
      if (found === null) throw noActor()
      return { ...found, data: found.actor }
    })
  }
}

export function getActorFirsts(parts: RouteParts): Route {
  return async (request, response, caller) => {
    const { since, until } = urlParameters(request)
    const window = parseWindow({ since, until }, parts.nowUs())
    const found = await boundedQuestion(response, parts.questionMsMax + answerMarginMs, async (signal) => {
      const budget = budgetOf(parts.questionMsMax, signal)
      return await findFirsts(parts.store, caller.scope, actorIn(request), { window, budget })
    })
    if (found === null) throw noActor()
    const { firsts, comparedSinceUs } = found
    response.json({
      data: firsts,
      meta: {
        window: { since: formatMicroTime(window.sinceUs), until: formatMicroTime(window.untilUs) },
        compared_since: comparedSinceUs === 0 ? null : formatMicroTime(comparedSinceUs),
      },
    })
  }
}

/** A longer name, or one with a NUL, is stored of nobody. */
export function actorIn(request: Request): string {
  const text = String(request.params['id'])
  if (text.length > valueLengthMax || text.includes('\0')) throw noActor()
  return text.toWellFormed()
}

export function noActor(): Problem {
  return new Problem(
    'not_found',
    'there is no such actor, or it is past retention',
    'Send an id of GET /v1/actors, or a whole name.',
  )
}
