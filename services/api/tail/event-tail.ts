// createEventTail: the live tails of this process: how many there may be, and the one feed that they share.

import type { Request, Response } from 'express'
import type { Caller } from '../authenticate.ts'
import type { RouteParts } from '../api-parts.ts'
import { Problem, problemOf } from '../problems.ts'
import { requestIdOf } from '../requests.ts'
import { createEventFeed, type EventFeed, type Told } from './event-feed.ts'
import { createEventStream, type EventStream } from './event-stream.ts'
import type { ReadBounds } from './find-of-each.ts'
import { beginMessage, followEvents, tailStart, type TailStart } from './follow-events.ts'
import {
  dropsMessage,
  failedEndMessage,
  heartbeatMessage,
  helloMessage,
  plannedEndMessage,
  watermarkMessage,
} from './tail-messages.ts'
import type { TailQuestion } from './tail-question.ts'

export interface TailBounds extends ReadBounds {
  /** Tails of this process, and of one caller in it. */
  readonly streamsMax: number
  readonly streamsOfCallerMax: number
  /** What may wait in this process for one reader. */
  readonly bufferBytesMax: number
  /** A reader that reads nothing for so long is cut off; he may come back and has lost nothing. */
  readonly stalledMsMax: number
  /** Then the reader comes back by himself, with a token that is judged anew. */
  readonly sessionMsMax: number
  readonly heartbeatMs: number
}

export const tailBounds: TailBounds = {
  streamsMax: 128,
  streamsOfCallerMax: 32,
  bufferBytesMax: 4 * 1024 * 1024,
  stalledMsMax: 60_000,
  sessionMsMax: 15 * 60_000,
  heartbeatMs: 15_000,
  readMsMax: 5_000,
}

const retryAfterSeconds = 10
/** How long a reader gets to read the end, in milliseconds. */
const lingerMs = 2_000

export interface EventTail {
  /** Returns when the tail has ended, whoever ended it. Rejects before anything was sent. */
  follow(request: Request, response: Response, caller: Caller, question: TailQuestion): Promise<void>
}

type TailParts = Pick<RouteParts, 'store' | 'logger' | 'metrics' | 'cursorKey' | 'stopping'>

export function createEventTail(parts: TailParts, bounds: TailBounds = tailBounds): EventTail {
  const { store, logger, metrics, cursorKey: key } = parts
  const counts = tailMetrics(metrics)
  const places = createPlaces(bounds, (open) => counts.streams.set(open))
  const feeds = shared(() => createEventFeed({ store, logger, key, readMsMax: bounds.readMsMax }))
  return {
    async follow(request, response, caller, question) {
      using _place = places.take(caller.token?.id ?? '')
      const start = await tailStart(store, question, key)
      sendHead(response)
      if (request.method === 'HEAD') {
        response.end()
        return
      }
      response.write(helloMessage(bounds.heartbeatMs) + beginMessage(start, question, key))
      await using feed = feeds.take()
      await serve({ ...parts, bounds, counts, feed: feed.value, key, holds: caller.holds }, response, question, start)
    },
  }
}

function tailMetrics(metrics: TailParts['metrics']) {
  return {
    streams: metrics.gauge({ name: 'plaintrail_api_streams', help: 'Live tails that are open.' }),
    events: metrics.counter({
      name: 'plaintrail_api_stream_events_total',
      help: 'Events of live tails: offered to readers, and of these dropped because the reader was too slow, which he is told.',
      labels: ['outcome'],
    }),
  }
}

function sendHead(response: Response): void {
  response.status(200)
  response.setHeader('Content-Type', 'text/event-stream; charset=utf-8')
  // Neither kept, nor compressed here, nor held back by a proxy.
  response.setHeader('Cache-Control', 'no-store, no-transform')
  response.setHeader('X-Accel-Buffering', 'no')
  // One that stayed open would hold up a stop.
  response.setHeader('Connection', 'close')
  response.flushHeaders()
}

interface Serving extends TailParts {
  readonly bounds: TailBounds
  readonly counts: ReturnType<typeof tailMetrics>
  readonly feed: EventFeed
  readonly key: Uint8Array
  readonly holds: Caller['holds']
}

