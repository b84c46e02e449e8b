// The jobrunner in a process of its own with a short stall time: for tests that kill it in the middle of a job.

import { redisJobs } from '@plaintrail/jobs/redis-jobs'
import { createHealth } from '@plaintrail/runtime/health'
import { createLogger } from '@plaintrail/runtime/logger'
import { createMetrics } from '@plaintrail/runtime/metrics'
import { openStore } from '@plaintrail/store/open-store'
import { backtestBounds, type BacktestBounds } from './backtest-part.ts'
import { jobrunnerConfig } from './config-for-tests.ts'
import { partBounds, type PartBounds } from './make-part.ts'
import { startJobrunner } from './jobrunner.ts'

export interface ChildInput {
  readonly connection: string
  readonly redisUrl: string
  readonly stallMs: number
  /** Of a job; as many as usual unless given. */
  readonly attempts?: number
  /** Where the parts of exports end, beside the defaults. */
  readonly partBounds?: Partial<PartBounds>
  /** And those of back-tests. */
  readonly backtestBounds?: Partial<BacktestBounds>
}

if (import.meta.main) {
  const { connection, redisUrl, stallMs, attempts, ...bounds } = childInput(process.argv[2] ?? '')
  const logger = createLogger('child', { level: 'error', destination: process.stderr })
  await startJobrunner(jobrunnerConfig, {
    store: openStore(connection, { connectionsMax: 3, statementMs: 0, applicationName: 'child' }),
    jobs: redisJobs({ url: redisUrl, logger, limits: { stallMs, ...(attempts !== undefined && { attempts }) } }),
    logger,
    metrics: createMetrics({ version: null, processMetrics: false }),
    health: createHealth(),
    relay: { everyMs: 50 },
    partBounds: { ...partBounds, ...bounds.partBounds },
    backtestBounds: { ...backtestBounds, ...bounds.backtestBounds },
  })
}

/** Tests beside this file start it, with exactly this. */
function childInput(text: string): ChildInput {
  return JSON.parse(text) as ChildInput
}
