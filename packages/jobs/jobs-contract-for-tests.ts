// What jobs.ts promises, asked of each backend by jobs.redis.test.ts and jobs.pg.test.ts.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLogger } from '@plaintrail/runtime/logger'
import { expect, test } from 'vitest'
import type { Job, JobDeath, JobHandler, Jobs, JobsLimits } from './jobs.ts'
import type { ChildInput } from './jobs-child-for-tests.ts'

/** Where jobs are kept: a database or a prefix of its own. */
export interface JobsPlace extends AsyncDisposable {
  open(limits?: Partial<JobsLimits>): Jobs
  /** The same place, for another process. */
  readonly child: Pick<ChildInput, 'backend' | 'connection' | 'prefix'>
}

export const silent = createLogger('test', { level: 'silent' })

const quick: Partial<JobsLimits> = { attempts: 3, firstRetryMs: 50 }

export function jobsContract(place: () => Promise<JobsPlace>): void {
  test('a job arrives as it was given, and is then forgotten', async () => {
    await using here = await place()
    await using jobs = here.open()
    await using worked = startWork(jobs, async () => undefined)
    const given: readonly Job[] = [
      { id: 'a', kind: 'echo', payload: { count: 2, names: ['x', 'ÿ"\''], nothing: null } },
      { id: 'b', kind: 'echo', payload: 'a text' },
    ]
    await jobs.add(given)
    await until(() => worked.done.length === 2)
    expect(worked.done.toSorted((a, b) => a.id.localeCompare(b.id))).toEqual(given)
    await until(async () => total(await jobs.counts()) === 0)
  })

  test('a job is queued once while it exists, however often it is given, and may be given again after', async () => {
    await using here = await place()
    await using jobs = here.open()
    const job = { id: 'once', kind: 'echo', payload: 1 }
    await jobs.add([job, job])
    await Promise.all([jobs.add([job]), jobs.add([{ ...job, payload: 2 }])])
    expect(await jobs.counts()).toEqual({ waiting: 1, active: 0, delayed: 0 })
    await using worked = startWork(jobs, async () => {
      await jobs.add([job])
      await sleep(100)
    })
    await until(() => worked.done.length === 1)
    await until(async () => total(await jobs.counts()) === 0)
    expect(worked.done).toEqual([job])
    await jobs.add([job])
    await until(() => worked.done.length === 2)
  })

  test('a job that fails is tried again, each time later, until it is done', async () => {
    await using here = await place()
    await using jobs = here.open({ attempts: 4, firstRetryMs: 100 })
    const starts: number[] = []
    await using worked = startWork(jobs, async () => {
      starts.push(Date.now())
      if (starts.length < 4) throw new Error('not yet')
    })
    await jobs.add([{ id: 'stubborn', kind: 'echo', payload: null }])
    await until(() => worked.done.length === 1)
    const waits = starts.slice(1).map((at, index) => at - (starts[index] ?? 0))
    expect(waits).toHaveLength(3)
    for (const [index, least] of [100, 200, 400].entries()) expect(waits[index]).toBeGreaterThanOrEqual(least - 5)
    expect(worked.dead).toEqual([])
  })

  test('a job that fails every time is told as dead once, with its reason, and may be queued anew', async () => {
    await using here = await place()
    await using jobs = here.open(quick)
    let runs = 0
    await using worked = startWork(jobs, async () => {
      runs += 1
      throw new Error(`failure ${runs}`)
    })
    const job = { id: 'doomed', kind: 'echo', payload: { n: 7 } }
    await jobs.add([job])
    await until(() => worked.dead.length === 1)
    expect(runs).toBe(3)
    expect(worked.dead).toEqual([{ job, death: { reason: 'failure 3', attempts: 3 } }])
    expect(total(await jobs.counts())).toBe(0)
    await jobs.add([job])
    await until(() => worked.dead.length === 2)
    expect(runs).toBe(6)
  })

  test('a job of a kind that nobody here knows is dead after its attempts, and says so', async () => {
    await using here = await place()
    await using jobs = here.open({ attempts: 2, firstRetryMs: 20 })
    await using worked = startWork(jobs, async () => undefined)
    await jobs.add([{ id: 'strange', kind: 'from.the.future', payload: null }])
    await until(() => worked.dead.length === 1)
    expect(worked.dead[0]?.death.reason).toMatch(/from\.the\.future.*no handler/)
  })

  test('no more jobs are worked on at once than the limit says', async () => {
    await using here = await place()
    await using jobs = here.open({ concurrency: 2 })
    let active = 0
    let activeMax = 0
    await jobs.add(Array.from({ length: 10 }, (_, index) => ({ id: `job-${index}`, kind: 'echo', payload: index })))
    await using worked = startWork(jobs, async () => {
      active += 1
      activeMax = Math.max(activeMax, active)
      await sleep(30)
      active -= 1
    })
    await until(() => worked.done.length === 10)
    expect(activeMax).toBe(2)
  })

  test('two workers share the jobs, and each job is done once', async () => {
    await using here = await place()
    await using jobs = here.open()
    await using others = here.open()
    await using first = startWork(jobs, async () => sleep(5))
    await using second = startWork(others, async () => sleep(5))
    await jobs.add(Array.from({ length: 60 }, (_, index) => ({ id: `job-${index}`, kind: 'echo', payload: null })))
    await until(() => first.done.length + second.done.length >= 60)
    await until(async () => total(await jobs.counts()) === 0)
    expect(new Set([...first.done, ...second.done].map(({ id }) => id)).size).toBe(60)
    expect(first.done.length + second.done.length).toBe(60)
    expect(Math.min(first.done.length, second.done.length)).toBeGreaterThan(0)
  })

  test('a schedule fires once a period, whatever the number of processes that ask for it', async () => {
    const everyMs = 400
    await using here = await place()
    await using jobs = here.open()
    await using others = here.open()
    await using first = startWork(jobs, async () => undefined)
    await using second = startWork(others, async () => undefined)
    const fired = () => [...first.done, ...second.done].map(({ id }) => id)
    await using _schedule = jobs.schedule('echo', everyMs)
    await using _same = others.schedule('echo', everyMs)
    await until(() => fired().length >= 4)
    await sleep(everyMs)
    expect(new Set(fired()).size).toBe(fired().length)
    const periods = fired().map((id) => Number(id.split('.').at(-1)))
    expect(Math.max(...periods) - Math.min(...periods)).toBe(fired().length - 1)
  })

  test('a stop aborts the signal, waits for the job in progress and leaves the others for the next start', async () => {
    await using here = await place()
    await using jobs = here.open({ concurrency: 1 })
    let wasAborted = false
    const stopping = startWork(jobs, async (_job, signal) => {
      if (!signal.aborted) await once(signal, 'abort')
      wasAborted = true
      await sleep(100)
    })
    await jobs.add([{ id: 'long', kind: 'echo', payload: null }])
    await until(async () => (await jobs.counts()).active === 1)
    await jobs.add([{ id: 'next', kind: 'echo', payload: null }])
    await stopping[Symbol.asyncDispose]()
    expect(wasAborted).toBe(true)
    expect(stopping.done.map(({ id }) => id)).toEqual(['long'])
    expect(await jobs.counts()).toEqual({ waiting: 1, active: 0, delayed: 0 })
    await using again = startWork(jobs, async () => undefined)
    await until(() => again.done.length === 1)
  })

  test('a job whose process is killed in the middle is run again by another', async () => {
    await using here = await place()
    await using jobs = here.open({ stallMs: 500 })
    await jobs.add([{ id: 'interrupted', kind: 'echo', payload: 'again' }])
    await killedInTheMiddle({ ...here.child, stallMs: 500 })
    expect(await jobs.counts()).toEqual({ waiting: 0, active: 1, delayed: 0 })
    await using worked = startWork(jobs, async () => undefined)
    await until(() => worked.done.length === 1)
    expect(worked.done).toEqual([{ id: 'interrupted', kind: 'echo', payload: 'again' }])
  })

  test('a job that ends its process every time is dead in the end, and takes no other process with it', async () => {
    await using here = await place()
    await using jobs = here.open({ attempts: 1, stallMs: 500 })
    const job = { id: 'deadly', kind: 'echo', payload: null }
    await jobs.add([job])
    await killedInTheMiddle({ ...here.child, stallMs: 500 })
    await using worked = startWork(jobs, async () => undefined)
    await until(() => worked.dead.length === 1)
    expect(worked.dead[0]).toMatchObject({
      job,
      death: { reason: expect.stringContaining('stalled once: its process ended') },
    })
    expect(worked.done).toEqual([])
    expect(total(await jobs.counts())).toBe(0)
  })
}

