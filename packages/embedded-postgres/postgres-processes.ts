// The processes of an embedded Postgres that an earlier run left behind: found, and ended before a new one starts.

import { execFile } from 'node:child_process'
import { readdir, readFile, readlink, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import type { PostgresPlace } from './postgres-place.ts'
import type { Sleep } from './postgres-sleep.ts'
import { codeOf, PostgresUnavailable } from './postgres-unavailable.ts'

interface FoundProcess {
  readonly pid: number
  readonly isPostmaster: boolean
}

type Identity = Pick<PostgresPlace, 'name' | 'data'>

const pollMs = 20
/** Each signal, and how long it may take. A postmaster kills what does not heed its own SIGQUIT after five seconds. */
const escalation = [
  { signal: 'SIGINT', waitMs: 30_000 },
  { signal: 'SIGQUIT', waitMs: 10_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
] as const

/**
 * Resolves once no process of this server is left: true when there was one. Nothing is signalled that is not a
 * Postgres of this very data folder. Rejects with PostgresUnavailable when one cannot be ended.
 */
export async function endProcesses(identity: Identity, sleep: Sleep): Promise<boolean> {
  const foundAtFirst = await findProcesses(identity)
  if (foundAtFirst.length === 0) return false
  for (const { signal, waitMs } of escalation) {
    for (let waited = 0; waited < waitMs; waited += pollMs) {
      const found = await findProcesses(identity)
      if (found.length === 0) return true
      if (waited === 0) signalAll(found, signal)
      await sleep(pollMs)
    }
  }
  throw new PostgresUnavailable(
    'postgres_start',
    `could not end the Postgres processes of an earlier run in ${identity.data}: end ${foundAtFirst.map(({ pid }) => pid).join(', ')} yourself`,
  )
}

/**
 * Postgres refuses to start while the pid in its postmaster.pid belongs to any program of the same user, as happens
 * after a restart of a container. That file is removed; in every other case Postgres judges it better than we do.
 * Only to be called when endProcesses has found none left.
 */
export async function removeStrangersPidFile(data: string): Promise<void> {
  const pid = await readPidFile(data)
  if (pid !== null && isRunning(pid)) await rm(join(data, 'postmaster.pid'), { force: true })
}

/** While a postmaster lives, it ends its own children; without one each gets SIGQUIT, at which it drops everything. */
function signalAll(found: readonly FoundProcess[], signal: 'SIGINT' | 'SIGQUIT' | 'SIGKILL'): void {
  const postmasters = found.filter(({ isPostmaster }) => isPostmaster)
  const isGentle = signal !== 'SIGKILL'
  for (const { pid } of isGentle && postmasters.length > 0 ? postmasters : found) {
    try {
      process.kill(pid, isGentle && postmasters.length === 0 ? 'SIGQUIT' : signal)
    } catch (error) {
      if (codeOf(error) !== 'ESRCH') throw error
    }
  }
}

async function findProcesses({ name, data }: Identity): Promise<readonly FoundProcess[]> {
  const pidInFile = await readPidFile(data)
  const found: FoundProcess[] = []
  for (const { pid, words } of await listProcesses()) {
    const title = words.join(' ')
    const isPostgres = basename(words[0] ?? '') === 'postgres'
    const isPostmaster =
      isPostgres &&
      (words.includes(`cluster_name=${name}`) ||
        (pid === pidInFile && (words.includes(data) || (await workingFolder(pid)) === data)))
    if (isPostmaster || title.startsWith(`postgres: ${name}: `)) found.push({ pid, isPostmaster })
  }
  return found
}

interface ListedProcess {
  readonly pid: number
  /** Its command line; a server process has one word, its title. Empty for a zombie. */
  readonly words: readonly string[]
}

async function listProcesses(): Promise<readonly ListedProcess[]> {
  if (process.platform !== 'linux') return await askPs()
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry)).map(Number)
  return await Promise.all(
    pids.map(async (pid) => {
      const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
      return { pid, words: line.split('\0').filter((word) => word !== '') }
    }),
  )
}

async function askPs(): Promise<readonly ListedProcess[]> {
  const { stdout } = await promisify(execFile)('ps', ['-axww', '-o', 'pid=,command='], { maxBuffer: 64 * 1024 * 1024 })
  return stdout.split('\n').map((line) => {
    const [pid, ...words] = line.trim().split(/\s+/)
    return { pid: Number(pid), words }
  })
}

/** Null where there is no /proc, or where a container may not look at another user's process. */
const workingFolder = (pid: number): Promise<string | null> => readlink(`/proc/${pid}/cwd`).catch(() => null)

async function readPidFile(data: string): Promise<number | null> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')
  const pid = Number.parseInt(text, 10)
  return pid > 0 ? pid : null
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}
