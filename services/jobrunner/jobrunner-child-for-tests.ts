// The jobrunner in a process of its own with a short stall time: for tests that kill it in the middle of a job.

import { redisJobs } from '@plaintrail/jobs/redis-jobs'
import { createHealth } from '@plaintrail/runtime/health'
import { createLogger } from '@plaintrail/runtime/logger'
import { createMetrics } from '@plaintrail/runtime/metrics'
import { openStore } from '@plaintrail/store/open-store'
import { startJobrunner } from './jobrunner.ts'

export interface ChildInput {
  readonly connection: string
  readonly redisUrl: string
  readonly stallMs: number
}

if (import.meta.main) {
  const { connection, redisUrl, stallMs } = childInput(process.argv[2] ?? '')
  const logger = createLogger('child', { level: 'error', destination: process.stderr })
  await startJobrunner(
    { retentionDays: 400, silentAfterMs: 900_000 },
    {
      store: openStore(connection, { connectionsMax: 3, statementMs: 0, applicationName: 'child' }),
      jobs: redisJobs({ url: redisUrl, logger, limits: { stallMs } }),
      logger,
      metrics: createMetrics({ version: null, processMetrics: false }),
      health: createHealth(),
      relay: { everyMs: 50 },
    },
  )
}

/** jobrunner.redis.test.ts is the only one that starts this file, with exactly this. */
function childInput(text: string): ChildInput {
  return JSON.parse(text) as ChildInput
}
