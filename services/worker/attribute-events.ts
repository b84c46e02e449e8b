// attributeEvents: the loop beside the worker's that finds who is behind stored events. It costs ingest nothing but its time:
// what fails here is told and tried again, and events are stored all the same.

import type { Logger } from '@plaintrail/runtime/logger'
import { attributeBounds, type AttributionLane, type Attributor } from '@plaintrail/store/attributor'
import { isOfEvent } from '@plaintrail/store/history-follower'

export interface AttributeEventsParts {
  /** The lanes that have something to attribute. */
  readonly lanes: () => Promise<readonly AttributionLane[]>
  readonly attributor: Attributor
  readonly logger: Logger
  /** Events are waiting to be stored: then the loop rests between its batches. */
  readonly isIngestBusy: () => boolean
  /** How many stored events of all lanes are behind, those among them that wait for their causes to come. */
  readonly onBehind: (events: number) => void
  /** `written`: of how many events something else is said than before. */
  readonly onAttributed: (batch: { readonly events: number; readonly written: number }) => void
  /** A batch failed, with its reason; nothing of it was written. */
  readonly onFailed: (reason: string) => void
  readonly onLeftOut: () => void
  /** All that could be attributed was, without a failure. */
  readonly onWell: () => void
  /** Resolves after the time, or at once when the signal aborts. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>
}

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

const fresh: LaneState = { numbersMax: attributeBounds.numbersMax, attempts: 0 }

/** Returns when the signal aborts and the batch in flight has ended. */
export async function attributeEvents(parts: AttributeEventsParts, signal: AbortSignal): Promise<void> {
  const states = new Map<number, LaneState>()
  let retry = retryMs.first
  while (!signal.aborted) {
    try {
      const lanes = await parts.lanes()
      parts.onBehind(lanes.reduce((sum, { behind }) => sum + behind, 0))
      const { hasFailed, attributed } = await attributeLanes(parts, lanes, states, signal)
      if (!hasFailed) {
        retry = retryMs.first
        parts.onWell()
        if (attributed === 0) await parts.pause(pollMs, signal)
        continue
      }
    } catch (error) {
      fail(parts, error, null)
    }
    await parts.pause(retry, signal)
    retry = Math.min(retry * 2, retryMs.last)
  }
}

/** A batch of each, so that a lane with much to attribute does not hold up the others. One that fails does not either. */
async function attributeLanes(
  parts: AttributeEventsParts,
  lanes: readonly AttributionLane[],
  states: Map<number, LaneState>,
  signal: AbortSignal,
): Promise<{ readonly hasFailed: boolean; readonly attributed: number }> {
  let hasFailed = false
  let attributed = 0
  for (const { laneId } of lanes) {
    if (signal.aborted) break
    const state = states.get(laneId) ?? fresh
    const from = performance.now()
    try {
      const outcome = await parts.attributor.attribute(laneId, { ...attributeBounds, numbersMax: state.numbersMax })
      // By degrees: the one that failed may be still to come.
      states.set(laneId, { numbersMax: Math.min(state.numbersMax * 2, attributeBounds.numbersMax), attempts: 0 })
      if (outcome.kind !== 'attributed') continue
      attributed += outcome.events
      parts.onAttributed(outcome)
    } catch (error) {
      fail(parts, error, laneId)
      hasFailed = true
      if (isOfEvent(error)) states.set(laneId, await narrowed(parts, laneId, state, error))
    }
    if (parts.isIngestBusy()) await parts.pause((performance.now() - from) * restShare, signal)
  }
  return { hasFailed, attributed }
}

/** Towards the event that the batch fails by; leaves that one out in the end, so that it stops its lane for no longer. */
async function narrowed(
  parts: AttributeEventsParts,
  laneId: number,
  { numbersMax, attempts }: LaneState,
  error: unknown,
): Promise<LaneState> {
  if (numbersMax > 1) return { numbersMax: Math.max(1, Math.floor(numbersMax * narrowedTo)), attempts: 0 }
  if (attempts + 1 < attemptsMax) return { numbersMax, attempts: attempts + 1 }
  const seq = await parts.attributor.leaveOut(laneId)
  if (seq !== null) {
    parts.onLeftOut()
    parts.logger.error({ error, laneId, seq }, 'left an event out of attribution: what it tells could not be written')
  }
  return fresh
}

function fail(parts: AttributeEventsParts, error: unknown, laneId: number | null): void {
  parts.onFailed(error instanceof Error ? error.message : 'unknown')
  parts.logger.error({ error, ...(laneId !== null && { laneId }) }, 'could not attribute events; trying again')
}
