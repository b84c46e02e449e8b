// The jobrunner: takes work from the outbox to the job queue, does it, and does what the clock asks for.

import { randomUUID } from 'node:crypto'
import type { Job, JobDeath, JobHandler, Jobs } from '@plaintrail/jobs/jobs'
import type { Health } from '@plaintrail/runtime/health'
import type { Logger } from '@plaintrail/runtime/logger'
import type { Metrics } from '@plaintrail/runtime/metrics'
import { version } from '@plaintrail/runtime/version'
import { backtestPartDue } from '@plaintrail/store/backtests'
import { exportPartDue } from '@plaintrail/store/exports'
import { quarantineNoticed } from '@plaintrail/store/notices'
import type { Store } from '@plaintrail/store/open-store'
import { markDead } from '@plaintrail/store/outbox'
import { createSegmentItems } from '@plaintrail/store/segment-items'
import { backtestPart, type BacktestBounds } from './backtest-part.ts'
import type { JobrunnerConfig } from './config.ts'
import { exportPart } from './export-part.ts'
import { keepBlame } from './keep-blame.ts'
import { keepDays } from './keep-days.ts'
import { keepTallies } from './keep-tallies.ts'
import type { PartBounds } from './make-part.ts'
import { noticeQuarantine } from './notice-quarantine.ts'
import { noticeSilence } from './notice-silence.ts'
import { outboxJob, parseJobId, relayRows, type RelayTiming } from './relay-outbox.ts'
import { reopenFindings, versionsOfRules } from './reopen-findings.ts'

export interface JobrunnerParts {
  readonly store: Store
  readonly jobs: Jobs
  readonly logger: Logger
  readonly metrics: Metrics
  readonly health: Health
  /** Microseconds since 1970. */
  readonly nowUs?: () => number
  readonly relay?: RelayTiming
  /** Where the parts of exports end. */
  readonly partBounds?: PartBounds
  readonly backtestBounds?: BacktestBounds
}

/** Without outbox rows: each may run twice, and late. */
const scheduled = {
  'days.keep': 3_600_000,
  'clusters.silent': 60_000,
  'tallies.keep': 300_000,
  'blame.keep': 300_000,
  'findings.reopen': 15_000,
} as const

/** Soon after the start too. */
const atStart: readonly (keyof typeof scheduled)[] = ['days.keep', 'tallies.keep', 'blame.keep', 'findings.reopen']

