// followEvents: one live tail from its beginning to its end: what is stored already, what came since, and what comes.

import { parseEventId } from '@plaintrail/event/identity'
import type { Snapshot } from '@plaintrail/query/snapshot'
import { openTailPosition, sealTailPosition, type TailPosition } from '@plaintrail/query/tail-position'
import { findArrivals, type LaneStretch } from '@plaintrail/store/find-arrivals'
import type { Store } from '@plaintrail/store/open-store'
import { readSnapshot } from '@plaintrail/store/read-snapshot'
import { takeSnapshot } from '@plaintrail/store/take-snapshot'
import { eventText } from '../send-events.ts'
import { tooManyLanes, type EventFeed, type FeedReader } from './event-feed.ts'
import type { EventStream } from './event-stream.ts'
import { soon, type ReadBounds } from './find-of-each.ts'
import { laneSteps, numbersBetween, onLanes } from './lane-steps.ts'
import { dayUs, message, resetMessage, watermarkMessage, type ResetReason } from './tail-messages.ts'
import type { TailQuestion } from './tail-question.ts'

export interface TailStart {
  readonly position: TailPosition
  /** Where `stored` is null and the snapshot is to be told: where it begins. */
  readonly sinceUs: number | null
  /** What may be missing between the id that was sent and the position. */
  readonly reset: { readonly reason: ResetReason; readonly fromUs: number } | null
}

/** How long what a reader missed can be told by going on from his id. */
const resumeUsMax = dayUs
/** Numbers that may be left when a reader joins the others, who wait until he was told them. */
const numbersToJoinMax = 4_000

/** Rejects with a Problem, or with Postgres' error, before anything was sent. */
export async function tailStart(store: Store, question: TailQuestion, key: Uint8Array): Promise<TailStart> {
  const snapshot = await takeSnapshot(store, question.scope, question.query)
  if (snapshot.lanes === null) throw tooManyLanes()
  const now = { position: { snapshot, stored: null }, sinceUs: null, reset: null }
  const { lastEventId, name, sinceUs } = question
  if (lastEventId === null) return { ...now, sinceUs }
  const position = openTailPosition(lastEventId, key, name)
  const earliestUs = snapshot.takenUs - resumeUsMax
  if (position === null) return { ...now, reset: { reason: 'unreadable', fromUs: earliestUs } }
  const { takenUs, lanes } = position.snapshot
  if (takenUs < earliestUs) return { ...now, reset: { reason: 'too_old', fromUs: takenUs } }
  // The database was put back to before: the numbers are given out again.
  const isAhead = [...(lanes ?? [])].some(([laneId, last]) => last > (snapshot.lanes?.get(laneId) ?? last))
  if (isAhead) return { ...now, reset: { reason: 'ahead', fromUs: earliestUs } }
  return { ...now, position }
}

/**
 * Sent with the hello, so that a reader whose connection breaks before anything else was told goes on from the beginning.
 * Nothing where he has that already: by the id that he sent, by the reset that answers it, or by `since`, where he begins
 * again.
 */
export function beginMessage(
  { position }: TailStart,
  { name, lastEventId, sinceUs }: TailQuestion,
  key: Uint8Array,
): string {
  if (lastEventId !== null || sinceUs !== null) return ''
  return watermarkMessage(sealTailPosition(position, key, name), position.snapshot.takenUs)
}

export interface FollowParts extends ReadBounds {
  readonly store: Store
  readonly key: Uint8Array
  readonly feed: EventFeed
  readonly stream: EventStream
  readonly signal: AbortSignal
  readonly onSent: () => void
  /** The tail cannot go on. */
  readonly fail: (error: unknown) => void
}

