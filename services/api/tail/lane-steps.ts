// laneSteps: the numbers between two positions, in pieces that one read takes.

import { numbersAReadMax, type LaneStretch } from '@plaintrail/store/find-arrivals'

/** The last number of each lane, by the lane's id; a lane that is not here is at 0. */
export type LanePosition = ReadonlyMap<number, number>

/** Lane by lane. Lanes that are as far as `to`, or further, are in none. */
export function* laneSteps(from: LanePosition, to: LanePosition): Generator<readonly LaneStretch[]> {
  let step: LaneStretch[] = []
  let left = numbersAReadMax
  for (const [laneId, end] of to) {
    for (let after = from.get(laneId) ?? 0; after < end;) {
      const last = Math.min(end, after + left)
      step.push({ laneId, after, last })
      left -= last - after
      after = last
      if (left > 0) continue
      yield step
      ;[step, left] = [[], numbersAReadMax]
    }
  }
  if (step.length > 0) yield step
}

/** How many numbers are between. */
export function numbersBetween(from: LanePosition, to: LanePosition): number {
  return [...to].reduce((sum, [laneId, end]) => sum + Math.max(0, end - (from.get(laneId) ?? 0)), 0)
}

/** The position on these lanes alone. */
export function onLanes(position: LanePosition, lanes: ReadonlySet<number>): Map<number, number> {
  return new Map([...position].filter(([laneId]) => lanes.has(laneId)))
}
