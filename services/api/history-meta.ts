// historyMeta: how far history has come, said beside an answer that depends on it.

import { formatMicroTime } from '@plaintrail/event/time'
import type { Query } from '@plaintrail/query/ast'
import { asksHistory } from '@plaintrail/query/field-terms'
import type { PageMeta } from '@plaintrail/query/page'
import type { Scope } from '@plaintrail/query/scope'
import { historyProgressFor } from '@plaintrail/store/history-progress'
import type { Store } from '@plaintrail/store/open-store'

/** To be asked before the question itself: what is followed meanwhile is then more than is said, and never less. */
export async function historyMeta(store: Store, scope: Scope, query: Query): Promise<Pick<PageMeta, 'history'>> {
  if (!asksHistory(query)) return {}
  const { complete, behind, untilUs } = await historyProgressFor(store, scope, query)
  return { history: { complete, behind, until: untilUs === null ? null : formatMicroTime(untilUs) } }
}