async function serve(parts: Serving, response: Response, question: TailQuestion, start: TailStart): Promise<void> {
  const { bounds, counts, feed, stopping, logger } = parts
  const end = new AbortController()
  const signal = AbortSignal.any([end.signal, stopping, AbortSignal.timeout(bounds.sessionMsMax)])
  /** What the reader cannot go on for; he comes back, and is told it again then if it is still so. */
  let fault: Problem | null = null
  const fail = (error: unknown): void => {
    fault ??= problemOf(error)
    logger.warn({ error, request_id: requestIdOf(response) }, 'a live tail ended before its time')
    end.abort()
  }
  response.once('close', () => end.abort())
  if (response.closed) end.abort()
  let leave: (() => void) | null = null
  /** What the reader was told; until he has joined the others, they may have been told more. */
  const told = (): Told | null => (leave === null ? null : feed.told(question))
  const stream = createEventStream(response, {
    ...bounds,
    signal,
    toldMissed: (missed) => {
      const at = told()
      return at && dropsMessage(at.id, question.query, missed)
    },
    onMissed: () => counts.events.inc({ outcome: 'dropped' }),
  })
  const pulse = setInterval(() => {
    beat(response, stream, told(), bounds)
    // He comes back, and is refused then. Where it cannot be asked he stays.
    parts.holds?.().then(
      (isHeld) => isHeld || end.abort(),
      () => undefined,
    )
  }, bounds.heartbeatMs)
  try {
    leave = await followEvents(
      { ...parts, ...bounds, stream, signal, onSent: () => counts.events.inc({ outcome: 'offered' }), fail },
      question,
      start,
    )
    await aborted(signal)
  } catch (error) {
    if (!signal.aborted) fail(error)
  } finally {
    clearInterval(pulse)
    leave?.()
    // It has begun, so that no problem can be answered any more.
    response.end(
      fault === null ? plannedEndMessage(stopping.aborted ? 'stopping' : 'session_over') : failedEndMessage(fault),
    )
    setTimeout(() => response.destroy(), lingerMs).unref()
  }
}

function beat(response: Response, stream: EventStream, told: Told | null, { stalledMsMax }: TailBounds): void {
  if (stream.stalledMs() > stalledMsMax) return void response.destroy()
  stream.sendIfIdle(heartbeatMessage)
  // Also so that the id of a tail that finds nothing does not grow old.
  if (told) stream.sendIfIdle(watermarkMessage(told.id, told.takenUs))
}

async function aborted(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
    if (signal.aborted) resolve()
  })
}

/** Throws a Problem where there is no place left. */
function createPlaces({ streamsMax, streamsOfCallerMax }: TailBounds, onChange: (open: number) => void) {
  const taken = new Map<string, number>()
  let open = 0
  const change = (caller: string, by: 1 | -1): void => {
    const own = (taken.get(caller) ?? 0) + by
    if (own === 0) taken.delete(caller)
    else taken.set(caller, own)
    open += by
    onChange(open)
  }
  return {
    take(caller: string): Disposable {
      const isOwn = (taken.get(caller) ?? 0) >= streamsOfCallerMax
      if (isOwn || open >= streamsMax)
        throw new Problem(
          'rate_limited',
          isOwn ? `you follow ${streamsOfCallerMax} tails already` : `${streamsMax} tails are followed here already`,
          `Close one, or try again in ${retryAfterSeconds} s.`,
        )
      change(caller, 1)
      return { [Symbol.dispose]: () => change(caller, -1) }
    },
  }
}

/** One for all who have it, made for the first and disposed of with the last. */
function shared<T extends AsyncDisposable>(make: () => T): { take(): AsyncDisposable & { readonly value: T } } {
  let current: { readonly value: T; users: number } | null = null
  return {
    take() {
      const own = (current ??= { value: make(), users: 0 })
      own.users += 1
      return {
        value: own.value,
        async [Symbol.asyncDispose]() {
          own.users -= 1
          if (own.users > 0) return
          current = null
          await own.value[Symbol.asyncDispose]()
        },
      }
    },
  }
}
