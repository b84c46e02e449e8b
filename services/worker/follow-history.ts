// followHistory: the loop beside the worker's that makes revisions of what is stored. It costs ingest nothing but its time:
// what fails here is told and tried again, and events are stored all the same.

import type { Logger } from '@plaintrail/runtime/logger'
import { followBounds, isOfEvent, type HistoryFollower } from '@plaintrail/store/history-follower'
import type { HistoryLane } from '@plaintrail/store/history-lanes'

export interface FollowHistoryParts {
  /** The lanes that have something to follow. */
  readonly lanes: () => Promise<readonly HistoryLane[]>
  readonly follower: HistoryFollower
  readonly logger: Logger
  /** Events are waiting to be stored: then the loop rests between its batches. */
  readonly isIngestBusy: () => boolean
  /** How many stored events of all lanes are behind. */
  readonly onBehind: (events: number) => void
  readonly onFollowed: (batch: { readonly events: number; readonly observations: number }) => void
  /** A batch failed, with its reason; nothing of it was written. */
  readonly onFailed: (reason: string) => void
  readonly onLeftOut: () => void
  /** All that could be followed was, without a failure. */
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

const fresh: LaneState = { numbersMax: followBounds.numbersMax, attempts: 0 }

/** Returns when the signal aborts and the batch in flight has ended. */
export async function followHistory(parts: FollowHistoryParts, signal: AbortSignal): Promise<void> {
  const states = new Map<number, LaneState>()
  let retry = retryMs.first
  while (!signal.aborted) {
    try {
      const lanes = await parts.lanes()
      parts.onBehind(lanes.reduce((sum, { behind }) => sum + behind, 0))
      const { hasFailed, followed } = await followLanes(parts, lanes, states, signal)
      if (hasFailed) {
        await parts.pause(retry, signal)
        retry = Math.min(retry * 2, retryMs.last)
        continue
      }
      retry = retryMs.first
      parts.onWell()
      if (followed === 0) await parts.untilStored(pollMs, signal)
      await parts.pause(followed === 0 ? gatherMs : 0, signal)
    } catch (error) {
      fail(parts, error, null)
      await parts.pause(retry, signal)
      retry = Math.min(retry * 2, retryMs.last)
    }
  }
}

/** A batch of each, so that a lane with much to follow does not hold up the others. One that fails does not either. */
async function followLanes(
  parts: FollowHistoryParts,
  lanes: readonly HistoryLane[],
  states: Map<number, LaneState>,
  signal: AbortSignal,
): Promise<{ readonly hasFailed: boolean; readonly followed: number }> {
  let hasFailed = false
  let followed = 0
  for (const { laneId } of lanes) {
    if (signal.aborted) break
    const state = states.get(laneId) ?? fresh
    const from = performance.now()
    try {
      const outcome = await parts.follower.follow(laneId, { ...followBounds, numbersMax: state.numbersMax })
      // By degrees: the one that failed may be still to come.
      states.set(laneId, { numbersMax: Math.min(state.numbersMax * 2, followBounds.numbersMax), attempts: 0 })
      if (outcome.kind !== 'followed') continue
      followed += outcome.events
      parts.onFollowed(outcome)
    } catch (error) {
      fail(parts, error, laneId)
      hasFailed = true
      if (isOfEvent(error)) states.set(laneId, await narrowed(parts, laneId, state, error))
    }
    if (parts.isIngestBusy()) await parts.pause((performance.now() - from) * restShare, signal)
  }
  return { hasFailed, followed }
}

/** Towards the event that the batch fails by; leaves that one out in the end, so that it stops its lane for no longer. */
async function narrowed(
  parts: FollowHistoryParts,
  laneId: number,
  { numbersMax, attempts }: LaneState,
  error: unknown,
): Promise<LaneState> {
  if (numbersMax > 1) return { numbersMax: Math.max(1, Math.floor(numbersMax * narrowedTo)), attempts: 0 }
  if (attempts + 1 < attemptsMax) return { numbersMax, attempts: attempts + 1 }
  const seq = await parts.follower.leaveOut(laneId)
  if (seq !== null) {
    parts.onLeftOut()
    parts.logger.error({ error, laneId, seq }, 'left an event out of history: what it tells could not be written')
  }
  return fresh
}

function fail(parts: FollowHistoryParts, error: unknown, laneId: number | null): void {
  parts.onFailed(error instanceof Error ? error.message : 'unknown')
  parts.logger.error({ error, ...(laneId !== null && { laneId }) }, 'could not follow history; trying again')
}
