// A process that takes one job, says `begun` and never ends it: for tests that kill it.

import { createLogger } from '@plaintrail/runtime/logger'
import { postgresJobs } from './postgres-jobs.ts'
import { redisJobs } from './redis-jobs.ts'

export interface ChildInput {
  readonly backend: 'redis' | 'postgres'
  readonly connection: string
  readonly prefix: string
  readonly stallMs: number
}

if (import.meta.main) {
  const { backend, connection, prefix, stallMs } = childInput(process.argv[2] ?? '')
  const options = { logger: createLogger('child', { level: 'warn', destination: process.stderr }), limits: { stallMs } }
  const jobs =
    backend === 'redis' ? redisJobs({ ...options, url: connection, prefix }) : postgresJobs({ ...options, connection })
  const echo = async (): Promise<void> => {
    process.stdout.write('begun\n')
    await new Promise<never>(() => undefined)
  }
  jobs.work({ handlers: { echo }, onDead: async () => undefined })
}

/** jobs-contract-for-tests.ts is the only one that starts this file, with exactly this. */
function childInput(text: string): ChildInput {
  return JSON.parse(text) as ChildInput
}
