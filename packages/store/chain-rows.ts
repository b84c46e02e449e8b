// The statements that read the chains of objects for a batch: what is near to what the batch tells, of all its objects at once,
// and one by one what lies outside of that.

import type { Observation } from '@plaintrail/history/observation'
import { unplacedMax } from '@plaintrail/history/revision'
import type { PoolClient } from 'pg'
import { int8Array } from './binary-arrays.ts'
import { isNoReportText, isReportText } from './revision-letters.ts'
import { revisionColumns, type RevisionRow, type Teller } from './revision-row.ts'

/** What a batch tells of an object. */
export interface ChainSpan {
  readonly objectId: number
  /** Of the places that it tells; null where it tells none. */
  readonly placeMin: number | null
  /** In microseconds since 1970, from the first write told to the last. */
  readonly earliest: number
  readonly latest: number
}

/** The part of a chain that was read: with the revision before `placeMin`, where there is one, all that follow it. */
export interface ChainWindow {
  /** By place. */
  readonly placed: readonly RevisionRow[]
  /** There are more after the last one. */
  readonly isCut: boolean
  /** In no order: those that overlap the time from `unplacedFrom` to `unplacedTo`, unless `areUnplacedCut`. */
  readonly unplaced: readonly RevisionRow[]
  readonly areUnplacedCut: boolean
  /** Null for the beginning of time. */
  readonly unplacedFrom: number | null
  readonly unplacedTo: number
}

/** Revisions of one object from the first place that is told: a batch mostly tells of the end of its chain. */
const windowMax = 64
/** Links that one write without a version can touch: those around its time. */
const touchedMax = 1_000

/** By the object's id. Two statements for all of them. */
export async function readChainWindows(
  client: PoolClient,
  spans: readonly ChainSpan[],
): Promise<ReadonlyMap<number, ChainWindow>> {
  const placed = Map.groupBy(await placedRows(client, spans), ({ objectId }) => objectId)
  const asked = spans.map((span) => {
    const rows = (placed.get(span.objectId) ?? []).toSorted((a, b) => (a.place ?? 0) - (b.place ?? 0))
    const first = rows[0]
    const isFirstBefore = first?.place != null && span.placeMin !== null && first.place < span.placeMin
    const isCut = rows.length - Number(isFirstBefore) > windowMax
    // A link looks as far back as the revision before it, and of what is after as far as that took.
    const from = isFirstBefore ? Math.min(first.earliest, span.earliest) : null
    return { ...span, rows, isCut, from, to: Math.max(span.latest, ...rows.map(({ latest }) => latest)) }
  })
  const unplaced = Map.groupBy(await unplacedRows(client, asked), ({ objectId }) => objectId)
  return new Map(
    asked.map(({ objectId, rows, isCut, from, to }) => {
      const own = unplaced.get(objectId) ?? []
      const window = { placed: rows, isCut, unplaced: own, areUnplacedCut: isCutOf(own) }
      return [objectId, { ...window, unplacedFrom: from, unplacedTo: to }]
    }),
  )
}

/** Of either sort one more was asked for. */
function isCutOf(rows: readonly RevisionRow[]): boolean {
  const reports = rows.filter(({ significance }) => significance === 'status').length
  return reports > unplacedMax || rows.length - reports > unplacedMax
}

async function placedRows(client: PoolClient, spans: readonly ChainSpan[]): Promise<readonly RevisionRow[]> {
  const asked = spans.filter(({ placeMin }) => placeMin !== null)
  if (asked.length === 0) return []
  const { rows } = await client.query<RevisionRow>({
    name: 'chain-windows',
    text: `
      select n.* from unnest($1::int8[], $2::int8[]) as i (object_id, place) cross join lateral (
        (select ${revisionColumns} from revision r where r.object_id = i.object_id and r.place < i.place
          order by r.place desc limit 1)
        union all
        (select ${revisionColumns} from revision r where r.object_id = i.object_id and r.place >= i.place
          order by r.place limit ${windowMax + 1})) n`,
    values: [int8Array(asked.map(({ objectId }) => objectId)), int8Array(asked.map(({ placeMin }) => placeMin))],
  })
  return rows
}

