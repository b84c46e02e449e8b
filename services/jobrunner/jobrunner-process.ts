// The jobrunner as a process of its own: with Postgres, and with Redis for the job queue.

import type { Jobs } from '@plaintrail/jobs/jobs'
import { redisJobs } from '@plaintrail/jobs/redis-jobs'
import type { Config } from '@plaintrail/runtime/config'
import type { Ground, Started } from '@plaintrail/runtime/run-process'
import { openStore } from '@plaintrail/store/open-store'
import { watchStore } from '@plaintrail/store/watch-store'
import type { jobrunnerProcessSettings } from './config.ts'
import { startJobrunner } from './jobrunner.ts'

/** One relays, one looks whether Postgres is there, one for each job at once. */
const connectionsMax = 6

/** For tests: a part wrapped in another. */
export interface JobrunnerOverrides {
  readonly wrapJobs?: (jobs: Jobs) => Jobs
}

export async function startJobrunnerProcess(
  config: Config<typeof jobrunnerProcessSettings>,
  ground: Ground,
  { wrapJobs = (jobs) => jobs }: JobrunnerOverrides = {},
): Promise<Started> {
  const { logger } = ground
  await using stack = new AsyncDisposableStack()
  const store = stack.use(
    openStore(config.databaseUrl, {
      connectionsMax,
      statementMs: 0,
      applicationName: 'plaintrail jobrunner',
      onIdleError: (error) => logger.warn({ error }, 'a connection to Postgres broke'),
    }),
  )
  stack.use(watchStore({ store, health: ground.health }))
  const jobs = stack.use(redisJobs({ url: config.redisUrl.href, prefix: config.redisPrefix, logger }))
  stack.use(await startJobrunner(config, { ...ground, store, jobs: wrapJobs(jobs) }))
  const kept = stack.move()
  return { ready: 'relaying the outbox', [Symbol.asyncDispose]: () => kept.disposeAsync() }
}
