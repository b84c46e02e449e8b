// The spool, on real files: what is acknowledged reaches the log, in order, whatever the log does.

import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createHealth, type Health, type HealthState } from '@plaintrail/runtime/health'
import { createLogger } from '@plaintrail/runtime/logger'
import { createMetrics } from '@plaintrail/runtime/metrics'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { LogUnavailable } from '@plaintrail/event-log/event-log'
import { openSpooledLog, type SpooledLog, type SpooledLogOptions } from './spooled-log.ts'
import { laneHeader, SwitchedLog, type LogMood } from './switched-log-for-tests.ts'

const root = await mkdtemp(join(tmpdir(), 'plaintrail-spool-'))
afterAll(() => rm(root, { recursive: true, force: true }))
const newFolder = (): Promise<string> => mkdtemp(join(root, 'spool-'))

interface Opened extends AsyncDisposable {
  readonly spooled: SpooledLog
  readonly health: Health
  readonly lines: string[]
  readonly state: () => HealthState | undefined
  readonly metric: (name: string) => Promise<number>
}

async function open(log: SwitchedLog, folder: string, options: Partial<SpooledLogOptions> = {}): Promise<Opened> {
  const health = createHealth()
  const metrics = createMetrics({ version: null, processMetrics: false })
  const lines: string[] = []
  const logger = createLogger('test', { level: 'debug', destination: { write: (line) => void lines.push(line) } })
  const { limits, ...rest } = options
  const spooled = await openSpooledLog({
    log,
    folder,
    bytesMax: 256 * 1024 * 1024,
    ageMsMax: 3_600_000,
    logger,
    metrics,
    health,
    ...rest,
    limits: { retryMsMin: 1, retryMsMax: 4, handOverMsMax: 20, diskProbeMs: 20, adoptMs: 50, ...limits },
  })
  return {
    spooled,
    health,
    lines,
    state: () => health.snapshot().checks['spool'],
    metric: async (name) =>
      Number(new RegExp(`^plaintrail_receiver_spool_${name} (.*)$`, 'm').exec(await metrics.text())?.[1]),
    [Symbol.asyncDispose]: () => spooled[Symbol.asyncDispose](),
  }
}

const append = (spooled: SpooledLog, lane: string, text: string): Promise<void> =>
  spooled.append(Buffer.from(text), laneHeader(lane))

async function until(isTrue: () => boolean | Promise<boolean>, ms = 20_000): Promise<void> {
  const end = Date.now() + ms
  while (!(await isTrue())) {
    if (Date.now() > end) throw new Error('what was waited for did not happen')
    await delay(2)
  }
}

/** First occurrences, in order. */
const firsts = (taken: readonly string[]): readonly string[] => [...new Set(taken)]
const ofLane = (taken: readonly string[], lane: string): readonly string[] =>
  firsts(taken).filter((text) => text.startsWith(`${lane}/`))

test('while the log takes appends, nothing is written to disk', async () => {
  const log = new SwitchedLog()
  const folder = await newFolder()
  await using opened = await open(log, folder)
  for (let number = 0; number < 20; number++) await append(opened.spooled, 'main', `${number}`)
  expect(log.taken).toEqual(Array.from({ length: 20 }, (_, number) => `main/${number}`))
  expect(opened.spooled.spoolGroups).toBe(0)
  expect(opened.state()).toEqual({ ok: true, detail: 'empty' })
  expect(await opened.metric('appends_total')).toBe(0)
})

