// Start the worker's thread, start it again when it dies, and carry its health and metrics over.

import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { Health, HealthSnapshot } from '@plaintrail/runtime/health'
import type { Logger, LogLevel } from '@plaintrail/runtime/logger'
import type { Connection } from '@plaintrail/store/open-store'
import type { RulesOptions } from '@plaintrail/worker/start-rules'

export interface WorkerInput {
  readonly connection: Connection
  readonly logLevel: LogLevel
  readonly history: 'on' | 'off'
  /** Null where nothing is judged by rules. */
  readonly rules: RulesOptions | null
}

export type ToWorker = { readonly kind: 'metrics'; readonly request: number } | { readonly kind: 'stop' }

export type FromWorker =
  | { readonly kind: 'health'; readonly state: HealthSnapshot }
  | { readonly kind: 'metrics'; readonly request: number; readonly text: string }

export interface WorkerThread extends AsyncDisposable {
  /** In the format of /metrics; empty while the thread is being started again. */
  metricsText(): Promise<string>
}

/** A batch's objects then die before they are ever copied: the default of 48 costs 20 µs of collecting an event. */
const youngGenerationMiB = 192
const metricsMsMax = 2_000
const restartMs = 1_000
const stopMsMax = 30_000

export function startWorkerThread(input: WorkerInput, parts: { health: Health; logger: Logger }): WorkerThread {
  const waiting = new Map<number, (text: string) => void>()
  let requests = 0
  let stopping = false
  let worker = start()

  function start(): Worker {
    const thread = new Worker(new URL('./worker-thread.ts', import.meta.url), {
      workerData: input,
      resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMiB },
    })
    thread.on('message', (message: FromWorker) => {
      if (message.kind === 'metrics') waiting.get(message.request)?.(message.text)
      else for (const [name, state] of Object.entries(message.state.checks)) parts.health.set(name, state)
    })
    thread.on('error', (error) => parts.logger.error({ error }, 'the worker thread failed; starting it again'))
    thread.on('exit', () => {
      if (stopping) return
      parts.health.set('worker', { ok: false, detail: 'its thread died and is being started again' })
      setTimeout(() => {
        if (!stopping) worker = start()
      }, restartMs)
    })
    return thread
  }

  return {
    async metricsText() {
      const request = (requests += 1)
      const answer = new Promise<string>((resolve) => waiting.set(request, resolve))
      say(worker, { kind: 'metrics', request })
      const text = await Promise.race([answer, sleep(metricsMsMax, '', { ref: false })])
      waiting.delete(request)
      return text
    },
    async [Symbol.asyncDispose]() {
      stopping = true
      const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
      say(worker, { kind: 'stop' })
      await Promise.race([gone, sleep(stopMsMax, undefined, { ref: false })])
      await worker.terminate()
    },
  }
}

function say(worker: Worker, message: ToWorker): void {
  worker.postMessage(message)
}
