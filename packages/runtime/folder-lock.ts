// One process at a time in a folder: what a second Plaintrail on the same data folder runs into.

import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, realpath, stat, unlink, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

export interface LockOptions {
  /** Milliseconds since 1970; compared with the lock file's time when another machine holds it. */
  readonly now?: () => number
}

/** Another process works in the folder. */
export class FolderInUse extends Error {
  override name = 'FolderInUse'
  readonly code = 'folder_in_use'
}

interface Holder {
  /** Names this lock and no other; a file name is made from it, so hexadecimal only. */
  readonly token: string
  readonly pid: number
  /** When the process started, in words of this machine; null where it cannot be known. */
  readonly startedAt: string | null
  readonly host: string
}

const lockFileName = 'plaintrail.lock'
const heartbeatMs = 5_000
/** A holder on another machine (a shared volume) is judged by its heartbeat alone. */
const foreignSilenceMsMax = 30_000
const attemptsMax = 200
const attemptDelayMs = 25

/**
 * Holds the folder, which is made when missing, until disposed. Rejects with FolderInUse while another process holds
 * it. A lock whose process is gone, or whose pid is another program's by now, is taken over.
 */
export async function lockFolder(folder: string, options: LockOptions = {}): Promise<AsyncDisposable> {
  const now = options.now ?? Date.now
  await mkdir(folder, { recursive: true })
  const path = join(await realpath(folder), lockFileName)
  const holder = await acquire(path, folder, now)
  const heartbeat = setInterval(() => void utimes(path, now() / 1000, now() / 1000).catch(() => {}), heartbeatMs)
  heartbeat.unref()
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(heartbeat)
      if ((await readHolder(path))?.token === holder.token) await unlink(path)
    },
  }
}

async function acquire(path: string, folder: string, now: () => number): Promise<Holder> {
  const holder: Holder = {
    token: randomBytes(8).toString('hex'),
    pid: process.pid,
    startedAt: (await lookUpProcess(process.pid)).startedAt,
    host: hostname(),
  }
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    if (await createWhole(path, holder)) return holder
    const other = await readHolder(path)
    if (other === null) continue
    if (await isAlive(other, path, now)) throw inUse(other, folder, path)
    if (!(await removeStale(path, other, folder, now))) await delay(attemptDelayMs)
  }
  throw new FolderInUse(`could not lock ${folder}: too many processes want it at once; try again`)
}

/** The lock appears with its content or not at all: a reader never sees a half-written one. */
async function createWhole(path: string, holder: Holder): Promise<boolean> {
  const draft = `${path}.${holder.token}.new`
  await writeFile(draft, JSON.stringify(holder), { flag: 'wx' })
  try {
    await link(draft, path)
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw error
  } finally {
    await unlink(draft)
  }
}

/**
 * Only the holder of a stale lock's own guard may remove that lock, and only while its token is still the same: so no
 * contender can remove the lock that another has just made. False when somebody else is at it.
 */
async function removeStale(path: string, stale: Holder, folder: string, now: () => number): Promise<boolean> {
  const guardPath = `${path}.${stale.token}`
  try {
    await acquire(guardPath, folder, now)
  } catch (error) {
    if (error instanceof FolderInUse) return false
    throw error
  }
  try {
    if ((await readHolder(path))?.token === stale.token) await unlink(path)
    return true
  } finally {
    await unlink(guardPath)
  }
}

/** Null when there is no lock. A file that says nothing (a power cut) reads as a holder that cannot be alive. */
async function readHolder(path: string): Promise<Holder | null> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  }
  return parseHolder(text) ?? { token: 'unreadable', pid: 0, startedAt: null, host: hostname() }
}

function parseHolder(text: string): Holder | null {
  try {
    const { token, pid, startedAt, host }: Record<string, unknown> = Object(JSON.parse(text))
    if (typeof token !== 'string' || !/^[0-9a-f]{16}$/.test(token)) return null
    if (typeof pid !== 'number' || typeof host !== 'string') return null
    return { token, pid, startedAt: typeof startedAt === 'string' ? startedAt : null, host }
  } catch {
    return null
  }
}

async function isAlive(holder: Holder, path: string, now: () => number): Promise<boolean> {
  if (holder.host !== hostname()) {
    const touchedAt = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => -Infinity,
    )
    return now() - touchedAt < foreignSilenceMsMax
  }
  const found = await lookUpProcess(holder.pid)
  if (!found.isRunning) return false
  return holder.startedAt === null || found.startedAt === null || holder.startedAt === found.startedAt
}

/** A zombie is not running: where nothing reaps them, a killed holder stays in the process table for ever. */
async function lookUpProcess(pid: number): Promise<{ readonly isRunning: boolean; readonly startedAt: string | null }> {
  if (!answersSignals(pid)) return { isRunning: false, startedAt: null }
  try {
    const [boot, line] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
    ])
    // proc(5): after the name in parentheses come the state (field 3) … and the start time in ticks (field 22).
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
    return { isRunning: fields[0] !== 'Z' && fields[0] !== 'X', startedAt: `${boot.trim()} ${fields[19] ?? ''}` }
  } catch {
    return { isRunning: true, startedAt: await askPs(pid) }
  }
}

async function askPs(pid: number): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)], { timeout: 5_000 })
    return stdout.trim() || null
  } catch {
    return null
  }
}

function answersSignals(pid: number): boolean {
  if (pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return hasCode(error, 'EPERM')
  }
}

function inUse(holder: Holder, folder: string, path: string): FolderInUse {
  if (holder.host !== hostname()) {
    const patience = `if it is gone, try again in ${foreignSilenceMsMax / 1000} seconds`
    return new FolderInUse(
      `could not lock ${folder}: process ${holder.pid} on ${holder.host} works in it (${path}); stop it, or ${patience}`,
    )
  }
  const who = holder.pid === process.pid ? `this process (${holder.pid})` : `process ${holder.pid}`
  return new FolderInUse(`could not lock ${folder}: ${who} works in it already; stop it, or use another folder`)
}

const hasCode = (error: unknown, code: string) => error instanceof Error && 'code' in error && error.code === code
