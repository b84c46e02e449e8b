// measureWarm: each question many times, about ever other things, in turn with two baselines, so that whatever else the
// machine does falls on all of them alike.

import type { Store } from '@plaintrail/store/open-store'
import { percentile } from '../report.ts'
import type { Asker } from './asker.ts'
import { drawQuestion, questions, type Question } from './questions.ts'
import type { Samples } from './samples.ts'

export interface Latency {
  readonly p50: number
  readonly p99: number
}

export interface WarmLatencies {
  readonly questions: ReadonlyMap<Question, Latency & { readonly askings: number; readonly partial: number }>
  /** GET /v1/events/{id}: one row by its unique key, over the same HTTP. */
  readonly oneEvent: Latency
  /** The bare round trip to Postgres. */
  readonly selectOne: Latency
}

export interface WarmOptions {
  readonly ask: Asker
  readonly store: Store
  readonly samples: Samples
  readonly endUs: number
  readonly rounds: number
}

/** A question that took so long together is asked no more: it has been found slow. */
const eachMsMax = 30_000
/** Before the clock runs: connections are opened, V8 compiles, and Postgres has the upper pages of the indexes. */
const warmingRounds = 10

export async function measureWarm({ ask, store, samples, endUs, rounds }: WarmOptions): Promise<WarmLatencies> {
  const times = questions.map((): number[] => [])
  const partial = questions.map(() => 0)
  const spentMs = questions.map(() => 0)
  const oneEvent: number[] = []
  const selectOne: number[] = []
  for (let round = -warmingRounds; round < rounds; round++) {
    for (const [index, question] of questions.entries()) {
      if ((spentMs[index] ?? 0) > eachMsMax) continue
      const { path } = drawQuestion(question, samples, endUs)
      const answer = await ask(path)
      spentMs[index] = (spentMs[index] ?? 0) + answer.ms
      if (round < 0) continue
      times[index]?.push(answer.ms)
      if (isPartial(answer.body)) partial[index] = (partial[index] ?? 0) + 1
    }
    const id = await idOfOne(ask, samples, endUs)
    const { ms } = await ask(`/v1/events/${id}`)
    const from = performance.now()
    await store.pool.query('select 1')
    if (round < 0) continue
    selectOne.push(performance.now() - from)
    oneEvent.push(ms)
  }
  return {
    questions: new Map(
      questions.map((question, index) => [
        question,
        { ...latencyOf(times[index] ?? []), askings: times[index]?.length ?? 0, partial: partial[index] ?? 0 },
      ]),
    ),
    oneEvent: latencyOf(oneEvent),
    selectOne: latencyOf(selectOne),
  }
}

/** The only field of this name in an answer. */
function isPartial(body: string): boolean {
  return body.includes('"partial":true')
}

async function idOfOne(ask: Asker, samples: Samples, endUs: number): Promise<string> {
  const { timeUs } = samples.draw('any')
  const time = (us: number): string => new Date(us / 1_000).toISOString()
  const window = `since=${time(0)}&until=${time(Math.min(timeUs + 1_000, endUs))}`
  const { body } = await ask(`/v1/events?limit=1&fields=id&${window}`)
  const id = /"id":"(evt_[^"]+)"/.exec(body)?.[1]
  if (id === undefined) throw new Error(`the bench found no event: ${body.slice(0, 500)}`)
  return id
}

function latencyOf(times: readonly number[]): Latency {
  const sorted = times.toSorted((a, b) => a - b)
  return { p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99) }
}
