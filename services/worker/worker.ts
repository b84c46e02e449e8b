// The worker: from the log, normalized, into the store.

import { setTimeout as sleep } from 'node:timers/promises'
import type { LogReader } from '@plaintrail/event-log/event-log'
import type { Health } from '@plaintrail/runtime/health'
import type { Logger } from '@plaintrail/runtime/logger'
import type { Metrics } from '@plaintrail/runtime/metrics'
import type { Store } from '@plaintrail/store/open-store'
import { createBatchWriter, type BatchWriter } from '@plaintrail/store/store-batch'
import { processLog } from './process-log.ts'
import { createWorkerMetrics } from './worker-metrics.ts'

export interface WorkerParts {
  readonly store: Store
  readonly reader: LogReader
  readonly logger: Logger
  readonly metrics: Metrics
  readonly health: Health
  /** For tests: the writer wrapped in another. */
  readonly wrapWriter?: (writer: BatchWriter) => BatchWriter
}

/** Disposing waits for the batch in flight. */
export function startWorker(parts: WorkerParts): AsyncDisposable {
  const stop = new AbortController()
  const { health, logger, store } = parts
  const counted = createWorkerMetrics(parts.metrics)
  health.set('worker', { ok: true, detail: 'working' })
  const log = processLog(
    {
      reader: parts.reader,
      writer: parts.wrapWriter ? parts.wrapWriter(createBatchWriter(store)) : createBatchWriter(store),
      logger,
      onCommitted: (outcome) => counted.committed(outcome),
      onTurn: (hadWork) => {
        health.set('worker', { ok: true, detail: 'working' })
        if (!hadWork) counted.idle()
      },
      onFailed: (reason) =>
        health.set('worker', { ok: false, detail: `could not store events, trying again: ${reason}` }),
      pause,
    },
    stop.signal,
  )
  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await log
    },
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined)
}
