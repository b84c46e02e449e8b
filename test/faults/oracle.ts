// The oracle: after the dust has settled, what was acknowledged is stored exactly once, nothing is there that was not sent, and
// what follows from it happened exactly once.

import { decodeEnvelope } from '@plaintrail/event-log/envelope'
import { eventIdentity, eventKey } from '@plaintrail/event/identity'
import type { Store } from '@plaintrail/store/open-store'
import { until } from '../system.ts'
import type { Journal, SentBatch } from './api-server.ts'

/** What is wrong, in sentences; empty where nothing is. */
export type Verdict = readonly string[]

export interface Evidence {
  readonly store: Store
  readonly clusterUid: string
  readonly journals: readonly Journal[]
}

const shownMax = 5

/** Waits until what was acknowledged is visible and the outbox is done with, or the time is over; then `judge` says what is. */
export async function settle(evidence: Evidence, msMax: number): Promise<void> {
  const { ids, garbage } = acknowledged(evidence)
  await until(async () => {
    const { rows } = await evidence.store.pool.query<{ missing: number; unread: number; waiting: number }>(
      `select (select count(*) from unnest($1::uuid[]) id where not exists (select from event where audit = id)) as missing,
         (select count(*) from unnest($2::uuid[]) d where not exists (select from quarantine where digest = d)) as unread,
         (select count(*) from outbox) as waiting`,
      [ids, garbage.map((json) => digestOf(json, evidence.clusterUid).toString('hex'))],
    )
    const [row] = rows
    return row?.missing === 0 && row.unread === 0 && row.waiting === 0
  }, msMax).catch(() => undefined)
}

export async function judge(evidence: Evidence): Promise<Verdict> {
  const wrong: string[] = []
  wrong.push(...(await judgeEvents(evidence)))
  wrong.push(...(await judgeNumbers(evidence)))
  wrong.push(...(await judgeBytes(evidence)))
  wrong.push(...(await judgeQuarantine(evidence)))
  wrong.push(...(await judgeJobs(evidence)))
  return wrong
}

async function judgeEvents(evidence: Evidence): Promise<Verdict> {
  const { store, journals } = evidence
  const { rows } = await store.pool.query<{ audit: string; count: number }>(
    'select audit::text as audit, count(*) as count from event group by audit',
  )
  const stored = new Map(rows.map(({ audit, count }) => [audit, count]))
  const { ids } = acknowledged(evidence)
  const sent = new Set(allOf(journals).flatMap(({ auditIDs }) => auditIDs))
  return [
    ...list(
      'acknowledged and not stored',
      ids.filter((id) => !stored.has(id)),
    ),
    ...list(
      'stored more than once',
      rows.filter(({ count }) => count > 1).map(({ audit }) => audit),
    ),
    ...list(
      'stored and never sent',
      [...stored.keys()].filter((id) => !sent.has(id)),
    ),
  ]
}

/** A lane's numbers have no holes. */
async function judgeNumbers({ store }: Evidence): Promise<Verdict> {
  const { rows } = await store.pool.query<{ lane: number; count: number; last: number; next: number }>(
    `select l.id as lane, count(distinct e.seq) as count, coalesce(max(e.seq), 0) as last, l.next_seq as next
     from lane l left join event e on e.lane_id = l.id group by l.id, l.next_seq`,
  )
  return rows
    .filter(({ count, last, next }) => count !== last || next !== last + 1)
    .map(({ lane, count, last, next }) => `lane ${lane} has ${count} numbers up to ${last}, and goes on with ${next}`)
}

