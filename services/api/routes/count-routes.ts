// The routes of what is told about events in numbers and by nearness, as data.

import { facetFields, facetValuesMax } from '@plaintrail/store/find-facets'
import { histogramKeys } from '@plaintrail/store/find-histogram'
import { neighborKeys, neighborsMax } from '@plaintrail/store/find-neighbors'
import { json, route, type ApiRoute } from '../route.ts'
import { facetsAnswerSchema, histogramAnswerSchema, intervalNames } from '../schemas/count-schemas.ts'
import { neighborsAnswerSchema } from '../schemas/neighbor-schemas.ts'
import { oneOf, oneText, queryParameters, someOf, wholeNumber, windowParameters } from '../schemas/parameter-schemas.ts'
import { getFacets, getHistogram } from './get-counts.ts'
import { getNeighbors, neighborsDefault, spanDefault } from './get-neighbors.ts'

export const countRoutes: readonly ApiRoute[] = [
  route({
    method: 'get',
    path: '/v1/events/facets',
    tag: 'events',
    summary: 'Which values the requests have that match',
    description:
      'Of each field its values, with how many requests have each, so that a question can be narrowed. The window is the last 24 hours unless you say.',
    query: {
      ...queryParameters,
      ...windowParameters,
      fields: someOf(facetFields, 'Of these; `actor,verb,kind,ns,outcome,cluster` unless you say.'),
      limit: wholeNumber(1, facetValuesMax, 20, `Values of each field, 1 to ${facetValuesMax}.`),
    },
    otherParameters: 'query language',
    answers: { 200: json('The facets.', facetsAnswerSchema) },
    problems: ['query_syntax', 'unavailable'],
    handler: getFacets,
  }),
  route({
    method: 'get',
    path: '/v1/events/histogram',
    tag: 'events',
    summary: 'How many requests match, over time',
    description:
      'In buckets that begin at full intervals in UTC, empty ones too. The window is the last 24 hours unless you say.',
    query: {
      ...queryParameters,
      ...windowParameters,
      interval: oneOf(['auto', ...intervalNames], 'The length of a bucket; `auto`, the default, suits the window.'),
      by: oneOf(histogramKeys, 'Also counts each value of this.'),
    },
    otherParameters: 'query language',
    answers: { 200: json('The histogram.', histogramAnswerSchema) },
    problems: ['query_syntax', 'unavailable'],
    handler: getHistogram,
  }),
  route({
    method: 'get',
    path: '/v1/events/{id}/neighbors',
    tag: 'events',
    summary: 'What happened shortly before and after one event',
    description:
      'Requests of the same actor, on the same object, of the same session (caller, client and address in one cluster) or in the same cluster.',
    inPath: { id: 'The id of an event: `evt_…`; of any stage of its request.' },
    query: {
      window: oneText(
        `How far to look to either side, such as \`15m\`; at most a day, \`${spanDefault}\` unless you say.`,
        32,
      ),
      by: oneOf(neighborKeys, 'What they have in common; `actor` unless you say.'),
      limit: wholeNumber(1, neighborsMax, neighborsDefault, `To either side, 1 to ${neighborsMax}.`),
    },
    answers: { 200: json('The neighbors.', neighborsAnswerSchema) },
    problems: ['query_syntax', 'not_found'],
    handler: getNeighbors,
  }),
]
