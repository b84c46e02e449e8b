// Keep blame: checkpoints for objects that changed often, so that who set a field last is soon told.

import type { Logger } from '@plaintrail/runtime/logger'
import { keepBlame as keepCheckpoints } from '@plaintrail/store/keep-blame'
import type { Store } from '@plaintrail/store/open-store'

export interface KeepBlameParts {
  readonly store: Store
  readonly logger: Logger
  readonly signal: AbortSignal
}

/** What one run leaves is made by the next. */
export async function keepBlame({ store, logger, signal }: KeepBlameParts): Promise<void> {
  const { made, isDone } = await keepCheckpoints(store, { signal })
  if (made > 0) logger.debug({ made, isDone }, 'checkpoints of blame made')
}