/** Returns when the child had begun with a job and was then killed. */
async function killedInTheMiddle(input: ChildInput): Promise<void> {
  const path = join(import.meta.dirname, 'jobs-child-for-tests.ts')
  const child = spawn(process.execPath, [path, JSON.stringify(input)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const gone = once(child, 'exit')
  const [said] = await Promise.race([once(child.stdout, 'data'), gone])
  child.kill('SIGKILL')
  await gone
  expect(String(said)).toBe('begun\n')
}

interface Worked extends AsyncDisposable {
  readonly done: readonly Job[]
  readonly dead: readonly { readonly job: Job; readonly death: JobDeath }[]
}

function startWork(jobs: Jobs, handler: JobHandler): Worked {
  const done: Job[] = []
  const dead: { job: Job; death: JobDeath }[] = []
  const work = jobs.work({
    handlers: {
      echo: async (job, signal) => {
        await handler(job, signal)
        done.push(job)
      },
    },
    onDead: async (job, death) => void dead.push({ job, death }),
  })
  return { done, dead, [Symbol.asyncDispose]: () => work[Symbol.asyncDispose]() }
}

function total(counts: Readonly<Record<string, number>> | object): number {
  return Object.values(counts).reduce((sum: number, count: number) => sum + count, 0)
}

async function until(isSo: () => boolean | Promise<boolean>, msMax = 15_000): Promise<void> {
  const deadline = Date.now() + msMax
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`did not become true within ${msMax} ms`)
    await sleep(10)
  }
}
