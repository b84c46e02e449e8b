// handOver: what was stored, as it is in memory, to those that follow in the same process.

import type { Plan } from './batch-plan.ts'
import type { EventRow } from './event-rows.ts'
import type { HandedEvents } from './handed-events.ts'
import type { ParsedItems } from './parsed-items.ts'

export interface Followers {
  /** Of those that read what was parsed. */
  readonly parsed?: ParsedItems
  /** Of those that judge. */
  readonly handed?: HandedEvents
}

interface StoredPart {
  readonly plans: readonly Plan[]
  /** Those that were new, in the order of their numbers. */
  readonly rows: readonly EventRow[]
  /** By the lane's id. */
  readonly firstSeqs: ReadonlyMap<number, number>
}

export function handOver({ parsed, handed }: Followers, { plans, rows, firstSeqs }: StoredPart): void {
  if (parsed !== undefined) handParsed(parsed, plans)
  if (handed !== undefined) handNumbered(handed, { plans, rows, firstSeqs })
}

/** In the order of the lanes' numbers, which is that of the log. */
function handParsed(parsed: ParsedItems, plans: readonly Plan[]): void {
  for (const { segment, segmentId } of plans) {
    for (const { raw, event, item, bytes } of segment.events) {
      if (raw != null) parsed.keep(segmentId, item, { raw, event, bytes })
    }
  }
}

/** Nothing of a segment without an event that is new. */
function handNumbered(handed: HandedEvents, { plans, rows, firstSeqs }: StoredPart): void {
  const bySegment = Map.groupBy(rows, ({ segmentId }) => segmentId)
  for (const { segmentId, lane, segment } of plans) {
    const items = bySegment.get(segmentId) ?? []
    const [row] = items
    const first = lane === null ? undefined : firstSeqs.get(lane.id)
    if (lane === null || first === undefined || row === undefined) continue
    const { id: laneId, clusterId } = lane
    const { receivedUs } = segment
    handed.give({ segmentId, clusterId, laneId, firstSeq: first + row.ordinal, receivedUs, items })
  }
}
