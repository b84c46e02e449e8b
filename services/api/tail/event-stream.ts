// createEventStream: messages to one reader, and what happens when he reads slower than they come.

import { once } from 'node:events'
import type { Response } from 'express'
import type { StoredEvent } from '@plaintrail/event/event'
import { missedWith, type Missed } from './tail-messages.ts'

export interface EventStream {
  /** Returns when the reader may be sent more. Rejects when he is gone or has not read for stalledMsMax. */
  send(text: string): Promise<void>
  /** Never waits: with bufferBytesMax unread it is counted as missed, and so is all after it until the reader has caught up. */
  offer(text: string, event: StoredEvent): void
  /** Sent where nothing is unread or untold: a heartbeat says nothing to who has not read what came before. */
  sendIfIdle(text: string): void
  /** Milliseconds for which the reader has read nothing of what waits for him; 0 where nothing does. */
  stalledMs(): number
}

export interface EventStreamOptions {
  /** Ends waiting. */
  readonly signal: AbortSignal
  readonly bufferBytesMax: number
  readonly stalledMsMax: number
  /** What to say when a reader who missed something has read all that he was sent; null where that is to be said later. */
  readonly toldMissed: (missed: Missed) => string | null
  readonly onMissed: () => void
}

export function createEventStream(response: Response, options: EventStreamOptions): EventStream {
  const { signal, bufferBytesMax, stalledMsMax, toldMissed, onMissed } = options
  let missed: Missed | null = null
  let blockedSinceMs: number | null = null
  const write = (text: string): void => {
    if (signal.aborted || response.writableEnded) return
    if (!response.write(text)) blockedSinceMs ??= performance.now()
  }
  const tellMissed = (): void => {
    if (missed === null || response.writableNeedDrain) return
    const told = toldMissed(missed)
    if (told === null) return
    missed = null
    write(told)
  }
  response.on('drain', () => {
    blockedSinceMs = null
    tellMissed()
  })
  return {
    async send(text) {
      signal.throwIfAborted()
      write(text)
      if (!response.writableNeedDrain) return
      await once(response, 'drain', { signal: AbortSignal.any([signal, AbortSignal.timeout(stalledMsMax)]) })
    },
    offer(text, event) {
      if (missed === null && response.writableLength < bufferBytesMax) return write(text)
      missed = missedWith(missed, event)
      onMissed()
    },
    sendIfIdle(text) {
      tellMissed()
      if (!response.writableNeedDrain && missed === null) write(text)
    },
    stalledMs: () => (blockedSinceMs === null ? 0 : performance.now() - blockedSinceMs),
  }
}
