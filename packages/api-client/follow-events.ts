// followEvents: an event stream without its end: where a connection breaks, the next one goes on from the last id.
import { ApiError } from './api-error.ts'
import { brokenOff, refused, readBounded, type Parameters, type Send } from './send-request.ts'
import { serverSentEvents, type ServerSentEvent } from './server-sent-events.ts'

export interface FollowOptions {
  readonly query?: Parameters
  readonly signal?: AbortSignal
  readonly sleepMs?: (ms: number, signal?: AbortSignal) => Promise<void>
  /** A server of ours says something every 15 s; one that is silent for longer is not there any more. */
  readonly silenceMsMax?: number
  /** Told before each wait for another connection. */
  readonly onBroken?: (waitMs: number, why: ApiError | null) => void | Promise<void>
}

/** Connections in a row that told nothing, before it is given up. */
export const connectionsMax = 20
const waitMsDefault = 2_000
const waitMsMax = 60_000
const silenceMsDefault = 45_000
const problemBytesMax = 1024 * 1024

/**
 * Throws ApiError where the first connection fails, where the server refuses, where `connectionsMax` connections in a
 * row have told nothing, and with the kind `interrupted` where the signal says so. Nothing is told twice and nothing is
 * left out, so far as the server keeps what an id stands for.
 */
export async function* followEvents(
  send: Send,
  url: URL,
  path: string,
  options: FollowOptions = {},
): AsyncGenerator<ServerSentEvent> {
  const { sleepMs = abortableSleep, silenceMsMax = silenceMsDefault, signal, onBroken } = options
  const told = { retryMs: null }
  let lastEventId = ''
  let isFirst = true
  for (let barren = 0; ; barren++) {
    let why: ApiError | null = null
    try {
      const body = await connect(send, url, path, lastEventId, options)
      isFirst = false
      for await (const event of serverSentEvents(withoutSilence(body, silenceMsMax, url), told)) {
        // A connection that told no id, but only why it ends, leaves us where we were.
        if (event.lastEventId !== '') lastEventId = event.lastEventId
        barren = 0
        yield event
      }
    } catch (error) {
      why = error instanceof ApiError ? error : brokenOff(url, error)
      if (isFirst || isFinal(why) || barren + 1 >= connectionsMax) throw why
    }
    const waitMs = Math.min((told.retryMs ?? waitMsDefault) * 2 ** barren, waitMsMax)
    await onBroken?.(waitMs, why)
    await sleepMs(waitMs, signal)
    if (signal?.aborted === true) throw brokenOff(url, signal.reason)
  }
}

async function connect(
  send: Send,
  url: URL,
  path: string,
  lastEventId: string,
  { query = {}, signal }: FollowOptions,
): Promise<AsyncIterable<Uint8Array>> {
  const resumed: Readonly<Record<string, string>> = lastEventId === '' ? {} : { 'last-event-id': lastEventId }
  const response = await send({
    method: 'GET',
    path,
    query,
    headers: { accept: 'text/event-stream', ...resumed },
    timeoutMs: null,
    ...(signal ? { signal } : {}),
  })
  if (!response.ok) throw refused(response, url, await readBounded(response, url, problemBytesMax))
  const type = response.headers.get('content-type') ?? ''
  if (type.startsWith('text/event-stream')) return response.body ?? new ReadableStream<Uint8Array>()
  await response.body?.cancel()
  throw new ApiError(`could not understand the answer of ${url.origin}`, { kind: 'unreadable', url })
}

/** What another connection will not mend. */
function isFinal({ kind, status }: ApiError): boolean {
  if (kind === 'refused') return status !== 429 && (status ?? 0) < 500
  return kind === 'interrupted' || kind === 'redirected' || kind === 'unreadable'
}

async function* withoutSilence(
  body: AsyncIterable<Uint8Array>,
  silenceMsMax: number,
  url: URL,
): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = await withinMs(chunks.next(), silenceMsMax)
      if (next === null) throw new ApiError(`${url.origin} has fallen silent`, { kind: 'unreachable', url })
      if (next.done === true) return
      yield next.value
    }
  } finally {
    // A read that hangs ends with its stream.
    void chunks.return?.().then(undefined, () => {})
  }
}

/** Null where it takes longer. */
async function withinMs<T>(work: Promise<T>, ms: number): Promise<T | null> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Returns early where the signal says so. */
function abortableSleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms)
    function done(): void {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    signal?.addEventListener('abort', done)
    if (signal?.aborted === true) done()
  })
}
