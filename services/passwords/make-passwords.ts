// Make passwords: each once, whole or not at all, for its owner and one group to read.

import { randomBytes, randomUUID } from 'node:crypto'
import { link, mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { PasswordsConfig } from './config.ts'
import { syncFolder } from '@plaintrail/runtime/sync-folder'

const passwordBytes = 32
const fileMode = 0o440

/** Resolves with the names of the files that it made; those that were there are kept. Two at once agree. */
export async function makePasswords(config: PasswordsConfig): Promise<readonly string[]> {
  await mkdir(config.folder, { recursive: true })
  const made: string[] = []
  const keep = async (name: string, value: string): Promise<string> => {
    const file = await keptFile(config, name, value)
    if (file.isNew) made.push(name)
    return file.value
  }
  // Hexadecimal: it stands in a URL, in a line of redis.conf and in a shell without being quoted.
  const postgresPassword = await keep('postgres-password', randomBytes(passwordBytes).toString('hex'))
  const redisPassword = await keep('redis-password', randomBytes(passwordBytes).toString('hex'))
  // From what is in the files by now: a run that ended half way is taken up where it ended.
  await keep('database-url', withPassword(config.databaseUrl, postgresPassword))
  await keep('redis-url', withPassword(config.redisUrl, redisPassword))
  await syncFolder(config.folder)
  return made
}

function withPassword(url: URL, password: string): string {
  const whole = new URL(url)
  whole.password = password
  return whole.href
}

interface KeptFile {
  readonly value: string
  readonly isNew: boolean
}

async function keptFile({ folder, groupId }: PasswordsConfig, name: string, value: string): Promise<KeptFile> {
  const path = join(folder, name)
  const there = await readIfThere(path)
  if (there !== null) return { value: there, isNew: false }
  const draft = `${path}.${randomUUID()}`
  try {
    await writeDurably(draft, `${value}\n`, groupId)
    // Unlike rename, link fails where another process was first.
    await link(draft, path)
    return { value, isNew: true }
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
    return { value: (await readIfThere(path)) ?? '', isNew: false }
  } finally {
    await rm(draft, { force: true })
  }
}

/** Null where there is none. Throws where it is empty: what was meant to be in it is not known. */
async function readIfThere(path: string): Promise<string | null> {
  let value: string
  try {
    value = (await readFile(path, 'utf8')).trim()
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null
    throw new Error(`could not read ${path}: mend its owner or mode`, { cause: error })
  }
  if (value === '') throw new Error(`could not use ${path}: it is empty; write the password into it, or remove it`)
  return value
}

async function writeDurably(path: string, content: string, groupId: number | null): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(content)
    if (groupId !== null) await giveToGroup(file, path, groupId)
    await file.chmod(fileMode)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function giveToGroup(file: Awaited<ReturnType<typeof open>>, path: string, groupId: number): Promise<void> {
  try {
    const { uid } = await file.stat()
    await file.chown(uid, groupId)
  } catch (cause) {
    throw new Error(
      `could not give ${path} to group ${groupId}: add that group to the process (group_add in a compose file), or set PLAINTRAIL_PASSWORDS_GROUP to one that it has`,
      { cause },
    )
  }
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
