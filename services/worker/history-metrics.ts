// What the loop of history counts, and how far it is behind.

import type { Metrics } from '@plaintrail/runtime/metrics'

export interface HistoryMetrics {
  behind(events: number): void
  followed(batch: { readonly events: number; readonly observations: number }): void
  failed(): void
  leftOut(): void
}

export function createHistoryMetrics(metrics: Metrics): HistoryMetrics {
  const events = metrics.counter({
    name: 'plaintrail_history_events_total',
    help: 'Stored events that history followed, whether or not they tell of objects.',
  })
  const observations = metrics.counter({
    name: 'plaintrail_history_observations_total',
    help: 'States and writes of objects that these events told.',
  })
  const behind = metrics.gauge({
    name: 'plaintrail_history_behind_events',
    help: 'Stored events that history has not followed yet, of all clusters.',
  })
  const failures = metrics.counter({
    name: 'plaintrail_history_failures_total',
    help: 'Batches of history that failed and were undone; they are tried again.',
  })
  const leftOut = metrics.counter({
    name: 'plaintrail_history_left_out_events_total',
    help: 'Events left out of history because what they tell could not be written; the log says which.',
  })
  return {
    behind: (count) => behind.set(count),
    followed(batch) {
      events.inc(batch.events)
      observations.inc(batch.observations)
    },
    failed: () => failures.inc(),
    leftOut: () => leftOut.inc(),
  }
}
