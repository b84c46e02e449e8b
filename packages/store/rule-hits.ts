// Rows of requests that rules matched: written, read again around a time, and marked where they count.

import type { FieldValues } from '@plaintrail/rules/evaluation'
import type { PoolClient } from 'pg'

/** Which hit it is: a request in one step of one finding. */
export interface HitPlace {
  /** A UUID, as are `request` and `key`. */
  readonly findingId: string
  /** Of the request; microseconds since 1970. */
  readonly timeUs: number
  readonly request: string
  readonly step: number
}

export interface Hit extends HitPlace {
  readonly version: number
  /** Of its latest stage that was seen. Null for a gap. */
  readonly key: string | null
  readonly gapId: number | null
  readonly stageRank: number
  readonly stageTimeUs: number
  /** Until when it is not decided that nothing followed; null where that is not asked. */
  readonly dueUs: number | null
  readonly value: string | null
  readonly fields: FieldValues
}

/** What is needed to say which hits count. */
export interface WindowHit extends HitPlace {
  readonly value: string | null
  readonly counts: boolean
  readonly isDue: boolean
  /** An exception holds for it. */
  readonly isHidden: boolean
}

/** A stretch of time of one finding under one version. */
export interface HitWindow {
  readonly findingId: string
  readonly version: number
  readonly fromUs: number
  readonly toUs: number
}

/** Hits of one window before its middle, and as many from there on; of more the nearest. */
const hitsASideMax = 10_000

/** Between which times, both left out, all hits of a window were read; microseconds since 1970. */
export function wholeOf({ fromUs, toUs }: HitWindow, hits: readonly WindowHit[]): readonly [number, number] {
  const middleUs = Math.trunc((fromUs + toUs) / 2)
  const before = hits.filter(({ timeUs }) => timeUs < middleUs).length
  return [
    before < hitsASideMax ? -Infinity : (hits[0]?.timeUs ?? -Infinity),
    hits.length - before < hitsASideMax ? Infinity : (hits.at(-1)?.timeUs ?? Infinity),
  ]
}

export interface TakenHits {
  /** Those that there were not. */
  readonly made: readonly Hit[]
  /** Those that a later stage of their request replaced what is said of. */
  readonly changed: readonly Hit[]
}

/**
 * Of several for one place the latest stage is kept, whichever comes first. Whoever calls holds the findings, so that no
 * other writes their hits meanwhile. `counts` says whether a new one counts as it comes.
 */
export async function takeHits(
  client: PoolClient,
  clusterId: number,
  hits: readonly Hit[],
  counts: (hit: Hit) => boolean,
): Promise<TakenHits> {
  const latest = new Map<string, Hit>()
  for (const hit of hits) {
    const before = latest.get(placeText(hit))
    if (before === undefined || isLater(hit, before)) latest.set(placeText(hit), hit)
  }
  const stored = await readStored(client, [...latest.values()])
  const made = [...latest].flatMap(([place, hit]) => (stored.has(place) ? [] : [hit]))
  const changed = [...latest].flatMap(([place, hit]) => {
    const before = stored.get(place)
    return before !== undefined && isLater(hit, before) ? [hit] : []
  })
  await insertHits(client, clusterId, made, counts)
  await updateHits(client, changed)
  return { made, changed }
}

export function placeText({ findingId, timeUs, request, step }: HitPlace): string {
  return `${findingId}/${timeUs}/${request}/${step}`
}

type Staged = Pick<Hit, 'stageRank' | 'stageTimeUs' | 'key'>

function isLater(one: Staged, other: Staged): boolean {
  if (one.stageRank !== other.stageRank) return one.stageRank > other.stageRank
  if (one.stageTimeUs !== other.stageTimeUs) return one.stageTimeUs > other.stageTimeUs
  return (one.key ?? '') > (other.key ?? '')
}

