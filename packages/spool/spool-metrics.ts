// spoolMetrics: what waits on disk, in numbers.

import type { Counter, Gauge, Metrics } from '@plaintrail/runtime/metrics'

export interface SpoolMetrics {
  readonly bytes: Gauge
  readonly records: Gauge
  readonly oldest: Gauge
  readonly appends: Counter
  readonly drained: Counter
}

export function spoolMetrics(metrics: Metrics): SpoolMetrics {
  return {
    bytes: metrics.gauge({
      name: 'plaintrail_receiver_spool_bytes',
      help: 'Disk that the spool takes, with what of its files is drained already.',
    }),
    records: metrics.gauge({
      name: 'plaintrail_receiver_spool_records',
      help: 'Posts that wait on disk for the log.',
    }),
    oldest: metrics.gauge({
      name: 'plaintrail_receiver_spool_oldest_timestamp_seconds',
      help: 'Receive time of the oldest post that waits on disk; 0 when none does.',
    }),
    appends: metrics.counter({
      name: 'plaintrail_receiver_spool_appends_total',
      help: 'Posts that were put on disk because the log was not available.',
    }),
    drained: metrics.counter({
      name: 'plaintrail_receiver_spool_drained_total',
      help: 'Posts that went from disk to the log.',
    }),
  }
}
