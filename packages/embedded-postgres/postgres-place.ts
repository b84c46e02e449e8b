// Where the embedded Postgres keeps its data and socket, and as which OS user it runs.

import { createHash } from 'node:crypto'
import {
  chmod,
  chown,
  lchown,
  lstat,
  mkdir,
  readdir,
  readFile,
  realpath,
  rename,
  stat,
  writeFile,
} from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { exists, makeOpenFolder, type PostgresOwner } from './postgres-binaries.ts'
import { codeOf, PostgresUnavailable } from './postgres-unavailable.ts'

export interface PostgresPlace {
  /** The folder of the server: `data` and, where the path is short enough, `socket` are in it. */
  readonly home: string
  readonly data: string
  readonly socket: string
  /** The cluster_name of the server, which every process of it shows in its title. */
  readonly name: string
  /** Null when we are an ordinary user: then Postgres runs as ourselves. */
  readonly owner: PostgresOwner | null
}

interface PlaceOptions {
  /** `<data folder>/postgres`, which exists, is ours and is locked by us. */
  readonly base: string
  /** Where data goes that the owner cannot reach below `base`. */
  readonly awayFolder: string
  /** For the socket when the path of the data folder is too long for one. */
  readonly tempFolder: string
  readonly onProgress: (line: string) => void
}

/** sockaddr_un holds 104 bytes on macOS and 108 on Linux, the closing zero included. */
const socketPathBytesMax = 103
const socketFileName = '.s.PGSQL.5432'

/**
 * An ordinary user keeps everything in `base`. Root keeps it there too when the user that Postgres will run as can
 * reach it, else below `awayFolder` with a file `<base>-location` that says where; a later start follows that file.
 * Rejects with PostgresUnavailable.
 */
export async function findPlace(options: PlaceOptions): Promise<PostgresPlace> {
  const isRoot = process.getuid?.() === 0
  const pointed = await readPointer(options.base)
  const { home, owner } = isRoot ? await placeAsRoot(options, pointed) : await placeAsUser(options.base, pointed)
  return {
    home,
    data: join(home, 'data'),
    socket: await makeSocketFolder(home, options.tempFolder, owner),
    name: `plaintrail-${shortHash(home)}`,
    owner,
  }
}

type Home = Pick<PostgresPlace, 'home' | 'owner'>

async function placeAsUser(base: string, pointed: string | null): Promise<Home> {
  const home = pointed ?? base
  const data = await ownerOf(join(home, 'data'))
  if (data !== null && data.uid !== process.getuid?.()) {
    throw new PostgresUnavailable(
      'postgres_place',
      `could not use the database in ${home}: it belongs to OS user ${data.uid}; start Plaintrail as that user or as root`,
    )
  }
  if (pointed === null) await chmod(base, 0o700)
  return { home, owner: null }
}

async function placeAsRoot(options: PlaceOptions, pointed: string | null): Promise<Home> {
  const { base } = options
  const kept = await ownerOf(join(pointed ?? base, 'data'))
  // Data that an ordinary user made stays his, so that he can start it again without root.
  const owner = kept !== null && kept.uid !== 0 ? kept : await findOwner()
  if (kept?.uid === 0) await giveAll(join(pointed ?? base, 'data'), owner)
  if (pointed !== null) return { home: pointed, owner }
  if (await canEnter(dirname(base), owner)) {
    await chmod(base, 0o711)
    return { home: base, owner }
  }
  if (kept !== null) {
    throw new PostgresUnavailable(
      'postgres_place',
      `could not use the database in ${base} as root: its OS user ${owner.uid} may not enter that folder; start Plaintrail as that user`,
    )
  }
  return { home: await makeAwayHome(options, owner), owner }
}

/**
 * The pointer is written before the database is made: a home without data is a first start that was cut short, a home
 * that is missing is lost data, and an away home without a pointer belongs to a data folder that was deleted.
 */
