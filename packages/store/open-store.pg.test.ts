import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
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

test('a question whose answer never comes is given up, where statements have a bound', async () => {
  await using database = await createTestDatabase()
  await using way = await cuttableWay(database.connection)
  const options = { connectionsMax: 1, statementMs: 200, applicationName: 'test' }
  await using store = openStore(way.url, options)
  expect((await store.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  way.cut()
  await expect(store.pool.query('select 1')).rejects.toThrow(/timeout/)
})

/** Takes connections to Postgres, and swallows all that comes either way once it is cut. */
async function cuttableWay(connection: string): Promise<{ url: string; cut(): void } & AsyncDisposable> {
  const from = new URL(connection)
  const { host, port, hostname } = {
    host: from.searchParams.get('host'),
    port: from.port || '5432',
    hostname: from.hostname,
  }
  const folder = host ?? decodeURIComponent(hostname)
  const sockets: Socket[] = []
  let isCut = false
  const server = createServer((socket) => {
    const behind = folder.startsWith('/') ? connect(`${folder}/.s.PGSQL.${port}`) : connect(Number(port), folder)
    sockets.push(socket, behind)
    for (const [a, b] of [
      [socket, behind],
      [behind, socket],
    ] as const) {
      a.on('data', (bytes: Buffer) => void (isCut || b.write(bytes)))
      a.on('error', () => undefined)
      a.on('close', () => void (isCut || b.destroy()))
    }
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = new URL(connection)
  url.searchParams.delete('host')
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: url.href,
    cut: () => void (isCut = true),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
