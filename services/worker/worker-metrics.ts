// What the worker counts.

import type { Metrics } from '@plaintrail/runtime/metrics'
import type { BatchOutcome } from '@plaintrail/store/store-batch'

export interface WorkerMetrics {
  committed(outcome: BatchOutcome): void
}

export function createWorkerMetrics(metrics: Metrics): WorkerMetrics {
  const stored = metrics.counter({ name: 'plaintrail_normalizer_events_total', help: 'Events stored.' })
  const duplicates = metrics.counter({
    name: 'plaintrail_normalizer_duplicates_total',
    help: 'Events that were stored already and were left out.',
  })
  const quarantined = metrics.counter({
    name: 'plaintrail_normalizer_quarantined_total',
    help: 'Items put into quarantine.',
  })
  return {
    committed(outcome) {
      stored.inc(outcome.stored)
      duplicates.inc(outcome.duplicates)
      quarantined.inc(outcome.quarantined)
    },
  }
}
