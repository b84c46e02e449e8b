// applyExceptions: lets exceptions expire, and looks at what was found before an exception began or ceased to hold, a bounded
// part of it at a time.

import type { PoolClient } from 'pg'
import { expireExceptions } from './exceptions.ts'
import { recountHidden } from './findings-of-hits.ts'
import { settleHidden, waitForWriters } from './hidden-hits.ts'
import type { Store } from './open-store.ts'
import type { RuleBook } from './rule-book.ts'
import type { HitPlace } from './rule-hits.ts'
import { transaction } from './transaction.ts'

/** Of one transaction. */
const findingsMax = 50
const hitsMax = 1_000
/** Parts of one call of who judges: what is left waits for the next, so that judging goes on. */
const judgingPartsMax = 20

/**
 * How many times exceptions of a rule were applied to all there is. By any number of callers, at most so many parts each;
 * nowUs in microseconds since 1970.
 */
export async function applyExceptions(
  store: Store,
  book: Pick<RuleBook<unknown>, 'version'>,
  nowUs: number,
  partsMax = judgingPartsMax,
): Promise<number> {
  await expireExceptions(store, nowUs)
  let applied = 0
  for (let parts = 0; parts < partsMax; parts++) {
    const part = await transaction(store, async (client) => await applyPart({ store, client, book }))
    if (part === 'none') return applied
    applied += part === 'last' ? 1 : 0
  }
  return applied
}

interface ApplyTools {
  readonly store: Store
  readonly client: PoolClient
  readonly book: Pick<RuleBook<unknown>, 'version'>
}

interface Pending {
  /** Those of one rule that have come as far go on together. */
  readonly ids: readonly number[]
  readonly ruleId: number
  readonly finding: string | null
  readonly timeUs: number
  readonly request: string
}

const firstUs = Number.MIN_SAFE_INTEGER
const noUuid = '00000000-0000-0000-0000-000000000000'

async function applyPart(tools: ApplyTools): Promise<'none' | 'some' | 'last'> {
  const { client } = tools
  const pending = await lockPending(client)
  if (pending === null) return 'none'
  if (pending.finding === null) {
    // What is written after this commit was written by who has read the exception, or is seen by the parts that follow.
    await waitForWriters(client)
    await walk(client, pending.ids, { findingId: noUuid, timeUs: firstUs, request: noUuid })
    return 'some'
  }
  const next = await settlePart(tools, pending, pending.finding)
  if (next === null) {
    await client.query(
      `update exception x set is_pending = false, walked_finding = null, walked_time = null, walked_request = null
       where x.id = any($1::int4[])`,
      [pending.ids],
    )
    return 'last'
  }
  await walk(client, pending.ids, next)
  return 'some'
}

/** What another holds is passed by, so that two never wait for each other. */
async function lockPending(client: PoolClient): Promise<Pending | null> {
  const { rows } = await client.query<Omit<Pending, 'ids'> & { readonly id: number }>(
    `select x.id, x.rule_id as "ruleId", x.walked_finding::text as finding, x.walked_time as "timeUs",
       x.walked_request::text as request
     from exception x where x.is_pending order by x.id limit 1 for update skip locked`,
  )
  const [first] = rows
  if (first === undefined) return null
  const { id, ...pending } = first
  const { rows: others } = await client.query<{ id: number }>(
    `select x.id from exception x where x.is_pending and x.rule_id = $2 and x.id <> $1
       and (x.walked_finding, x.walked_time, x.walked_request) is not distinct from ($3::uuid, $4::int8, $5::uuid)
     order by x.id for update skip locked`,
    [id, pending.ruleId, pending.finding, pending.timeUs, pending.request],
  )
  return { ...pending, ids: [id, ...others.map((other) => other.id)] }
}

type Walked = Pick<HitPlace, 'findingId' | 'request' | 'timeUs'>

async function walk(client: PoolClient, ids: readonly number[], { findingId, timeUs, request }: Walked): Promise<void> {
  await client.query(
    'update exception x set walked_finding = $2, walked_time = $3, walked_request = $4 where x.id = any($1::int4[])',
    [ids, findingId, timeUs, request],
  )
}

/** How far it came; null at the end. */
async function settlePart(
  { store, client, book }: ApplyTools,
  pending: Pending,
  after: string,
): Promise<Walked | null> {
  const { rows: findings } = await client.query<{ id: string; clusterId: number }>(
    `select f.id::text as id, f.cluster_id as "clusterId" from finding f
     where f.rule_id = $1 and f.id >= $2::uuid order by f.id limit ${findingsMax} for update`,
    [pending.ruleId, after],
  )
  const last = findings.at(-1)
  if (last === undefined) return null
  const places = await placesOf(client, findings, pending)
  const settled = await settleHidden({ client, store }, [pending.ruleId], places)
  const clusterOf = new Map(findings.map(({ id, clusterId }) => [id, clusterId]))
  for (const [clusterId, own] of Map.groupBy(settled, ({ findingId }) => clusterOf.get(findingId) ?? 0))
    await recountHidden({ store, client, clusterId, book }, own)
  const end = places.at(-1)
  if (places.length === hitsMax && end !== undefined) return end
  if (findings.length < findingsMax) return null
  return { findingId: last.id, timeUs: Number.MAX_SAFE_INTEGER, request: noUuid }
}

/** From there on, itself among them: a request may have more steps than those that were read. */
async function placesOf(
  client: PoolClient,
  findings: readonly { readonly id: string }[],
  { finding, timeUs, request }: Pending,
): Promise<readonly HitPlace[]> {
  const { rows } = await client.query<HitPlace>(
    `select n.finding_id::text as "findingId", n.time as "timeUs", n.request::text as request, n.step
     from unnest($1::uuid[]) as i (finding_id)
     cross join lateral (
       select h.finding_id, h.time, h.request, h.step from rule_hit h
       where h.finding_id = i.finding_id and (i.finding_id > $2::uuid or (h.time, h.request) >= ($3::int8, $4::uuid))
       order by h.time, h.request, h.step limit ${hitsMax}
     ) n
     order by n.finding_id, n.time, n.request, n.step limit ${hitsMax}`,
    [findings.map(({ id }) => id), finding, timeUs, request],
  )
  return rows
}
