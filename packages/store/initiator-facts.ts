// Facts for attribution as rows: written once for each event that tells one, read by key, newest first.

import { formatEventId } from '@plaintrail/event/identity'
import type { Fact, Tale } from '@plaintrail/history/fact'
import type { PoolClient } from 'pg'
import { factDigest, placeOfEvent } from './initiator-digests.ts'
import { storable } from './revision-row.ts'

/** Of one key, newest before a time. */
const factsMax = 200

export interface FactsOfKey {
  readonly facts: readonly Fact[]
  /** There are older ones. */
  readonly isCut: boolean
}

/**
 * What was written before stays; of those with one mark the one with the lowest version. Returns those that say something
 * new.
 */
export async function writeFacts(
  client: PoolClient,
  clusterId: number,
  facts: readonly Fact[],
): Promise<readonly Fact[]> {
  const rows = firstOfMarks(clusterId, facts)
  if (rows.length === 0) return []
  const written = await client.query<{ key: string; mark: string }>({
    name: 'write-initiator-facts',
    text: `
      insert into initiator_fact as f (key, mark, event_key, time, stage_time, version, kind, told)
      select i.key, i.mark, i.event_key, i.time, i.stage_time, i.version, i.kind, i.told
      from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int8[], $5::int8[], $6::int8[], $7::text[], $8::jsonb[])
        as i (key, mark, event_key, time, stage_time, version, kind, told)
      order by i.key, i.mark
      on conflict (key, mark) do update set event_key = excluded.event_key, time = excluded.time,
        stage_time = excluded.stage_time, version = excluded.version, told = excluded.told
      where (excluded.version, excluded.time, excluded.event_key) < (f.version, f.time, f.event_key)
      returning f.key::text as key, f.mark::text as mark`,
    values: [
      rows.map(({ key }) => key),
      rows.map(({ mark }) => mark),
      rows.map(({ place }) => place.key),
      rows.map(({ fact }) => fact.time),
      rows.map(({ fact }) => fact.stageTime),
      rows.map(({ fact }) => fact.version),
      rows.map(({ fact }) => fact.tale.kind),
      rows.map(({ fact }) => toldOf(fact)),
    ],
  })
  const fresh = new Set(written.rows.map(({ key, mark }) => `${key}${mark}`))
  return rows.filter(({ key, mark }) => fresh.has(`${key}${mark}`)).map(({ fact }) => fact)
}

interface FactRow {
  readonly fact: Fact
  readonly key: string
  readonly mark: string
  readonly place: { readonly key: string }
}

/** One statement may write a row once only. */
function firstOfMarks(clusterId: number, facts: readonly Fact[]): readonly FactRow[] {
  const rows = new Map<string, FactRow>()
  for (const fact of facts) {
    const place = placeOfEvent(fact.event)
    const key = factDigest(clusterId, fact.key)
    const mark = fact.mark === null ? place.key : factDigest(clusterId, `${fact.key}/${fact.mark}`)
    const other = rows.get(`${key}${mark}`)
    if (other !== undefined && (other.fact.version ?? 0) <= (fact.version ?? 0)) continue
    rows.set(`${key}${mark}`, { fact, key, mark, place })
  }
  return [...rows.values()]
}

interface Told {
  readonly tale: Tale
  readonly actor: Fact['actor']
  readonly as: string | null
  readonly isOpen: boolean
}

function toldOf({ tale, actor, impersonated, isOpen }: Fact): string {
  const { name, type } = actor
  const told: Told = { tale, actor: { name, type, groups: [] }, as: impersonated, isOpen }
  return JSON.stringify(told, (_, value: unknown) => (typeof value === 'string' ? storable(value) : value))
}

/** By key; of each at most `factsMax` that were received by `untilUs`. */
export async function readFacts(
  client: PoolClient,
  clusterId: number,
  keys: readonly string[],
  untilUs: number,
): Promise<ReadonlyMap<string, FactsOfKey>> {
  if (keys.length === 0) return new Map()
  const { rows } = await client.query<StoredFact>({
    name: 'read-initiator-facts',
    text: `
      select k.at, f.event_key::text as "eventKey", f.time, f.stage_time as "stageTime", f.version, f.told
      from unnest($1::uuid[]) with ordinality as k (key, at)
      cross join lateral (
        select i.event_key, i.time, i.stage_time, i.version, i.told from initiator_fact i where i.key = k.key and i.time <= $2 order by i.time desc limit ${factsMax}
      ) f`,
    values: [keys.map((key) => factDigest(clusterId, key)), untilUs],
  })
  const byKey = Map.groupBy(rows, ({ at }) => at)
  return new Map(
    keys.map((key, index) => {
      const own = byKey.get(index + 1) ?? []
      return [key, { facts: own.map((row) => factOf(key, row)), isCut: own.length >= factsMax }] as const
    }),
  )
}

interface StoredFact {
  readonly at: number
  readonly eventKey: string
  readonly time: number
  readonly stageTime: number
  readonly version: number | null
  readonly told: Told
}

function factOf(key: string, { eventKey, time, stageTime, version, told }: StoredFact): Fact {
  const { tale, actor, as, isOpen } = told
  const event = formatEventId(time, Buffer.from(eventKey.replaceAll('-', ''), 'hex'))
  return { key, event, actor, impersonated: as, isOpen, time, stageTime, version, mark: null, tale }
}
