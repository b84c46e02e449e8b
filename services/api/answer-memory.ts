// createAnswerMemory: how many bytes large answers may hold in this process at once. Who asks beyond that waits his turn.

import type { Response } from 'express'
import { Problem } from './problems.ts'

export interface AnswerMemory {
  /**
   * When there is room for so many bytes, in the order of the calls; what needs more than there is at all has it alone.
   * Rejects with a Problem where that takes too long, where too many wait already, or when the client goes.
   */
  take(response: Response, bytes: number): Promise<MemoryLease>
}

/** Disposed of when the answer is made. */
interface MemoryLease extends Disposable {
  /** So many bytes stay taken beyond that, until they are sent or the client has gone. */
  keepUntilSent(bytes: number): void
}

export interface MemoryBounds {
  /** Held at once. */
  readonly bytesMax: number
  readonly waitMsMax: number
  /** Answers that wait at once. */
  readonly waitingMax: number
  /** A client who reads nothing of such an answer for so long is cut off. */
  readonly stalledMsMax: number
}

const mebibyte = 1024 * 1024

/** Of events as they were received, and of files of exports, each. A process of the api has 512 MiB in our compose file. */
export const memoryBounds: MemoryBounds = {
  bytesMax: 128 * mebibyte,
  waitMsMax: 5_000,
  waitingMax: 32,
  stalledMsMax: 60_000,
}
/** Events as they were received in one answer; one that would have more has fewer and a cursor. One alone may be more. */
export const rawBytesMax = 16 * mebibyte
/** What reading them takes: they, their texts, and the segment that they are cut from. */
export const rawReadBytes = 32 * mebibyte

/** What states of objects take in one answer: two of 5 MB, parsed, what is different, and the segment they are cut from. */
export const stateReadBytes = 64 * mebibyte

interface Waiting {
  readonly bytes: number
  readonly begin: () => void
}

/** `what` is in the words of the one who is refused. */
export function createAnswerMemory(what: string, bounds: MemoryBounds): AnswerMemory {
  const { bytesMax, waitMsMax, waitingMax, stalledMsMax } = bounds
  const waiting: Waiting[] = []
  let held = 0
  const fits = (bytes: number): boolean => held === 0 || held + bytes <= bytesMax
  const admit = (): void => {
    for (let next = waiting[0]; next !== undefined && fits(next.bytes); next = waiting[0]) {
      waiting.shift()
      held += next.bytes
      next.begin()
    }
  }
  const change = (by: number): void => {
    held += by
    admit()
  }
  const busy = (): Problem =>
    new Problem('busy', `as many ${what} as this process has memory for are on their way`, 'Try again in a moment.')
  const turn = (response: Response, bytes: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const stop = (why: Problem | null): void => {
        clearTimeout(timer)
        response.off('close', leave)
        if (why === null) return resolve()
        waiting.splice(waiting.indexOf(one), 1)
        reject(why)
        // Whoever is next may need less.
        admit()
      }
      const leave = (): void => stop(new Problem('busy', 'the client has gone'))
      const timer = setTimeout(() => stop(busy()), waitMsMax)
      const one = { bytes, begin: () => stop(null) }
      response.once('close', leave)
      waiting.push(one)
    })
  return {
    async take(response, bytes) {
      if (waiting.length === 0 && fits(bytes)) held += bytes
      else if (waiting.length >= waitingMax) throw busy()
      else await turn(response, bytes)
      return leaseOf(response, { taken: bytes, change, stalledMsMax })
    },
  }
}

interface Taken {
  readonly taken: number
  readonly change: (by: number) => void
  readonly stalledMsMax: number
}

function leaseOf(response: Response, { taken, change, stalledMsMax }: Taken): MemoryLease {
  let kept = 0
  return {
    keepUntilSent(bytes) {
      kept = bytes
    },
    [Symbol.dispose]() {
      if (response.closed) kept = 0
      change(kept - taken)
      if (kept === 0) return
      response.once('close', () => change(-kept))
      response.setTimeout(stalledMsMax, () => response.destroy())
    },
  }
}
