// One Postgres for a run of the tests, started when the first one asks, and in it a fresh database for each that does.

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '@plaintrail/embedded-postgres/embedded-postgres'
import { Client } from 'pg'
import { inject } from 'vitest'
import type { TestProject } from 'vitest/node'

export interface TestDatabase extends AsyncDisposable {
  /** A `postgresql://` URL, as `openStore` and pg's `connectionString` take it. */
  readonly connection: string
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Where to ask for the URL of the server of this run. */
    readonly postgresDoor: string
  }
}

const folderPrefix = 'plaintrail-tests-'

/** A database of its own, dropped with all its connections when disposed. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const answer = await fetch(inject('postgresDoor'))
  const server = await answer.text()
  if (!answer.ok) throw new Error(server)
  const name = `test_${randomBytes(6).toString('hex')}`
  await run(server, `create database ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return {
    connection: url.href,
    [Symbol.asyncDispose]: () => run(server, `drop database ${name} with (force)`),
  }
}

async function run(server: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: server })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

/**
 * Called by vitest before a run, and what it returns after. Test files run in processes of their own, so they ask over
 * HTTP. `PLAINTRAIL_TEST_DATABASE_URL` names another server, where databases may be made.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['PLAINTRAIL_TEST_DATABASE_URL']
  let started: Promise<StartedPostgres> | undefined
  const door = createServer((_request, response) => {
    started ??= given === undefined ? startPostgres() : Promise.resolve({ url: given, stop: async () => {} })
    started.then(
      ({ url }) => response.end(url),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
  await once(door.listen(0, '127.0.0.1'), 'listening')
  const address = door.address()
  project.provide('postgresDoor', `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`)
  return async () => {
    door.close()
    door.closeAllConnections()
    await (await started)?.stop()
  }
}

interface StartedPostgres {
  readonly url: string
  stop(): Promise<void>
}

async function startPostgres(): Promise<StartedPostgres> {
  await removeLeftovers()
  const dataFolder = await mkdtemp(join(tmpdir(), folderPrefix))
  // So that the database is in the folder, and is removed with it, when we are root.
  await chmod(dataFolder, 0o755)
  // Nothing here outlives the run: what a crash does to data is tested with servers of their own.
  const postgres = await startEmbeddedPostgres({ dataFolder, settings: { fsync: 'off', full_page_writes: 'off' } })
  const { host, user, database } = postgres.connection
  return {
    url: `postgresql://${user}@${encodeURIComponent(host)}/${database}`,
    async stop() {
      await postgres[Symbol.asyncDispose]()
      await rm(dataFolder, { recursive: true, force: true })
    },
  }
}

/** Of runs that were killed: their server is still up, and starting is what stops it. One in use is left alone. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const dataFolder = join(tmpdir(), name)
    // One without data may be another run's of this very moment, not locked yet.
    if (!name.startsWith(folderPrefix) || !existsSync(join(dataFolder, 'postgres', 'data'))) continue
    try {
      await (await startEmbeddedPostgres({ dataFolder }))[Symbol.asyncDispose]()
      await rm(dataFolder, { recursive: true, force: true })
    } catch {
      // Held by a run at this moment, or by another user.
    }
  }
}
