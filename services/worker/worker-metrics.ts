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
  const age = metrics.histogram({
    name: 'plaintrail_pipeline_event_age_seconds',
    help: 'By phase: of the newest event of a post when it was received (apiserver), and of a post when it became visible (store).',
    labels: ['cluster', 'phase'],
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3_600],
  })
  /** That were behind at their last batch. */
  const behind = new Map<string, { cluster: string; lane: string }>()
  return {
    committed(outcome) {
      stored.inc(outcome.stored)
      duplicates.inc(outcome.duplicates)
      quarantined.inc(outcome.quarantined)
      const now = nowUs()
      for (const { cluster, lane, posts } of outcome.lanes) {
        const received = posts.map(({ receivedUs }) => receivedUs)
        lag.set({ cluster, lane }, seconds(now - Math.min(...received)))
        behind.set(`${cluster}/${lane}`, { cluster, lane })
        watermark.set({ cluster }, Math.max(...received) / 1e6)
        for (const { receivedUs, newestStageUs } of posts) {
          age.observe({ cluster, phase: 'store' }, seconds(now - receivedUs))
          if (newestStageUs !== null) age.observe({ cluster, phase: 'apiserver' }, seconds(receivedUs - newestStageUs))
        }
      }
    },
    idle() {
      for (const labels of behind.values()) lag.set(labels, 0)
      behind.clear()
    },
  }
}

/** Clocks of two machines differ: what seems to come from the future has no age. */
function seconds(us: number): number {
  return Math.max(0, us) / 1e6
}
