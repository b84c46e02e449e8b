import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { expect, test } from 'vitest'
import { openStore } from './open-store.ts'

test('a commit is on disk when it returns, even where the database has another default', async () => {
  await using database = await createTestDatabase()
  const name = new URL(database.connection).pathname.slice(1)
  const options = { connectionsMax: 1, statementMs: 0, applicationName: 'test' }
  await using first = openStore(database.connection, options)
  await first.pool.query(`alter database ${name} set synchronous_commit = off`)
  await using store = openStore(database.connection, options)
  const { rows } = await store.pool.query<{ synchronous_commit: string }>('show synchronous_commit')
  expect(rows).toEqual([{ synchronous_commit: 'on' }])
})

test('a connection that breaks inside a transaction does not end the process', async () => {
  await using database = await createTestDatabase()
  const options = { connectionsMax: 2, statementMs: 0, applicationName: 'test' }
  await using store = openStore(database.connection, options)
  const client = await store.pool.connect()
  await client.query('begin')
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  await store.pool.query('select pg_terminate_backend($1)', [rows[0]?.pid])
  await expect(client.query('select 1')).rejects.toThrow()
  client.release(true)
  expect((await store.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})
