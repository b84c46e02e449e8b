// boundedQuestion: a question that is given up when it takes too long or when nobody waits for the answer any more.

import type { Response } from 'express'
import { Problem, tookTooLong } from './problems.ts'

/** How long events are read for a page; then it ends as it is, and its cursor goes on from there. */
export const questionMsMax = 10_000
/** Beyond that: for names before and texts after, which are few. One statement alone is cancelled by Postgres. */
export const answerMarginMs = 2_000

/** Rejects with a Problem at once; `ask` itself stops at the signal, between two statements. */
export async function boundedQuestion<T>(
  response: Response,
  msMax: number,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController()
  // Nobody reads this problem, and a log line would say no more than the metric's code 499 does.
  const leave = (): void => stop.abort(new Problem('dependency_unavailable', 'the client has gone'))
  const timer = setTimeout(() => stop.abort(tookTooLong()), msMax)
  response.once('close', leave)
  if (response.closed) leave()
  try {
    return await Promise.race([rejected(stop.signal), ask(stop.signal)])
  } finally {
    clearTimeout(timer)
    response.off('close', leave)
  }
}

function rejected(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const give = (): void => reject(signal.reason)
    if (signal.aborted) give()
    signal.addEventListener('abort', give, { once: true })
  })
}