/** Disposing waits for the jobs in progress. It does not wait for the job queue, which may be away. */
export async function startJobrunner(config: JobrunnerConfig, parts: JobrunnerParts): Promise<AsyncDisposable> {
  const { store, jobs, logger, health } = parts
  await using stack = new AsyncDisposableStack()
  const counted = countJobs(parts.metrics)
  await noticeAbsence(config, parts)
  // Nothing is lost while the queue is away: rows wait in the outbox.
  health.check('jobs', () => {
    const { ok, degraded, detail } = jobs.state()
    return { ok: true, degraded: degraded === true || !ok, detail }
  })
  const relay = stack.use(relayRows({ store, jobs, logger, health, onRelayed: counted.relayed, ...parts.relay }))
  stack.use(
    jobs.work({
      handlers: counted.handlers(handlersOf(config, parts, () => relay.wake())),
      onDead: async (job, death) => {
        counted.dead(job.kind)
        await bury(store, logger, job, death)
      },
    }),
  )
  for (const [kind, everyMs] of Object.entries(scheduled)) stack.use(jobs.schedule(kind, everyMs))
  const added = jobs
    .add(atStart.map((kind) => ({ id: `${kind}.start.${randomUUID()}`, kind, payload: null })))
    .catch((error: unknown) =>
      logger.warn({ error }, 'could not queue the jobs of the start; their next period follows'),
    )
  stack.defer(() => added)
  const kept = stack.move()
  return { [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

/**
 * Before anything is received again, where this process is the receiver too: once the first segment is there, nobody can
 * tell that all of it was down since the last.
 */
async function noticeAbsence(config: JobrunnerConfig, parts: JobrunnerParts): Promise<void> {
  try {
    await handlersOf(config, parts, () => undefined)['clusters.silent']()
  } catch (error) {
    parts.logger.warn({ error }, 'could not look for silent clusters at the start; the next minute follows')
  }
}

/** `wakeRelay` is called when a job has written another one. */
function handlersOf(config: JobrunnerConfig, parts: JobrunnerParts, wakeRelay: () => void) {
  const { store, logger } = parts
  const nowUs = parts.nowUs ?? (() => Date.now() * 1_000)
  const exporting = {
    store,
    logger,
    nowUs,
    version,
    onNext: wakeRelay,
    items: createSegmentItems(store),
    limits: { bytesMax: config.exportBytesMax, keepDays: config.exportDays },
    ...(parts.partBounds ? { bounds: parts.partBounds } : {}),
  }
  const bounds = parts.backtestBounds
  const book = versionsOfRules()
  const backtesting = { store, logger, nowUs, onNext: wakeRelay, ...(bounds ? { bounds } : {}) }
  return {
    'days.keep': () => keepDays({ store, logger, nowUs, ...config }),
    'clusters.silent': () => noticeSilence({ store, logger, nowUs, silentAfterUs: config.silentAfterMs * 1_000 }),
    'tallies.keep': (_job: Job, signal: AbortSignal) => keepTallies({ store, logger, nowUs, signal }),
    'blame.keep': (_job: Job, signal: AbortSignal) => keepBlame({ store, logger, signal }),
    'findings.reopen': () => reopenFindings({ store, logger, book, nowUs }),
    [quarantineNoticed]: (job: Job) => noticeQuarantine({ store, logger }, outboxJob(job)),
    [backtestPartDue]: (job: Job, signal: AbortSignal) => backtestPart(backtesting, outboxJob(job), signal),
    [exportPartDue]: (job: Job, signal: AbortSignal) => exportPart(exporting, outboxJob(job), signal),
  }
}

/** A job of the outbox waits there for a person; one that the clock asked for comes again by itself. */
async function bury(store: Store, logger: Logger, job: Job, { reason, attempts }: JobDeath): Promise<void> {
  const { id: jobId, kind } = job
  const row = parseJobId(jobId)
  if (!row)
    return logger.error({ job: jobId, kind, attempts, reason }, 'a scheduled job failed; its next period follows')
  const isNews = await markDead(store, row.id, { reason, attempts, attemptsBefore: row.attemptsBefore })
  if (isNews) logger.error({ job: row.id, kind, attempts, reason }, 'a job is dead: see `plaintrail jobs list`')
}

function countJobs(metrics: Metrics) {
  const done = metrics.counter({ name: 'plaintrail_jobs_done_total', help: 'Jobs that were done.', labels: ['kind'] })
  const failed = metrics.counter({
    name: 'plaintrail_jobs_failed_total',
    help: 'Attempts that failed; most are tried again.',
    labels: ['kind'],
  })
  const dead = metrics.counter({
    name: 'plaintrail_jobs_dead_total',
    help: 'Jobs whose attempts are used up.',
    labels: ['kind'],
  })
  const relayed = metrics.counter({
    name: 'plaintrail_outbox_relayed_total',
    help: 'Rows of the outbox that were handed to the job queue, again or for the first time.',
  })
  const countedHandler =
    (kind: string, handler: JobHandler): JobHandler =>
    async (job, signal) => {
      try {
        await handler(job, signal)
        done.inc({ kind })
      } catch (error) {
        failed.inc({ kind })
        throw error
      }
    }
  return {
    handlers: (handlers: Readonly<Record<string, JobHandler>>) =>
      Object.fromEntries(Object.entries(handlers).map(([kind, handler]) => [kind, countedHandler(kind, handler)])),
    dead: (kind: string) => dead.inc({ kind }),
    relayed: (rows: number) => relayed.inc(rows),
  }
}