async function unplacedRows(
  client: PoolClient,
  asked: readonly { readonly objectId: number; readonly from: number | null; readonly to: number }[],
): Promise<readonly RevisionRow[]> {
  if (asked.length === 0) return []
  const { rows } = await client.query<RevisionRow>({
    name: 'chain-unplaced',
    text: `
      select n.* from unnest($1::int8[], $2::int8[], $3::int8[]) as i (object_id, from_us, to_us) cross join lateral (
        ${unplacedText({ objectId: 'i.object_id', from: 'i.from_us', to: 'i.to_us' }, unplacedMax + 1)}) n`,
    values: [
      int8Array(asked.map(({ objectId }) => objectId)),
      int8Array(asked.map(({ from }) => from)),
      int8Array(asked.map(({ to }) => to)),
    ],
  })
  return rows
}

export interface NeighbourRows {
  readonly before: RevisionRow | null
  readonly same: RevisionRow | null
  readonly after: RevisionRow | null
}

export async function readNeighbours(client: PoolClient, objectId: number, place: number): Promise<NeighbourRows> {
  const { rows } = await client.query<RevisionRow & { readonly side: number }>({
    name: 'revision-neighbours',
    text: `
      (select -1 as side, ${revisionColumns} from revision r where r.object_id = $1 and r.place < $2
        order by r.place desc limit 1)
      union all (select 0, ${revisionColumns} from revision r where r.object_id = $1 and r.place = $2)
      union all (select 1, ${revisionColumns} from revision r where r.object_id = $1 and r.place > $2
        order by r.place limit 1)`,
    values: [objectId, place],
  })
  const at = (side: number): RevisionRow | null => rows.find((row) => row.side === side) ?? null
  return { before: at(-1), same: at(0), after: at(1) }
}

/** Those that a link looks at (unplacedLookedAt of revision-chain.ts), and of either sort no more: the indexes have both. */
function unplacedText(
  { objectId, from, to }: { readonly objectId: string; readonly from: string; readonly to: string },
  limit: number,
): string {
  const sorts = [isNoReportText, isReportText].map(
    (isOfSort) => `
      (select ${revisionColumns} from revision r
        where r.object_id = ${objectId} and r.place is null and ${isOfSort}
          and r.latest >= coalesce(${from}, 0) and r.time <= ${to}
        order by r.latest, r.key, r.part limit ${limit})`,
  )
  return sorts.join(' union all ')
}

/** Those without a place whose time overlaps the span: no more than a link looks at. */
export async function readUnplaced(
  client: PoolClient,
  objectId: number,
  fromUs: number | null,
  toUs: number,
): Promise<readonly RevisionRow[]> {
  const { rows } = await client.query<RevisionRow>({
    name: 'revision-unplaced',
    text: unplacedText({ objectId: '$1', from: '$2::int8', to: '$3' }, unplacedMax),
    values: [objectId, fromUs, toUs],
  })
  return rows
}

/** Of what was told of objects, the numbers of those that are revisions already. */
export async function readTaken(
  client: PoolClient,
  told: readonly { readonly objectId: number; readonly teller: Teller }[],
): Promise<ReadonlySet<number>> {
  if (told.length === 0) return new Set()
  const { rows } = await client.query<{ number: number }>({
    name: 'revisions-taken',
    text: `
      select i.number from unnest($1::int8[], $2::int8[], $3::uuid[], $4::int4[]) with ordinality
        as i (object_id, time, key, part, number)
      where exists (select from revision r
        where r.object_id = i.object_id and r.time = i.time and r.key = i.key and r.part = i.part)`,
    values: [
      told.map(({ objectId }) => objectId),
      told.map(({ teller }) => teller.time),
      told.map(({ teller }) => teller.key),
      told.map(({ teller }) => teller.part),
    ],
  })
  return new Set(rows.map(({ number }) => number - 1))
}

/** Revisions that ended after the write began, and whose one before began before the write ended. */
export async function readTouched(
  client: PoolClient,
  objectId: number,
  { earliest, latest }: Pick<Observation, 'earliest' | 'latest'>,
): Promise<readonly RevisionRow[]> {
  const { rows } = await client.query<RevisionRow>({
    name: 'revisions-touched',
    text: `
      select ${revisionColumns} from revision r
      where r.object_id = $1 and r.place is not null and r.latest >= $2
        and coalesce((select b.time from revision b where b.object_id = $1 and b.place < r.place
          order by b.place desc limit 1) <= $3, true)
      order by r.place limit ${touchedMax}`,
    values: [objectId, earliest, latest],
  })
  return rows
}
