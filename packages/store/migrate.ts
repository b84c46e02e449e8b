// Bring the schema to the newest migration: numbered SQL files, one transaction each, never the same one twice.

import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import type { Connection } from './open-store.ts'

/** Any number that no other program takes: one migration at a time in a database. */
const advisoryLock = 7_717_001
const versionMin = 150_000

export const migrationsFolder = join(import.meta.dirname, '../../migrations')

export class MigrationError extends Error {
  override name = 'MigrationError'
  readonly code = 'migration_failed'
}

/** Returns the names of the files it applied. Throws MigrationError with how to mend. */
export async function migrate(
  connection: Connection,
  options: { readonly folder?: string; readonly onApplied?: (name: string) => void } = {},
): Promise<readonly string[]> {
  const client = new pg.Client(typeof connection === 'string' ? { connectionString: connection } : connection)
  await client.connect()
  try {
    await refuseOldServer(client)
    await client.query(`select pg_advisory_lock(${advisoryLock})`)
    await client.query(`create table if not exists migration (
      name text primary key, sha256 text not null, applied_at timestamptz not null default now())`)
    return await applyMissing(client, options.folder ?? migrationsFolder, options.onApplied)
  } finally {
    await client.end()
  }
}

async function refuseOldServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: string }>(`select current_setting('server_version_num') as version`)
  if (Number(rows[0]?.version) >= versionMin) return
  throw new MigrationError('could not use this Postgres: it is older than 15; point DATABASE_URL at 15 or later')
}

async function applyMissing(
  client: pg.Client,
  folder: string,
  onApplied: ((name: string) => void) | undefined,
): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string; sha256: string }>('select name, sha256 from migration')
  const applied = new Map(rows.map((row) => [row.name, row.sha256]))
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).toSorted()
  refuseNewerSchema(applied, names)
  const fresh: string[] = []
  for (const name of names) {
    const text = await readFile(join(folder, name), 'utf8')
    const sha256 = createHash('sha256').update(text).digest('hex')
    const before = applied.get(name)
    if (before === sha256) continue
    if (before) throw new MigrationError(`could not migrate: ${name} was changed after it was applied; add a new file`)
    await applyOne(client, name, text, sha256)
    fresh.push(name)
    onApplied?.(name)
  }
  return fresh
}

function refuseNewerSchema(applied: ReadonlyMap<string, string>, names: readonly string[]): void {
  const unknown = [...applied.keys()].filter((name) => !names.includes(name))
  if (unknown.length === 0) return
  throw new MigrationError(
    `could not migrate: the database has ${unknown.join(', ')}, which this version does not know; run the newer version`,
  )
}

async function applyOne(client: pg.Client, name: string, text: string, sha256: string): Promise<void> {
  try {
    await client.query('begin')
    await client.query(text)
    await client.query('insert into migration (name, sha256) values ($1, $2)', [name, sha256])
    await client.query('commit')
  } catch (cause) {
    await client.query('rollback')
    throw new MigrationError(`could not apply ${name}: ${cause instanceof Error ? cause.message : 'unknown'}`, {
      cause,
    })
  }
}
