import { Client } from 'pg'
import { describe, expect, test } from 'vitest'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { jobsContract, silent, type JobsPlace } from './jobs-contract-for-tests.ts'
import { migrateJobs, postgresJobs } from './postgres-jobs.ts'

describe('jobs on Postgres', () => {
  jobsContract(async () => {
    const database = await createTestDatabase()
    await migrateJobs(database.connection)
    return {
      open: (limits = {}) => postgresJobs({ connection: database.connection, logger: silent, limits }),
      child: { backend: 'postgres', connection: database.connection, prefix: '' },
      [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
    } satisfies JobsPlace
  })

  test('its tables stand in a schema of their own, and making them again changes nothing', async () => {
    await using database = await createTestDatabase()
    await Promise.all([migrateJobs(database.connection), migrateJobs(database.connection)])
    await migrateJobs(database.connection)
    const { rows } = await ask(
      database.connection,
      `select distinct nspname::text as schema from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where relkind = 'r' and nspname not like 'pg\\_%' and nspname <> 'information_schema'`,
    )
    expect(rows).toEqual([{ schema: 'bullmq' }])
  })

  test('adding and working hold three connections at most', async () => {
    await using database = await createTestDatabase()
    await migrateJobs(database.connection)
    await using jobs = postgresJobs({ connection: database.connection, logger: silent })
    let done = 0
    await using _work = jobs.work({
      handlers: { echo: async () => void (done += 1) },
      onDead: async () => undefined,
    })
    await jobs.add(Array.from({ length: 50 }, (_, index) => ({ id: `job-${index}`, kind: 'echo', payload: null })))
    await expect.poll(() => done, { timeout: 10_000 }).toBe(50)
    // Those of the migration may still be closing; what Postgres does by itself in the database is none of ours.
    const held = async (): Promise<unknown> => {
      const { rows } = await ask(
        database.connection,
        `select count(*)::int as held from pg_stat_activity
         where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`,
      )
      return rows
    }
    await expect.poll(held, { timeout: 10_000 }).toEqual([{ held: 3 }])
  })

  test('connections that Postgres ends are made again, and the jobs go on', async () => {
    await using database = await createTestDatabase()
    await migrateJobs(database.connection)
    await using jobs = postgresJobs({ connection: database.connection, logger: silent })
    const done: string[] = []
    await using _work = jobs.work({
      handlers: { echo: async ({ id }) => void done.push(id) },
      onDead: async () => undefined,
    })
    await jobs.add([{ id: 'before', kind: 'echo', payload: null }])
    await expect.poll(() => done).toEqual(['before'])
    await ask(
      database.connection,
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    )
    await expect
      .poll(() => jobs.add([{ id: 'after', kind: 'echo', payload: null }]).then(() => 'added', String), {
        timeout: 10_000,
      })
      .toBe('added')
    await expect.poll(() => done.includes('after'), { timeout: 10_000 }).toBe(true)
    await expect.poll(() => jobs.state().ok, { timeout: 10_000 }).toBe(true)
  })
})

async function ask(connectionString: string, sql: string) {
  const client = new Client({ connectionString })
  await client.connect()
  try {
    return await client.query(sql)
  } finally {
    await client.end()
  }
}
