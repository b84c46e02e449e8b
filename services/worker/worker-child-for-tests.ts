// The worker in a process of its own, over the log in Postgres: for tests that kill it in the middle of a batch.

import { createHealth } from '@plaintrail/runtime/health'
import { createLogger } from '@plaintrail/runtime/logger'
import { createMetrics } from '@plaintrail/runtime/metrics'
import { openStore, type Connection } from '@plaintrail/store/open-store'
import { tableLogReader } from '@plaintrail/store/table-log'
import { startWorker } from './worker.ts'

export interface WorkerChildInput {
  readonly connection: Connection
}

if (import.meta.main) {
  const { connection } = childInput(process.argv[2] ?? '')
  const store = openStore(connection, { connectionsMax: 3, statementMs: 0, applicationName: 'child' })
  startWorker({
    store,
    reader: tableLogReader(store),
    logger: createLogger('child', { level: 'silent' }),
    metrics: createMetrics({ version: null, processMetrics: false }),
    health: createHealth(),
    rules: { connection, pack: 'off', folder: null },
  })
}

/** Tests beside this file start it, with exactly this. */
function childInput(text: string): WorkerChildInput {
  return JSON.parse(text) as WorkerChildInput
}
