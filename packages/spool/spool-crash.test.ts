// What a crash, a damaged file or a full disk does to the spool: nothing acknowledged is lost, and what is wrong is told.

import { spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { createHealth, type HealthState } from '@plaintrail/runtime/health'
import { createLogger } from '@plaintrail/runtime/logger'
import { createMetrics } from '@plaintrail/runtime/metrics'
import { afterAll, expect, test } from 'vitest'
import { LogUnavailable } from '@plaintrail/event-log/event-log'
import { openSpooledLog, type SpooledLog, type SpooledLogOptions } from './spooled-log.ts'
import { laneHeader, SwitchedLog } from './switched-log-for-tests.ts'

const root = await mkdtemp(join(tmpdir(), 'plaintrail-spool-crash-'))
afterAll(() => rm(root, { recursive: true, force: true }))
const newFolder = (): Promise<string> => mkdtemp(join(root, 'spool-'))

interface Opened extends AsyncDisposable {
  readonly spooled: SpooledLog
  readonly state: () => HealthState | undefined
  readonly lines: string[]
}

async function open(log: SwitchedLog, folder: string, limits: SpooledLogOptions['limits'] = {}): Promise<Opened> {
  const health = createHealth()
  const lines: string[] = []
  const spooled = await openSpooledLog({
    log,
    folder,
    bytesMax: 1024 * 1024 * 1024,
    ageMsMax: 3_600_000,
    logger: createLogger('test', { level: 'warn', destination: { write: (line) => void lines.push(line) } }),
    metrics: createMetrics({ version: null, processMetrics: false }),
    health,
    limits: { retryMsMin: 1, retryMsMax: 4, diskProbeMs: 20, adoptMs: 50, ...limits },
  })
  return {
    spooled,
    lines,
    state: () => health.snapshot().checks['spool'],
    [Symbol.asyncDispose]: () => spooled[Symbol.asyncDispose](),
  }
}

async function until(isTrue: () => boolean | Promise<boolean>, ms = 30_000): Promise<void> {
  const end = Date.now() + ms
  while (!(await isTrue())) {
    if (Date.now() > end) throw new Error('what was waited for did not happen')
    await delay(2)
  }
}

const append = (spooled: SpooledLog, lane: string, text: string, bytes = 0): Promise<void> =>
  spooled.append(Buffer.from(text.padEnd(bytes)), laneHeader(lane))

/** A folder with the records 0 to count - 1 of lane main, as a process left it. */
async function leave(count: number, limits: SpooledLogOptions['limits'] = {}): Promise<string> {
  const folder = await newFolder()
  await using opened = await open(new SwitchedLog('rejects'), folder, limits)
  for (let number = 0; number < count; number++) await append(opened.spooled, 'main', `${number}`, 500)
  return folder
}

async function filesOf(folder: string): Promise<readonly string[]> {
  const paths = await readdir(folder, { recursive: true })
  return paths.filter((path) => /\.(spool|damaged)$/.test(path)).map((path) => join(folder, path))
}

async function drained(folder: string): Promise<{ taken: string[]; opened: Opened }> {
  const log = new SwitchedLog()
  await using opened = await open(log, folder)
  await until(() => opened.state()?.detail.startsWith('empty') === true)
  return { taken: log.taken, opened }
}

const numbers = (count: number): readonly string[] => Array.from({ length: count }, (_, number) => `main/${number}`)

/** The lock of a folder that was copied names this process, which does not work in the copy. */
function withoutLocks(folder: string): void {
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (path.endsWith('plaintrail.lock')) rmSync(join(folder, path))
  }
}

