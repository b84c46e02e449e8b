// Store a batch of segments exactly once: leave out what is stored already, make what is missing (ids, partitions), and
// hand the rest to insert-batch.ts, whose one statement is the commit.

import { isUsableTime } from '@plaintrail/event/time'
import type { Plan, ReadSegment } from './batch-plan.ts'
import { committedLanes, type CommittedLane } from './committed-lanes.ts'
import { createDimensions, type Dimensions } from './dimensions.ts'
import { encodeRows, type EventRow } from './event-rows.ts'
import { findFaulty, isFaultOfTheData, isStoredAlready } from './find-faulty.ts'
import { dropSegments, findStoredKeys } from './find-stored.ts'
import { handOver, type Followers } from './hand-over.ts'
import { insertBatch, type BatchRows, type QuarantineRow, type SegmentSeal } from './insert-batch.ts'
import { createLanes, type Lane, type Lanes } from './lanes.ts'
import { quarantineOutbox } from './notices.ts'
import { sqlState, type Store } from './open-store.ts'
import { eventDays, makeEventDays, makeSegmentDays } from './partitions.ts'
import { freshQuarantine } from './quarantine-rows.ts'
import { dayOf, dayOfSegment } from './segment-id.ts'
import { createSegmentIds, positionMoves, type SegmentIds } from './take-entries.ts'

export interface BatchOutcome {
  readonly stored: number
  readonly duplicates: number
  readonly quarantined: number
  readonly droppedSegments: number
  /** What was committed of each lane; a batch in parts may name one twice. */
  readonly lanes: readonly CommittedLane[]
}

/** A batch that is read, named and encoded, and not yet stored: one part, or several where it spans very many days. */
export type PreparedBatch = readonly PreparedPart[]

interface PreparedPart {
  readonly plans: readonly Plan[]
  readonly rows: readonly EventRow[]
  readonly offered: number
  /** Null where it could not be made yet; commit then makes it, and treats what fails. */
  readonly made: MadeBatch | null
}

export interface BatchWriter {
  /** All that can be done before the batch ahead is committed. Rejects when Postgres cannot be asked. */
  prepare(segments: readonly ReadSegment[]): Promise<PreparedBatch>
  /**
   * When it returns, the batch is committed, each part of it by itself. Rejects with BatchFenced when another worker has
   * committed one of the segments; with Postgres' error otherwise, and then nothing of that part and of those after it is
   * stored. Not to be called concurrently.
   */
  commit(prepared: PreparedBatch): Promise<BatchOutcome>
  /** Both, one after the other. */
  store(segments: readonly ReadSegment[]): Promise<BatchOutcome>
}

/** Another worker was first. Rewind the log and read again. */
export class BatchFenced extends Error {
  override name = 'BatchFenced'
  readonly code = 'batch_fenced'
}

/** Postgres locks every partition and index that a statement writes: 570 days are 5,700 of the 6,400 locks of its defaults. */
const daysABatchMax = 570
/** Each attempt learns of at least one more stored event, or of a deadlock's end. */
const attemptsMax = 8
/** With those to whom what was stored is handed over. */
export interface BatchWriterOptions extends Followers {
  /** Microseconds since 1970. */
  readonly nowUs?: () => number
  readonly daysMax?: number
}

