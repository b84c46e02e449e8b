// backtestEvents: the events that a rule may match, page by page in the order of time: by its match through the indexes, as far
// as rows can answer it. Who changed what, who is behind it and what the sentence says is left to the judgement.

import { and, matches, not, or, type Query } from '@plaintrail/query/ast'
import { asksHistory, asksInitiator } from '@plaintrail/query/field-terms'
import type { Scope } from '@plaintrail/query/scope'
import type { Snapshot } from '@plaintrail/query/snapshot'
import type { Window } from '@plaintrail/query/window'
import type { CompiledRule } from '@plaintrail/rules/compile-rule'
import { sql, type SQL } from 'drizzle-orm'
import { clusterQuery } from './backtests.ts'
import { eventStretches, type Stretch } from './event-stretches.ts'
import { positionOf, recordColumns, type EventPosition } from './find-records.ts'
import type { Store } from './open-store.ts'
import { eventDays } from './partitions.ts'
import { isExact } from './pattern-matches.ts'
import { queryConditions } from './query-conditions.ts'
import { readRows } from './read-rows.ts'
import type { NumberedRow } from './rule-events.ts'
import { isInSnapshot } from './take-snapshot.ts'
import { weakenedQuery, type Term, type Weakened } from './weakened-query.ts'

/** What events must meet that one of the rules could match: all of their steps. False where none can. */
export function backtestQuery(rules: readonly CompiledRule[], cluster: string | null): Weakened {
  const asked = rules.flatMap(({ steps }) => steps).map(({ step, namesStage }) => staged(step.match, namesStage))
  const open = asked.filter((query) => query !== false)
  if (open.length === 0) return false
  return and([or(open), clusterQuery(cluster)])
}

function staged(match: Query, namesStage: boolean): Weakened {
  const query = weakenedQuery(match, askedOfRow)
  return query === false || namesStage ? query : and([query, not(matches('stage', [['RequestReceived']]))])
}

/**
 * As columnsLeaf of the rules has it. An event whose row leaves a term open is read too, for it is told that it was open;
 * but not where objects are named in full: an index finds those alone, and the API server makes no name that anybody knows.
 */
function askedOfRow(term: Term, isWanted: boolean): boolean | Query {
  if (term.kind === 'says' || asksHistory(term) || asksInitiator(term)) return false
  if (term.kind !== 'matches' || !isWanted) return true
  if (term.key === 'name') return term.values.every(isExact) || or([term, mayBeNameless])
  if (term.key === 'is') return term.values.some(([word]) => word === 'dryrun') ? or([term, mayBeTriedOut]) : true
  // Without an answer that was recorded few events have one.
  return term.key !== 'uid'
}

/** As whyNameless and whyDryRunOpen of packages/rules/recorded.ts say it, but for what was recorded: of more events. */
const mayBeNameless = and([
  matches('name', [['']]),
  matches('class', [['write']]),
  matches('verb', [['create']]),
  matches('outcome', [['success']]),
])
const mayBeTriedOut = and([
  matches('class', [['write']]),
  or([matches('verb', [['delete'], ['deletecollection']]), matches('sub', [['eviction']])]),
])

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

/** A page that has looked for so long ends as it is, so that whoever reads can rest; one look of some days is whole. */
const pageMs = 500

/** Up to `limit` rows. */
export async function backtestEvents(store: Store, asked: BacktestQuestion): Promise<BacktestPage> {
  const { scope, query, after, limit } = asked
  const conditions = await queryConditions(store, scope, query)
  if (conditions === null) return { rows: [], next: null }
  const endMs = performance.now() + pageMs
  const window = { ...asked.window, sinceUs: Math.max(asked.window.sinceUs, after?.timeUs ?? 0) }
  const rows: BacktestRow[] = []
  for (const stretch of eventStretches(await eventDays(store), window, 'asc')) {
    const found = await readStretch(store, { ...asked, limit: limit - rows.length }, stretch, conditions.where(stretch))
    for (const row of found) rows.push(row)
    const last = rows.at(-1)
    if (last !== undefined && rows.length === limit) return { rows, next: positionOf(last) }
    if (performance.now() >= endMs) return { rows, next: { timeUs: stretch.toUs, key: firstKey } }
  }
  return { rows, next: null }
}

/** Before every event of its time. */
const firstKey = '0'.repeat(32)

async function readStretch(
  store: Store,
  { snapshot, after, limit }: BacktestQuestion,
  { fromUs, toUs }: Stretch,
  where: SQL,
): Promise<readonly BacktestRow[]> {
  const follows = after === null ? sql`true` : sql`(e.time, e.key) > (${after.timeUs}::int8, ${after.key}::uuid)`
  return await readRows<BacktestRow & Record<string, unknown>>(
    store,
    // As a lateral look-up: whatever is asked for, a page costs a look-up of its segments and no join with all of them.
    sql`select p.*, s.received_us as "receivedUs"
        from (
          select ${recordColumns}, e.seq, e.lane_id as "laneId" from event e
          where e.time >= ${fromUs}::int8 and e.time < ${toUs}::int8 and ${follows}
            and ${isInSnapshot(snapshot)} and (${where})
          order by e.time, e.key limit ${limit}
        ) p
        cross join lateral (select q.received_us from seal q where q.segment_id = p."segmentId" limit 1) s
        order by p.time, p.key`,
  )
}
