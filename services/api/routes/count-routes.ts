// The routes of counts, as data.

import { facetFields, facetValuesMax } from '@plaintrail/store/find-facets'
import { histogramKeys } from '@plaintrail/store/find-histogram'
import { json, route, type ApiRoute } from '../route.ts'
import { facetsAnswerSchema, histogramAnswerSchema, intervalNames } from '../schemas/count-schemas.ts'
import { oneOf, queryParameters, someOf, wholeNumber, windowParameters } from '../schemas/parameter-schemas.ts'
import { getFacets, getHistogram } from './get-counts.ts'

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
]
