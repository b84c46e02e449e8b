// settleHidden: says of hits by which exception they do not count. One way for hits that come, for those that a later stage
// changed, and for those that were there before an exception: so what is hidden is the same in any order.

import type { Query } from '@plaintrail/query/ast'
import { QueryError } from '@plaintrail/query/query-error'
import { everything } from '@plaintrail/query/scope'
import { sql, type SQL } from 'drizzle-orm'
import type { PoolClient } from 'pg'
import { readExceptionMatch } from './exception-query.ts'
import type { Store } from './open-store.ts'
import { queryConditions } from './query-conditions.ts'
import { arrayOf, statementOf } from './read-rows.ts'
import type { HitPlace } from './rule-hits.ts'

/** Whoever writes hits holds it with others, whoever begins to apply an exception alone: nobody writes who has not read it. */
const advisoryLock = 7_717_023

export interface HidingTools {
  readonly client: PoolClient
  /** Names are looked up beside the transaction: those of events that are stored are there for all. */
  readonly store: Store
}

/** Until the end of the transaction; before any finding is locked, or two could wait for each other. */
export async function holdExceptions(client: PoolClient): Promise<void> {
  await client.query('select pg_advisory_xact_lock_shared($1)', [advisoryLock])
}

/** Waits for all who write hits and may not have read what is committed by now. */
export async function waitForWriters(client: PoolClient): Promise<void> {
  await client.query('select pg_advisory_xact_lock($1)', [advisoryLock])
}

export interface SettledHit extends HitPlace {
  readonly ruleId: number
  readonly version: number
  readonly isHidden: boolean
}

/** Those of which it is said anew whether they are hidden. Whoever calls holds their findings. */
export async function settleHidden(
  tools: HidingTools,
  ruleIds: readonly number[],
  places: readonly HitPlace[],
): Promise<readonly SettledHit[]> {
  if (places.length === 0) return []
  const times = places.map(({ timeUs }) => timeUs)
  const fromUs = times.reduce((a, b) => Math.min(a, b), Number.MAX_SAFE_INTEGER)
  const toUs = times.reduce((a, b) => Math.max(a, b), 0)
  const wants = await wantedOf(tools, ruleIds, { fromUs, toUs: toUs + 1 })
  const { rows } = await tools.client.query<
    SettledHit & { readonly wants: number | null; readonly was: number | null }
  >(
    statementOf(sql`
      select n.* from (
        select h.finding_id::text as "findingId", h.time as "timeUs", h.request::text as request, h.step, h.version,
          f.rule_id as "ruleId", h.hidden_by as was, ${wants} as wants
        from unnest(${arrayOf(
          'uuid',
          places.map(({ findingId }) => findingId),
        )}, ${arrayOf('int8', times)},
            ${arrayOf(
              'uuid',
              places.map(({ request }) => request),
            )}, ${sql.param(places.map(({ step }) => step))}::int2[])
          as i (finding_id, time, request, step)
        join rule_hit h on h.finding_id = i.finding_id and h.time = i.time and h.request = i.request and h.step = i.step
          and h.time >= ${fromUs}::int8 and h.time <= ${toUs}::int8
        join finding f on f.id = h.finding_id
        left join event e on e.time = h.time and e.key = h.key and e.time >= ${fromUs}::int8 and e.time <= ${toUs}::int8
      ) n where n.was is distinct from n.wants`),
  )
  await writeHidden(tools.client, rows)
  return rows
    .filter(({ was, wants: is }) => (was === null) !== (is === null))
    .map(({ was: _was, wants: is, ...hit }) => ({ ...hit, isHidden: is !== null }))
}

/** The first exception that holds for a hit of `finding f` and `event e`. */
async function wantedOf(
  { client, store }: HidingTools,
  ruleIds: readonly number[],
  stretch: { readonly fromUs: number; readonly toUs: number },
): Promise<SQL> {
  const { rows } = await client.query<{ id: number; ruleId: number; match: string }>({
    name: 'exceptions-of-rules',
    text: 'select x.id, x.rule_id as "ruleId", x.match from exception x where x.holds and x.rule_id = any($1::int4[]) order by x.id',
    values: [ruleIds],
  })
  const cases: SQL[] = []
  for (const { id, ruleId, match } of rows) {
    const query = readAgain(match)
    const conditions = query && (await queryConditions(store, everything, query, 'few'))
    if (conditions) cases.push(sql`when f.rule_id = ${ruleId} and (${conditions.where(stretch)}) then ${id}::int4`)
  }
  return cases.length === 0 ? sql`null::int4` : sql`case ${sql.join(cases, sql` `)} end`
}

/** Null where a version of this program wrote it that could read it: it hides nothing then. */
export function readAgain(match: string): Query | null {
  try {
    return readExceptionMatch(match)
  } catch (error) {
    if (error instanceof QueryError) return null
    throw error
  }
}

/** Whether any exception holds for one of these rules. */
export async function hasExceptions(client: PoolClient, ruleIds: readonly number[]): Promise<boolean> {
  const { rows } = await client.query<{ found: boolean }>({
    name: 'has-exceptions',
    text: 'select exists (select from exception x where x.holds and x.rule_id = any($1::int4[])) as found',
    values: [ruleIds],
  })
  return rows[0]?.found === true
}

async function writeHidden(
  client: PoolClient,
  hits: readonly (HitPlace & { readonly wants: number | null })[],
): Promise<void> {
  if (hits.length === 0) return
  const times = hits.map(({ timeUs }) => timeUs)
  await client.query(
    `update rule_hit h set hidden_by = i.hidden_by
     from unnest($1::uuid[], $2::int8[], $3::uuid[], $4::int2[], $5::int4[]) as i (finding_id, time, request, step, hidden_by)
     where h.finding_id = i.finding_id and h.time = i.time and h.request = i.request and h.step = i.step
       and h.time >= $6 and h.time <= $7`,
    [
      hits.map(({ findingId }) => findingId),
      times,
      hits.map(({ request }) => request),
      hits.map(({ step }) => step),
      hits.map(({ wants }) => wants),
      times.reduce((a, b) => Math.min(a, b), Number.MAX_SAFE_INTEGER),
      times.reduce((a, b) => Math.max(a, b), 0),
    ],
  )
}
