// What the receiver counts. No user or object name is ever a label.

import type { Metrics } from '@plaintrail/runtime/metrics'
import type { TakenIn } from './take-in.ts'

export interface ReceiverMetrics {
  /** Starts a request's clock; call what it returns with the status code, and the cluster where the post was admitted. */
  startRequest(): (code: number, cluster: string | null) => void
  accepted(cluster: string, taken: TakenIn): void
  failed(): void
  bytesInFlight(bytes: number): void
}

export function createReceiverMetrics(metrics: Metrics): ReceiverMetrics {
  const events = metrics.counter({
    name: 'plaintrail_receiver_events_total',
    help: 'Events made durable.',
    labels: ['cluster'],
  })
  const redacted = metrics.counter({
    name: 'plaintrail_receiver_redacted_total',
    help: 'Events in which a value was replaced by its keyed digest.',
    labels: ['cluster'],
  })
  const quarantined = metrics.counter({
    name: 'plaintrail_receiver_quarantined_total',
    help: 'Items that cannot be read and go to quarantine.',
    labels: ['cluster', 'reason'],
  })
  const failures = metrics.counter({
    name: 'plaintrail_receiver_append_failures_total',
    help: 'Posts answered 503 because the log did not take them.',
  })
  const batch = metrics.histogram({
    name: 'plaintrail_receiver_batch_events',
    help: 'Events in one post.',
    labels: ['cluster'],
    buckets: [1, 10, 50, 100, 200, 400, 1_000, 10_000],
  })
  const duration = metrics.histogram({
    name: 'plaintrail_receiver_request_duration_seconds',
    help: 'From the first byte of a post to its answer.',
    labels: ['cluster', 'code'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30],
  })
  const inFlight = metrics.gauge({
    name: 'plaintrail_receiver_bytes_in_flight',
    help: 'Bytes of bodies now held in memory.',
  })
  return {
    startRequest() {
      const stop = duration.startTimer()
      // A name that nobody gave a cluster is no label: whoever posts could make any number of them.
      return (code, cluster) => void stop({ cluster: cluster ?? '', code: String(code) })
    },
    accepted(cluster, taken) {
      events.inc({ cluster }, taken.items - taken.problems.length)
      batch.observe({ cluster }, taken.items)
      if (taken.redacted > 0) redacted.inc({ cluster }, taken.redacted)
      for (const reason of taken.problems) quarantined.inc({ cluster, reason })
    },
    failed: () => failures.inc(),
    bytesInFlight: (bytes) => inFlight.set(bytes),
  }
}
