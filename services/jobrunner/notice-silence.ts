// Notice silence: a cluster that should send and does not is told, and its gap grows.

import type { Logger } from '@plaintrail/runtime/logger'
import type { Store } from '@plaintrail/store/open-store'
import { recordSilences } from '@plaintrail/store/silent-clusters'

export interface NoticeSilenceParts {
  readonly store: Store
  readonly logger: Logger
  readonly silentAfterUs: number
  /** Microseconds since 1970. */
  readonly nowUs: () => number
}

export async function noticeSilence({ store, logger, silentAfterUs, nowUs }: NoticeSilenceParts): Promise<void> {
  const { begun, ended } = await recordSilences(store, nowUs(), silentAfterUs)
  for (const cluster of begun) {
    logger.warn({ cluster }, 'a cluster has fallen silent: look at its API servers and at the way from them to here')
  }
  for (const cluster of ended) logger.info({ cluster }, 'a cluster that was silent sends again')
}
