// Retention of what rules found: hits go with the day of their events. A finding stays, and still says how many there were.

import type { PoolClient } from 'pg'
import type { Store } from './open-store.ts'
import { ruleHitDays } from './partitions.ts'
import { dayName } from './segment-id.ts'
import { transaction } from './transaction.ts'

/** Writers queue behind a drop that waits for a long question: it gives up after this, and comes again. */
const lockWaitMs = 2_000
/** Rows that one statement takes away. */
const rowsMax = 10_000

/** Of days (since 1970) before `firstKept` whose events are gone. Safe to run twice and beside another run. */
export async function expireHits(store: Store, firstKept: number, eventDays: ReadonlySet<number>): Promise<void> {
  for (const day of await ruleHitDays(store)) {
    if (day < firstKept && !eventDays.has(day)) await dropHitDay(store, day)
  }
  await forgetEmptyFindings(store)
  await forgetCoverage(store, firstKept)
}

/** The findings first, as whoever judges locks them, so that neither waits for the other for ever. */
async function dropHitDay(store: Store, day: number): Promise<void> {
  const table = `rule_hit_${dayName(day)}`
  await transaction(store, async (client) => {
    await client.query(`set local lock_timeout = ${lockWaitMs}`)
    await client.query(
      `select f.id from finding f where f.id in (select h.finding_id from ${table} h where h.counts)
       order by f.id for update`,
    )
    await client.query('lock table only rule_hit in access exclusive mode')
    await keepCounts(client, table, 'h.counts', [])
    await client.query(`drop table ${table}`)
  })
}

/** Of events without a usable time, before the segments with these ids are dropped. In the transaction of the client. */
export async function forgetOddHits(client: PoolClient, from: number, to: number): Promise<void> {
  const isGone = `exists (select from event_odd e
    where e.segment_id >= $1 and e.segment_id < $2 and e.time = h.time and e.key = h.key)`
  await keepCounts(client, 'rule_hit_odd', `h.counts and ${isGone}`, [from, to])
  await client.query(`delete from rule_hit_odd h where ${isGone}`, [from, to])
}

/** How many requests a finding had says the finding, once their hits are gone. */
async function keepCounts(client: PoolClient, table: string, which: string, values: readonly number[]): Promise<void> {
  await client.query(
    `update finding f set expired = f.expired + g.requests
     from (select h.finding_id, count(distinct (h.time, h.request)) as requests from ${table} h where ${which}
       group by h.finding_id) g
     where f.id = g.finding_id`,
    [...values],
  )
}

/** Of what might have come to count, and nobody made anything of. One that is judged now goes with the next run. */
async function forgetEmptyFindings(store: Store): Promise<void> {
  for (let gone = rowsMax; gone === rowsMax;) {
    const { rowCount } = await store.pool.query(
      `delete from finding where id in (
         select f.id from finding f
         where f.events = 0 and f.triage_steps = 0
           and not exists (select from rule_hit h where h.finding_id = f.id)
         limit ${rowsMax} for update skip locked)`,
    )
    gone = rowCount ?? 0
  }
}

async function forgetCoverage(store: Store, firstKept: number): Promise<void> {
  await store.pool.query('delete from rule_missing where day < $1', [firstKept])
  await store.pool.query('delete from rule_coverage where day < $1', [firstKept])
}