test('a copy of the folder at any moment has everything that was acknowledged before it', async () => {
  const folder = await newFolder()
  const log = new SwitchedLog('rejects')
  const acknowledged: string[] = []
  const images: { readonly folder: string; readonly expected: readonly string[] }[] = []
  {
    await using opened = await open(log, folder, { fileBytesMax: 20_000 })
    const stop = new AbortController()
    const callers = Array.from({ length: 4 }, async (_, lane) => {
      for (let number = 0; !stop.signal.aborted; number++) {
        await append(opened.spooled, `${lane}`, `${number}`, 700)
        acknowledged.push(`${lane}/${number}`)
      }
    })
    for (let image = 0; image < 12; image++) {
      await delay(1 + ((image * 7) % 11))
      const copy = join(root, `image-${image}`)
      const expected = [...acknowledged]
      // As another process, so that appends go on while it copies.
      const copying = spawn('cp', ['-r', folder, copy])
      await new Promise((resolve) => copying.once('close', resolve))
      images.push({ folder: copy, expected })
    }
    stop.abort()
    await Promise.all(callers)
  }
  expect(images.at(-1)?.expected.length).toBeGreaterThan(50)
  for (const image of images) {
    withoutLocks(image.folder)
    const { taken } = await drained(image.folder)
    const found = new Set(taken)
    expect(image.expected.filter((text) => !found.has(text))).toEqual([])
    for (const lane of ['0', '1', '2', '3']) {
      const order = taken.filter((text) => text.startsWith(`${lane}/`)).map((text) => Number(text.slice(2)))
      expect(order).toEqual(order.toSorted((a, b) => a - b))
    }
  }
})

test('a torn tail is cut wherever it is torn, and what stands before it is drained', async () => {
  const folder = await leave(5)
  const [file = ''] = await filesOf(folder)
  const whole = await readFile(file)
  const recordBytes = (whole.length - 40) / 5
  for (const cut of [1, 30, 300, recordBytes - 24, recordBytes - 1]) {
    const copy = join(root, `torn-${cut}`)
    cpSync(folder, copy, { recursive: true })
    await writeFile(file.replace(folder, copy), whole.subarray(0, whole.length - cut))
    const { taken } = await drained(copy)
    expect(taken).toEqual(numbers(4))
    expect(await readdir(copy)).toEqual(['reserve'])
  }
  // The size was written and the bytes were not.
  const bytes = Buffer.from(whole)
  bytes.fill(0, whole.length - 450)
  await writeFile(file, bytes)
  expect((await drained(folder)).taken).toEqual(numbers(4))
})

test('behind damaged bytes the readable rest is drained, and the damaged file is kept and told of', async () => {
  const folder = await leave(20, { fileBytesMax: 5_000 })
  const files = (await filesOf(folder)).toSorted()
  expect(files.length).toBeGreaterThan(2)
  const [first = '', second = ''] = files
  const bytes = await readFile(first)
  const recordBytes = (bytes.length - 40) / 7
  // The end of record 1 and the frame of record 2.
  bytes.fill(0xff, 40 + 2 * recordBytes - 20, 40 + 2 * recordBytes + 20)
  await writeFile(first, bytes)
  const others = await readFile(second)
  others[600] = (others[600] ?? 0) ^ 1
  await writeFile(second, others)

  const log = new SwitchedLog()
  await using opened = await open(log, folder)
  await until(() => opened.state()?.detail.startsWith('empty, but 2 files') === true)
  expect(opened.state()).toMatchObject({ ok: true, degraded: true })
  expect(log.taken).toEqual(numbers(20).filter((text) => !['main/1', 'main/2', 'main/7'].includes(text)))
  expect(opened.lines.filter((line) => /"level":"error".*could not read a part/.test(line)).length).toBe(3)
  const damaged = join(folder, 'damaged')
  const kept = (await readdir(damaged)).toSorted()
  const contents = await Promise.all(kept.map((name) => readFile(join(damaged, name))))
  expect(contents.map((content) => content.subarray(40))).toEqual([bytes.subarray(40), others.subarray(40)])
  for (const name of kept) await rm(join(damaged, name))
  await until(() => opened.state()?.detail === 'empty')
})

test('content that is damaged is never given to the log', async () => {
  const folder = await leave(10)
  const [file = ''] = await filesOf(folder)
  const bytes = await readFile(file)
  const at = 40 + Math.floor((bytes.length - 40) / 2) - 100
  bytes[at] = (bytes[at] ?? 0) ^ 1
  await writeFile(file, bytes)
  const { taken } = await drained(folder)
  expect(taken).toEqual(numbers(10).filter((text) => text !== 'main/4'))
})

test('a frame that a sender put into a body is not taken for one of ours', async () => {
  const other = await leave(3)
  const [donor = ''] = await filesOf(other)
  const foreign = (await readFile(donor)).subarray(40)
  const folder = await newFolder()
  {
    await using opened = await open(new SwitchedLog('rejects'), folder)
    await opened.spooled.append(foreign, laneHeader('attacker'))
    await append(opened.spooled, 'main', 'good')
  }
  const [file = ''] = await filesOf(folder)
  const bytes = await readFile(file)
  bytes.fill(0, 44 + 4, 44 + 8)
  await writeFile(file, bytes)
  const { taken } = await drained(folder)
  expect(taken).toEqual(['main/good'])
})

