// historyMeta: how far history, attribution and rules have come, said beside an answer that depends on them.

import { formatMicroTime } from '@plaintrail/event/time'
import type { Query } from '@plaintrail/query/ast'
import { asksHistory, asksInitiator } from '@plaintrail/query/field-terms'
import { asksFindings } from '@plaintrail/query/finding-terms'
import type { Followed, PageMeta } from '@plaintrail/query/page'
import type { Scope } from '@plaintrail/query/scope'
import {
  attributionProgressFor,
  historyProgressFor,
  rulesProgressFor,
  type HistoryProgress,
} from '@plaintrail/store/history-progress'
import type { Store } from '@plaintrail/store/open-store'

/** To be asked before the question itself: what is followed meanwhile is then more than is said, and never less. */
export async function historyMeta(
  store: Store,
  scope: Scope,
  query: Query,
): Promise<Pick<PageMeta, 'history' | 'attribution' | 'rules'>> {
  const [history, attribution, rules] = await Promise.all([
    asksHistory(query) ? historyProgressFor(store, scope, query) : null,
    asksInitiator(query) ? attributionProgressFor(store, scope, query) : null,
    asksFindings(query) ? rulesProgressFor(store, scope, query) : null,
  ])
  return {
    ...(history === null ? {} : { history: followedOf(history) }),
    ...(attribution === null ? {} : { attribution: followedOf(attribution) }),
    ...(rules === null ? {} : { rules: followedOf(rules) }),
  }
}

export function followedOf({ complete, behind, untilUs }: HistoryProgress): Followed {
  return { complete, behind, until: untilUs === null ? null : formatMicroTime(untilUs) }
}
