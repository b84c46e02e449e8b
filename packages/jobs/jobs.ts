// Jobs: work for later. The contract that each backend keeps; contract tests run the same questions against both.

import type { HealthState } from '@plaintrail/runtime/health'

/** A job as it is queued. */
export interface Job {
  /** Given again while the job is queued or worked on, it changes nothing. No `:` in it, and not digits alone. */
  readonly id: string
  /** Which handler works on it, in words such as `quarantine.noticed`. */
  readonly kind: string
  /** What JSON can hold. */
  readonly payload: unknown
}

/**
 * Runs at least once, and again after a failure or after its process died: its effect must be the same then. The signal
 * aborts when the work has to stop; what is thrown then is tried again.
 */
export type JobHandler = (job: Job, signal: AbortSignal) => Promise<void>

export interface Work {
  /** By kind. A kind that has none here fails, and is tried again: a newer process may know it. */
  readonly handlers: Readonly<Record<string, JobHandler>>
  /** Told after the last attempt, when the queue has forgotten the job; never more than once a failure. */
  readonly onDead: (job: Job, death: JobDeath) => Promise<void>
}

export interface JobDeath {
  readonly reason: string
  readonly attempts: number
}

export interface JobCounts {
  /** Ready to be worked on. */
  readonly waiting: number
  readonly active: number
  /** Failed, and tried again later. */
  readonly delayed: number
}

export interface Jobs extends AsyncDisposable {
  /** When it returns, the queue has all of them. Rejects with JobsUnavailable, and then it may have some. */
  add(jobs: readonly Job[]): Promise<void>
  /** Begins to work. Disposing takes no more jobs, aborts the signals and waits for the handlers, within stopMsMax. */
  work(work: Work): AsyncDisposable
  /**
   * A job of this kind at the start of each period, counted from 1970, however many processes ask for it. It runs late
   * or not at all when nobody works at that time. Everyone must ask for the same period.
   */
  schedule(kind: string, everyMs: number): AsyncDisposable
  counts(): Promise<JobCounts>
  /** What is known at this moment, without asking. */
  state(): HealthState
}

export interface JobsLimits {
  readonly attempts: number
  /** Before the second attempt; doubled before each one after it. */
  readonly firstRetryMs: number
  /** A job whose process died is taken by another after one to three times this. */
  readonly stallMs: number
  readonly concurrency: number
}

/** Five attempts take 15 s: what needs longer than that to mend needs a person. */
export const jobsLimits: JobsLimits = { attempts: 5, firstRetryMs: 1_000, stallMs: 30_000, concurrency: 4 }

export class JobsUnavailable extends Error {
  override name = 'JobsUnavailable'
  readonly code = 'dependency_unavailable'
}