test('a folder that cannot be opened is told of and keeps no other from being drained', async () => {
  const folder = await leave(3)
  const unreadable = join(folder, '0000000000-gone', '0000000001.spool')
  mkdirSync(unreadable, { recursive: true })
  const log = new SwitchedLog()
  await using opened = await open(log, folder)
  await until(() => log.taken.length === 3)
  await until(() => opened.state()?.detail.includes('could not adopt') === true)
  expect(opened.state()).toMatchObject({ ok: true, degraded: true })
  rmSync(unreadable, { recursive: true })
  await until(() => opened.state()?.detail === 'empty')
  // Its own folder and the reserve.
  await until(async () => (await readdir(folder)).length === 2)
})

test('everything that a process acknowledged before kill -9 reaches the log', async () => {
  const folder = await newFolder()
  for (const lifeMs of [50, 150, 300]) {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'spool-child-for-tests.ts'), folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const printed: string[] = []
    const lines = createInterface({ input: child.stdout })
    lines.on('line', (line) => void printed.push(line))
    await until(() => printed.length > 10)
    await delay(lifeMs)
    child.kill('SIGKILL')
    await new Promise((resolve) => lines.once('close', resolve))
    expect(printed.length).toBeGreaterThan(10)
    const { taken } = await drained(folder)
    const found = new Set(taken)
    expect(printed.filter((text) => !found.has(text))).toEqual([])
  }
})

const mountPoint = mkdtempSync(join(tmpdir(), 'plaintrail-spool-disk-'))
const mounted =
  process.getuid?.() === 0 &&
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m,mode=0755', 'tmpfs', mountPoint]).status === 0
if (!mounted) console.warn('SKIPPED: the test of a full disk under the spool needs root and mount')
afterAll(() => {
  if (mounted) spawnSync('umount', ['-l', mountPoint])
  rmSync(mountPoint, { recursive: true, force: true })
})

test.skipIf(!mounted)(
  'a full disk refuses, keeps what was acknowledged, and is used again once it has space',
  async () => {
    const ballast = join(mountPoint, 'ballast')
    const folder = join(mountPoint, 'spool')
    mkdirSync(folder)
    const log = new SwitchedLog('rejects')
    await using opened = await open(log, folder)
    const acknowledged: string[] = []
    let number = 0
    const post = async (): Promise<unknown> => {
      const text = `${number++}`
      try {
        await append(opened.spooled, 'main', text, 100_000)
        acknowledged.push(`main/${text}`)
        return null
      } catch (error) {
        return error
      }
    }
    for (let round = 0; round < 10; round++) expect(await post()).toBe(null)
    const { bavail, bsize } = statfsSync(mountPoint)
    writeFileSync(ballast, Buffer.alloc(bavail * bsize - 150_000))
    const answers = []
    for (let round = 0; round < 5; round++) answers.push(await post())
    const refused = answers.filter((answer) => answer !== null)
    expect(refused.length).toBeGreaterThanOrEqual(4)
    for (const error of refused) {
      expect(error).toBeInstanceOf(LogUnavailable)
      expect((error as Error).message).toMatch(/ENOSPC.*free space/)
    }
    expect(opened.state()?.ok).toBe(false)
    expect(opened.state()?.detail).toMatch(/ENOSPC/)

    rmSync(ballast)
    await until(() => opened.state()?.ok === true)
    for (let round = 0; round < 5; round++) expect(await post()).toBe(null)
    log.mood = 'takes'
    await until(() => opened.state()?.detail === 'empty')
    expect(log.taken).toEqual(acknowledged)
  },
)

test.skipIf(!mounted)('a spool that has filled its disk is drained after a restart all the same', async () => {
  const ballast = join(mountPoint, 'ballast')
  const folder = join(mountPoint, 'filled')
  {
    await using opened = await open(new SwitchedLog('rejects'), folder)
    for (let number = 0; number < 5; number++) await append(opened.spooled, 'main', `${number}`)
  }
  const { bavail, bsize } = statfsSync(mountPoint)
  writeFileSync(ballast, Buffer.alloc(bavail * bsize))
  expect(statfsSync(mountPoint).bavail).toBe(0)
  expect((await drained(folder)).taken).toEqual(numbers(5))
})
