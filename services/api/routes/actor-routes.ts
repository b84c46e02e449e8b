// The routes of actors, as data.

import { json, route, type ApiRoute } from '../route.ts'
import { activityPageSchema } from '../schemas/activity-schemas.ts'
import { actorAnswerSchema, actorPageSchema, firstsAnswerSchema } from '../schemas/actor-schemas.ts'
import { nextHeader } from '../schemas/page-schemas.ts'
import {
  cursorParameter,
  limitParameter,
  oneOf,
  queryParameters,
  windowParameters,
} from '../schemas/parameter-schemas.ts'
import { getActorActivity } from './get-actor-activity.ts'
import { getActor, getActorFirsts, getActors, typesAsked } from './get-actors.ts'

const inPath = { id: 'The id of an actor, `act_…`, or its name.' }

export const actorRoutes: readonly ApiRoute[] = [
  route({
    method: 'get',
    path: '/v1/actors',
    tag: 'actors',
    summary: 'Who asked, the last one first',
    description:
      'Those who made the requests that match, with how many of each class and outcome, and from where. The window is the last 24 hours unless you say.',
    query: {
      ...queryParameters,
      ...windowParameters,
      type: oneOf(typesAsked, 'Only these, as `is:` has them.'),
      limit: limitParameter,
      cursor: cursorParameter,
    },
    otherParameters: 'query language',
    answers: { 200: json('The page.', actorPageSchema, nextHeader) },
    problems: ['query_syntax', 'unavailable'],
    handler: getActors,
  }),
  route({
    method: 'get',
    path: '/v1/actors/{id}',
    tag: 'actors',
    summary: 'One actor, and what it asked for in a window',
    description: 'The window is the last 24 hours unless you say; when it was seen first and last is told of all time.',
    inPath,
    query: { ...queryParameters, ...windowParameters },
    otherParameters: 'query language',
    answers: { 200: json('The actor.', actorAnswerSchema) },
    problems: ['query_syntax', 'unavailable', 'not_found'],
    handler: getActor,
  }),
  route({
    method: 'get',
    path: '/v1/actors/{id}/firsts',
    tag: 'actors',
    summary: 'What one actor did for the first time',
    description:
      'Each cluster, namespace, kind, client and address of its events in the window that no event of it before the window has, among all that are stored. The window is the last 24 hours unless you say.',
    inPath,
    query: windowParameters,
    answers: { 200: json('The firsts.', firstsAnswerSchema) },
    problems: ['query_syntax', 'not_found'],
    handler: getActorFirsts,
  }),
  route({
    method: 'get',
    path: '/v1/actors/{id}/activity',
    tag: 'actors',
    summary: 'What one actor did, stretch by stretch',
    description:
      'Its requests that match as stretches of work, the last one first: of one credential from one address, each request at most 30 minutes after the one before. Each has a sentence, and the kubectl commands that most likely made its calls. The window is the last 24 hours unless you say.',
    inPath,
    query: { ...queryParameters, ...windowParameters, limit: limitParameter, cursor: cursorParameter },
    otherParameters: 'query language',
    answers: { 200: json('The page.', activityPageSchema, nextHeader) },
    problems: ['query_syntax', 'unavailable', 'not_found'],
    handler: getActorActivity,
  }),
]
