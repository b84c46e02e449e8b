// backtestAnswer: a back-test as the API answers it.

import { formatMicroTime } from '@plaintrail/event/time'
import type {
  BacktestDay,
  BacktestDifference,
  BacktestFinding,
  BacktestResult,
} from '@plaintrail/store/backtest-result'
import type { Backtest } from '@plaintrail/store/backtests'

export function backtestAnswer(found: Backtest) {
  const { id, window, tally } = found
  return {
    id,
    created_at: found.created,
    finished_at: found.finished,
    maker: found.maker,
    rule: found.rule,
    cluster: found.cluster,
    window: { since: formatMicroTime(window.sinceUs), until: formatMicroTime(window.untilUs) },
    state: found.state,
    error: found.error,
    progress: { fraction: fractionOf(found), events: found.read },
    ...resultFields(found.result),
    judged: {
      evaluated: tally.evaluated,
      matched: tally.matched,
      insufficient: tally.insufficient,
      errors: tally.errors,
      because: tally.missing.map(({ cluster, isError, what, because, count, event }) => {
        return { cluster, error: isError, what, because, count, example: event }
      }),
    },
    links: { self: `/v1/backtests/${id}` },
  }
}

function resultFields(result: BacktestResult | null) {
  if (result === null)
    return {
      findings: null,
      events: null,
      hidden: null,
      peak: null,
      days: null,
      top: null,
      reached: null,
      new_against_running: null,
    }
  const { findings, events, hidden, days, top, difference, reachedUs } = result
  return {
    findings,
    events,
    hidden,
    peak: peakOf(days),
    days: days.map(({ day, opened, events: own }) => ({ day: dateOf(day), findings: opened, events: own })),
    top: top.map(findingAnswer),
    reached: reachedUs === null ? null : formatMicroTime(reachedUs),
    new_against_running: difference && differenceAnswer(difference),
  }
}

function differenceAnswer({ starting, stopping, ...said }: BacktestDifference) {
  return { ...said, starting: starting.map(findingAnswer), stopping: stopping.map(findingAnswer) }
}

function findingAnswer({ firstUs, lastUs, ...said }: BacktestFinding) {
  return { ...said, first: formatMicroTime(firstUs), last: formatMicroTime(lastUs) }
}

function peakOf(days: readonly BacktestDay[]) {
  let peak: BacktestDay | null = null
  for (const day of days) if (day.opened > 0 && day.opened >= (peak?.opened ?? 0)) peak = day
  return peak && { day: dateOf(peak.day), findings: peak.opened }
}

const dayMs = 86_400_000

const dateOf = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10)

/** By the time of the last event that was read. Digits beyond a thousandth say nothing. */
function fractionOf({ state, positionUs, isRead, window }: Backtest): number {
  if (state === 'done' || isRead) return 1
  if (positionUs === null) return 0
  const passed = (positionUs - window.sinceUs) / (window.untilUs - window.sinceUs)
  return Math.round(Math.min(1, Math.max(0, passed)) * 1_000) / 1_000
}
