// workLanes: a loop beside the worker's that works on what is stored, lane by lane. It costs ingest nothing but its time: what
// fails here is told and tried again, and events are stored all the same.

import type { Logger } from '@plaintrail/runtime/logger'
import { isOfEvent } from '@plaintrail/store/history-follower'

/** What is done of each lane, a bounded batch at a time; what a batch tells of itself is `Batch`. */
export interface LaneWork<Batch extends { readonly events: number }> {
  /** The lanes that have something to be worked on, and how many stored events of each are behind. */
  readonly lanes: () => Promise<readonly { readonly laneId: number; readonly behind: number }[]>
  /** Numbers of a lane in one batch. */
  readonly numbersMax: number
  /** One transaction; null where there is nothing to do now, or another has the lane. */
  readonly work: (laneId: number, numbersMax: number) => Promise<Batch | null>
  /** Goes on behind the next event; its number, or null where that was not possible. */
  readonly leaveOut: (laneId: number) => Promise<number | null>
  /** For the log. */
  readonly says: { readonly failed: string; readonly leftOut: string }
}

export interface WorkLanesParts<Batch> {
  readonly logger: Logger
  /** Events are waiting to be stored: then the loop rests between its batches. */
  readonly isIngestBusy: () => boolean
  /** How many stored events of all lanes are behind. */
  readonly onBehind: (events: number) => void
  readonly onWorked: (batch: Batch) => void
  /** A batch failed, with its reason; nothing of it was written. */
  readonly onFailed: (reason: string) => void
  readonly onLeftOut: () => void
  /** All that could be done was, without a failure. */
  readonly onWell: () => void
  /** Resolves after the time, or at once when the signal aborts. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>
  /** Resolves when something was stored, after the time, or when the signal aborts. */
  readonly untilStored: (ms: number, signal: AbortSignal) => Promise<void>
}

/** Commits come many a second while there is much to do: what came within this is followed together. */
const gatherMs = 100
/** Other workers store too, and wake nobody here. */
const pollMs = 1_000
const retryMs = { first: 200, last: 30_000 }
/** While events wait to be stored, so many times as long as a batch took. */
const restShare = 1
/** A batch that fails by its events is tried with a tenth of them, down to one; that one is left out after so many attempts. */
const attemptsMax = 3
const narrowedTo = 0.1

interface LaneState {
  readonly numbersMax: number
  /** Of the batch of one event. */
  readonly attempts: number
}

/** Returns when the signal aborts and the batch in flight has ended. */
export async function workLanes<Batch extends { readonly events: number }>(
  of: LaneWork<Batch>,
  parts: WorkLanesParts<Batch>,
  signal: AbortSignal,
): Promise<void> {
  const states = new Map<number, LaneState>()
  let retry = retryMs.first
  while (!signal.aborted) {
    try {
      const lanes = await of.lanes()
      parts.onBehind(lanes.reduce((sum, { behind }) => sum + behind, 0))
      const { hasFailed, worked } = await workOnce(of, parts, { lanes, states, signal })
      if (hasFailed) {
        await parts.pause(retry, signal)
        retry = Math.min(retry * 2, retryMs.last)
        continue
      }
      retry = retryMs.first
      parts.onWell()
      if (worked === 0) await parts.untilStored(pollMs, signal)
      await parts.pause(worked === 0 ? gatherMs : 0, signal)
    } catch (error) {
      fail(of, parts, error, null)
      await parts.pause(retry, signal)
      retry = Math.min(retry * 2, retryMs.last)
    }
  }
}

interface Turn {
  readonly lanes: readonly { readonly laneId: number }[]
  readonly states: Map<number, LaneState>
  readonly signal: AbortSignal
}

/** A batch of each, so that a lane with much to do does not hold up the others. One that fails does not either. */
async function workOnce<Batch extends { readonly events: number }>(
  of: LaneWork<Batch>,
  parts: WorkLanesParts<Batch>,
  { lanes, states, signal }: Turn,
): Promise<{ readonly hasFailed: boolean; readonly worked: number }> {
  let hasFailed = false
  let worked = 0
  for (const { laneId } of lanes) {
    if (signal.aborted) break
    const state = states.get(laneId) ?? { numbersMax: of.numbersMax, attempts: 0 }
    const from = performance.now()
    try {
      const batch = await of.work(laneId, state.numbersMax)
      // By degrees: the one that failed may be still to come.
      states.set(laneId, { numbersMax: Math.min(state.numbersMax * 2, of.numbersMax), attempts: 0 })
      if (batch === null) continue
      worked += batch.events
      parts.onWorked(batch)
    } catch (error) {
      fail(of, parts, error, laneId)
      hasFailed = true
      if (isOfEvent(error)) states.set(laneId, await narrowed(of, parts, { laneId, state, error }))
    }
    if (parts.isIngestBusy()) await parts.pause((performance.now() - from) * restShare, signal)
  }
  return { hasFailed, worked }
}

/** Towards the event that the batch fails by; leaves that one out in the end, so that it stops its lane for no longer. */
async function narrowed<Batch extends { readonly events: number }>(
  of: LaneWork<Batch>,
  parts: WorkLanesParts<Batch>,
  { laneId, state, error }: { readonly laneId: number; readonly state: LaneState; readonly error: unknown },
): Promise<LaneState> {
  const { numbersMax, attempts } = state
  if (numbersMax > 1) return { numbersMax: Math.max(1, Math.floor(numbersMax * narrowedTo)), attempts: 0 }
  if (attempts + 1 < attemptsMax) return { numbersMax, attempts: attempts + 1 }
  const seq = await of.leaveOut(laneId)
  if (seq !== null) {
    parts.onLeftOut()
    parts.logger.error({ error, laneId, seq }, of.says.leftOut)
  }
  return { numbersMax: of.numbersMax, attempts: 0 }
}

function fail<Batch extends { readonly events: number }>(
  { says }: LaneWork<Batch>,
  parts: WorkLanesParts<Batch>,
  error: unknown,
  laneId: number | null,
): void {
  parts.onFailed(error instanceof Error ? error.message : 'unknown')
  parts.logger.error({ error, ...(laneId !== null && { laneId }) }, says.failed)
}
