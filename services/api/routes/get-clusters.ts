// GET /v1/clusters: which clusters there are, and when each was last heard of.

import { formatMicroTime } from '@plaintrail/event/time'
import { listClusters, type ClusterSummary } from '@plaintrail/store/clusters'
import type { RouteParts } from '../api-parts.ts'
import type { Route } from '../authenticate.ts'
import { refuseOthers, urlParameters } from '../list-question.ts'

export function getClusters(parts: RouteParts): Route {
  return async (request, response, caller) => {
    refuseOthers(urlParameters(request), [])
    const clusters = await listClusters(parts.store, caller.scope)
    response.json({
      data: clusters.map(answerOf),
      has_more: false,
      next_cursor: null,
    })
  }
}

export function answerOf(cluster: ClusterSummary): object {
  return {
    id: cluster.uid,
    name: cluster.name,
    created_at: cluster.createdAt.toISOString(),
    last_event_at: cluster.lastReceivedUs === null ? null : formatMicroTime(cluster.lastReceivedUs),
    events: cluster.events,
    credentials: cluster.credentials,
  }
}
