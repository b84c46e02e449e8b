// What the worker counts, and how far behind each lane is.

import type { Metrics } from '@plaintrail/runtime/metrics'
import type { BatchOutcome } from '@plaintrail/store/store-batch'

export interface WorkerMetrics {
  committed(outcome: BatchOutcome): void
  /** The log had nothing more: no lane is behind. */
  idle(): void
}

export function createWorkerMetrics(metrics: Metrics, nowUs: () => number = () => Date.now() * 1_000): WorkerMetrics {
  const stored = metrics.counter({ name: 'plaintrail_normalizer_events_total', help: 'Events stored.' })
  const duplicates = metrics.counter({
    name: 'plaintrail_normalizer_duplicates_total',
    help: 'Events that were stored already and were left out.',
  })
  const quarantined = metrics.counter({
    name: 'plaintrail_normalizer_quarantined_total',
    help: 'Items put into quarantine.',
  })
  const lag = metrics.gauge({
    name: 'plaintrail_pipeline_lane_lag_seconds',
    help: 'How old the oldest post of the last batch was when it became visible; 0 when nothing waits.',
    labels: ['cluster', 'lane'],
  })
  const watermark = metrics.gauge({
    name: 'plaintrail_pipeline_watermark_timestamp_seconds',
    help: 'When the newest visible post of the cluster was received.',
    labels: ['cluster'],
  })
  /** That were behind at their last batch. */
  const behind = new Map<string, { cluster: string; lane: string }>()
  return {
    committed(outcome) {
      stored.inc(outcome.stored)
      duplicates.inc(outcome.duplicates)
      quarantined.inc(outcome.quarantined)
      for (const { cluster, lane, oldestReceivedUs, newestReceivedUs } of outcome.lanes) {
        lag.set({ cluster, lane }, Math.max(0, nowUs() - oldestReceivedUs) / 1e6)
        behind.set(`${cluster}/${lane}`, { cluster, lane })
        watermark.set({ cluster }, newestReceivedUs / 1e6)
      }
    },
    idle() {
      for (const labels of behind.values()) lag.set(labels, 0)
      behind.clear()
    },
  }
}
