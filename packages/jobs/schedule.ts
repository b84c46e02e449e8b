// schedule: queue one job a period. Each process that asks adds it at the same moment under the same id, which the queue
// takes once; so nothing is elected, and a queue that lost everything has the next period all the same.

import type { Logger } from '@plaintrail/runtime/logger'
import type { Job } from './jobs.ts'

export interface ScheduleParts {
  readonly add: (job: Job) => Promise<void>
  readonly logger: Logger
  /** A finished job is remembered so long: after it, the same id would run a second time. */
  readonly keptMs: number
  readonly nowMs?: () => number
}

const retryMs = 2_000
/** Node's timers take no more than 2^31 ms. */
const everyMsMax = 24 * 3_600_000

export function schedule(kind: string, everyMs: number, parts: ScheduleParts): AsyncDisposable {
  if (everyMs > everyMsMax) throw new RangeError(`could not schedule ${kind}: its period is over ${everyMsMax} ms`)
  const now = parts.nowMs ?? Date.now
  let timer: NodeJS.Timeout | undefined
  let adding = Promise.resolve()
  let isStopped = false
  const later = (ms: number, run: () => Promise<void>): void => {
    if (isStopped) return
    timer = setTimeout(() => {
      adding = run()
    }, ms)
    timer.unref()
  }
  const next = (): void => {
    const period = Math.floor(now() / everyMs) + 1
    later(period * everyMs - now(), () => addFor(period))
  }
  const addFor = async (period: number): Promise<void> => {
    // Timers may fire a little early, and a clock may be set back: the period is the one that was waited for.
    try {
      await parts.add({ id: `${kind}.${everyMs}.${period}`, kind, payload: null })
    } catch (error) {
      const missedAt = period * everyMs + Math.min(everyMs, parts.keptMs)
      if (now() + retryMs < missedAt) return later(retryMs, () => addFor(period))
      parts.logger.warn({ error, kind }, 'could not queue a scheduled job in time; the next one follows')
    }
    next()
  }
  next()
  return {
    async [Symbol.asyncDispose]() {
      isStopped = true
      clearTimeout(timer)
      await adding
    },
  }
}