async function readStored(client: PoolClient, hits: readonly HitPlace[]): Promise<ReadonlyMap<string, Staged>> {
  if (hits.length === 0) return new Map()
  const { rows } = await client.query<HitPlace & Staged>(
    `select h.finding_id::text as "findingId", h.time as "timeUs", h.request::text as request, h.step,
       h.stage_rank as "stageRank", h.stage_time as "stageTimeUs", h.key::text as key
     from unnest($1::uuid[], $2::int8[], $3::uuid[], $4::int2[]) as i (finding_id, time, request, step)
     join rule_hit h on h.finding_id = i.finding_id and h.time = i.time and h.request = i.request and h.step = i.step
     where h.time >= $5 and h.time <= $6`,
    [...placeArrays(hits), ...timeBounds(hits.map(({ timeUs }) => timeUs))],
  )
  return new Map(rows.map((row) => [placeText(row), row]))
}

async function insertHits(
  client: PoolClient,
  clusterId: number,
  hits: readonly Hit[],
  counts: (hit: Hit) => boolean,
): Promise<void> {
  if (hits.length === 0) return
  await client.query({
    name: 'insert-rule-hits',
    text: `
      insert into rule_hit (finding_id, time, request, step, cluster_id, version, key, gap_id, stage_rank, stage_time, due_us,
        value, fields, counts)
      select i.finding_id, i.time, i.request, i.step, $5, i.version, i.key, i.gap_id, i.stage_rank, i.stage_time, i.due_us,
        i.value, i.fields, i.counts
      from unnest($1::uuid[], $2::int8[], $3::uuid[], $4::int2[], $6::int4[], $7::uuid[], $8::int8[], $9::int2[],
          $10::int8[], $11::int8[], $12::text[], $13::jsonb[], $14::bool[])
        as i (finding_id, time, request, step, version, key, gap_id, stage_rank, stage_time, due_us, value, fields, counts)`,
    values: [
      ...placeArrays(hits),
      clusterId,
      hits.map(({ version }) => version),
      hits.map(({ key }) => key),
      hits.map(({ gapId }) => gapId),
      hits.map(({ stageRank }) => stageRank),
      hits.map(({ stageTimeUs }) => stageTimeUs),
      hits.map(({ dueUs }) => dueUs),
      hits.map(({ value }) => value),
      hits.map(({ fields }) => JSON.stringify(fields)),
      hits.map(counts),
    ],
  })
}

async function updateHits(client: PoolClient, hits: readonly Hit[]): Promise<void> {
  if (hits.length === 0) return
  await client.query(
    `update rule_hit h set key = i.key, stage_rank = i.stage_rank, stage_time = i.stage_time, value = i.value,
       fields = i.fields
     from unnest($1::uuid[], $2::int8[], $3::uuid[], $4::int2[], $5::uuid[], $6::int2[], $7::int8[], $8::text[], $9::jsonb[])
       as i (finding_id, time, request, step, key, stage_rank, stage_time, value, fields)
     where h.finding_id = i.finding_id and h.time = i.time and h.request = i.request and h.step = i.step
       and h.time >= $10 and h.time <= $11`,
    [
      ...placeArrays(hits),
      hits.map(({ key }) => key),
      hits.map(({ stageRank }) => stageRank),
      hits.map(({ stageTimeUs }) => stageTimeUs),
      hits.map(({ value }) => value),
      hits.map(({ fields }) => JSON.stringify(fields)),
      ...timeBounds(hits.map(({ timeUs }) => timeUs)),
    ],
  )
}

/** For each window its hits, by time, request and step. */
export async function readWindows(
  client: PoolClient,
  windows: readonly HitWindow[],
): Promise<readonly (readonly WindowHit[])[]> {
  if (windows.length === 0) return []
  const columns = 'h.time, h.request, h.step, h.value, h.counts, h.due_us, h.hidden_by'
  const own = 'h.finding_id = i.finding_id and h.version = i.version and h.time >= $5 and h.time <= $6'
  const { rows } = await client.query<Omit<WindowHit, 'findingId'> & { readonly at: number }>(
    `select i.at, n.time as "timeUs", n.request::text as request, n.step, n.value, n.counts, n.due_us is not null as "isDue",
       n.hidden_by is not null as "isHidden"
     from unnest($1::uuid[], $2::int4[], $3::int8[], $4::int8[]) with ordinality as i (finding_id, version, lo, hi, at)
     cross join lateral (
       (select ${columns} from rule_hit h where ${own} and h.time >= i.lo and h.time < (i.lo + i.hi) / 2
        order by h.time desc limit ${hitsASideMax})
       union all
       (select ${columns} from rule_hit h where ${own} and h.time >= (i.lo + i.hi) / 2 and h.time <= i.hi
        order by h.time limit ${hitsASideMax})
     ) n
     order by i.at, n.time, n.request, n.step`,
    [
      windows.map(({ findingId }) => findingId),
      windows.map(({ version }) => version),
      windows.map(({ fromUs }) => fromUs),
      windows.map(({ toUs }) => toUs),
      windows.reduce((least, { fromUs }) => Math.min(least, fromUs), Number.MAX_SAFE_INTEGER),
      windows.reduce((most, { toUs }) => Math.max(most, toUs), 0),
    ],
  )
  const byWindow = Map.groupBy(rows, ({ at }) => at - 1)
  return windows.map(({ findingId }, index) => (byWindow.get(index) ?? []).map((row) => ({ ...row, findingId })))
}

