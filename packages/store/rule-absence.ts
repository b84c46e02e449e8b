// decideAbsences: says of requests that something had to follow whether it did, once it is too late for that: by the time of
// the cluster's events, and by the clock where a lane has gone quiet.

import { recountFindings, type FindingTools } from './findings-of-hits.ts'
import { lockKnown } from './finding-rows.ts'
import type { Store } from './open-store.ts'
import type { RuleBook } from './rule-book.ts'
import { transaction } from './transaction.ts'

/** A lane that got nothing for so long has no event still to come that is older. In microseconds. */
const quietUs = 60_000_000
/** Hits decided in one transaction. */
const hitsMax = 1_000

/**
 * How many were decided. To be called again and again, by any number of callers. Both times are in microseconds since 1970: now,
 * and since when hits are looked at, for each day costs a tenth of a millisecond.
 */
export async function decideAbsences(
  store: Store,
  book: Pick<RuleBook<unknown>, 'version'>,
  nowUs: number,
  sinceUs: number,
): Promise<number> {
  let decided = 0
  for (const { clusterId, firstDueUs } of await readDue(store, sinceUs)) {
    const watermarkUs = await watermarkOf(store, clusterId, nowUs)
    if (watermarkUs < firstDueUs) continue
    for (let some = hitsMax; some > 0; decided += some) some = await decideSome(store, book, { clusterId, watermarkUs })
  }
  return decided
}

async function readDue(
  store: Store,
  sinceUs: number,
): Promise<readonly { readonly clusterId: number; readonly firstDueUs: number }[]> {
  const { rows } = await store.pool.query<{ clusterId: number; firstDueUs: number }>({
    text: `select h.cluster_id as "clusterId", min(h.due_us) as "firstDueUs" from rule_hit h where h.due_us is not null and h.time >= $1
           group by h.cluster_id order by h.cluster_id`,
    values: [sinceUs],
  })
  return rows
}

/** Whatever happened before is judged: of the lanes that may still bring something, the one that is furthest behind. */
async function watermarkOf(store: Store, clusterId: number, nowUs: number): Promise<number> {
  const { rows } = await store.pool.query<{ watermarkUs: number | null }>({
    name: 'rule-watermark',
    text: `
      select min(case when l.next_seq <= coalesce(p.next_seq, 1) and s.received_us < $2::int8 then $3::int8
        else coalesce(p.time_us, 0) end) as "watermarkUs"
      from lane l left join rule_position p on p.lane_id = l.id
      cross join lateral (
        select q.received_us from seal q where q.lane_id = l.id order by q.first_seq desc, q.received_us desc limit 1
      ) s
      where l.cluster_id = $1 and l.next_seq > 1`,
    values: [clusterId, nowUs - quietUs, nowUs],
  })
  return rows[0]?.watermarkUs ?? 0
}

interface Decision {
  readonly clusterId: number
  readonly watermarkUs: number
}

async function decideSome(
  store: Store,
  book: Pick<RuleBook<unknown>, 'version'>,
  { clusterId, watermarkUs }: Decision,
): Promise<number> {
  return await transaction(store, async (client) => {
    const { rows: due } = await client.query<{ findingId: string; dueUs: number }>(
      `select h.finding_id::text as "findingId", h.due_us as "dueUs" from rule_hit h where h.cluster_id = $1 and h.due_us <= $2
       order by h.due_us limit ${hitsMax}`,
      [clusterId, watermarkUs],
    )
    if (due.length === 0) return 0
    const ids = [...new Set(due.map(({ findingId }) => findingId))]
    await lockKnown(client, ids)
    // Another may have decided them meanwhile. What is due later is left for the next: together they may be more than is read.
    const { rows } = await client.query<{ findingId: string; version: number; timeUs: number }>(
      `update rule_hit h set due_us = null where h.cluster_id = $1 and h.due_us <= $2 and h.finding_id = any($3::uuid[])
       returning h.finding_id::text as "findingId", h.version, h.time as "timeUs"`,
      [clusterId, due.at(-1)?.dueUs ?? watermarkUs, ids],
    )
    const tools: FindingTools = { store, client, clusterId, book }
    await recountFindings(
      tools,
      rows.map(({ timeUs, ...row }) => ({ ...row, fromUs: timeUs, toUs: timeUs })),
    )
    return rows.length
  })
}