/** Each row's key is that of the bytes that its segment has for it. */
async function judgeBytes({ store, clusterUid }: Evidence): Promise<Verdict> {
  const uid = Buffer.from(clusterUid.replaceAll('-', ''), 'hex')
  const { rows } = await store.pool.query<{ id: number }>('select id from segment order by id')
  const wrong: string[] = []
  let judged = 0
  for (const { id } of rows) {
    const { rows: segments } = await store.pool.query<{ envelope: Buffer }>(
      'select envelope from segment where id = $1',
      [id],
    )
    const { rows: events } = await store.pool.query<{ item: number; key: string }>(
      `select item, replace(key::text, '-', '') as key from event where segment_id = $1`,
      [id],
    )
    const { bounds, body, header } = decodeEnvelope(segments[0]?.envelope ?? Buffer.alloc(0))
    const redacted = new Map(header.redactions.map(({ item, identity }) => [item, Buffer.from(identity, 'hex')]))
    for (const { item, key } of events) {
      const raw = body.subarray(bounds[item * 2], bounds[item * 2 + 1])
      const identity = redacted.get(item) ?? eventIdentity(raw)
      if (eventKey(identity, uid).toString('hex') !== key) wrong.push(`${id}/${item}`)
      judged += 1
    }
  }
  const { rows: counted } = await store.pool.query<{ count: number }>('select count(*) as count from event')
  if (counted[0]?.count !== judged) wrong.push(`${counted[0]?.count} rows, and bytes for ${judged}`)
  return list('whose bytes are not theirs', wrong)
}

async function judgeQuarantine(evidence: Evidence): Promise<Verdict> {
  const { store, clusterUid, journals } = evidence
  const { rows } = await store.pool.query<{ digest: string; count: number }>(
    `select replace(digest::text, '-', '') as digest, count(*) as count from quarantine group by digest`,
  )
  const kept = new Map(rows.map(({ digest, count }) => [digest, count]))
  const digests = (batches: readonly SentBatch[]): readonly string[] =>
    batches.flatMap(({ garbage }) => garbage.map((json) => digestOf(json, clusterUid).toString('hex')))
  const sent = new Set(digests(allOf(journals)))
  const owed = digests(allOf(journals).filter(({ outcome }) => outcome === 'acknowledged'))
  return [
    ...list(
      'acknowledged and not in quarantine',
      owed.filter((digest) => !kept.has(digest)),
    ),
    ...list(
      'twice in quarantine',
      rows.filter(({ count }) => count > 1).map(({ digest }) => digest),
    ),
    ...list(
      'in quarantine and never sent',
      [...kept.keys()].filter((digest) => !sent.has(digest)),
    ),
  ]
}

/** Each batch that filled quarantine told of it once: the notices together count what is there. */
async function judgeJobs({ store }: Evidence): Promise<Verdict> {
  const { rows } = await store.pool.query<{ noticed: number; kept: number; waiting: number }>(
    `select (select coalesce(sum(split_part(detail, ' ', 1)::int), 0) from notice where kind = 'quarantine.noticed') as noticed,
       (select count(*) from quarantine) as kept, (select count(*) from outbox) as waiting`,
  )
  const [row] = rows
  if (!row) return ['nothing could be asked of the notices']
  const wrong: string[] = []
  if (row.noticed !== row.kept) wrong.push(`${row.kept} items in quarantine, and notices of ${row.noticed}`)
  if (row.waiting > 0) wrong.push(`${row.waiting} rows of the outbox were never done`)
  return wrong
}

function acknowledged({ journals }: Evidence): {
  readonly ids: readonly string[]
  readonly garbage: readonly string[]
} {
  const batches = allOf(journals).filter(({ outcome }) => outcome === 'acknowledged')
  return {
    ids: batches.flatMap(({ auditIDs }) => auditIDs),
    garbage: batches.flatMap(({ garbage }) => garbage),
  }
}

function allOf(journals: readonly Journal[]): readonly SentBatch[] {
  return journals.flatMap(({ batches }) => batches)
}

function digestOf(json: string, clusterUid: string): Buffer {
  return eventKey(eventIdentity(Buffer.from(json)), Buffer.from(clusterUid.replaceAll('-', ''), 'hex'))
}

function list(what: string, found: readonly string[]): Verdict {
  if (found.length === 0) return []
  return [`${found.length} ${what}: ${found.slice(0, shownMax).join(', ')}${found.length > shownMax ? ', …' : ''}`]
}
