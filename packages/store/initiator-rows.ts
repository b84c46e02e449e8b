// Who is behind events, as rows: read, written and found by what they depend on.

import { formatEventId } from '@plaintrail/event/identity'
import type { Attribution } from '@plaintrail/history/initiator'
import type { ClientBase, Pool } from 'pg'
import { dependencyHash, placeOfEvent } from './initiator-digests.ts'
import { storable } from './revision-row.ts'
import { dayName, dayOf, dayStartUs } from './segment-id.ts'

type Queries = Pick<Pool | ClientBase, 'query'>

export interface KeptAttribution {
  readonly attribution: Attribution
  /** As dependencyHash makes them, in their order. */
  readonly looked: readonly string[]
}

/** UTF-16 units of a name, and of each sentence of the evidence. */
const textCharsMax = 1_000
const lookedMax = 200
/** What came longer after a cause is not attributed again when that comes late: each day costs 5 to 25 ms. */
const lateDaysMax = 31
/** Rows that one look at a day finds. */
const dependentsMax = 5_000

/** By id; null for those of which nothing is kept. A statement for each of their days: causes may be years old. */
export async function readAttributions(
  queries: Queries,
  ids: readonly string[],
): Promise<ReadonlyMap<string, KeptAttribution | null>> {
  const found = new Map<string, KeptAttribution | null>(ids.map((id) => [id, null]))
  for (const own of Map.groupBy(ids, (id) => dayOf(placeOfEvent(id).time)).values()) {
    for (const [id, kept] of await readOfDay(queries, own)) found.set(id, kept)
  }
  return found
}

async function readOfDay(
  queries: Queries,
  ids: readonly string[],
): Promise<readonly (readonly [string, KeptAttribution])[]> {
  const places = ids.map(placeOfEvent)
  const times = places.map(({ time }) => time)
  const { rows } = await queries.query<InitiatorRow & { readonly at: number }>(
    // The bounds leave out all other days.
    `select p.at, ${initiatorColumns}
     from unnest($1::int8[], $2::uuid[]) with ordinality as p (time, key, at)
     join event_initiator i on i.time = p.time and i.key = p.key and i.time >= $3 and i.time <= $4`,
    [times, places.map(({ key }) => key), Math.min(...times), Math.max(...times)],
  )
  return rows.flatMap((row) => {
    const id = ids[row.at - 1]
    return id === undefined ? [] : [[id, keptOf(row)] as const]
  })
}

/** Of `event_initiator i`. */
export const initiatorColumns = 'i.kind, i.confidence, i.name, i.looked::text[] as looked, i.chain, i.considered'

export interface InitiatorRow {
  readonly kind: Attribution['initiator']['kind']
  readonly confidence: Attribution['confidence']
  readonly name: string
  readonly looked: readonly string[]
  readonly chain: Attribution['chain']
  readonly considered: Attribution['considered']
}

export function keptOf({ kind, name, confidence, chain, considered, looked }: InitiatorRow): KeptAttribution {
  return { attribution: { initiator: { kind, name }, confidence, chain, considered }, looked }
}

/** As it is read again: texts bounded and free of what Postgres does not keep. */
export function asKept(
  { initiator, confidence, chain, considered }: Attribution,
  looked: Iterable<string>,
): KeptAttribution {
  return {
    attribution: {
      initiator: { kind: initiator.kind, name: bounded(initiator.name) },
      confidence,
      chain: chain.map(({ what, event, why }) => ({ what, event, why: bounded(why) })),
      considered: considered.map(bounded),
    },
    looked: [...new Set(looked)].slice(0, lookedMax),
  }
}

function bounded(text: string): string {
  return storable(text.slice(0, textCharsMax))
}

/** Null takes the row away. To be called with the days' partitions made. */
export async function writeAttributions(
  client: Queries,
  kept: ReadonlyMap<string, KeptAttribution | null>,
): Promise<void> {
  const all = [...kept].map(([id, row]) => ({ ...placeOfEvent(id), row }))
  if (all.length === 0) return
  await client.query(
    `delete from event_initiator i using unnest($1::int8[], $2::uuid[]) as d (time, key)
     where i.time = d.time and i.key = d.key and i.time >= $3 and i.time <= $4`,
    [
      all.map(({ time }) => time),
      all.map(({ key }) => key),
      Math.min(...all.map(({ time }) => time)),
      Math.max(...all.map(({ time }) => time)),
    ],
  )
  const rows = all.flatMap(({ time, key, row }) => (row === null ? [] : [{ time, key, ...row }]))
  if (rows.length === 0) return
  await client.query({
    name: 'write-event-initiators',
    text: `
      insert into event_initiator (time, key, kind, confidence, name, looked, chain, considered)
      select i.time, i.key, i.kind, i.confidence, i.name, i.looked::int8[], i.chain, i.considered
      from unnest($1::int8[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::jsonb[], $8::jsonb[])
        as i (time, key, kind, confidence, name, looked, chain, considered)`,
    values: [
      rows.map(({ time }) => time),
      rows.map(({ key }) => key),
      rows.map(({ attribution }) => attribution.initiator.kind),
      rows.map(({ attribution }) => attribution.confidence),
      rows.map(({ attribution }) => attribution.initiator.name),
      rows.map(({ looked }) => `{${looked.join()}}`),
      rows.map(({ attribution }) => JSON.stringify(attribution.chain)),
      rows.map(({ attribution }) => JSON.stringify(attribution.considered)),
    ],
  })
}

/** What may change an attribution: a fact, by its key's digest, or who is behind an event, by the event's key. */
export interface Cause {
  /** A UUID. */
  readonly digest: string
  /** Only events that were received since depend on it, in microseconds since 1970. */
  readonly sinceUs: number
}

/**
 * Ids of the events whose kept attribution depends on one of the causes, oldest first; at most 5,000 of a day. By day and
 * without the index of times, which Postgres takes for the better one: over a day of 200,000 rows it then compares each
 * with each cause, for 5 s where the index of dependencies takes milliseconds.
 */
export async function findDependents(
  client: Queries,
  days: readonly number[],
  causes: readonly Cause[],
): Promise<readonly string[]> {
  if (causes.length === 0) return []
  const since = new Map<string, number>()
  for (const { digest, sinceUs } of causes) {
    const hash = dependencyHash(digest)
    since.set(hash, Math.min(sinceUs, since.get(hash) ?? Infinity))
  }
  const first = Math.min(...since.values())
  await client.query('set local enable_seqscan = off')
  const found: DependentRow[] = []
  const last = dayOf(Math.max(...since.values())) + lateDaysMax
  for (const day of days.filter((one) => dayStartUs(one + 1) > first && one <= last)) {
    const { rows } = await client.query<DependentRow>(
      `select i.time, i.key::text as key, i.looked::text[] as looked from event_initiator_${dayName(day)} i
       where i.looked && $1::int8[] and i.time + 0 >= $2::int8 limit ${dependentsMax}`,
      [[...since.keys()], first],
    )
    found.push(...rows)
  }
  await client.query('set local enable_seqscan = on')
  return found
    .filter(({ time, looked }) => looked.some((hash) => time >= (since.get(hash) ?? Infinity)))
    .map(({ time, key }) => formatEventId(time, Buffer.from(key.replaceAll('-', ''), 'hex')))
    .toSorted()
}

interface DependentRow {
  readonly time: number
  readonly key: string
  readonly looked: readonly string[]
}
