// The route of sessions, as data.

import { sessionStates } from '@plaintrail/store/session'
import { json, route, type ApiRoute } from '../route.ts'
import { nextHeader } from '../schemas/page-schemas.ts'
import {
  cursorParameter,
  limitParameter,
  oneOf,
  orderParameter,
  queryParameters,
  windowParameters,
} from '../schemas/parameter-schemas.ts'
import { sessionPageSchema } from '../schemas/session-schemas.ts'
import { getSessions } from './get-sessions.ts'

export const sessionRoutes: readonly ApiRoute[] = [
  route({
    method: 'get',
    path: '/v1/sessions',
    tag: 'sessions',
    summary: 'Shells and other connections, open or ended',
    description:
      'exec, attach, port-forward and upgraded proxy requests that were let in, by the query language. The window is the last 24 hours unless you say; a session is in it when it was asked for in it. What was refused began nothing: it is among the events.',
    query: {
      ...queryParameters,
      ...windowParameters,
      state: oneOf(sessionStates, 'Only these.'),
      order: orderParameter,
      limit: limitParameter,
      cursor: cursorParameter,
    },
    otherParameters: 'query language',
    answers: { 200: json('The page.', sessionPageSchema, nextHeader) },
    problems: ['query_syntax', 'unavailable'],
    handler: getSessions,
  }),
]
