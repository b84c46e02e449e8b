// sealsOfNumbers: which segments hold the events that have these numbers of their lanes.

import { sql, type SQL } from 'drizzle-orm'
import type { LaneStretch } from './find-arrivals.ts'
import type { Store } from './open-store.ts'
import { arrayOf, readRows } from './read-rows.ts'
import { dayOf, segmentIdsOfDay } from './segment-id.ts'

export interface SealOfNumbers {
  readonly laneId: number
  readonly segmentId: number
  readonly firstSeq: number
  readonly stored: number
  /** Of its events that have a usable time, in microseconds since 1970; null where none has. */
  readonly timeMin: number | null
  readonly timeMax: number | null
}

/** Of segments that are stored as they come, all were received since. */
const daysFirst = 2

/**
 * Looks at the segments of the last days, and where these do not hold all the numbers, at all of them: what waited in the
 * log for a week is new too. Numbers that retention took are in none.
 */
export async function sealsOfNumbers(
  store: Store,
  stretches: readonly LaneStretch[],
  nowUs: number = Date.now() * 1_000,
): Promise<readonly SealOfNumbers[]> {
  const asked = stretches.filter(({ after, last }) => after < last)
  if (asked.length === 0) return []
  const [fromId] = segmentIdsOfDay(dayOf(nowUs) - daysFirst)
  const found = await readRows<SealRow>(store, sealsQuery(asked, fromId))
  return isWhole(asked, found) ? found : await readRows<SealRow>(store, sealsQuery(asked, 0))
}

type SealRow = SealOfNumbers & Record<string, unknown>

/** The first one may begin before the stretch: it is the last that begins no later than the first number. */
function sealsQuery(stretches: readonly LaneStretch[], fromId: number): SQL {
  const { lanes, afters, lasts } = laneArrays(stretches)
  return sql`
    select r.lane_id as "laneId", s.segment_id as "segmentId", s.first_seq as "firstSeq", s.stored,
      s.time_min as "timeMin", s.time_max as "timeMax"
    from unnest(${lanes}, ${afters}, ${lasts}) as r (lane_id, after, last)
    cross join lateral (
      select coalesce((
        select p.first_seq from seal p
        where p.segment_id >= ${fromId}::int8 and p.lane_id = r.lane_id and p.first_seq <= r.after + 1
        order by p.first_seq desc limit 1
      ), 0) as first_seq
    ) f
    join seal s on s.segment_id >= ${fromId}::int8 and s.lane_id = r.lane_id and s.stored > 0
      and s.first_seq >= f.first_seq and s.first_seq <= r.last and s.first_seq + s.stored > r.after + 1`
}

function isWhole(stretches: readonly LaneStretch[], seals: readonly SealOfNumbers[]): boolean {
  const byLane = Map.groupBy(seals, ({ laneId }) => laneId)
  return stretches.every(({ laneId, after, last }) => {
    let next = after + 1
    for (const { firstSeq, stored } of (byLane.get(laneId) ?? []).toSorted((a, b) => a.firstSeq - b.firstSeq)) {
      if (firstSeq > next) return false
      next = Math.max(next, firstSeq + stored)
    }
    return next > last
  })
}

/** Of the stretches, each at the same place in all three. */
export function laneArrays(stretches: readonly LaneStretch[]): Record<'lanes' | 'afters' | 'lasts', SQL> {
  return {
    lanes: arrayOf(
      'int4',
      stretches.map(({ laneId }) => laneId),
    ),
    afters: arrayOf(
      'int8',
      stretches.map(({ after }) => after),
    ),
    lasts: arrayOf(
      'int8',
      stretches.map(({ last }) => last),
    ),
  }
}