test('what the log rejects waits on disk and reaches it in the order of each lane', async () => {
  const log = new SwitchedLog('rejects')
  const folder = await newFolder()
  await using opened = await open(log, folder)
  const lanes = ['a', 'b', 'c']
  for (let number = 0; number < 30; number++) {
    await Promise.all(lanes.map((lane) => append(opened.spooled, lane, String(number).padStart(3, '0'))))
  }
  expect(log.taken).toEqual([])
  expect(opened.state()).toMatchObject({ ok: true, degraded: true })
  expect(opened.state()?.detail).toMatch(/^90 posts of \d+ bytes wait on disk since .*: could not append: the test/)
  expect(await opened.metric('records')).toBe(90)
  expect(await opened.metric('bytes')).toBeGreaterThan(90 * 50)
  expect(await opened.metric('oldest_timestamp_seconds')).toBeGreaterThan(1_700_000_000)

  log.mood = 'takes'
  await until(() => opened.state()?.detail === 'empty')
  for (const lane of lanes) {
    expect(ofLane(log.taken, lane)).toEqual(
      Array.from({ length: 30 }, (_, n) => `${lane}/${String(n).padStart(3, '0')}`),
    )
  }
  expect(log.taken.length).toBe(90)
  expect(await opened.metric('drained_total')).toBe(90)
  expect(await opened.metric('oldest_timestamp_seconds')).toBe(0)
  expect(await opened.metric('bytes')).toBe(0)
})

test('after an outage a constant stream of appends goes straight to the log again', async () => {
  const log = new SwitchedLog('rejects')
  // Longer than the time between two appends: the spool is never empty by chance.
  log.appendMs = 5
  await using opened = await open(log, await newFolder(), { limits: { handOverMsMax: 1_000 } })
  const stop = new AbortController()
  const returned: string[] = []
  const callers = Array.from({ length: 8 }, async (_, caller) => {
    for (let number = 0; !stop.signal.aborted; number++) {
      await append(opened.spooled, `lane-${caller}`, String(number).padStart(6, '0'))
      returned.push(`lane-${caller}/${String(number).padStart(6, '0')}`)
      await delay(10)
    }
  })
  await until(() => returned.length > 50)
  log.mood = 'takes'
  await until(() => opened.state()?.detail === 'empty')
  const spooled = await opened.metric('appends_total')
  const before = returned.length
  await until(() => returned.length > before + 200)
  expect(await opened.metric('appends_total')).toBe(spooled)
  stop.abort()
  await Promise.all(callers)
  for (let caller = 0; caller < 8; caller++) {
    expect(ofLane(log.taken, `lane-${caller}`)).toEqual(ofLane(returned, `lane-${caller}`))
  }
})

test('while the last record goes to the log, appends wait for it and then go straight there in their order', async () => {
  const log = new SwitchedLog('rejects')
  await using opened = await open(log, await newFolder(), { limits: { handOverMsMax: 10_000 } })
  await append(opened.spooled, 'main', 'a')
  await append(opened.spooled, 'main', 'b')
  log.appendMs = 30
  log.mood = 'takes'
  await until(() => log.taken.length === 1)
  await Promise.all(['c', 'd', 'e', 'f'].map((text) => append(opened.spooled, 'main', text)))
  expect(log.taken).toEqual(['a', 'b', 'c', 'd', 'e', 'f'].map((text) => `main/${text}`))
  expect(await opened.metric('appends_total')).toBe(2)
})

test('appends that were in flight together when the log failed keep the order of their calls', async () => {
  const log = new SwitchedLog('hangs')
  await using opened = await open(log, await newFolder())
  const first = append(opened.spooled, 'main', '0')
  log.mood = 'rejects'
  const others = [1, 2, 3, 4].map((number) => append(opened.spooled, 'main', `${number}`))
  await Promise.all([first, ...others])
  log.mood = 'takes'
  await until(() => opened.state()?.detail === 'empty')
  expect(firsts(log.taken)).toEqual(['main/0', 'main/1', 'main/2', 'main/3', 'main/4'])
})

test('what the log refused is not passed while it waits for an earlier append to end', async () => {
  const log = new SwitchedLog('hangs')
  await using opened = await open(log, await newFolder())
  const first = append(opened.spooled, 'main', '0')
  log.mood = 'rejects'
  const second = append(opened.spooled, 'main', '1')
  await delay(2)
  log.mood = 'takes'
  const third = append(opened.spooled, 'main', '2')
  await Promise.all([first, second, third])
  await until(() => opened.state()?.detail === 'empty')
  expect(firsts(log.taken)).toEqual(['main/0', 'main/1', 'main/2'])
})

