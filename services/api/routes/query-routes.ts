// The routes that help who writes a query, as data.

import { queryLengthMax } from '@plaintrail/query/bounds'
import { json, route, type ApiRoute } from '../route.ts'
import { oneText, queryParameters, wholeNumber, windowParameters } from '../schemas/parameter-schemas.ts'
import { completionSchema, explanationSchema } from '../schemas/query-schemas.ts'
import { getQueriesComplete } from './get-queries-complete.ts'
import { getQueriesExplain } from './get-queries-explain.ts'

export const queryRoutes: readonly ApiRoute[] = [
  route({
    method: 'get',
    path: '/v1/queries/explain',
    tag: 'queries',
    summary: 'What a query will ask, in sentences',
    description: 'And its normal form, the window, and what makes it slow or empty. It asks nothing.',
    query: { ...queryParameters, ...windowParameters },
    otherParameters: 'query language',
    answers: { 200: json('What it will ask.', explanationSchema) },
    problems: ['query_syntax', 'unavailable'],
    handler: getQueriesExplain,
  }),
  route({
    method: 'get',
    path: '/v1/queries/complete',
    tag: 'queries',
    summary: 'What may stand where somebody is typing',
    description: 'Words of the language, and names of clusters, namespaces, actors, verbs, clients and subresources.',
    query: {
      q: oneText('The query so far.', queryLengthMax),
      pos: wholeNumber(0, queryLengthMax, null, 'Where the cursor stands, in UTF-16 code units; at the end otherwise.'),
    },
    answers: { 200: json('What may stand there.', completionSchema) },
    handler: getQueriesComplete,
  }),
]
