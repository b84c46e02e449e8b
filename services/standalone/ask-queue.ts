// askQueue: how much was accepted and waits to be read, for /metrics and /readyz.

import type { Metrics } from '@plaintrail/runtime/metrics'
import type { Store } from '@plaintrail/store/open-store'
import { queueDepth } from '@plaintrail/store/table-log'

/** What it returns says how many posts wait, in a sentence. */
export function askQueue(store: Store, metrics: Metrics): () => Promise<string> {
  const segments = metrics.gauge({
    name: 'plaintrail_log_queue_segments',
    help: 'Posts that are durable and not yet visible.',
  })
  const bytes = metrics.gauge({ name: 'plaintrail_log_queue_bytes', help: 'Of their bodies, before compression.' })
  return async () => {
    const depth = await queueDepth(store)
    segments.set(depth.segments)
    bytes.set(depth.bytes)
    return `${depth.segments} posts wait to be read`
  }
}
