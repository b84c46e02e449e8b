// historyLanes: the lanes that history has to follow, and how far it is behind on each.

import { sql } from 'drizzle-orm'
import type { Store } from './open-store.ts'
import { readRows } from './read-rows.ts'

export interface HistoryLane {
  readonly laneId: number
  /** Stored events that are not followed yet; at least 1. */
  readonly behind: number
}

/** By id. A lane's row is locked from the numbering of its events until their commit: what is read here is whole. */
export async function historyLanes(store: Store): Promise<readonly HistoryLane[]> {
  return await readRows<HistoryLane & Record<string, unknown>>(
    store,
    sql`select l.id as "laneId", (l.next_seq - coalesce(h.next_seq, 1))::int8 as behind
        from lane l left join history_position h on h.lane_id = l.id
        where l.next_seq > coalesce(h.next_seq, 1) order by l.id`,
  )
}
