// mayChangeRules: who may. A rule judges every cluster, so it is for those who may see every one.

import type { Caller } from './authenticate.ts'
import { Problem } from './problems.ts'

/** Throws a Problem where the caller may not. */
export function mayChangeRules({ scope }: Pick<Caller, 'scope'>): void {
  if (scope.kind === 'everything') return
  throw new Problem('forbidden', 'your token may not change rules', 'Ask whoever has a token for every cluster.')
}
