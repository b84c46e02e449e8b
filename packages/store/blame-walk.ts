// walkBlame: blame from one revision of an object on to another, diff by diff, in bounded time.

import {
  blameFromRows,
  blameRevision,
  blameRows,
  noBlame,
  refOf,
  type Blame,
  type BlameRow,
  type BlameStep,
  type RevisionRef,
} from '@plaintrail/history/blame'
import type { Link, Revision } from '@plaintrail/history/revision'
import type pg from 'pg'
import type { BlameCheckpoint } from './blame-checkpoint.ts'
import { isMeantText, isNoReportText } from './revision-letters.ts'
import { endPlace, eventOf, revisionColumns, type RevisionRow } from './revision-row.ts'
import type { RevisionSources } from './revision-sources.ts'
import type { SegmentItems } from './segment-items.ts'
import { eventIdOf } from './told-revision.ts'

export interface BlamedObject {
  readonly id: number
  readonly uid: string
  readonly resource: string
}

export interface BlameSpan {
  /** Begins after it; null for the beginning of the object, as far as it is known. */
  readonly from: BlameCheckpoint | null
  /** The place of the last revision. */
  readonly to: number
  /** Also revisions that changed nothing but noise: only with them is noise blamed rightly. */
  readonly withNoise: boolean
}

export interface WalkBounds {
  /** Diffs, the last ones of the span: what is older is then one difference to what it began with. */
  readonly stepsMax: number
  /** Milliseconds, after which no other diff is begun. */
  readonly msMax: number
}

export interface Walked extends BlameCheckpoint {
  /** Not all could be looked at: `steps` before the first, or time was over before the last. */
  readonly isCut: 'steps' | 'time' | null
}

/** What a step reads from. */
export interface BlameSources {
  readonly queries: Pick<pg.Pool | pg.ClientBase, 'query'>
  readonly sources: RevisionSources
  /** That the sources read from. */
  readonly items: SegmentItems
}

/** Revisions whose segments are read at once. */
const aheadRows = 25

/** Columns of the revision right before, where it says between which two a write was not seen. */
interface StepRow extends RevisionRow {
  readonly beforeTime: number | null
  readonly beforeKey: string | null
  readonly beforePlace: number | null
  readonly beforeLatest: number | null
}

/**
 * Ends at the last revision or, where time is over, at an earlier one: then `isCut` is `time`, and what it has got is right
 * as far as `place`. Null where there is no revision in the span.
 */
export async function walkBlame(
  reader: BlameSources,
  object: BlamedObject,
  span: BlameSpan,
  { stepsMax, msMax }: WalkBounds,
): Promise<Walked | null> {
  const endMs = performance.now() + msMax
  const found = await stepRows(reader, object, span, stepsMax + 1)
  const rows = found.slice(-stepsMax)
  const isCut = found.length > rows.length ? 'steps' : null
  const refs = await fillIds(reader, object.id, rows)
  const isJoined = isCut === null && (await isKept(reader, object.id, span.from))
  let walked: Walked | null = null
  for (const [index, row] of rows.entries()) {
    if (walked !== null && performance.now() > endMs) return { ...walked, isCut: 'time' }
    if (index % aheadRows === 0) await reader.items.readAhead(segmentsOf(rows.slice(index, index + aheadRows)))
    const kept = await reader.sources.load(reader.queries, object.uid, row)
    if (kept === null) continue
    const from: Before = walked ?? span.from
    const revision = named(kept.revision, row, refs)
    const step: Stepped =
      index === 0 && !isJoined
        ? stepped(
            isCut !== null && from !== null ? passedOver(from, row) : from,
            unjoined(revision, span.from),
            span.from?.ref ?? null,
          )
        : stepped(from, revision, beforeOf(row, from))
    walked = { ...step, place: row.place ?? endPlace, isCut }
  }
  return walked
}

/** Of the last ones, one has a state. */
const jumpRowsMax = 16

/** The state at the end of a span in one step, where there was no time for those before it. */
export async function jumpBlame(
  reader: BlameSources,
  object: BlamedObject,
  from: Walked,
  to: number,
): Promise<Walked | null> {
  const rows = await stepRows(reader, object, { from: null, to, withNoise: true }, jumpRowsMax)
  for (const row of rows.toReversed()) {
    const kept = await reader.sources.load(reader.queries, object.uid, row)
    if (kept === null || kept.revision.object === null) continue
    const revision = named(kept.revision, row, new Map())
    const link: Link = { ...revision.link, adjacency: 'broken', reasons: [], fills: [] }
    const step = stepped(passedOver(from, row), { ...revision, link }, from.ref)
    return { ...step, place: row.place ?? endPlace, isCut: from.isCut }
  }
  return null
}

function segmentsOf(rows: readonly RevisionRow[]): readonly number[] {
  return [...new Set(rows.map(({ segmentId, stateSegmentId }) => stateSegmentId ?? segmentId))]
}

