// Keep the store's days in order: partitions made ahead of midnight, old days dropped.

import type { Logger } from '@plaintrail/runtime/logger'
import { expire } from '@plaintrail/store/expire'
import type { Store } from '@plaintrail/store/open-store'
import { makePartitionsAhead } from '@plaintrail/store/partitions'

export interface KeepDaysParts {
  readonly store: Store
  readonly logger: Logger
  readonly retentionDays: number
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>
  /** Microseconds since 1970. */
  readonly nowUs?: () => number
}

const everyMs = 3_600_000
const retryMs = 30_000

/** Returns when the signal aborts. Days are made well ahead, so a failed turn is tried again and nothing waits for it. */
export async function keepDays(parts: KeepDaysParts, signal: AbortSignal): Promise<void> {
  const now = parts.nowUs ?? (() => Date.now() * 1_000)
  while (!signal.aborted) {
    try {
      await makePartitionsAhead(parts.store, now())
      const expired = await expire(parts.store, now(), parts.retentionDays)
      if (expired.eventDays.length > 0) parts.logger.info({ ...expired }, 'dropped days past retention')
      await parts.pause(everyMs, signal)
    } catch (error) {
      parts.logger.error({ error }, 'could not keep the days of the store; trying again')
      await parts.pause(retryMs, signal)
    }
  }
}