test('what is on its way to the disk is not passed', async () => {
  const log = new SwitchedLog('rejects')
  await using opened = await open(log, await newFolder())
  const first = append(opened.spooled, 'main', '0')
  // The log has refused it by then, and no file system is as fast.
  await new Promise(setImmediate)
  log.mood = 'takes'
  await Promise.all([first, append(opened.spooled, 'main', '1')])
  await until(() => opened.state()?.detail === 'empty')
  expect(log.taken).toEqual(['main/0', 'main/1'])
})

type Step =
  | { readonly kind: 'mood'; readonly mood: LogMood }
  | { readonly kind: 'append'; readonly lane: number; readonly together: number }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'reopen' }
  | { readonly kind: 'crash' }

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('mood' as const),
        mood: fc.constantFrom('takes' as const, 'rejects' as const, 'hangs' as const),
      }),
    },
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('append' as const),
        lane: fc.nat(2),
        together: fc.integer({ min: 1, max: 6 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(6) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const) }) },
  ),
  { minLength: 5, maxLength: 40 },
)

/** What is drained may vanish while it is copied: then it is copied anew. */
async function copyWithoutLocks(from: string): Promise<string> {
  for (let attempt = 0; ; attempt++) {
    const to = await newFolder()
    try {
      await cp(from, to, { recursive: true, filter: (path) => !path.endsWith('plaintrail.lock') })
      return to
    } catch (error) {
      if (attempt > 10) throw error
    }
  }
}

test('whatever the log does, each acknowledged append is in it, and none overtakes another of its lane', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (plan) => {
      const log = new SwitchedLog()
      log.hangMs = 3
      let folder = await newFolder()
      const limits = { fileBytesMax: 600, progressBytesMax: 200, handOverMsMax: 3, drainRecordsMax: 5 }
      let opened = await open(log, folder, { limits })
      const called: string[] = []
      /** Those of one lane that were called in turn: each after the one before had returned. */
      const acknowledged: string[] = []
      const lanes = new Map<number, Promise<void>>()
      let number = 0
      for (const step of plan) {
        if (step.kind === 'mood') log.mood = step.mood
        else if (step.kind === 'wait') await delay(step.ms)
        else if (step.kind === 'reopen') {
          await Promise.all(lanes.values())
          await opened[Symbol.asyncDispose]()
          opened = await open(log, folder, { limits })
        } else if (step.kind === 'crash') {
          await Promise.all(lanes.values())
          const { mood } = log
          // What is still on its way to the log ends, so that the copy is what a crash at this moment leaves.
          log.mood = 'rejects'
          await delay(log.hangMs)
          const image = await copyWithoutLocks(folder)
          await opened[Symbol.asyncDispose]()
          folder = image
          log.mood = mood
          opened = await open(log, folder, { limits })
        } else {
          for (let i = 0; i < step.together; i++) {
            const text = String(number++).padStart(4, '0')
            const { spooled } = opened
            const before = lanes.get(step.lane)
            lanes.set(
              step.lane,
              (async () => {
                await before
                called.push(`${step.lane}/${text}`)
                await append(spooled, `${step.lane}`, text)
                acknowledged.push(`${step.lane}/${text}`)
              })(),
            )
          }
        }
      }
      await Promise.all(lanes.values())
      log.mood = 'takes'
      await until(() => opened.state()?.detail === 'empty')
      await opened[Symbol.asyncDispose]()
      expect(firsts(log.taken).toSorted()).toEqual(acknowledged.toSorted())
      for (const lane of ['0', '1', '2']) expect(ofLane(log.taken, lane)).toEqual(ofLane(called, lane))
      expect(await readdir(folder)).toEqual(['reserve'])
    }),
    { numRuns: 60 },
  )
})

test('many appends at once share an fsync', async () => {
  const log = new SwitchedLog('rejects')
  await using opened = await open(log, await newFolder())
  await append(opened.spooled, 'main', 'first')
  await Promise.all(Array.from({ length: 200 }, (_, number) => append(opened.spooled, `${number % 7}`, `${number}`)))
  expect(opened.spooled.spoolGroups).toBeLessThan(20)
  expect(await opened.metric('records')).toBe(201)
})