export function createBatchWriter(store: Store, options: BatchWriterOptions = {}): BatchWriter {
  const { nowUs = () => Date.now() * 1_000, daysMax = daysABatchMax } = options
  const state = { store, segmentIds: createSegmentIds(store, nowUs), ...knownOf(store) }
  /** After a batch with duplicates the next one likely has some too (a file posted again): ask before inserting. */
  let askFirst = false
  const preparePart = async (segments: readonly ReadSegment[]): Promise<PreparedPart> => {
    const plans = await Promise.all(segments.map((segment) => planOf(segment, state)))
    const rows = withoutRepeats(plans)
    const offered = segments.reduce((sum, segment) => sum + segment.events.length, 0)
    const made = askFirst ? null : await makeBatch(state, plans, rows).catch(() => null)
    // The batch ahead may be about to quarantine the same items: whether they are known is asked when it has.
    const isSure = made === null || made.batch.quarantined.length === 0
    return { plans, rows, offered, made: isSure ? made : null }
  }
  const commitPart = async ({ plans, offered, ...prepared }: PreparedPart): Promise<PartOutcome> => {
    let { rows, made } = prepared
    for (let attempt = 1; attempt <= attemptsMax; attempt++) {
      if (askFirst) {
        const fresh = await withoutStored(store, rows)
        askFirst = fresh.length < rows.length
        if (askFirst) made = null
        rows = fresh
      }
      try {
        made ??= await makeBatch(state, plans, rows)
        const firstSeqs = await insertBatch(store, made.batch)
        handOver(options, { plans, rows: made.rows, firstSeqs })
        return await afterCommit(store, made, offered - rows.length)
      } catch (error) {
        const reaction = reactionTo(error)
        askFirst = reaction === 'ask'
        if (reaction === 'fenced') {
          // Rare, and perhaps an older database that was put back under us: ids that are remembered may be others' by now.
          Object.assign(state, knownOf(store))
          options.parsed?.clear()
          options.handed?.clear()
          throw new BatchFenced('could not store the batch', { cause: error })
        }
        if (reaction === 'isolate') return await commitWithout(error, { state, plans, rows, offered })
        if (reaction === 'give up') throw error
        if (reaction === 'look again') {
          state.days.clear()
          state.segmentDays.clear()
          made = null
        }
      }
    }
    throw new Error(`could not store a batch in ${attemptsMax} attempts: other writers kept storing the same events`)
  }
  const prepare = async (segments: readonly ReadSegment[]): Promise<PreparedBatch> => {
    const parts: PreparedPart[] = []
    for (const own of withinDays(segments, daysMax)) parts.push(await preparePart(own))
    return parts
  }
  const commit = async (parts: PreparedBatch): Promise<BatchOutcome> => {
    const sum = {
      stored: 0,
      duplicates: 0,
      quarantined: 0,
      droppedSegments: 0,
      lanes: parts.flatMap(({ plans }) => committedLanes(plans)),
    }
    for (const part of parts) {
      const outcome = await commitPart(part)
      for (const name of ['stored', 'duplicates', 'quarantined', 'droppedSegments'] as const) sum[name] += outcome[name]
    }
    return sum
  }
  return { prepare, commit, store: async (segments) => await commit(await prepare(segments)) }
}

type PartOutcome = Omit<BatchOutcome, 'lanes'>

/** Runs of segments, in their order, whose events together are of `max` different days at most; one segment is never cut. */
function withinDays(segments: readonly ReadSegment[], max: number): readonly (readonly ReadSegment[])[] {
  const runs: ReadSegment[][] = []
  let run: ReadSegment[] = []
  let days = new Set<number>()
  for (const segment of segments) {
    const own = new Set(segment.events.map(({ event }) => dayOf(event.time)))
    if (run.length > 0 && new Set([...days, ...own]).size > max) {
      runs.push(run)
      run = []
      days = new Set()
    }
    run.push(segment)
    for (const day of own) days.add(day)
  }
  if (run.length > 0) runs.push(run)
  return runs
}

/** What is remembered of the database, none of it yet. */
function knownOf(store: Store) {
  return {
    dimensions: createDimensions(store),
    lanes: createLanes(store),
    days: new Set<number>(),
    segmentDays: new Set<number>(),
  }
}

/** What insert-batch.ts is given. */
interface MadeBatch {
  readonly batch: BatchRows
  /** In the order of their numbers. */
  readonly rows: readonly EventRow[]
}

interface WriterState {
  readonly store: Store
  readonly dimensions: Dimensions
  readonly lanes: Lanes
  readonly segmentIds: SegmentIds
  /** That are known to have a partition. */
  readonly days: Set<number>
  readonly segmentDays: Set<number>
}

/** A segment of the table log has its id; one of Kafka gets one, and a batch that is tried again has the same. */
async function planOf(segment: ReadSegment, { lanes, segmentIds }: WriterState): Promise<Plan> {
  const { position, receivedUs } = segment
  const [lane, segmentId] = await Promise.all([
    lanes.find(segment.clusterUid, segment.laneName),
    position.log === 'table' ? position.offset : segmentIds.take(receivedUs),
  ])
  return { segment, segmentId, lane }
}

