// The contract of jobs.ts over BullMQ, whichever database is behind it: one queue, whose jobs' names are the kinds.

import { setTimeout as sleep } from 'node:timers/promises'
import type { BackendClasses, IQueueBackend, Job as BullJob, KeepJobs, Queue } from 'bullmq'
import type { HealthState } from '@plaintrail/runtime/health'
import type { Logger } from '@plaintrail/runtime/logger'
import { JobsUnavailable, type Job, type Jobs, type JobsLimits, type Work } from './jobs.ts'
import { schedule } from './schedule.ts'

export interface BullmqParts<B extends IQueueBackend, C> {
  readonly classes: Pick<BackendClasses<B, C>, 'Queue' | 'Worker'>
  /** The queue fails soon when the database is away; the worker waits. */
  readonly connection: { readonly queue: C; readonly worker: C }
  readonly prefix?: string
  /** How long an idle worker sleeps that nobody wakes. */
  readonly idleSeconds: number
  readonly limits: JobsLimits
  readonly logger: Logger
  /** What the database says of its settings, once somebody knows. */
  readonly warning?: () => string | null
}

interface Data {
  readonly payload: unknown
}

const queueName = 'plaintrail'
const addMsMax = 10_000
const stopMsMax = 10_000
/** After an outage the queue is asked again so often; while it answers it is not. */
const probeMs = 2_000
/** A finished job of a schedule is remembered so long: more than the clocks of two machines may differ. */
const finishedKept = { age: 600 } satisfies KeepJobs
/** BullMQ's own record of events, which nobody reads here. */
const eventsMax = 100

export function bullmqJobs<B extends IQueueBackend, C>(parts: BullmqParts<B, C>): Jobs {
  const { limits, logger } = parts
  const common = parts.prefix === undefined ? {} : { prefix: parts.prefix }
  const queue = new parts.classes.Queue<Data>(queueName, {
    ...common,
    connection: parts.connection.queue,
    streams: { events: { maxLen: eventsMax } },
  })
  const watch = watchQueue(async () => void (await queue.getJobCounts('waiting')), logger)
  queue.on('error', watch.failed)
  const add = (jobs: readonly Job[], kept: KeepJobs | true): Promise<void> =>
    bounded(
      Promise.all(jobs.map(({ id, kind, payload }) => queue.add(kind, { payload }, optionsOf(id, kept, limits)))),
    ).then(watch.answered)
  return {
    add: (jobs) => add(jobs, true),
    schedule: (kind, everyMs) =>
      schedule(kind, everyMs, { add: (job) => add([job], finishedKept), logger, keptMs: finishedKept.age * 1_000 }),
    work: (work) => startWorker({ ...parts, common, watch }, work),
    counts: () => countsOf(queue),
    state: () => watch.state(parts.warning?.() ?? null),
    async [Symbol.asyncDispose]() {
      watch.stop()
      await queue.close()
    },
  }
}

function optionsOf(jobId: string, kept: KeepJobs | true, { attempts, firstRetryMs }: JobsLimits) {
  return {
    jobId,
    attempts,
    backoff: { type: 'exponential', delay: firstRetryMs },
    removeOnComplete: kept,
    removeOnFail: kept,
    stackTraceLimit: 1,
  }
}

async function bounded<T>(added: Promise<T>): Promise<T> {
  const late = sleep(addMsMax, null, { ref: false }).then(() => {
    throw new Error(`no answer within ${addMsMax} ms`)
  })
  try {
    return await Promise.race([added, late])
  } catch (cause) {
    throw new JobsUnavailable(`could not queue a job: ${messageOf(cause)}`, { cause })
  }
}

async function countsOf(queue: Pick<Queue, 'getJobCounts'>) {
  const counts = await queue.getJobCounts('waiting', 'active', 'delayed')
  return { waiting: counts['waiting'] ?? 0, active: counts['active'] ?? 0, delayed: counts['delayed'] ?? 0 }
}

