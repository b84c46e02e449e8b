// Reopen findings: what the clock brings to what people made of them, also where no worker judges by rules.

import type { Logger } from '@plaintrail/runtime/logger'
import { applyExceptions } from '@plaintrail/store/apply-exceptions'
import type { Store } from '@plaintrail/store/open-store'
import { reopenByTime } from '@plaintrail/store/reopen-findings'
import { createRuleBook, type RuleBook } from '@plaintrail/store/rule-book'

export interface ReopenFindingsParts {
  readonly store: Store
  readonly logger: Logger
  /** What versions of rules say of hits that count again. */
  readonly book: Pick<RuleBook<unknown>, 'version'>
  /** Microseconds since 1970. */
  readonly nowUs: () => number
}

export const versionsOfRules = (): ReopenFindingsParts['book'] => createRuleBook(() => null)

/** Parts of 1,000 hits in one run; the next one, or a worker, goes on. */
const partsMax = 100

/** Workers that judge by rules do the same, sooner: whoever comes first does it, and nobody a second time. */
export async function reopenFindings({ store, logger, book, nowUs }: ReopenFindingsParts): Promise<void> {
  const reopened = await reopenByTime(store, nowUs())
  const exceptions = await applyExceptions(store, book, nowUs(), partsMax)
  if (reopened > 0) logger.info({ reopened }, 'findings that were ignored until now are open again')
  if (exceptions > 0) logger.info({ exceptions }, 'exceptions that began or ended are applied to what was found before')
}
