// The data folder of the embedded Postgres: made whole or not at all, and only opened by the version that made it.

import { randomBytes } from 'node:crypto'
import { chown, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { exists, type PostgresBinaries, runAs } from './postgres-binaries.ts'
import type { PostgresPlace } from './postgres-place.ts'
import { codeOf, PostgresUnavailable } from './postgres-unavailable.ts'

export const postgresUser = 'plaintrail'

const draftPrefix = 'making-'

/** Makes the data folder when there is none. Rejects with PostgresUnavailable when it is not ours to open. */
export async function makeData(
  place: PostgresPlace,
  binaries: PostgresBinaries,
  onProgress: (line: string) => void,
): Promise<void> {
  if (await exists(place.data)) return await checkVersion(place.data, binaries.major)
  onProgress('making the database…')
  await removeDrafts(place.home)
  const draft = join(place.home, `${draftPrefix}${randomBytes(4).toString('hex')}`)
  try {
    await mkdir(draft, { mode: 0o700 })
    if (place.owner !== null) await chown(draft, place.owner.uid, place.owner.gid)
    await runAs(place.owner, join(binaries.folder, 'bin', 'initdb'), [
      `--pgdata=${draft}`,
      `--username=${postgresUser}`,
      // Whoever may enter the socket folder is the administrator; over TCP, should a setting open it, nobody is.
      '--auth-local=trust',
      '--auth-host=reject',
      '--encoding=UTF8',
      '--locale=C',
      '--data-checksums',
      '--no-instructions',
    ])
  } catch (error) {
    throw new PostgresUnavailable('postgres_start', `could not make a database in ${place.home}: ${reasonOf(error)}`, {
      cause: error,
    })
  }
  await rename(draft, place.data)
  await syncFolder(place.home)
}

async function checkVersion(data: string, major: number): Promise<void> {
  const text = await readFile(join(data, 'PG_VERSION'), 'utf8').catch((error: unknown) => {
    throw new PostgresUnavailable(
      'postgres_version',
      `could not read ${data}/PG_VERSION: ${data} is not a whole Postgres data folder; bring back a backup of it`,
      { cause: error },
    )
  })
  if (Number(text) === major) return
  throw new PostgresUnavailable(
    'postgres_version',
    `could not open the database in ${data}: Postgres ${text.trim()} made it and this Plaintrail brings Postgres ${major}; ` +
      `start the Plaintrail that made it, or move the data with pg_dump of Postgres ${text.trim()} to a new data folder`,
  )
}

/** What a start left that was cut short. */
async function removeDrafts(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    if (name.startsWith(draftPrefix)) await rm(join(home, name), { recursive: true, force: true })
  }
}

/** What initdb wrote last, or why it did not run. */
function reasonOf(error: unknown): string {
  if (codeOf(error) === 'ENOSPC') return 'the disk is full; make room'
  const written = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : ''
  return written === '' ? String(error) : written
}

async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder)
  await handle.sync()
}
