// startAttribution: the loop that finds who is behind stored events.

import { attributeBounds, attributionLanes, createAttributor } from '@plaintrail/store/attributor'
import { createAttributionMetrics } from './attribution-metrics.ts'
import { startLaneWork, type LaneWorkParts, type RunningLaneWork } from './start-lane-work.ts'

export function startAttribution(parts: LaneWorkParts): RunningLaneWork {
  const counted = createAttributionMetrics(parts.metrics)
  return startLaneWork(parts, {
    name: 'attribution',
    doing: 'attributing',
    make: (store) => {
      const attributor = createAttributor(store, {}, parts.parsed)
      return {
        lanes: () => attributionLanes(store),
        numbersMax: attributeBounds.numbersMax,
        async work(laneId, numbersMax) {
          const outcome = await attributor.attribute(laneId, { ...attributeBounds, numbersMax })
          return outcome.kind === 'attributed' ? outcome : null
        },
        leaveOut: (laneId) => attributor.leaveOut(laneId),
        says: {
          failed: 'could not attribute what is stored, trying again',
          leftOut: 'left an event out of attribution: what it tells could not be written',
        },
      }
    },
    onBehind: (events) => counted.behind(events),
    onWorked: (batch) => counted.attributed(batch),
    onLeftOut: () => counted.leftOut(),
    onFailed: () => counted.failed(),
  })
}
