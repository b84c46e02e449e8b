// Keep the store's days in order: partitions made ahead of midnight, old days, exports and back-tests dropped.

import type { Logger } from '@plaintrail/runtime/logger'
import { dropOldBacktests } from '@plaintrail/store/backtests'
import { expire } from '@plaintrail/store/expire'
import { dropExpiredExports } from '@plaintrail/store/exports'
import { dropNotices } from '@plaintrail/store/notices'
import type { Store } from '@plaintrail/store/open-store'
import { makePartitionsAhead } from '@plaintrail/store/partitions'

export interface KeepDaysParts {
  readonly store: Store
  readonly logger: Logger
  readonly retentionDays: number
  readonly exportDays: number
  /** Microseconds since 1970. */
  readonly nowUs: () => number
}

const dayUs = 86_400_000_000

/** Days are made well ahead, so that a turn that fails is tried again and nothing waits for it. */
export async function keepDays({ store, logger, retentionDays, exportDays, nowUs }: KeepDaysParts): Promise<void> {
  await makePartitionsAhead(store, nowUs())
  const expired = await expire(store, nowUs(), retentionDays)
  await dropNotices(store, nowUs() - retentionDays * dayUs)
  const exports = await dropExpiredExports(store, exportDays)
  const backtests = await dropOldBacktests(store)
  if (backtests > 0) logger.info({ backtests }, 'dropped old back-tests')
  if (exports > 0) logger.info({ exports }, 'dropped exports whose days are over')
  if (expired.eventDays.length > 0) logger.info({ ...expired }, 'dropped days past retention')
}