interface WorkerParts<B extends IQueueBackend, C> extends BullmqParts<B, C> {
  readonly common: { readonly prefix?: string }
  readonly watch: QueueWatch
}

function startWorker<B extends IQueueBackend, C>(parts: WorkerParts<B, C>, work: Work): AsyncDisposable {
  const { limits, logger, watch } = parts
  /** onDead is told by an event, which waits for nobody. */
  const telling = new Set<Promise<void>>()
  const worker = new parts.classes.Worker<Data>(
    queueName,
    async (bullJob, _token, signal) => {
      watch.answered()
      const job = jobOf(bullJob)
      const handler = work.handlers[job.kind]
      if (!handler) throw new Error(`could not run a job of the kind ${job.kind}: this process has no handler for it`)
      await handler(job, signal ?? new AbortController().signal)
    },
    {
      ...parts.common,
      connection: parts.connection.worker,
      concurrency: limits.concurrency,
      lockDuration: limits.stallMs,
      stalledInterval: limits.stallMs,
      // A job that ends its process every time must not do so for ever.
      maxStalledCount: limits.attempts - 1,
      drainDelay: parts.idleSeconds,
      runRetryDelay: probeMs,
    },
  )
  worker.on('error', watch.failed)
  worker.on('failed', (bullJob, error) => {
    if (!bullJob) return logger.error({ error }, 'a job failed that the queue no longer knows')
    const job = jobOf(bullJob)
    const attempts = bullJob.attemptsMade
    logger.warn({ error, job: job.id, kind: job.kind, attempts }, 'a job failed')
    // Only the last failure ends a job.
    if (bullJob.finishedOn === undefined) return
    const told = work
      .onDead(job, { reason: reasonOf(error, limits), attempts })
      .catch((failure: unknown) => logger.error({ error: failure, job: job.id }, 'could not record a dead job'))
      .finally(() => telling.delete(told))
    telling.add(told)
  })
  return {
    async [Symbol.asyncDispose]() {
      worker.cancelAllJobs('stopping')
      const isClosed = await Promise.race([worker.close().then(() => true), sleep(stopMsMax, false, { ref: false })])
      if (!isClosed) logger.warn({}, 'stopped with a job in progress: it is run again after the stall time')
      await Promise.all(telling)
    },
  }
}

/** BullMQ's words for a job that outlived no process that took it. */
const stalledWords = 'stalled more than allowable limit'

function reasonOf({ message }: Error, { attempts }: JobsLimits): string {
  if (!message.includes(stalledWords)) return message
  const times = attempts === 1 ? 'once' : `${attempts} times`
  return `it stalled ${times}: its process ended, or stood still, in the middle of it`
}

/** Only this file adds jobs, with the data as it is here, and every one has an id. */
function jobOf(job: BullJob<Data>): Job {
  return { id: job.id ?? '', kind: job.name, payload: job.data.payload }
}

interface QueueWatch {
  readonly failed: (error: Error) => void
  readonly answered: () => void
  readonly state: (warning: string | null) => HealthState
  readonly stop: () => void
}

/** A failure is told once, and then the queue is asked until it answers. */
function watchQueue(probe: () => Promise<void>, logger: Logger): QueueWatch {
  let problem: string | null = null
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  const answered = (): void => {
    if (problem !== null) logger.info({}, 'the job queue works again')
    problem = null
    clearTimeout(timer)
    timer = undefined
  }
  const askLater = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined
      bounded(probe()).then(answered, failed)
    }, probeMs).unref()
  }
  const failed = (error: Error): void => {
    if (isStopped) return
    if (problem === null) logger.warn({ error }, 'the job queue failed; jobs wait')
    problem = error.message
    askLater()
  }
  return {
    failed,
    answered,
    state: (warning) => {
      if (problem !== null) return { ok: false, detail: `jobs wait, the queue failed: ${problem}` }
      return warning === null ? { ok: true, detail: 'working' } : { ok: true, degraded: true, detail: warning }
    },
    stop: () => {
      isStopped = true
      clearTimeout(timer)
    },
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
