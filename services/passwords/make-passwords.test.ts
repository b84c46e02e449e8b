import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '@plaintrail/runtime/config'
import { expect, test } from 'vitest'
import { passwordsSettings, type PasswordsConfig } from './config.ts'
import { makePasswords } from './make-passwords.ts'
import { runPasswords } from './run-passwords.ts'

const names = ['postgres-password', 'redis-password', 'database-url', 'redis-url']

async function emptyFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'plaintrail-passwords-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

function configFor(folder: string, different: Readonly<Record<string, string>> = {}): PasswordsConfig {
  return readConfig(passwordsSettings, { PLAINTRAIL_PASSWORDS: folder, ...different })
}

async function contents(folder: string): Promise<Readonly<Record<string, string>>> {
  const files = await readdir(folder)
  return Object.fromEntries(
    await Promise.all(files.map(async (name) => [name, (await readFile(join(folder, name), 'utf8')).trimEnd()])),
  )
}

test('four files are made, whose URLs hold the two passwords, and nothing else is left', async () => {
  await using folder = await emptyFolder()
  expect(await makePasswords(configFor(folder.path))).toEqual(names)
  const made = await contents(folder.path)
  expect(Object.keys(made).toSorted()).toEqual(names.toSorted())
  expect(made['postgres-password']).toMatch(/^[0-9a-f]{64}$/)
  expect(made['redis-password']).toMatch(/^[0-9a-f]{64}$/)
  expect(made['redis-password']).not.toBe(made['postgres-password'])
  expect(made['database-url']).toBe(`postgresql://plaintrail:${made['postgres-password']}@postgres:5432/plaintrail`)
  expect(made['redis-url']).toBe(`redis://:${made['redis-password']}@redis:6379`)
})

test('only the owner and one group may read them, and nobody may write them', async () => {
  await using folder = await emptyFolder()
  const groupId = process.getgroups?.()[0] ?? 0
  await makePasswords(configFor(folder.path, { PLAINTRAIL_PASSWORDS_GROUP: String(groupId) }))
  for (const name of names) {
    const { mode, gid } = await stat(join(folder.path, name))
    expect(mode & 0o7777, name).toBe(0o440)
    expect(gid, name).toBe(groupId)
  }
})

test('what is there is kept, whoever wrote it', async () => {
  await using folder = await emptyFolder()
  await writeFile(join(folder.path, 'postgres-password'), 'chosen\n')
  expect(await makePasswords(configFor(folder.path))).toEqual(names.slice(1))
  const first = await contents(folder.path)
  expect(first['database-url']).toContain(':chosen@')
  expect(await makePasswords(configFor(folder.path))).toEqual([])
  expect(await contents(folder.path)).toEqual(first)
})

test('several at once make the same passwords', async () => {
  await using folder = await emptyFolder()
  const runs = await Promise.all(Array.from({ length: 8 }, () => makePasswords(configFor(folder.path))))
  expect(runs.flat().toSorted()).toEqual(names.toSorted())
  const made = await contents(folder.path)
  expect(Object.keys(made)).toHaveLength(names.length)
  expect(made['database-url']).toContain(`:${made['postgres-password']}@`)
  expect(made['redis-url']).toContain(`:${made['redis-password']}@`)
})

test('an empty file is a fault that is told, and not a password', async () => {
  await using folder = await emptyFolder()
  await writeFile(join(folder.path, 'redis-password'), '\n')
  await expect(makePasswords(configFor(folder.path))).rejects.toThrow(/redis-password: it is empty/)
})

test('a URL with a password in it is refused: somebody has chosen that', async () => {
  const read = (): PasswordsConfig =>
    configFor('/nowhere', { PLAINTRAIL_PASSWORDS_REDIS_URL: 'redis://:chosen@redis:6379' })
  expect(read).toThrow(/no password/)
  expect(read).not.toThrow(/chosen/)
  expect(await runPasswords(read)).toBe(2)
})