/** Returns how to leave, once the reader is told what comes as it comes. Rejects with the signal's reason, or Postgres' error. */
export async function followEvents(parts: FollowParts, question: TailQuestion, start: TailStart): Promise<() => void> {
  const { feed, stream, onSent, fail } = parts
  const { snapshot } = start.position
  if (start.reset) await sendReset(parts, question, start)
  await sendStored(parts, question, start)
  const reached = new Map(snapshot.lanes ?? [])
  await sendArrivals(parts, question, { takenUs: snapshot.takenUs, reached })
  const reader: FeedReader = {
    question,
    tell(text, event) {
      stream.offer(text, event)
      onSent()
    },
    fail,
    isGone: () => parts.signal.aborted,
  }
  parts.signal.throwIfAborted()
  const leave = await feed.join(reader, reached)
  const told = feed.told(question)
  if (told) stream.sendIfIdle(watermarkMessage(told.id, told.takenUs))
  return leave
}

async function sendReset(
  { stream, key }: FollowParts,
  { query, name }: TailQuestion,
  { position, reset }: TailStart,
): Promise<void> {
  if (reset === null) return
  const id = sealTailPosition(position, key, name)
  const nowUs = position.snapshot.takenUs
  await stream.send(resetMessage(id, query, reset.reason, { fromUs: reset.fromUs, nowUs }))
}

/** What the snapshot holds, oldest first; each id says how far it was told. */
async function sendStored(
  { store, key, stream, signal, onSent }: FollowParts,
  { scope, query, name }: TailQuestion,
  { position: { snapshot, stored }, sinceUs }: TailStart,
): Promise<void> {
  const fromUs = stored?.timeUs ?? sinceUs
  if (fromUs === null) return
  const pieces = readSnapshot(store, { scope, query, sinceUs: fromUs, after: stored, snapshot, signal })
  for await (const { events } of pieces) {
    for (const event of events) {
      const told = parseEventId(event.id)
      const last = told && { timeUs: told.timeUs, key: Buffer.from(told.key).toString('hex') }
      await stream.send(message('event', sealTailPosition({ snapshot, stored: last }, key, name), eventText(event)))
      onSent()
    }
  }
  await stream.send(watermarkMessage(sealTailPosition({ snapshot, stored: null }, key, name), snapshot.takenUs))
}

/** What came since, until there is so little that the others can wait for it. `reached` moves on. */
async function sendArrivals(parts: FollowParts, question: TailQuestion, caught: CaughtUp): Promise<void> {
  const { store, feed } = parts
  const { reached } = caught
  await feed.refresh()
  const lanes = await lanesOf(store, question)
  // Once at least, however little it is: a question that fails must do so here, where nobody waits for it.
  for (let isFirst = true; ; isFirst = false) {
    const end = onLanes(feed.position(), lanes)
    if (!isFirst && numbersBetween(reached, end) <= numbersToJoinMax) return
    for (const step of laneSteps(reached, end)) await sendStep(parts, question, step, { ...caught, lanes })
  }
}

interface CaughtUp {
  readonly takenUs: number
  readonly reached: Map<number, number>
}

async function sendStep(
  { store, key, stream, onSent, readMsMax }: FollowParts,
  { scope, query, name }: TailQuestion,
  step: readonly LaneStretch[],
  { takenUs, reached, lanes }: CaughtUp & { readonly lanes: ReadonlySet<number> },
): Promise<void> {
  const lane = new Map(reached)
  for (const { laneId, seq, event } of await soon(findArrivals(store, step, [{ scope, query }]), { readMsMax })) {
    for (const { laneId: before, last } of step.slice(
      0,
      step.findIndex((one) => one.laneId === laneId),
    ))
      lane.set(before, last)
    lane.set(laneId, seq)
    const id = sealTailPosition({ snapshot: { takenUs, lanes: onLanes(lane, lanes) }, stored: null }, key, name)
    await stream.send(message('event', id, eventText(event)))
    onSent()
  }
  for (const { laneId, last } of step) reached.set(laneId, last)
}

async function lanesOf(
  store: Store,
  { scope, query }: Pick<TailQuestion, 'scope' | 'query'>,
): Promise<ReadonlySet<number>> {
  const { lanes }: Snapshot = await takeSnapshot(store, scope, query)
  return new Set(lanes?.keys())
}
