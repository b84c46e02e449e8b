// benchHistoryInThread: the bench in a thread with the memory that the standalone gives its worker.

import { once } from 'node:events'
import { Worker, isMainThread, workerData } from 'node:worker_threads'
import { benchHistory, type HistoryBenchOptions } from './bench-history.ts'

/** As in services/standalone/start-worker-thread.ts: with less, collecting costs more than it does there. */
const youngGenerationMiB = 192

export async function benchHistoryInThread(options: HistoryBenchOptions): Promise<void> {
  const thread = new Worker(new URL(import.meta.url), {
    workerData: options,
    resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMiB },
  })
  await once(thread, 'exit')
}

// The only one that starts this file as a thread is above, with exactly this.
if (!isMainThread) await benchHistory(workerData as HistoryBenchOptions)
