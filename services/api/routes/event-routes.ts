// The routes of events, as data.

import * as z from 'zod'
import { objectInPath } from '../named-object.ts'
import type { ParameterShape } from '../read-input.ts'
import { json, notModified, route, tagged, type ApiRoute } from '../route.ts'
import { eventPageSchema, nextHeader } from '../schemas/page-schemas.ts'
import {
  cursorParameter,
  limitParameter,
  orderParameter,
  queryParameters,
  severalTexts,
  windowParameters,
} from '../schemas/parameter-schemas.ts'
import { eventSearchSchema } from '../schemas/event-search-schema.ts'
import { storedEventSchema } from '../schemas/stored-event-schema.ts'
import { getEventRaw } from './get-event-raw.ts'
import { getEvent } from './get-event.ts'
import { getEvents, postEventsSearch } from './get-events.ts'
import { getObjectHistory } from './get-object-history.ts'

const listOfEvents = {
  ...queryParameters,
  ...windowParameters,
  order: orderParameter,
  limit: limitParameter,
  cursor: cursorParameter,
  include: severalTexts(
    '`raw`: each event also has its bytes, as `raw` or `raw_base64`, 16 MiB a page. `total`: `meta.total` says how many there are. `changes`: each has what it changed, as `change`. `initiator`: each says who is behind it. `findings`: each has the ids of the findings that it is a part of.',
  ),
  fields: severalTexts('Only these fields of each event, and parts of them: `id,time,actor.name,object`.'),
} satisfies ParameterShape

const idInPath = { id: 'The id of an event: `evt_…`.' }

export const eventRoutes: readonly ApiRoute[] = [
  route({
    method: 'get',
    path: '/v1/events',
    tag: 'events',
    summary: 'A page of requests, newest first',
    description:
      'What was asked of API servers, one item a request, by a query or by plain parameters that mean the same: values between commas are alternatives, `not.` before a name negates, `*` is any text, and all that is sent must hold. The window is the last 24 hours unless you say.',
    query: listOfEvents,
    otherParameters: 'query language',
    answers: { 200: json('The page.', eventPageSchema, nextHeader) },
    problems: ['query_syntax', 'unavailable', 'busy'],
    handler: getEvents,
  }),
  route({
    method: 'post',
    path: '/v1/events/search',
    tag: 'events',
    summary: 'A page of requests, by a body',
    description:
      'The same as `GET /v1/events`, for questions that are too long for a URL or should not stand in the logs of proxies.',
    body: eventSearchSchema,
    answers: { 200: json('The page.', eventPageSchema, nextHeader) },
    problems: ['query_syntax', 'unavailable', 'busy'],
    handler: postEventsSearch,
  }),
  route({
    method: 'get',
    path: '/v1/events/{id}',
    tag: 'events',
    summary: 'One event, with the other stages of its request',
    description:
      'It may be kept and is asked for again each time, by its ETag: a later stage, or another event with its auditID, may come at any time.',
    inPath: idInPath,
    answers: { 200: json('The event.', storedEventSchema, tagged), 304: notModified },
    problems: ['not_found'],
    handler: getEvent,
  }),
  route({
    method: 'get',
    path: '/v1/events/{id}/raw',
    tag: 'events',
    summary: 'The bytes of one event, as they arrived',
    description:
      'What the API server sent, byte for byte, except that secrets were replaced by keyed digests before anything was written. It never changes.',
    inPath: idInPath,
    answers: {
      200: json(
        'An Event of audit.k8s.io (kubernetes/apiserver pkg/apis/audit/v1/types.go).',
        rawEventSchema(),
        tagged,
      ),
      304: notModified,
    },
    problems: ['not_found', 'busy'],
    handler: getEventRaw,
  }),
  route({
    method: 'get',
    path: '/v1/objects/{cluster}/{group}/{resource}/{ns}/{name}/history',
    tag: 'objects',
    summary: 'What was done to one object, newest first',
    description:
      'Changes and connections, over all of time, unless `class`, `since` or `until` say otherwise. Every event has such a path in `links.history`.',
    inPath: objectInPath,
    query: listOfEvents,
    otherParameters: 'query language',
    answers: { 200: json('The page.', eventPageSchema, nextHeader) },
    problems: ['query_syntax', 'unavailable', 'busy'],
    handler: getObjectHistory,
  }),
]

/** Whatever was sent, so nothing is promised of its fields. */
function rawEventSchema(): z.ZodType {
  return z.unknown().meta({ id: 'RawEvent', description: 'An audit event as the API server wrote it.' })
}
