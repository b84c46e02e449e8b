// Watch the store: can it write, and how much waits to be read? Told to /readyz and /metrics.

import type { Health } from '@plaintrail/runtime/health'
import type { Metrics } from '@plaintrail/runtime/metrics'
import type { Store } from '@plaintrail/store/open-store'
import { probeWrite } from '@plaintrail/store/probe-write'
import { queueDepth } from '@plaintrail/store/table-log'

const everyMs = 2_000

export function watchStore(parts: { store: Store; health: Health; metrics: Metrics }): AsyncDisposable {
  const segments = parts.metrics.gauge({
    name: 'plaintrail_log_queue_segments',
    help: 'Posts that are durable and not yet visible.',
  })
  const bytes = parts.metrics.gauge({ name: 'plaintrail_log_queue_bytes', help: 'Their compressed size.' })
  let turn = Promise.resolve()
  let isLooking = false
  const look = async (): Promise<void> => {
    try {
      await probeWrite(parts.store)
      const depth = await queueDepth(parts.store)
      segments.set(depth.segments)
      bytes.set(depth.bytes)
      parts.health.set('store', { ok: true, detail: `${depth.segments} posts wait to be read` })
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown'
      parts.health.set('store', { ok: false, detail: `could not write to Postgres: ${reason}` })
    }
  }
  // While Postgres hangs a turn takes long, and others behind it would only make a stop wait.
  const timer = setInterval(() => {
    if (isLooking) return
    isLooking = true
    turn = look().finally(() => (isLooking = false))
  }, everyMs)
  turn = look()
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await turn
    },
  }
}
