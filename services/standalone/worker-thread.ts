// The worker in a thread of its own: parsing a batch takes 10 ms and more, and must not hold up a post's answer.

import { parentPort, workerData } from 'node:worker_threads'
import { createHealth } from '@plaintrail/runtime/health'
import { createLogger } from '@plaintrail/runtime/logger'
import { createMetrics } from '@plaintrail/runtime/metrics'
import { openStore } from '@plaintrail/store/open-store'
import { tableLogReader } from '@plaintrail/store/table-log'
import { startWorker } from '@plaintrail/worker/worker'
import type { FromWorker, ToWorker, WorkerInput } from './start-worker-thread.ts'

/** One statement in flight, and one connection more for partitions and ids. */
const connectionsMax = 3
const healthEveryMs = 500

if (parentPort) {
  const port = parentPort
  const say = (message: FromWorker): void => port.postMessage(message)
  const input = workerInput(workerData)
  const stack = new AsyncDisposableStack()
  const logger = createLogger('worker', { level: input.logLevel, destination: process.stderr })
  const metrics = createMetrics({ version: null, processMetrics: false })
  const health = createHealth()
  const store = stack.use(
    openStore(input.connection, {
      connectionsMax,
      statementMs: 0,
      applicationName: 'plaintrail worker',
      onIdleError: (error) => logger.warn({ error }, 'a connection to Postgres broke'),
    }),
  )
  const history = input.history === 'on' ? input.connection : null
  const { rules } = input
  stack.use(startWorker({ store, reader: tableLogReader(store), logger, metrics, health, history, rules }))
  const timer = setInterval(() => say({ kind: 'health', state: health.snapshot() }), healthEveryMs)
  stack.defer(() => clearInterval(timer))
  port.on('message', (message: ToWorker) => {
    switch (message.kind) {
      case 'metrics':
        void metrics.text().then((text) => say({ kind: 'metrics', request: message.request, text }))
        return
      case 'stop':
        void stack.disposeAsync().finally(() => port.close())
        return
    }
  })
}

/** start-worker-thread.ts is the only one that starts this file, with exactly this. */
function workerInput(data: unknown): WorkerInput {
  return data as WorkerInput
}
