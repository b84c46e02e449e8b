// startHistory: the loop that makes revisions of what is stored.

import { createHistoryFollower, followBounds } from '@plaintrail/store/history-follower'
import { historyLanes } from '@plaintrail/store/history-lanes'
import { createHistoryMetrics } from './history-metrics.ts'
import { startLaneWork, type LaneWorkParts, type RunningLaneWork } from './start-lane-work.ts'

export function startHistory(parts: LaneWorkParts): RunningLaneWork {
  const counted = createHistoryMetrics(parts.metrics)
  return startLaneWork(parts, {
    name: 'history',
    doing: 'following',
    make: (store) => {
      const follower = createHistoryFollower(store, parts.parsed)
      return {
        lanes: () => historyLanes(store),
        numbersMax: followBounds.numbersMax,
        async work(laneId, numbersMax) {
          const outcome = await follower.follow(laneId, { ...followBounds, numbersMax })
          return outcome.kind === 'followed' ? outcome : null
        },
        leaveOut: (laneId) => follower.leaveOut(laneId),
        says: {
          failed: 'could not follow what is stored, trying again',
          leftOut: 'left an event out of history: what it tells could not be written',
        },
      }
    },
    onBehind: (events) => counted.behind(events),
    onWorked: (batch) => counted.followed(batch),
    onLeftOut: () => counted.leftOut(),
    onFailed: () => counted.failed(),
  })
}