type Stepped = Omit<BlameCheckpoint, 'place'>
type Before = Stepped | null

function stepped(from: Before, revision: Revision, before: RevisionRef | null): Stepped {
  const step: BlameStep = { revision, before, known: from?.known ?? null }
  const blame: Blame = blameRevision(from?.blame ?? noBlame, step)
  return { ref: refOf(revision), blame, known: revision.object ?? from?.known ?? null }
}

/** What was not looked at may have set a field to another value and back: nothing is sure any more, but when it was so before. */
function passedOver(from: Stepped, { time, key, place, latest }: RevisionRow): Stepped {
  const revision = { event: eventIdOf({ time, key }), resourceVersion: place === endPlace ? null : place, time: latest }
  const rows = blameRows(from.blame).map(({ path, origin }): BlameRow => ({
    path,
    origin: { how: 'unseen', revision, after: origin.revision },
  }))
  return { ...from, blame: blameFromRows(rows) }
}

/** Events by their ids, as they are stored and told. */
function named(revision: Revision, row: RevisionRow, refs: ReadonlyMap<string, string>): Revision {
  const fills = revision.link.fills.map((fill) => ({ ...fill, event: refs.get(fill.event) ?? fill.event }))
  return { ...revision, event: eventIdOf(row), link: { ...revision.link, fills } }
}

function beforeOf({ beforeTime, beforeKey, beforePlace, beforeLatest }: StepRow, from: Before): RevisionRef | null {
  if (beforeTime === null || beforeKey === null || beforeLatest === null) return from?.ref ?? null
  return {
    event: eventIdOf({ time: beforeTime, key: beforeKey }),
    resourceVersion: beforePlace === endPlace ? null : beforePlace,
    time: beforeLatest,
  }
}

/**
 * Of the first revision of a span: what stood between it and what the span begins with is gone, or was not looked at. Unless
 * it demanded that very version, a difference may be of any of these.
 */
function unjoined(revision: Revision, from: BlameCheckpoint | null): Revision {
  const { link, observation } = revision
  if (link.adjacency === 'first') return revision
  const { basedOn } = observation
  const isNext = basedOn !== null && basedOn === from?.ref.resourceVersion && link.adjacency === 'proven'
  return isNext ? revision : { ...revision, link: { ...link, adjacency: 'broken', fills: [] } }
}

/** Whether the revision that the span begins with is still there: then so are those after it. */
async function isKept({ queries }: BlameSources, objectId: number, from: BlameCheckpoint | null): Promise<boolean> {
  if (from === null) return false
  const { rows } = await queries.query<{ kept: boolean }>({
    name: 'blame-base-is-kept',
    text: 'select exists (select from revision r where r.object_id = $1 and r.place = $2) as kept',
    values: [objectId, from.place],
  })
  return rows[0]?.kept ?? false
}

/** Set apart where noise is: but in a request for a certificate, where status is what people decide. */
export const isStep = `(${isMeantText} or $4 = 'certificatesigningrequests')`

/** The last ones of the span, in their order. */
async function stepRows(
  { queries }: BlameSources,
  { id, resource }: BlamedObject,
  { from, to, withNoise }: BlameSpan,
  limit: number,
): Promise<readonly StepRow[]> {
  const { rows } = await queries.query<StepRow>({
    name: withNoise ? 'blame-steps' : 'blame-steps-without-noise',
    text: `
      select s.*, b.time as "beforeTime", b.key::text as "beforeKey", b.place as "beforePlace", b.latest as "beforeLatest"
      from (
        select ${revisionColumns} from revision r
        where r.object_id = $1 and r.place > $2 and r.place <= $3 and ${withNoise ? '$4::text is not null' : isStep}
        order by r.place desc limit $5
      ) s left join lateral (
        select b.time, b.key, b.place, b.latest from revision b
        where b.object_id = $1 and b.place < s.place order by b.place desc limit 1
      ) b on s.link ->> 'adjacency' in ('broken', 'but-status')
      order by s.place`,
    values: [id, from?.place ?? -1, to, resource, limit],
  })
  return rows
}

/** The ids of the events that side effects were told by. */
async function fillIds(
  { queries }: BlameSources,
  objectId: number,
  rows: readonly RevisionRow[],
): Promise<ReadonlyMap<string, string>> {
  const fills = rows.flatMap(({ link }) => link.fills)
  if (fills.length === 0) return new Map()
  const { rows: told } = await queries.query<Pick<RevisionRow, 'time' | 'key' | 'part'>>(
    `select r.time, r.key::text as key, r.part from revision r
     where r.object_id = $1 and r.place is null and ${isNoReportText} and r.latest = any($2::int8[])
       and r.key = any($3::uuid[])`,
    [objectId, fills.map(({ time }) => time), fills.map(({ event }) => event.split('.', 1)[0])],
  )
  return new Map(told.map((row) => [eventOf(row), eventIdOf(row)]))
}
