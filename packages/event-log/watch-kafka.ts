// watchKafka: can Kafka take posts? Told to /readyz also while nothing is posted.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Kafka } from 'kafkajs'
import type { Health } from '@plaintrail/runtime/health'
import type { Logger } from '@plaintrail/runtime/logger'
import { logBounds } from './kafka-bounds.ts'

export interface WatchKafkaParts {
  readonly kafka: Kafka
  readonly topic: string
  /** Whether posts are kept elsewhere meanwhile: then the process is ready all the same. */
  readonly hasSpool: boolean
  readonly health: Health
  readonly logger: Logger
}

const everyMs = 10_000
/** Longer than an append may take. */
const answerMsMax = 6_000

/** Disposing does not wait for Kafka. */
export function watchKafka({ kafka, topic, hasSpool, health, logger }: WatchKafkaParts): AsyncDisposable {
  const stop = new AbortController()
  /** One at a time: each leaves sockets open for as long as Kafka hangs. */
  let asked: Promise<unknown> | null = null
  const look = async (): Promise<void> => {
    try {
      asked ??= logBounds(kafka, topic, logger).finally(() => (asked = null))
      await answered(asked, stop.signal)
      health.set('kafka', { ok: true, detail: `${topic} can be reached` })
    } catch (error) {
      if (stop.signal.aborted) return
      const reason = error instanceof Error ? error.message : String(error)
      const meanwhile = hasSpool ? 'posts wait in the spool' : 'posts are answered 503, since there is no spool'
      health.set('kafka', {
        ok: hasSpool,
        degraded: true,
        detail: `could not reach ${topic} (${reason}): ${meanwhile}`,
      })
    }
  }
  const turns = (async () => {
    while (!stop.signal.aborted) {
      await look()
      await sleep(everyMs, undefined, { signal: stop.signal }).catch(() => undefined)
    }
  })()
  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await turns
    },
  }
}

async function answered(asked: Promise<unknown>, signal: AbortSignal): Promise<void> {
  // What comes too late is of no interest, and its failure is not another one.
  asked.catch(() => undefined)
  const late = new AbortController()
  const none = sleep(answerMsMax, null, { signal: AbortSignal.any([signal, late.signal]) }).then(() => {
    throw new Error(`no answer within ${answerMsMax} ms`)
  })
  try {
    await Promise.race([asked, none])
  } finally {
    none.catch(() => undefined)
    late.abort()
  }
}
