// GET /v1/clusters/{id}: how fresh one cluster is.

import { formatMicroTime } from '@plaintrail/event/time'
import { matches } from '@plaintrail/query/ast'
import { clusterFreshness } from '@plaintrail/store/cluster-freshness'
import { findGaps } from '@plaintrail/store/gaps'
import type { RouteParts } from '../api-parts.ts'
import type { Route } from '../authenticate.ts'
import { Problem } from '../problems.ts'
import { answerOf } from './get-clusters.ts'

/** How far back its gaps are told. */
const gapsUs = 24 * 3_600_000_000

export function getCluster(parts: RouteParts): Route {
  return async (request, response, { scope }) => {
    const { store } = parts
    const cluster = await clusterFreshness(store, scope, String(request.params['id']))
    if (!cluster) throw new Problem('not_found', 'there is no such cluster', 'GET /v1/clusters has them all.')
    const untilUs = parts.nowUs()
    const window = { sinceUs: untilUs - gapsUs, untilUs }
    response.json({
      ...answerOf(cluster),
      newest_event: timeOrNull(cluster.newestEventUs),
      lanes: cluster.lanes.map(({ name, lastReceivedUs, numbered }) => ({
        name,
        last_event_at: timeOrNull(lastReceivedUs),
        numbered,
      })),
      gaps: await findGaps(store, scope, window, matches('cluster', [[cluster.name]])),
    })
  }
}

function timeOrNull(us: number | null): string | null {
  return us === null ? null : formatMicroTime(us)
}
