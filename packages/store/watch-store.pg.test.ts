import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { createHealth } from '@plaintrail/runtime/health'
import { expect, test } from 'vitest'
import { migrate } from './migrate.ts'
import { openStore } from './open-store.ts'
import { watchStore } from './watch-store.ts'

test('a Postgres that does not answer is told as soon as one that refuses, and its answer is good news', async () => {
  await using database = await createTestDatabase()
  await migrate(database.connection)
  const options = { connectionsMax: 2, statementMs: 0, applicationName: 'test' }
  await using store = openStore(database.connection, options)
  const health = createHealth()
  await using _watch = watchStore({ store, health })
  const isOk = () => health.snapshot().checks['store']?.ok
  await expect.poll(isOk, { timeout: 10_000 }).toBe(true)
  const client = await store.pool.connect()
  await client.query('begin')
  await client.query('lock table heartbeat in access exclusive mode')
  await expect.poll(isOk, { timeout: 20_000 }).toBe(false)
  expect(health.snapshot().checks['store']?.detail).toMatch(/no answer for \d+ ms/)
  await client.query('rollback')
  client.release()
  await expect.poll(isOk, { timeout: 10_000 }).toBe(true)
})