test('a full spool refuses with what to do, is not ready, and takes appends again when it is drained', async () => {
  const log = new SwitchedLog('rejects')
  await using opened = await open(log, await newFolder(), { bytesMax: 40_000, limits: { fileBytesMax: 10_000 } })
  const taken: string[] = []
  let refusal: Error | undefined
  for (let number = 0; refusal === undefined; number++) {
    try {
      await append(opened.spooled, 'main', `${number}`.padEnd(3_000))
      taken.push(`main/${number}`)
    } catch (error) {
      refusal = error as Error
    }
  }
  expect(taken.length).toBeGreaterThan(5)
  expect(refusal).toBeInstanceOf(LogUnavailable)
  expect(refusal?.message).toMatch(/raise PLAINTRAIL_SPOOL_BYTES_MAX/)
  expect(opened.state()).toMatchObject({ ok: false })
  expect(opened.state()?.detail).toMatch(/^full/)
  log.mood = 'takes'
  await until(() => opened.state()?.detail === 'empty')
  await append(opened.spooled, 'main', 'last')
  expect(log.taken).toEqual([...taken, 'main/last'])
})

test('a spool whose oldest post is too old refuses, and is not ready', async () => {
  const log = new SwitchedLog('rejects')
  let nowUs = 1_800_000_000_000_000
  await using opened = await open(log, await newFolder(), { ageMsMax: 60_000, nowUs: () => nowUs })
  await opened.spooled.append(Buffer.from('old'), laneHeader('main', nowUs))
  nowUs += 59_000_000
  await opened.spooled.append(Buffer.from('younger'), laneHeader('main', nowUs))
  nowUs += 2_000_000
  await expect(opened.spooled.append(Buffer.from('more'), laneHeader('main', nowUs))).rejects.toThrow(
    /PLAINTRAIL_SPOOL_AGE_MAX/,
  )
  expect(opened.state()?.ok).toBe(false)
  expect(opened.state()?.detail).toMatch(/^too old: 2 posts/)
  log.mood = 'takes'
  await until(() => opened.state()?.detail === 'empty')
  expect(log.taken).toEqual(['main/old', 'main/younger'])
})

test('an instance drains what a dead one left, and never what a living one holds', async () => {
  const log = new SwitchedLog('rejects')
  const folder = await newFolder()
  const dead = await open(log, folder)
  for (let number = 0; number < 10; number++) await append(dead.spooled, 'main', `dead-${number}`)
  await using living = await open(log, folder)
  await append(living.spooled, 'main', 'living')
  expect(await living.metric('records')).toBe(1)
  await dead[Symbol.asyncDispose]()
  await until(async () => (await living.metric('records')) === 11)
  log.mood = 'takes'
  await until(() => living.state()?.detail === 'empty')
  const expected = [...Array.from({ length: 10 }, (_, number) => `main/dead-${number}`), 'main/living']
  expect(firsts(log.taken).toSorted()).toEqual(expected.toSorted())
  expect(firsts(log.taken).filter((text) => text.includes('dead'))).toEqual(expected.slice(0, -1))
  await until(async () => (await readdir(folder)).length === 2)
})

test('a restart drains little again of what was drained before it', async () => {
  const log = new SwitchedLog('rejects')
  log.appendMs = 2
  const folder = await newFolder()
  const before = await open(log, folder)
  for (let number = 0; number < 40; number++) await append(before.spooled, 'main', String(number).padStart(2, '0'))
  log.mood = 'takes'
  await until(() => log.taken.length >= 20)
  log.mood = 'rejects'
  await before[Symbol.asyncDispose]()
  const drained = log.taken.length
  expect(drained).toBeLessThan(40)
  await using after = await open(log, folder)
  expect(await after.metric('records')).toBe(40 - drained)
  log.mood = 'takes'
  await until(() => after.state()?.detail === 'empty')
  expect(log.taken).toEqual(Array.from({ length: 40 }, (_, number) => `main/${String(number).padStart(2, '0')}`))
})

test('what is no outage of the log is told to the caller and not put on disk', async () => {
  const log = new SwitchedLog()
  await using opened = await open(log, await newFolder())
  await expect(
    opened.spooled.append(Buffer.alloc(log.envelopeBytesMax + 1), laneHeader('main')),
  ).rejects.toBeInstanceOf(RangeError)
  expect(opened.state()?.detail).toBe('empty')
})
