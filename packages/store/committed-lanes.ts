// committedLanes: what a batch committed of each lane, for those who watch how late events become visible.

import type { Plan, ReadSegment } from './batch-plan.ts'

export interface CommittedLane {
  readonly cluster: string
  readonly lane: string
  /** In the order of the log. */
  readonly posts: readonly CommittedPost[]
}

/** Microseconds since 1970. */
interface CommittedPost {
  readonly receivedUs: number
  /** The newest stageTimestamp of its events; null where none has one. */
  readonly newestStageUs: number | null
}

export function committedLanes(plans: readonly Plan[]): readonly CommittedLane[] {
  const known = plans.flatMap(({ lane, segment }) => (lane ? [{ lane, segment }] : []))
  return [...Map.groupBy(known, ({ lane }) => lane.id).values()].flatMap((own) => {
    const [first] = own
    if (!first) return []
    const posts = own.map(({ segment }) => postOf(segment))
    return [{ cluster: first.lane.clusterName, lane: first.segment.laneName, posts }]
  })
}

function postOf({ receivedUs, events }: ReadSegment): CommittedPost {
  let newestStageUs: number | null = null
  for (const { event } of events) {
    if (event.stageTime !== null && event.stageTime > (newestStageUs ?? 0)) newestStageUs = event.stageTime
  }
  return { receivedUs, newestStageUs }
}
