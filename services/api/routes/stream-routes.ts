// The route of the live tail, as data.

import { tailPositionLengthMax } from '@plaintrail/query/tail-position'
import * as z from 'zod'
import { route, type ApiRoute } from '../route.ts'
import { oneText, queryParameters, windowParameters } from '../schemas/parameter-schemas.ts'
import { getEventStream } from './get-event-stream.ts'

export const streamRoutes: readonly ApiRoute[] = [
  route({
    method: 'get',
    path: '/v1/events/stream',
    tag: 'events',
    summary: 'Events as they come',
    description:
      'A live tail, as server-sent events. Each stage of a request is an event as soon as it is stored: `audit.id` is equal in all of them, and `stages` has the ids of those stored by then. `Last-Event-ID` goes on where a connection broke, within 24 hours and without loss. Events that a slow reader missed are counted in `drops`; `reset` says that an id cannot be gone on from; each has a URL that lists what was missed. `watermark` says up to when everything was sent, and `end` why the stream ends: `planned` is true where nothing went wrong.',
    query: {
      ...queryParameters,
      since: oneText(
        `Tells what is stored from then on first, oldest first. ${windowParameters.since.description ?? ''}`,
        128,
      ),
      last_event_id: oneText('For who cannot send the header `Last-Event-ID`.', tailPositionLengthMax),
    },
    otherParameters: 'query language',
    answers: {
      200: {
        description: 'The stream, which ends after 15 minutes: come back with Last-Event-ID.',
        content: { 'text/event-stream': z.string() },
        headers: { 'Cache-Control': 'Neither kept nor transformed.' },
      },
    },
    problems: ['query_syntax', 'unavailable', 'rate_limited'],
    handler: getEventStream,
  }),
]
