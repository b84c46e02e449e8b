// keepBlame: makes the checkpoints of blame that are missing, and moves those up whose revision is past retention.

import { blameStoredEvery } from '@plaintrail/history/blame'
import type pg from 'pg'
import { checkpointBefore, insertCheckpoint, packCheckpoint } from './blame-checkpoint.ts'
import { isStep, walkBlame, type BlamedObject, type BlameSpan } from './blame-walk.ts'
import type { Store } from './open-store.ts'
import { createRevisionSources } from './revision-sources.ts'
import { sealsOfNumbers } from './seals-of-numbers.ts'
import { createSegmentItems, type SegmentItems } from './segment-items.ts'
import { transaction } from './transaction.ts'

export interface KeepBlameBounds {
  /** Revisions between two checkpoints, without those that changed nothing but noise. */
  readonly every: number
  /** Revisions of any kind between two: a reader passes over them. */
  readonly anyMax: number
  /** Numbers of a lane whose objects are looked at before the position moves. */
  readonly numbersMax: number
  /** Milliseconds after which a run begins no other object. */
  readonly runMsMax: number
  /** Milliseconds for the diffs of one checkpoint: past them it stands at an earlier revision. */
  readonly checkpointMsMax: number
}

export const keepBlameBounds: KeepBlameBounds = {
  every: blameStoredEvery,
  anyMax: 2_000,
  numbersMax: 1_000,
  runMsMax: 30_000,
  checkpointMsMax: 5_000,
}

export interface KeptBlame {
  readonly made: number
  /** Checkpoints of objects whose events are all past retention. */
  readonly dropped: number
  /** All that is followed was looked at. */
  readonly isDone: boolean
}

export interface KeepBlameOptions {
  readonly signal?: AbortSignal
  readonly bounds?: KeepBlameBounds
}

/**
 * Looks at the objects that events told of since the last run, by the numbers of their lanes. Idempotent, and safe beside
 * another run and beside followers: what a late event has changed meanwhile is not written.
 */
export async function keepBlame(
  store: Store,
  { signal, bounds = keepBlameBounds }: KeepBlameOptions = {},
): Promise<KeptBlame> {
  const endMs = performance.now() + bounds.runMsMax
  const run: Run = {
    store,
    items: createSegmentItems(store),
    bounds,
    isOver: () => performance.now() > endMs || signal?.aborted === true,
  }
  const { moved, dropped } = await followRetention(run)
  let made = moved
  for (let stretch = await nextStretch(run); stretch !== null; stretch = await nextStretch(run)) {
    for (const object of await objectsToldOf(run, stretch)) {
      made += await fillUp(run, object)
      if (run.isOver()) return { made, dropped, isDone: false }
    }
    await movePosition(run, stretch)
  }
  return { made, dropped, isDone: true }
}

interface Run {
  readonly store: Store
  readonly items: SegmentItems
  readonly bounds: KeepBlameBounds
  readonly isOver: () => boolean
}

/** Numbers of a lane: those after `after` up to `last`. */
interface Stretch {
  readonly laneId: number
  readonly after: number
  readonly last: number
}

async function nextStretch({ store, bounds }: Run): Promise<Stretch | null> {
  const { rows } = await store.pool.query<Stretch>(
    `select p.lane_id as "laneId", p.blamed_seq - 1 as after, least(p.next_seq, p.blamed_seq + $1) - 1 as last
     from history_position p where p.blamed_seq < p.next_seq order by p.lane_id limit 1`,
    [bounds.numbersMax],
  )
  return rows[0] ?? null
}

async function movePosition({ store }: Run, { laneId, after, last }: Stretch): Promise<void> {
  await store.pool.query(
    'update history_position set blamed_seq = $3 where lane_id = $1 and blamed_seq = $2 and next_seq >= $3',
    [laneId, after + 1, last + 1],
  )
}

/** Of which the events with these numbers told, or have shown a state. */
async function objectsToldOf({ store }: Run, stretch: Stretch): Promise<readonly BlamedObject[]> {
  const seals = await sealsOfNumbers(store, [stretch])
  const { rows } = await store.pool.query<BlamedObject>({
    name: 'blame-objects-told-of',
    text: `
      select o.id, o.uid, o.resource from history_object o
      where o.id in (
        select r.object_id from revision r where r.segment_id = any($1)
        union select r.object_id from revision r where r.state_segment_id = any($1))
      order by o.id`,
    values: [seals.map(({ segmentId }) => segmentId)],
  })
  return rows
}

/** All that are due, one after the other; how many were made. */
async function fillUp(run: Run, object: BlamedObject): Promise<number> {
  let made = 0
  while (!run.isOver()) {
    const due = await duePlace(run, object)
    if (due === null || !(await makeCheckpoint(run, object, due))) return made
    made += 1
  }
  return made
}

