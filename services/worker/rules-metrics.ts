// What the loop of rules counts, how far it is behind, and which rules are of no use.

import type { Metrics } from '@plaintrail/runtime/metrics'
import type { JudgedBatch } from '@plaintrail/store/rules-follower'

export interface RulesMetrics {
  behind(events: number): void
  judged(batch: Extract<JudgedBatch, { kind: 'judged' }>): void
  failed(): void
  leftOut(): void
  /** How many rules in force judge nothing: they failed too often, or cannot be read. */
  failing(rules: number): void
}

export function createRulesMetrics(metrics: Metrics): RulesMetrics {
  const events = metrics.counter({
    name: 'plaintrail_rules_events_total',
    help: 'Stored events that rules were asked about.',
  })
  const evaluations = metrics.counter({
    name: 'plaintrail_rules_evaluations_total',
    help: 'Of a rule and an event that its row did not rule out: match, no-match, insufficient, error.',
    labels: ['result'],
  })
  const behind = metrics.gauge({
    name: 'plaintrail_rules_behind_events',
    help: 'Stored events that are not judged yet, of all clusters; they wait for history.',
  })
  const failures = metrics.counter({
    name: 'plaintrail_rules_failures_total',
    help: 'Batches of rules that failed and were undone; they are tried again.',
  })
  const leftOut = metrics.counter({
    name: 'plaintrail_rules_left_out_events_total',
    help: 'Events that no rule judged because what was found could not be written; the log says which.',
  })
  const failing = metrics.gauge({
    name: 'plaintrail_rules_failing',
    help: 'Rules in force that judge nothing: they failed on too many events, or their text cannot be read.',
  })
  return {
    behind: (count) => behind.set(count),
    judged({ events: count, counts }) {
      const { evaluated, matched, insufficient, errors } = counts
      events.inc(count)
      evaluations.inc({ result: 'match' }, matched)
      evaluations.inc({ result: 'insufficient' }, insufficient)
      evaluations.inc({ result: 'error' }, errors)
      evaluations.inc({ result: 'no-match' }, evaluated - matched - insufficient - errors)
    },
    failed: () => failures.inc(),
    leftOut: () => leftOut.inc(),
    failing: (rules) => failing.set(rules),
  }
}
