// Relay the outbox: rows become jobs, again and again until each is done or dead. Any number of processes may do it at once.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Job, Jobs } from '@plaintrail/jobs/jobs'
import type { Health } from '@plaintrail/runtime/health'
import type { Logger } from '@plaintrail/runtime/logger'
import type { Store } from '@plaintrail/store/open-store'
import { hasOutbox, relayedMax, relayOutbox, type OutboxRow } from '@plaintrail/store/outbox'

export interface RelayTiming {
  /** Between two looks at the outbox. */
  readonly everyMs?: number
  /** A row that is relayed and neither done nor dead after this time is relayed again: the queue may have lost it. */
  readonly againAfterMs?: number
}

export interface RelayParts extends RelayTiming {
  readonly store: Store
  readonly jobs: Pick<Jobs, 'add'>
  readonly logger: Logger
  readonly health: Health
  readonly onRelayed: (rows: number) => void
}

const everyMsDefault = 1_000
/**
 * Longer than all attempts of a job take, and all that an emptied Redis costs. While the queue has the job, however many wait
 * before it, relaying it again changes nothing.
 */
const againAfterMsDefault = 60_000
const retryMs = 5_000

/** Disposing waits for the turn in progress. */
export interface Relay extends AsyncDisposable {
  /** For who has just written a row: it is looked for at once, and not at the next turn. */
  wake(): void
}

export function relayRows(parts: RelayParts): Relay {
  const stop = new AbortController()
  const alarm = createAlarm()
  const turns = relayUntil(parts, alarm, stop.signal)
  return {
    wake: () => alarm.ring(),
    async [Symbol.asyncDispose]() {
      stop.abort()
      await turns
    },
  }
}

async function relayUntil(parts: RelayParts, alarm: Alarm, signal: AbortSignal): Promise<void> {
  const { logger, health, everyMs = everyMsDefault } = parts
  let isFailing = false
  while (!signal.aborted) {
    try {
      alarm.set()
      const count = await turn(parts)
      if (isFailing) logger.info({}, 'the outbox is relayed again')
      isFailing = false
      health.set('outbox', { ok: true, detail: 'relayed' })
      if (count < relayedMax) await alarm.sleep(everyMs, signal)
    } catch (error) {
      if (!isFailing) logger.warn({ error }, 'could not relay the outbox; trying again, its rows wait')
      isFailing = true
      const reason = error instanceof Error ? error.message : String(error)
      health.set('outbox', { ok: true, degraded: true, detail: `could not relay, trying again: ${reason}` })
      await pause(retryMs, signal)
    }
  }
}

async function turn({ store, jobs, onRelayed, againAfterMs = againAfterMsDefault }: RelayParts): Promise<number> {
  if (!(await hasOutbox(store, againAfterMs))) return 0
  const count = await relayOutbox(store, againAfterMs, (rows) => jobs.add(rows.map(jobOf)))
  if (count > 0) onRelayed(count)
  return count
}

/** After a person had it tried again, a row is another job: news of the earlier one must not be taken for its own. */
function jobOf({ id, kind, payload, attempts }: OutboxRow): Job {
  return { id: `${id}.${attempts}`, kind, payload }
}

export interface OutboxJob {
  /** Of the row. */
  readonly id: string
  readonly attemptsBefore: number
  readonly payload: unknown
}

/** The way back from jobOf. Throws for a job that came another way. */
export function outboxJob({ id, payload }: Job): OutboxJob {
  const parsed = parseJobId(id)
  if (!parsed) throw new Error(`could not find the outbox row of the job ${id}: it is not of the outbox`)
  return { ...parsed, payload }
}

/** Null for the id of a job that is not of the outbox. */
export function parseJobId(jobId: string): Omit<OutboxJob, 'payload'> | null {
  const [, id, attempts] = /^([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})\.(\d+)$/.exec(jobId) ?? []
  return id === undefined ? null : { id, attemptsBefore: Number(attempts) }
}

interface Alarm {
  /** What rings from now on ends the next sleep, or it does not begin. */
  set(): void
  ring(): void
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

function createAlarm(): Alarm {
  let bell = new AbortController()
  return {
    set: () => void (bell = new AbortController()),
    ring: () => bell.abort(),
    sleep: (ms, signal) => pause(ms, AbortSignal.any([signal, bell.signal])),
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined)
}
