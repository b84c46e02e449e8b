// The route of objects, as data; that of one object's history stands with the events.

import { json, route, type ApiRoute } from '../route.ts'
import { objectPageSchema } from '../schemas/object-schemas.ts'
import { nextHeader } from '../schemas/page-schemas.ts'
import { cursorParameter, limitParameter, queryParameters, windowParameters } from '../schemas/parameter-schemas.ts'
import { getObjects } from './get-objects.ts'

export const objectRoutes: readonly ApiRoute[] = [
  route({
    method: 'get',
    path: '/v1/objects',
    tag: 'objects',
    summary: 'Which objects were touched, the last one first',
    description:
      'Every object that a request that matches names, with how often it was changed and read. The window is the last 24 hours unless you say.',
    query: { ...queryParameters, ...windowParameters, limit: limitParameter, cursor: cursorParameter },
    otherParameters: 'query language',
    answers: { 200: json('The page.', objectPageSchema, nextHeader) },
    problems: ['query_syntax', 'unavailable'],
    handler: getObjects,
  }),
]
