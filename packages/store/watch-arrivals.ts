// watchArrivals: told at once when a worker has stored events, on one connection that listens.

import { setTimeout as delay } from 'node:timers/promises'
import type { PoolClient } from 'pg'
import { arrivedChannel } from './insert-batch.ts'
import type { Store } from './open-store.ts'

export interface ArrivalWatch extends AsyncDisposable {
  /** Whether a notification would come through. One that is lost all the same is why who watches also looks by himself. */
  isListening(): boolean
}

const againMs = 1_000

/** `onArrival` says nothing of what was stored, and may be called for nothing; `onBroken` once for each lost connection. */
export function watchArrivals(
  store: Store,
  onArrival: () => void,
  onBroken: (error: unknown) => void = () => undefined,
): ArrivalWatch {
  const stop = new AbortController()
  let isListening = false
  const listenOnce = async (): Promise<void> => {
    const client = await store.pool.connect()
    try {
      client.on('notification', onArrival)
      await client.query(`listen ${arrivedChannel}`)
      isListening = !stop.signal.aborted
      // What was stored while nobody listened.
      onArrival()
      await untilBroken(client, stop.signal)
    } finally {
      isListening = false
      client.off('notification', onArrival)
      // It still listens, so it is no connection for others.
      client.release(true)
    }
  }
  const listen = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      try {
        await listenOnce()
      } catch (error) {
        if (stop.signal.aborted) return
        onBroken(error)
        await delay(againMs, undefined, { signal: stop.signal }).catch(() => undefined)
      }
    }
  }
  const done = listen()
  return {
    isListening: () => isListening,
    async [Symbol.asyncDispose]() {
      stop.abort()
      await done
    },
  }
}

/** Returns when it is to stop, and rejects when the connection breaks. */
async function untilBroken(client: PoolClient, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    client.once('error', reject)
    client.once('end', () => reject(new Error('the connection that listens for new events ended')))
    signal.addEventListener('abort', () => resolve(), { once: true })
    if (signal.aborted) resolve()
  })
}
