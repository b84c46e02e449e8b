// postgresJobs: the jobs of the embedded profile, on BullMQ's Postgres backend, in a schema of their own.

import { createPostgresBackend, DEFAULT_SCHEMA, isPgPool, runMigrations, withBackend, type PgPool } from 'bullmq'
import pg from 'pg'
import type { Logger } from '@plaintrail/runtime/logger'
import { bullmqJobs } from './bullmq-jobs.ts'
import { jobsLimits, type Jobs, type JobsLimits } from './jobs.ts'

/** As openStore of packages/store takes it. */
export type JobsConnection = string | { readonly host: string; readonly user: string; readonly database: string }

export interface PostgresJobsOptions {
  readonly connection: JobsConnection
  readonly logger: Logger
  readonly limits?: Partial<JobsLimits>
}

/** One listens, two work. Queue and worker share them: a pool for each would be six. */
const connectionsMax = 3
const statementMsMax = 30_000
/** A worker is woken by NOTIFY and by the next delayed job; this is for a wake-up that was lost. */
const idleSeconds = 60

/** Makes or updates BullMQ's tables. To be called where the schema is migrated: nothing does it by itself. */
export async function migrateJobs(connection: JobsConnection): Promise<void> {
  const client = new pg.Client(configOf(connection))
  await client.connect()
  try {
    await runMigrations(client)
  } finally {
    await client.end()
  }
}

export function postgresJobs({ connection, logger, limits }: PostgresJobsOptions): Jobs {
  const pool = new pg.Pool({
    ...configOf(connection),
    max: connectionsMax,
    statement_timeout: statementMsMax,
    application_name: 'plaintrail jobs',
    options: `-c search_path=${DEFAULT_SCHEMA} -c synchronous_commit=on`,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
    // BullMQ then trusts the connection that listens, and sleeps long.
    keepAlive: true,
  })
  // One that breaks in use has no other listener, and that would end the process; its statement says so.
  pool.on('connect', (client) => client.on('error', () => undefined))
  const jobs = bullmqJobs({
    classes: withBackend(createPostgresBackend),
    connection: { queue: asBullmqTakesIt(pool), worker: asBullmqTakesIt(pool) },
    idleSeconds,
    limits: { ...jobsLimits, ...limits },
    logger,
  })
  return {
    ...jobs,
    async [Symbol.asyncDispose]() {
      await jobs[Symbol.asyncDispose]()
      await pool.end()
    },
  }
}

/** Its type says fewer undefineds than pg's own. */
function asBullmqTakesIt(pool: unknown): PgPool {
  if (!isPgPool(pool)) throw new TypeError('could not hand the pool to BullMQ: it takes it for something else')
  return pool
}

function configOf(connection: JobsConnection): pg.ClientConfig {
  return typeof connection === 'string' ? { connectionString: connection } : connection
}