/** An API server that got no answer in time posts the whole body again, often into the same batch. */
function withoutRepeats(plans: readonly Plan[]): readonly EventRow[] {
  const seen = new Set<string>()
  const rows: EventRow[] = []
  for (const { segment, segmentId, lane } of plans) {
    if (!lane) continue
    for (const { event, item, key, bytes } of segment.events) {
      const text = key.toString('latin1')
      if (seen.has(text)) continue
      seen.add(text)
      rows.push({
        event,
        key,
        item,
        bytes,
        segmentId,
        clusterUid: segment.clusterUid,
        lane,
        ordinal: 0,
      })
    }
  }
  return rows
}

async function withoutStored(store: Store, rows: readonly EventRow[]): Promise<readonly EventRow[]> {
  const stored = await findStoredKeys(
    store,
    rows.map(({ event, key }) => ({ time: event.time, key })),
  )
  return rows.filter(({ key }) => !stored.has(key.toString('hex')))
}

/** Days that may have no partition because there are too many: their events go to quarantine. */
async function makeMissingDays(state: WriterState, rows: readonly EventRow[]): Promise<ReadonlySet<number>> {
  const asked = new Map<number, number>()
  for (const { event } of rows) {
    if (isUsableTime(event.time)) asked.set(dayOf(event.time), (asked.get(dayOf(event.time)) ?? 0) + 1)
  }
  // The fullest days come first, so that a list of odd days cannot push out a day that others write to.
  const byEvents = [...asked].toSorted(([, a], [, b]) => b - a).map(([day]) => day)
  const tooMany = byEvents.slice(daysABatchMax)
  const unknown = byEvents.filter((day) => !state.days.has(day) && !tooMany.includes(day))
  if (unknown.length === 0) return new Set(tooMany)
  for (const day of await eventDays(state.store)) state.days.add(day)
  const missing = unknown.filter((day) => !state.days.has(day))
  const refused = new Set([...tooMany, ...(await makeEventDays(state.store, missing))])
  for (const day of missing) if (!refused.has(day)) state.days.add(day)
  return refused
}

async function makeBatch(state: WriterState, plans: readonly Plan[], rows: readonly EventRow[]): Promise<MadeBatch> {
  const refused = await makeMissingDays(state, rows)
  const accepted = rows.filter(({ event }) => !refused.has(dayOf(event.time)))
  const quarantined = await freshQuarantine(state.store, plans, rows, refused)
  const batch = assemble(plans, accepted, quarantined)
  await makeMissingSegmentDays(state, batch.kept)
  return { batch: { ...batch, events: await encodeRows(accepted, state.dimensions) }, rows: accepted }
}

/** The table log made the partition when it took the segment; entries of Kafka may be days old. */
async function makeMissingSegmentDays(state: WriterState, kept: BatchRows['kept']): Promise<void> {
  const missing = new Set(kept.map(({ id }) => dayOfSegment(id)).filter((day) => !state.segmentDays.has(day)))
  if (missing.size === 0) return
  await makeSegmentDays(state.store, missing)
  for (const day of missing) state.segmentDays.add(day)
}

async function afterCommit(store: Store, { batch }: MadeBatch, duplicates: number): Promise<PartOutcome> {
  const { taken, seals, quarantined, eventCount } = batch
  const needed = new Set([...seals, ...quarantined].map(({ segmentId }) => segmentId))
  const dropped = taken.filter((id) => !needed.has(id))
  // A crash or a failure right here leaves segments that nothing points to; retention drops them with their day.
  await dropSegments(store, dropped).catch(() => undefined)
  return { stored: eventCount, duplicates, quarantined: quarantined.length, droppedSegments: dropped.length }
}

/**
 * One event that Postgres or we cannot take must not hold up its lane for ever: the events that fail alone are quarantined
 * and the rest is stored.
 */
