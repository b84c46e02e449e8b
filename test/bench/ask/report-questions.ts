// What the questions took, beside their baselines, their aims, and the same with a tenth of the events.

import { rate, row } from '../report.ts'
import type { ColdLatency } from './cold-latency.ts'
import type { QuestionCost } from './question-cost.ts'
import type { Question } from './questions.ts'
import type { Latency, WarmLatencies } from './warm-latency.ts'

export interface Measured {
  readonly events: number
  readonly warm: WarmLatencies
  readonly costs: ReadonlyMap<Question, QuestionCost>
  readonly cold: ReadonlyMap<Question, ColdLatency> | null
}

export function reportQuestions({ events, warm, costs, cold }: Measured): void {
  console.log(`\n${rate(events)} events, warm\n`)
  const base = warm.oneEvent.p50
  reportLatency('baseline: select 1', warm.selectOne, 'from the bench, without the API')
  reportLatency('baseline: one event by its id', warm.oneEvent, 'over the same HTTP; ratios are to its p50')
  for (const [question, latency] of warm.questions) {
    const ratio = `${(latency.p50 / base).toFixed(1)} and ${(latency.p99 / base).toFixed(1)} times the baseline`
    const met = latency.p99 > question.aimMs ? 'MISSES' : 'meets'
    const partial = latency.partial === 0 ? '' : `; ${latency.partial} ANSWERS WERE PARTIAL`
    reportLatency(
      question.name,
      latency,
      `${ratio}; ${met} p99 ≤ ${question.aimMs} ms (${latency.askings} times)${partial}`,
    )
    const cost = costs.get(question)
    if (cost) row('  processor time', `Node ${ms(cost.nodeMs)}, Postgres ${ms(cost.postgresMs)}`, 'in the mean')
    const own = cold?.get(question)
    if (own) row('  cold', `p50 ${ms(own.p50)}, most ${ms(own.most)}`, `${ms(own.first)} as the first of all questions`)
  }
}

/** Cost ~ events^slope: 0 is the same however many there are, 1 is as many times as much. */
export function reportSlopes(small: Measured, large: Measured): void {
  const growth = large.events / small.events
  console.log(`\ncost against rows: ${growth} times the events\n`)
  for (const [question, { p50 }] of large.warm.questions) {
    const [before, cost, costBefore] = [
      small.warm.questions.get(question),
      large.costs.get(question),
      small.costs.get(question),
    ]
    if (!before || !cost || !costBefore) continue
    // Each beside the baseline of its own run, so that a machine that was busier in one of them does not count.
    const latency = p50 / large.warm.oneEvent.p50 / (before.p50 / small.warm.oneEvent.p50)
    const processor = processorMs(cost) / processorMs(costBefore)
    row(
      question.name,
      slopeOf(processor, growth),
      `slope of its processor time; ${slopeOf(latency, growth)} of its p50`,
    )
  }
}

function slopeOf(factor: number, growth: number): string {
  return `${(Math.log(factor) / Math.log(growth)).toFixed(2)} (${factor.toFixed(1)}×)`
}

function processorMs({ nodeMs, postgresMs }: QuestionCost): number {
  return nodeMs + postgresMs
}

function reportLatency(what: string, { p50, p99 }: Latency, remark: string): void {
  row(what, `p50 ${ms(p50)}, p99 ${ms(p99)}`, remark)
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`
}
