// redisJobs: the jobs of the distributed profile, on BullMQ's Redis backend.

import { createRedisBackend, withBackend } from 'bullmq'
import { Redis } from 'ioredis'
import type { Logger } from '@plaintrail/runtime/logger'
import { bullmqJobs } from './bullmq-jobs.ts'
import { jobsLimits, type Jobs, type JobsLimits } from './jobs.ts'

export interface RedisJobsOptions {
  /** `redis://` or `rediss://`. */
  readonly url: string
  readonly logger: Logger
  /** Before every key, so that others may use the same Redis. */
  readonly prefix?: string
  readonly limits?: Partial<JobsLimits>
}

/** A blocked Redis connection of a longer time is not reliable after a reconnect (BullMQ's default). */
const idleSeconds = 5
const wantedPolicy = 'noeviction'

/** Three connections: one to add, two to work. Opens them without waiting. */
export function redisJobs(options: RedisJobsOptions): Jobs {
  const { url, logger } = options
  let warning: string | null = null
  const checked = evictionPolicy(url).then(
    (policy) => {
      if (policy === null || policy === wantedPolicy) return
      warning = `Redis may throw jobs away: set its maxmemory-policy to ${wantedPolicy} (it is ${policy})`
      logger.error({ policy }, warning)
    },
    (error: unknown) => logger.warn({ error }, 'could not ask Redis for its maxmemory-policy'),
  )
  const jobs = bullmqJobs({
    classes: withBackend(createRedisBackend),
    connection: {
      queue: { url, maxRetriesPerRequest: 1 },
      worker: { url, maxRetriesPerRequest: null },
    },
    prefix: options.prefix ?? 'plaintrail',
    idleSeconds,
    limits: { ...jobsLimits, ...options.limits },
    logger,
    warning: () => warning,
  })
  return {
    ...jobs,
    async [Symbol.asyncDispose]() {
      await jobs[Symbol.asyncDispose]()
      await checked
    },
  }
}

/** From INFO, which managed services allow where they refuse CONFIG. */
async function evictionPolicy(url: string): Promise<string | null> {
  const client = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 1 })
  client.on('error', () => undefined)
  try {
    const info = await client.info('memory')
    return /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? null
  } finally {
    client.disconnect()
  }
}
