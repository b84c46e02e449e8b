// What the loop of attribution counts, and how far it is behind.

import type { Metrics } from '@plaintrail/runtime/metrics'

export interface AttributionMetrics {
  behind(events: number): void
  attributed(batch: { readonly events: number; readonly written: number }): void
  failed(): void
  leftOut(): void
}

export function createAttributionMetrics(metrics: Metrics): AttributionMetrics {
  const events = metrics.counter({
    name: 'plaintrail_attribution_events_total',
    help: 'Stored events that attribution looked at, whether or not others explain them.',
  })
  const written = metrics.counter({
    name: 'plaintrail_attribution_changes_total',
    help: 'Events of which it was found who is behind them, or found anew since a cause came late.',
  })
  const behind = metrics.gauge({
    name: 'plaintrail_attribution_behind_events',
    help: 'Stored events that are not attributed yet, of all clusters; those of the last seconds always are.',
  })
  const failures = metrics.counter({
    name: 'plaintrail_attribution_failures_total',
    help: 'Batches of attribution that failed and were undone; they are tried again.',
  })
  const leftOut = metrics.counter({
    name: 'plaintrail_attribution_left_out_events_total',
    help: 'Events left out of attribution because what they tell could not be written; the log says which.',
  })
  return {
    behind: (count) => behind.set(count),
    attributed(batch) {
      events.inc(batch.events)
      written.inc(batch.written)
    },
    failed: () => failures.inc(),
    leftOut: () => leftOut.inc(),
  }
}