/** Where the next checkpoint of an object is to stand; null where none is missing. */
async function duePlace({ store, bounds }: Run, { id, resource }: BlamedObject): Promise<number | null> {
  const { rows } = await store.pool.query<{ any: number; steps: number; place: number | null }>({
    name: 'blame-due-place',
    text: `
      with since as (
        select r.place, ${isStep} as is_step from revision r
        where r.object_id = $1
          and r.place > coalesce((select max(c.place) from blame_checkpoint c where c.object_id = $1), -1)
        order by r.place limit $3
      ), steps as (select s.place from since s where s.is_step order by s.place limit $2)
      select (select count(*) from since) as any, (select count(*) from steps) as steps,
        coalesce((select max(s.place) from steps s), (select max(s.place) from since s)) as place`,
    values: [id, bounds.every, bounds.anyMax, resource],
  })
  const [{ any, steps, place } = { any: 0, steps: 0, place: null }] = rows
  return steps >= bounds.every || any >= bounds.anyMax ? place : null
}

/** False where it could not be made as things are: an object of which no state is known, or that changed meanwhile. */
async function makeCheckpoint(run: Run, object: BlamedObject, to: number): Promise<boolean> {
  const { store, bounds } = run
  const from = await checkpointBefore(store.pool, object.id, to)
  const span: BlameSpan = { from, to, withNoise: false }
  const before = await fingerprint(store.pool, object, span)
  const reader = { queries: store.pool, sources: createRevisionSources(run.items), items: run.items }
  const walkBounds = { stepsMax: bounds.anyMax, msMax: bounds.checkpointMsMax }
  // With only noise since the last one, the last of these stands for all of them.
  const walked =
    (await walkBlame(reader, object, span, walkBounds)) ??
    (await walkBlame(reader, object, { ...span, withNoise: true }, { ...walkBounds, stepsMax: 1 }))
  if (walked === null || walked.known === null) return false
  const packed = await packCheckpoint(walked)
  if (packed === null) return false
  return await transaction(store, async (client) => {
    await client.query('select from history_object where id = $1 for update', [object.id])
    if ((await fingerprint(client, object, span)) !== before) return false
    return await insertCheckpoint(client, object.id, walked.place, packed)
  })
}

/** Of the rows that a checkpoint is made of, and of the one that it goes on from: another one where any of them is. */
async function fingerprint(
  queries: Pick<pg.Pool | pg.ClientBase, 'query'>,
  { id }: BlamedObject,
  { from, to }: BlameSpan,
): Promise<string> {
  const { rows } = await queries.query<{ print: string }>({
    name: 'blame-fingerprint',
    text: `
      select concat(
        (select c.made_at from blame_checkpoint c where c.object_id = $1 and c.place = $2), ' ',
        (select md5(string_agg(md5(r::text), '' order by r.place)) from revision r
          where r.object_id = $1 and r.place >= $2 and r.place <= $3)) as print`,
    values: [id, from?.place ?? -1, to],
  })
  return rows[0]?.print ?? ''
}

interface LeftBehind extends BlamedObject {
  /** The first revision that is kept; null where there is none. */
  readonly first: number | null
}

/** Objects that one run moves up. */
const movedMax = 200

/**
 * A checkpoint whose revision went with its day still knows who set what before. It is made anew at the first revision that
 * is kept, so that no state outlives it, and those before that one go.
 */
async function followRetention(run: Run): Promise<{ readonly moved: number; readonly dropped: number }> {
  let [moved, dropped] = [0, 0]
  for (const object of await leftBehind(run)) {
    if (run.isOver()) break
    if (object.first === null) {
      dropped += await dropBefore(run, object.id, null)
    } else if (await moveUp(run, object, object.first)) {
      moved += 1
    }
  }
  return { moved, dropped }
}

async function leftBehind({ store }: Run): Promise<readonly LeftBehind[]> {
  const { rows } = await store.pool.query<LeftBehind>(
    `select o.id, o.uid, o.resource, f.first
     from (select c.object_id as id, min(c.place) as place from blame_checkpoint c group by c.object_id) c
       join history_object o on o.id = c.id
       cross join lateral (
         select (select r.place from revision r where r.object_id = c.id and r.place is not null
           order by r.place limit 1) as first) f
     where f.first is null or c.place < f.first
     order by c.id limit ${movedMax}`,
  )
  return rows
}

/** Where one stands at the first revision or after the last that is gone, those before it are not needed. */
async function moveUp(run: Run, object: BlamedObject, first: number): Promise<boolean> {
  const base = await checkpointBefore(run.store.pool, object.id, first)
  const isMade = base?.place !== first && (await makeCheckpoint(run, object, first))
  const now = await checkpointBefore(run.store.pool, object.id, first)
  if (now !== null) await dropBefore(run, object.id, now.place)
  return isMade
}

/** Those before a place, or all. */
async function dropBefore({ store }: Run, objectId: number, place: number | null): Promise<number> {
  const { rowCount } = await store.pool.query(
    `delete from blame_checkpoint where object_id = $1 and ($2::int8 is null or place < $2)`,
    [objectId, place],
  )
  return rowCount ?? 0
}
