// hideExcepted: marks what exceptions that hold now hide of the rule, as they hide it of what is found: a hit whose latest event
// one of them means.

import { everything } from '@plaintrail/query/scope'
import { sql } from 'drizzle-orm'
import type { PoolClient } from 'pg'
import { readAgain } from './hidden-hits.ts'
import type { Store } from './open-store.ts'
import { queryConditions, type QueryConditions } from './query-conditions.ts'
import { statementOf } from './read-rows.ts'

/** Names are looked up before the transaction that uses them. */
export async function exceptionConditions(store: Store, rule: string): Promise<readonly QueryConditions[]> {
  const { rows } = await store.pool.query<{ match: string }>(
    'select x.match from exception x join rule r on r.id = x.rule_id where x.holds and r.name = $1 order by x.id',
    [rule],
  )
  const conditions: QueryConditions[] = []
  for (const { match } of rows) {
    const query = readAgain(match)
    const condition = query && (await queryConditions(store, everything, query, 'few'))
    if (condition) conditions.push(condition)
  }
  return conditions
}

/** As due_us of a hit: it is never decided that it counts. */
export const hiddenUs = Number.MAX_SAFE_INTEGER

/** How many requests of version 1 it marked. */
export async function hideExcepted(
  client: PoolClient,
  backtestId: string,
  exceptions: readonly QueryConditions[],
): Promise<number> {
  if (exceptions.length === 0) return 0
  const { rows: spans } = await client.query<{ fromUs: number | null; toUs: number | null }>(
    'select min(time) as "fromUs", max(time) as "toUs" from backtest_hit where backtest_id = $1',
    [backtestId],
  )
  const { fromUs = null, toUs = null } = spans[0] ?? {}
  if (fromUs === null || toUs === null) return 0
  const stretch = { fromUs, toUs: toUs + 1 }
  const isMeant = sql.join(
    exceptions.map(({ where }) => sql`(${where(stretch)})`),
    sql` or `,
  )
  const { text, values } = statementOf(sql`
    with hidden as (
      update backtest_hit h set due_us = ${hiddenUs}::int8 from event e
      where h.backtest_id = ${backtestId}::uuid and e.time = h.time and e.key = h.key
        and e.time >= ${fromUs}::int8 and e.time <= ${toUs}::int8 and (${isMeant})
      returning h.version, h.finding_id, h.time, h.request
    )
    select count(distinct (finding_id, time, request))::int8 as requests from hidden where version = 1`)
  const { rows } = await client.query<{ requests: number }>(text, values)
  return rows[0]?.requests ?? 0
}
