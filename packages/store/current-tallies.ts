// currentTallies: which tallies are what a count of the events would give, for what was stored as of a snapshot.

import type { Query } from '@plaintrail/query/ast'
import type { Scope } from '@plaintrail/query/scope'
import { sql, type SQL } from 'drizzle-orm'
import type pg from 'pg'
import { quarterStartUs } from './quarters.ts'
import { arrayOf, statementOf } from './read-rows.ts'
import { dayOf, segmentIdsOfDay } from './segment-id.ts'
import { inScope, isMeant } from './visible-clusters.ts'

export interface TalliesAsked {
  /** The last number of each lane. Of the lanes that scope and query mean, one that is not here has none. */
  readonly lanes: ReadonlyMap<number, number>
  readonly scope: Scope
  readonly query?: Query
  /** Quarters from the first up to, but not including, the second. */
  readonly from: number
  readonly to: number
  /** What must have been kept. */
  readonly needs: readonly string[]
  /** Seals that are looked at; where more came since, there is no tally. */
  readonly sealsMax: number
}

/** Of segments that are stored as they come, all were received since. */
const daysFirst = 2

/**
 * Quarters, oldest first. All tallies are exact as of one state. What was stored between this and the snapshot, whichever is
 * later, is in seals, which say of what times it is: a tally of other times is exact as of the snapshot too. Numbers of a lane
 * have no holes, so the seals are all there when they hold as many events as there are numbers; where retention has taken
 * some, there is no tally. The client must be in a transaction that sees one state of the tallies until they are read.
 */
export async function currentTallies(
  client: pg.PoolClient,
  asked: TalliesAsked,
  nowUs: number = Date.now() * 1_000,
): Promise<readonly number[]> {
  const [recent] = segmentIdsOfDay(dayOf(nowUs) - daysFirst)
  // First the seals of the last days alone: to plan those of 400 days takes longer than all the rest.
  for (const fromId of [recent, 0]) {
    const { rows } = await client.query<{ isWhole: boolean; quarters: number[] }>(statementOf(current(asked, fromId)))
    const [found] = rows
    if (found?.isWhole === true) return found.quarters
  }
  return []
}

function current({ lanes, scope, query, from, to, needs, sealsMax }: TalliesAsked, fromId: number): SQL {
  const ids = arrayOf('int4', [...lanes.keys()])
  const lasts = arrayOf('int8', [...lanes.values()])
  const quarterUs = sql`${quarterStartUs(1)}::int8`
  const isAsked = sql`t.quarter >= ${from}::int4 and t.quarter < ${to}::int4 and t.kept @> ${arrayOf('text', needs)}`
  return sql`
    with known as materialized (
      select l.id, coalesce(a.seqs[array_position(a.lanes, l.id)], 0) as one,
        coalesce((${lasts})[array_position(${ids}, l.id)], 0) as other
      from tally_state a cross join lane l join cluster c on c.id = l.cluster_id
      where ${inScope(scope)} and ${isMeant(query)} and exists (select from tally t where ${isAsked})
    ), missing as materialized (
      select id, least(one, other) as after, greatest(one, other) as last from known where one <> other
    ), sealed as materialized (
      select m.id, s.stored, s.time_min / ${quarterUs} as first, s.time_max / ${quarterUs} as final
      from missing m join seal s on s.lane_id = m.id and s.first_seq > m.after and s.first_seq <= m.last
      where s.segment_id >= ${fromId}::int8 and s.stored > 0 limit ${sealsMax}
    ), touched as materialized (
      select distinct first, final from sealed where first is not null
    )
    select not exists (
        select from missing m
        where m.last - m.after <> coalesce((select sum(s.stored) from sealed s where s.id = m.id), 0)
      ) as "isWhole",
      array(
        select t.quarter from tally t
        where ${isAsked} and not exists (select from touched where first <= t.quarter and final >= t.quarter)
        order by t.quarter
      ) as quarters`
}