async function commitWithout(
  cause: unknown,
  batch: {
    readonly state: WriterState
    readonly plans: readonly Plan[]
    readonly rows: readonly EventRow[]
    readonly offered: number
  },
): Promise<PartOutcome> {
  const { state, offered } = batch
  // A duplicate would hide the fault of the rows it is tried with.
  const fresh = await withoutStored(state.store, batch.rows)
  const faulty = await findFaulty(state, fresh)
  if (faulty.size === 0) throw cause
  const rows = fresh.filter((row) => !faulty.has(row))
  const plans = batch.plans.map((plan) => ({ ...plan, segment: withUnread(plan, faulty) }))
  const made = await makeBatch(state, plans, rows)
  await insertBatch(state.store, made.batch)
  return await afterCommit(state.store, made, offered - fresh.length)
}

function withUnread({ segment, segmentId }: Plan, faulty: ReadonlyMap<EventRow, string>): ReadSegment {
  const unread = [...faulty]
    .filter(([row]) => row.segmentId === segmentId)
    .map(([row, fault]) => ({
      item: row.item,
      reason: 'not_storable',
      detail: `the store refused its row: ${fault}`,
      bytes: row.bytes,
      digest: row.key,
    }))
  return unread.length === 0 ? segment : { ...segment, quarantined: [...segment.quarantined, ...unread] }
}

type Reaction = 'ask' | 'look again' | 'again' | 'isolate' | 'fenced' | 'give up'

/** What a failed statement means. It undid itself, so that the batch can be tried again from the start. */
function reactionTo(error: unknown): Reaction {
  if (isStoredAlready(error)) return 'ask'
  switch (sqlState(error)) {
    case 'PT001':
      return 'fenced'
    // A row without a partition: retention dropped a day that was known to be there, so that it is made again.
    case '23514':
      return 'look again'
    // A deadlock, or a serialization failure.
    case '40P01':
    case '40001':
      return 'again'
    default:
      return isFaultOfTheData(error) ? 'isolate' : 'give up'
  }
}

/** Numbers the fresh events in log order and says what each segment holds. */
function assemble(
  plans: readonly Plan[],
  rows: readonly EventRow[],
  quarantined: readonly QuarantineRow[],
): Omit<BatchRows, 'events'> {
  const bySegment = Map.groupBy(rows, (row) => row.segmentId)
  const held = new Set(quarantined.map((row) => row.segmentId))
  const freshByLane = new Map<number, number>()
  const seals: SegmentSeal[] = []
  for (const { segment, segmentId, lane } of plans) {
    const own = bySegment.get(segmentId) ?? []
    if (!lane || (own.length === 0 && !held.has(segmentId))) continue
    const first = freshByLane.get(lane.id) ?? 0
    own.forEach((row, index) => (row.ordinal = first + index))
    freshByLane.set(lane.id, first + own.length)
    seals.push({ ...sealOf(segment, lane, own, first), segmentId })
  }
  const needed = new Set([...seals, ...quarantined].map(({ segmentId }) => segmentId))
  const ofTable = plans.filter(({ segment }) => segment.position.log === 'table')
  const ofKafka = plans.filter(({ segment }) => segment.position.log === 'kafka')
  return {
    taken: ofTable.map(({ segmentId }) => segmentId),
    moves: positionMoves(plans.map(({ segment }) => segment.position)),
    kept: ofKafka
      .filter(({ segmentId }) => needed.has(segmentId))
      .map(({ segmentId, segment }) => ({ id: segmentId, receivedUs: segment.receivedUs, envelope: segment.envelope })),
    eventCount: rows.length,
    freshByLane,
    seals,
    quarantined,
    outbox: quarantineOutbox(quarantined),
  }
}

function sealOf(
  segment: ReadSegment,
  lane: Lane,
  rows: readonly EventRow[],
  ordinal: number,
): Omit<SegmentSeal, 'segmentId'> {
  // Those without a usable time would seem to span every old day, and retention would keep them all.
  const times = rows.map((row) => row.event.time).filter(isUsableTime)
  return {
    receivedUs: segment.receivedUs,
    clusterId: lane.clusterId,
    laneId: lane.id,
    items: segment.items,
    stored: rows.length,
    ordinal,
    timeMin: times.length === 0 ? null : times.reduce((a, b) => Math.min(a, b)),
    timeMax: times.length === 0 ? null : times.reduce((a, b) => Math.max(a, b)),
  }
}
