import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FolderInUse, lockFolder } from './folder-lock.ts'

let folder = ''
let lockFile = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plaintrail-lock-'))
  lockFile = join(folder, 'plaintrail.lock')
})
afterEach(() => rm(folder, { recursive: true }))

/** A real process that holds the folder until it is killed. */
async function holdInChild() {
  const program = `
    import { lockFolder } from ${JSON.stringify(new URL('folder-lock.ts', import.meta.url).href)}
    await lockFolder(${JSON.stringify(folder)})
    console.log('held')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  await Promise.race([once(child.stdout, 'data'), ended.then(() => Promise.reject(new Error('the child ended')))])
  return {
    pid: child.pid,
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

test('a folder that another process holds is refused with its pid and the folder', async () => {
  const child = await holdInChild()
  try {
    const refusal = await lockFolder(folder).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(FolderInUse)
    expect(String(refusal)).toContain(`process ${child.pid}`)
    expect(String(refusal)).toContain(folder)
  } finally {
    await child.kill()
  }
})

test('the lock of a killed process is taken over', async () => {
  const child = await holdInChild()
  await child.kill()
  await using _lock = await lockFolder(folder)
  expect(JSON.parse(await readFile(lockFile, 'utf8'))).toMatchObject({ pid: process.pid })
})

test('a pid that is another program by now does not keep the folder', async () => {
  {
    await using _first = await lockFolder(folder)
    const mine: object = JSON.parse(await readFile(lockFile, 'utf8'))
    await writeFile(`${lockFile}.copy`, JSON.stringify({ ...mine, startedAt: 'an earlier boot 17' }))
  }
  await writeFile(lockFile, await readFile(`${lockFile}.copy`))
  await using _lock = await lockFolder(folder)
})

test('the same process is refused a second time, and may lock again after it let go', async () => {
  {
    await using _lock = await lockFolder(folder)
    await expect(lockFolder(folder)).rejects.toThrow(/this process/)
  }
  await using _again = await lockFolder(folder)
})

test('a lock file that a power cut left empty is taken over', async () => {
  await writeFile(lockFile, '')
  await using _lock = await lockFolder(folder)
})

test('of twenty that find a dead lock at once, one gets it and no file is left behind', async () => {
  const child = await holdInChild()
  await child.kill()
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder)))
  const held = outcomes.filter((outcome) => outcome.status === 'fulfilled')
  expect(held).toHaveLength(1)
  expect(
    outcomes.filter((outcome) => outcome.status === 'rejected' && outcome.reason instanceof FolderInUse),
  ).toHaveLength(19)
  expect(await readdir(folder)).toEqual(['plaintrail.lock'])
  for (const { value } of held) await value[Symbol.asyncDispose]()
  expect(await readdir(folder)).toEqual([])
})

test('a holder on another machine keeps the folder while its heartbeat is fresh, and loses it after', async () => {
  const elsewhere = { token: '0123456789abcdef', pid: 1, startedAt: null, host: 'another-machine' }
  await writeFile(lockFile, JSON.stringify(elsewhere))
  await utimes(lockFile, 1_000, 1_000)
  await expect(lockFolder(folder, { now: () => 1_010_000 })).rejects.toThrow(/another-machine/)
  await using _lock = await lockFolder(folder, { now: () => 1_040_000 })
})
