// backtestEvents: the events that a rule may match, page by page in the order of time: by its match through the indexes, as far
// as rows can answer it. Who changed what, who is behind it and what the sentence says is left to the judgement.

import { and, matches, not, or, type Query } from '@plaintrail/query/ast'
import { asksHistory, asksInitiator } from '@plaintrail/query/field-terms'
import type { Scope } from '@plaintrail/query/scope'
import type { Snapshot } from '@plaintrail/query/snapshot'
import type { Window } from '@plaintrail/query/window'
import type { CompiledRule } from '@plaintrail/rules/compile-rule'
import { sql } from 'drizzle-orm'
import { clusterQuery } from './backtests.ts'
import { eventStretches } from './event-stretches.ts'
import { positionOf, recordColumns, type EventPosition } from './find-records.ts'
import type { Store } from './open-store.ts'
import { eventDays } from './partitions.ts'
import { queryConditions } from './query-conditions.ts'
import { readRows } from './read-rows.ts'
import type { NumberedRow } from './rule-events.ts'
import { isInSnapshot } from './take-snapshot.ts'
import { weakenedQuery, type Weakened } from './weakened-query.ts'

/** What events must meet that one of the rules could match: all of their steps. False where none can. */
export function backtestQuery(rules: readonly CompiledRule[], cluster: string | null): Weakened {
  const asked = rules
    .flatMap(({ steps }) => steps)
    .map(({ step, namesStage }) => weakenedQuery(step.match, standsInRow) && staged(step.match, namesStage))
  const open = asked.filter((query) => query !== false)
  if (open.length === 0) return false
  return and([or(open), clusterQuery(cluster)])
}

function staged(match: Query, namesStage: boolean): Weakened {
  const query = weakenedQuery(match, standsInRow)
  return query === false || namesStage ? query : and([query, not(matches('stage', [['RequestReceived']]))])
}

/** As columnsLeaf of the rules has it. */
const standsInRow = (term: Query): boolean => term.kind !== 'says' && !asksHistory(term) && !asksInitiator(term)

interface BacktestRow extends NumberedRow {
  readonly laneId: number
}

export interface BacktestPage {
  readonly rows: readonly BacktestRow[]
  /** Null where nothing follows. */
  readonly next: EventPosition | null
}

export interface BacktestQuestion {
  readonly scope: Scope
  readonly query: Query
  readonly window: Window
  readonly snapshot: Snapshot
  readonly after: EventPosition | null
  readonly limit: number
}

/** Up to `limit` rows of the first days that have some. */
export async function backtestEvents(store: Store, asked: BacktestQuestion): Promise<BacktestPage> {
  const { scope, query, snapshot, after, limit } = asked
  const conditions = await queryConditions(store, scope, query)
  if (conditions === null) return { rows: [], next: null }
  const window = { ...asked.window, sinceUs: Math.max(asked.window.sinceUs, after?.timeUs ?? 0) }
  for (const stretch of eventStretches(await eventDays(store), window, 'asc')) {
    const follows = after === null ? sql`true` : sql`(e.time, e.key) > (${after.timeUs}::int8, ${after.key}::uuid)`
    const rows = await readRows<BacktestRow & Record<string, unknown>>(
      store,
      // As a lateral look-up: whatever is asked for, a page costs a look-up of its segments and no join with all of them.
      sql`select p.*, s.received_us as "receivedUs"
          from (
            select ${recordColumns}, e.seq, e.lane_id as "laneId" from event e
            where e.time >= ${stretch.fromUs}::int8 and e.time < ${stretch.toUs}::int8 and ${follows}
              and ${isInSnapshot(snapshot)} and (${conditions.where(stretch)})
            order by e.time, e.key limit ${limit}
          ) p
          cross join lateral (select q.received_us from seal q where q.segment_id = p."segmentId" limit 1) s
          order by p.time, p.key`,
    )
    const last = rows.at(-1)
    if (last === undefined) continue
    // What is left of the days is looked for again from there: they may be the last of these days and not of all.
    return { rows, next: positionOf(last) }
  }
  return { rows: [], next: null }
}
