// findOfEach: what several questions find of what is new. One that Postgres gives up takes nothing from the others.

import { setTimeout as sleep } from 'node:timers/promises'
import { findArrivals, type Arrival, type LaneStretch, type Question } from '@plaintrail/store/find-arrivals'
import { laneHeads } from '@plaintrail/store/lane-heads'
import type { Store } from '@plaintrail/store/open-store'
import { isPostgresAway, Problem } from '../problems.ts'

export interface FoundOfEach {
  /** In the order of findArrivals where no question failed, else question by question. */
  readonly arrivals: readonly Arrival[]
  /** Why, by the place of the question: what it would have found is not known. */
  readonly failed: ReadonlyMap<number, unknown>
}

export interface ReadBounds {
  /** What is new is little: a question that takes longer for it, in milliseconds, is not worth the wait of the others. */
  readonly readMsMax: number
}

/** Statements at once of questions that are asked alone: the pool is everybody's. */
const aloneAtOnceMax = 4

/** One statement for all; where that fails, one for each. Rejects where it is Postgres that fails. */
export async function findOfEach(
  store: Store,
  stretches: readonly LaneStretch[],
  questions: readonly Question[],
  bounds: ReadBounds,
): Promise<FoundOfEach> {
  try {
    return { arrivals: await soon(findArrivals(store, stretches, questions), bounds), failed: new Map() }
  } catch (error) {
    await throwIfAway(store, error, bounds)
    if (questions.length === 1) return { arrivals: [], failed: new Map([[0, error]]) }
    return await findAlone(store, stretches, questions, bounds)
  }
}

async function findAlone(
  store: Store,
  stretches: readonly LaneStretch[],
  questions: readonly Question[],
  bounds: ReadBounds,
): Promise<FoundOfEach> {
  const arrivals: Arrival[] = []
  const failed = new Map<number, unknown>()
  const left = [...questions.entries()]
  const askOn = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const [index, question] = next
      const found = await findOfEach(store, stretches, [question], bounds)
      arrivals.push(...found.arrivals.map((arrival) => ({ ...arrival, asked: [index] })))
      for (const error of found.failed.values()) failed.set(index, error)
    }
  }
  await Promise.all(Array.from({ length: aloneAtOnceMax }, askOn))
  return { arrivals, failed }
}

/** Then it is no question's fault: whoever follows waits until it is there again. */
export async function throwIfAway(store: Store, error: unknown, bounds: ReadBounds): Promise<void> {
  if (isPostgresAway(error)) throw error
  await soon(laneHeads(store), bounds)
}

/** Rejects with a Problem where it takes longer; the statement itself is ended by its own timeout. */
export async function soon<T>(asked: Promise<T>, { readMsMax }: ReadBounds): Promise<T> {
  const over = new AbortController()
  const late = sleep(readMsMax, undefined, { signal: over.signal }).then(() => {
    throw new Problem(
      'dependency_unavailable',
      `the question took longer than ${readMsMax / 1_000} s to be asked of what is new`,
      'Ask with fewer * in one value; Last-Event-ID goes on from where you were.',
    )
  })
  try {
    return await Promise.race([asked, late])
  } finally {
    over.abort()
  }
}
