// SpoolFolder: the locked folder of one instance, and what to do with those that dead instances left.

import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rename, rm, rmdir, stat, unlink, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { FolderInUse, lockFolder } from '@plaintrail/runtime/folder-lock'
import type { Logger } from '@plaintrail/runtime/logger'
import { SpoolFile } from './spool-file.ts'
import { fileHeadBytes } from './spool-record.ts'
import { syncFolder } from '@plaintrail/runtime/sync-folder'

export interface SpoolFolder {
  readonly name: string
  readonly path: string
  /** Names grow, so that files sort in the order in which they were made. */
  nextFilePath(): string
  /** Gives it back, and removes it when nothing is left in it. */
  release(): Promise<void>
}

const damagedFolderName = 'damaged'
const makeAttemptsMax = 5
const numberDigits = 10
const reserveName = 'reserve'
const reserveBytes = 256 * 1024

/** Where files go that could not be read whole, or not be brought to the log whole. */
export async function damagedFolder(parent: string): Promise<string> {
  const path = join(parent, damagedFolderName)
  await makeFolderDurably(path)
  return path
}

export async function countDamaged(parent: string): Promise<number> {
  try {
    return (await readdir(join(parent, damagedFolderName))).length
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return 0
    throw error
  }
}

/**
 * A new folder, with a name that no other instance has had, and that sorts behind those of all before it. On a full disk
 * the reserve makes room for its lock, and for those of the folders to be drained.
 */
export async function makeSpoolFolder(parent: string, logger: Logger): Promise<SpoolFolder> {
  await makeFolderDurably(parent)
  const reserve = join(parent, reserveName)
  for (let attempt = 1; ; attempt++) {
    const number = String((await largestNumber(parent)) + 1).padStart(numberDigits, '0')
    const name = `${number}-${hostname().replaceAll(/[^A-Za-z0-9.-]/g, '-')}-${randomBytes(6).toString('hex')}`
    try {
      const folder = await holdFolder(parent, name)
      await syncFolder(parent)
      return folder
    } catch (error) {
      if (attempt >= makeAttemptsMax) throw error
      // Or another instance took the folder for an orphan in the moment between its making and its lock.
      if (isFull(error)) await rm(reserve, { force: true })
      else if (!(error instanceof FolderInUse || hasCode(error, 'ENOENT'))) throw error
      logger.warn({ error, folder: join(parent, name) }, 'could not make a spool folder: another name is tried')
    }
  }
}

/** Keeps a little of the disk, so that a spool which has filled it can be locked and drained after a restart. */
export async function keepReserve(parent: string): Promise<void> {
  const reserve = join(parent, reserveName)
  try {
    await writeFile(reserve, Buffer.alloc(reserveBytes, 1), { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return
    await rm(reserve, { force: true })
    // The disk says the same to the next append, which tells it.
    if (!isFull(error)) throw error
  }
}

async function makeFolderDurably(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 })
  if (first === undefined) return
  for (let made = path; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made))
}

async function largestNumber(parent: string): Promise<number> {
  const numbers = (await readdir(parent)).map((name) => Number(/^(\d+)-/.exec(name)?.[1] ?? 0))
  return numbers.reduce((largest, number) => Math.max(largest, number), 0)
}

/** Locks every folder whose instance is dead, the one that was made first before the others. The caller drains and releases them. */
export async function adoptOrphans(
  parent: string,
  held: ReadonlySet<string>,
  onTrouble: (error: unknown, folder: string) => void,
): Promise<readonly SpoolFolder[]> {
  const adopted: SpoolFolder[] = []
  const entries = await readdir(parent, { withFileTypes: true })
  for (const name of entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted()) {
    if (name === damagedFolderName || held.has(name)) continue
    try {
      // A folder that another instance has just removed would be made anew by its lock.
      await stat(join(parent, name))
      adopted.push(await holdFolder(parent, name))
    } catch (error) {
      if (error instanceof FolderInUse || hasCode(error, 'ENOENT')) continue
      onTrouble(error, join(parent, name))
    }
  }
  return adopted
}

/** Opens what is in an adopted folder, oldest first. What is no spool file at all is put aside. */
export async function openSpoolFiles(folder: SpoolFolder, logger: Logger): Promise<readonly SpoolFile[]> {
  const names = (await readdir(folder.path)).filter((name) => /^\d+\.(spool|damaged)$/.test(name)).toSorted()
  const files: SpoolFile[] = []
  try {
    for (const name of names) {
      const path = join(folder.path, name)
      const file = await SpoolFile.open(folder, path, name === names.at(-1))
      if (file === null) await putAside(folder, name, logger)
      else files.push(file)
      if (file !== null && (file.isDamaged || name.endsWith('.damaged'))) {
        await file.markDamaged()
        logger.error({ path: file.path }, 'a spool file is damaged: what can be read of it goes to the log')
      }
    }
    return files
  } catch (error) {
    for (const file of files) await file.close()
    throw error
  }
}

async function putAside(folder: SpoolFolder, name: string, logger: Logger): Promise<void> {
  const path = join(folder.path, name)
  const { size } = await stat(path)
  // A crash came before its head was on disk, and no append returns before that.
  if (size <= fileHeadBytes) return await unlink(path)
  const aside = join(await damagedFolder(dirname(folder.path)), `${folder.name}-${name.replace('.spool', '.damaged')}`)
  await rename(path, aside)
  await syncFolder(dirname(aside))
  await syncFolder(folder.path)
  logger.error({ path: aside }, 'could not read a spool file: its head is damaged; it was put aside')
}

async function holdFolder(parent: string, name: string): Promise<SpoolFolder> {
  const path = join(parent, name)
  const lock = await lockFolder(path)
  let fileNumber = 0
  return {
    name,
    path,
    nextFilePath: () => join(path, `${String(++fileNumber).padStart(10, '0')}.spool`),
    async release() {
      await lock[Symbol.asyncDispose]()
      try {
        await rmdir(path)
        await syncFolder(parent)
      } catch (error) {
        // What is left waits for the next start; or another instance has adopted it already.
        if (!hasCode(error, 'ENOTEMPTY') && !hasCode(error, 'EEXIST') && !hasCode(error, 'ENOENT')) throw error
      }
    },
  }
}

const isFull = (error: unknown): boolean => hasCode(error, 'ENOSPC') || hasCode(error, 'EDQUOT')
const hasCode = (error: unknown, code: string) => error instanceof Error && 'code' in error && error.code === code
