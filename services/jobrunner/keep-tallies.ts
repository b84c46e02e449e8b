// Keep the tallies: quarters of a day that are over are counted, and those again that late events belong to.

import type { Logger } from '@plaintrail/runtime/logger'
import type { Store } from '@plaintrail/store/open-store'
import { tallyQuarters } from '@plaintrail/store/tally-quarters'

export interface KeepTalliesParts {
  readonly store: Store
  readonly logger: Logger
  /** Microseconds since 1970. */
  readonly nowUs: () => number
  readonly signal: AbortSignal
}

/** What one run leaves is counted by the next. */
export async function keepTallies({ store, logger, nowUs, signal }: KeepTalliesParts): Promise<void> {
  const { givenUp } = await tallyQuarters(store, nowUs(), { signal })
  if (givenUp.length === 0) return
  logger.warn({ quarters: givenUp.length }, 'six hours have too many events to be counted ahead: questions count them')
}