export async function markCounting(
  client: PoolClient,
  hits: readonly (HitPlace & { readonly counts: boolean })[],
): Promise<void> {
  if (hits.length === 0) return
  await client.query(
    `update rule_hit h set counts = i.counts
     from unnest($1::uuid[], $2::int8[], $3::uuid[], $4::int2[], $5::bool[]) as i (finding_id, time, request, step, counts)
     where h.finding_id = i.finding_id and h.time = i.time and h.request = i.request and h.step = i.step
       and h.time >= $6 and h.time <= $7`,
    [...placeArrays(hits), hits.map(({ counts }) => counts), ...timeBounds(hits.map(({ timeUs }) => timeUs))],
  )
}

/** The last of a finding that counts, of several at one time the one whose event has the last key. */
export interface LastHit {
  readonly findingId: string
  readonly timeUs: number
  readonly version: number
  readonly fields: FieldValues
}

/** By finding; `fromUs` says since when, which spares the days before. */
export async function lastCounting(
  client: PoolClient,
  asked: readonly { readonly findingId: string; readonly fromUs: number }[],
): Promise<ReadonlyMap<string, LastHit>> {
  if (asked.length === 0) return new Map()
  const { rows } = await client.query<LastHit>(
    `select i.finding_id::text as "findingId", l.time as "timeUs", l.version, l.fields
     from unnest($1::uuid[], $2::int8[]) as i (finding_id, lo)
     cross join lateral (
       select h.time, h.version, h.fields from rule_hit h
       where h.finding_id = i.finding_id and h.counts and h.time >= i.lo and h.time >= $3
       order by h.time desc, h.key desc nulls last, h.step desc limit 1
     ) l`,
    [
      asked.map(({ findingId }) => findingId),
      asked.map(({ fromUs }) => fromUs),
      asked.reduce((least, { fromUs }) => Math.min(least, fromUs), Number.MAX_SAFE_INTEGER),
    ],
  )
  return new Map(rows.map((row) => [row.findingId, row]))
}

/** By finding, the time of the first that counts; microseconds since 1970. */
export async function firstCounting(
  client: PoolClient,
  findingIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (findingIds.length === 0) return new Map()
  const { rows } = await client.query<{ findingId: string; timeUs: number }>(
    `select i.finding_id::text as "findingId", l.time as "timeUs"
     from unnest($1::uuid[]) as i (finding_id)
     cross join lateral (
       select h.time from rule_hit h where h.finding_id = i.finding_id and h.counts order by h.time limit 1
     ) l`,
    [findingIds],
  )
  return new Map(rows.map(({ findingId, timeUs }) => [findingId, timeUs]))
}

function placeArrays(hits: readonly HitPlace[]): readonly [string[], number[], string[], number[]] {
  return [
    hits.map(({ findingId }) => findingId),
    hits.map(({ timeUs }) => timeUs),
    hits.map(({ request }) => request),
    hits.map(({ step }) => step),
  ]
}

/** They leave out the other days' partitions. */
function timeBounds(times: readonly number[]): readonly [number, number] {
  return [times.reduce((a, b) => Math.min(a, b), Number.MAX_SAFE_INTEGER), times.reduce((a, b) => Math.max(a, b), 0)]
}