async function makeAwayHome(options: PlaceOptions, owner: PostgresOwner): Promise<string> {
  const { base, awayFolder, onProgress } = options
  const folder = join(awayFolder, shortHash(dirname(base)))
  const home = join(folder, 'postgres')
  try {
    await makeOpenFolder(awayFolder)
    if (await exists(folder)) {
      const left = `${folder}.left-${(await stat(folder)).mtimeMs.toFixed(0)}`
      await rename(folder, left)
      onProgress(`the database of an earlier ${dirname(base)} was moved to ${left}; delete it when you do not need it`)
    }
    await makeOpenFolder(folder)
    await makeOpenFolder(home)
    if (!(await canEnter(home, owner))) throw new Error(`OS user ${owner.uid} may not enter ${home}`)
    await writeFile(`${pointerOf(base)}.new`, `${home}\n`, { flush: true })
    await rename(`${pointerOf(base)}.new`, pointerOf(base))
  } catch (error) {
    throw new PostgresUnavailable(
      'postgres_place',
      `could not make a database in ${folder} (as root, Postgres must run as another user, who may not enter ${dirname(base)}): start Plaintrail as an ordinary user, or choose a data folder that everybody may enter`,
      { cause: error },
    )
  }
  onProgress(`the database goes to ${home}, because its user may not enter ${dirname(base)}`)
  return home
}

const pointerOf = (base: string) => `${base}-location`

async function readPointer(base: string): Promise<string | null> {
  if (!(await exists(pointerOf(base)))) return null
  const home = (await readFile(pointerOf(base), 'utf8')).trim()
  try {
    return await realpath(home)
  } catch (error) {
    throw new PostgresUnavailable(
      'postgres_place',
      `could not find the database in ${home}, where ${pointerOf(base)} says it is: bring it back, or delete that file to begin with an empty one`,
      { cause: error },
    )
  }
}

async function ownerOf(path: string): Promise<PostgresOwner | null> {
  try {
    const { uid, gid } = await stat(path)
    return { uid, gid }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

/** The users that Unix systems have for this; none is ever created. */
async function findOwner(): Promise<PostgresOwner> {
  const accounts = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = accounts.find((fields) => fields[0] === name) ?? []
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) }
  }
  throw new PostgresUnavailable(
    'postgres_place',
    'could not choose a user for Postgres, which refuses to run as root: /etc/passwd has neither postgres nor nobody; start Plaintrail as an ordinary user',
  )
}

/** By the mode bits, which decide: a process started with a uid and gid has no other groups. */
async function canEnter(folder: string, owner: PostgresOwner): Promise<boolean> {
  for (let path = await realpath(folder); ; path = dirname(path)) {
    const { uid, gid, mode } = await stat(path)
    const bit = uid === owner.uid ? 0o100 : gid === owner.gid ? 0o010 : 0o001
    if ((mode & bit) === 0) return false
    if (path === dirname(path)) return true
  }
}

/** After a restore as root; only ever used on the data folder, and never through a symbolic link. */
async function giveAll(folder: string, owner: PostgresOwner): Promise<void> {
  await lchown(folder, owner.uid, owner.gid)
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    await lchown(join(entry.parentPath, entry.name), owner.uid, owner.gid)
  }
}

/** Only the server's user and root may enter it; that is the whole access control of the database. */
async function makeSocketFolder(home: string, tempFolder: string, owner: PostgresOwner | null): Promise<string> {
  const near = join(home, 'socket')
  const isShort = Buffer.byteLength(join(near, socketFileName)) <= socketPathBytesMax
  const folder = isShort ? near : join(await reachableTemp(tempFolder, owner), `plaintrail-${shortHash(home)}`)
  await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw error
  })
  const found = await lstat(folder)
  if (!found.isDirectory() || (found.uid !== process.getuid?.() && found.uid !== owner?.uid)) {
    throw new PostgresUnavailable(
      'postgres_place',
      `could not use ${folder} for the socket: somebody else made it; delete it`,
    )
  }
  await chmod(folder, 0o700)
  if (owner !== null) await chown(folder, owner.uid, owner.gid)
  return folder
}

/** Root's own temporary folder is often closed to everybody else. */
async function reachableTemp(tempFolder: string, owner: PostgresOwner | null): Promise<string> {
  return owner === null || (await canEnter(tempFolder, owner)) ? tempFolder : '/tmp'
}

const shortHash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16)
