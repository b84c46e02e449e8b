// findActivity: one person's requests as stretches of work, the last one first, each told whole.

import type { ActorType } from '@plaintrail/event/event'
import { parseEventId } from '@plaintrail/event/identity'
import {
  activityGapUs,
  activityGroups,
  activityKey,
  activityOf,
  type Above,
  type Activity,
  type ActivityGroups,
  type Stretch,
} from '@plaintrail/history/activity'
import { and, matches, type Query } from '@plaintrail/query/ast'
import type { Scope } from '@plaintrail/query/scope'
import type { Snapshot } from '@plaintrail/query/snapshot'
import type { Window } from '@plaintrail/query/window'
import { sql } from 'drizzle-orm'
import { activityCalls } from './activity-calls.ts'
import { actorId } from './actor-id.ts'
import { budgetOf, type Budget } from './budget.ts'
import { namedActor } from './find-actors.ts'
import { pageMsMax, QuestionTooLong } from './find-events.ts'
import { positionOf, type EventPosition } from './find-records.ts'
import type { Store } from './open-store.ts'
import { queryConditions, type QueryConditions } from './query-conditions.ts'
import { readRequests } from './read-requests.ts'
import { readRows } from './read-rows.ts'
import type { SegmentItems } from './segment-items.ts'
import { takeSnapshot } from './take-snapshot.ts'

export interface ActivityQuestion {
  /** Asks for requests: only these are in the stretches. */
  readonly query: Query
  readonly window: Window
  /** Stretches: at least 1. */
  readonly limit: number
  /** Where the page before ended; null for the first. */
  readonly after: EventPosition | null
  readonly snapshot: Snapshot | null
  readonly budget?: Budget
  /** Requests that a page reads: `requestsMax` unless given. */
  readonly requestsMax?: number
}

export interface ActiveActor {
  readonly id: string
  readonly name: string
  readonly type: ActorType
}

export interface FoundStretch extends Activity {
  /** Calls before the window, or after it, belong to it too. */
  readonly beganBefore: boolean
  readonly wentOn: boolean
  /** Its older calls were not read: it has too many for one page. */
  readonly isCut: boolean
}

export interface FoundActivity {
  readonly actor: ActiveActor
  readonly stretches: readonly FoundStretch[]
  readonly next: EventPosition | null
  readonly snapshot: Snapshot
  /** The budget was spent, or as many requests were read as a page reads: the next page goes on from where it got to. */
  readonly isPartial: boolean
}

/** Each costs reading its bytes and their segment: 0.4 ms on two busy cores, where a tenth of each segment is its own. */
export const requestsMax = 5_000
/** Newer requests that are looked at to know which stretches the page before has told. */
const aboveMax = 2_000
const chunk = 100

/**
 * By their last call. The actor is named by id or by name; null where nothing of it is in the scope. Rejects as findEvents
 * does. A stretch of more requests than a page reads is told as far as it was read, and the next page goes on behind it.
 */
export async function findActivity(
  store: Store,
  scope: Scope,
  named: string,
  question: ActivityQuestion,
  items: SegmentItems,
): Promise<FoundActivity | null> {
  const actor = await activeActor(store, scope, named)
  if (actor === null) return null
  const budget = question.budget ?? budgetOf(pageMsMax)
  const query = and([question.query, matches('actor', [[actor.name]])])
  // In this order, as findEvents does.
  const snapshot = question.snapshot ?? (await takeSnapshot(store, scope, query))
  const conditions = await queryConditions(store, scope, query)
  if (conditions === null) return { actor, stretches: [], next: null, snapshot, isPartial: false }
  const asked = { store, items, conditions, question, snapshot, budget }
  const groups = activityGroups(await readAbove(asked))
  return { actor, snapshot, ...pageOf(await readBelow(asked, groups), question) }
}

async function activeActor(store: Store, scope: Scope, named: string): Promise<ActiveActor | null> {
  const id = await namedActor(store, scope, named)
  if (id === null) return null
  const [row] = await readRows<{ digest: string; name: string; type: ActorType }>(
    store,
    sql`select a.digest::text as digest, a.name, a.type from actor a where a.id = ${id}::int4`,
  )
  return row ? { id: actorId(row.digest), name: row.name, type: row.type } : null
}

interface Asked {
  readonly store: Store
  readonly items: SegmentItems
  readonly conditions: QueryConditions
  readonly question: ActivityQuestion
  readonly snapshot: Snapshot
  readonly budget: Budget
}

/** The call where the page before ended, and those that are newer by no more than a stretch may pause. */
async function readAbove({ store, items, conditions, question, snapshot, budget }: Asked): Promise<readonly Above[]> {
  const { after, window } = question
  const sinceUs = after?.timeUs ?? window.untilUs
  const near = { sinceUs, untilUs: sinceUs + activityGapUs + 1 }
  const asked = { window: near, order: 'asc', after: null, snapshot, budget } as const
  const reader = await readRequests(store, conditions, asked, chunk)
  const above: Above[] = []
  while (!reader.isAtEnd() && !reader.isSpent() && above.length < aboveMax) {
    const found = (await reader.next()).filter(({ record }) => after === null || isFrom(positionOf(record), after))
    for (const call of await activityCalls(store, items, found))
      above.push({ key: activityKey(call), timeUs: call.timeUs, isTold: call.timeUs < window.untilUs })
  }
  return above
}

/** Whether it is the position or a newer one. Keys are 16 bytes in hex, with dashes or without. */
function isFrom(place: EventPosition, from: EventPosition): boolean {
  if (place.timeUs !== from.timeUs) return place.timeUs > from.timeUs
  return place.key.replaceAll('-', '') >= from.key.replaceAll('-', '')
}

interface Below {
  readonly groups: ActivityGroups
  readonly began: ReadonlySet<Stretch>
  readonly readTo: EventPosition | null
  readonly isWhole: boolean
}

async function readBelow(asked: Asked, groups: ActivityGroups): Promise<Below> {
  const { store, items, conditions, question, snapshot, budget } = asked
  const { window, after, limit, requestsMax: readMax = requestsMax } = question
  // Calls before the window say only whether a stretch began before it.
  const read = { sinceUs: Math.max(0, window.sinceUs - activityGapUs), untilUs: window.untilUs }
  const reader = await readRequests(
    store,
    conditions,
    { window: read, order: 'desc', after, snapshot, budget },
    Math.min(chunk, readMax),
  )
  const began = new Set<Stretch>()
  let readTo = after
  let count = 0
  const isSpent = (): boolean => count > 0 && (budget.leftMs() <= 0 || count >= readMax)
  while (!reader.isAtEnd() && !reader.isSpent() && !isSpent() && !isFull(groups, limit, readTo)) {
    const found = await reader.next()
    let isLeft = false
    for (let at = 0; at < found.length && !isLeft; at += chunk) {
      const some = found.slice(at, at + Math.min(chunk, readMax - count))
      budget.throwIfAborted()
      for (const call of await activityCalls(store, items, some)) {
        if (call.timeUs >= window.sinceUs) groups.take(call)
        else for (const stretch of groups.stretches.filter((one) => groups.touches(one, call))) began.add(stretch)
      }
      count += some.length
      const last = some.at(-1)
      if (last) readTo = positionOf(last.record)
      isLeft = isSpent() && at + some.length < found.length
    }
    if (isLeft) return { groups, began, readTo, isWhole: false }
    readTo = reader.position()
  }
  if (readTo === after && !reader.isAtEnd()) throw tooLong()
  return { groups, began, readTo, isWhole: reader.isAtEnd() }
}

function tooLong(): QuestionTooLong {
  return new QuestionTooLong('could not read even the first calls in the time that a question has; narrow the window')
}

/** Nothing that is read from here on belongs to it. */
function isClosed({ startUs }: Stretch, readTo: EventPosition | null): boolean {
  return readTo !== null && startUs - readTo.timeUs > activityGapUs
}

function isFull({ stretches }: ActivityGroups, limit: number, readTo: EventPosition | null): boolean {
  return stretches.length > limit && stretches.slice(0, limit).every((stretch) => isClosed(stretch, readTo))
}

function pageOf(below: Below, { limit }: ActivityQuestion): Pick<FoundActivity, 'stretches' | 'next' | 'isPartial'> {
  const { groups, began, readTo, isWhole } = below
  const found = groups.stretches
  const open = found.findIndex((stretch) => !isWhole && !isClosed(stretch, readTo))
  // Where the first one is too long already it is told as far as it was read, and what else was read with it.
  const page = found.slice(0, Math.min(limit, open > 0 ? open : found.length))
  const last = page.at(-1)
  const isLast = page.length === found.length
  const next = isWhole && isLast ? null : open === 0 && isLast ? readTo : last ? positionOfLast(last) : readTo
  return {
    stretches: page.flatMap((stretch) => {
      const isCut = !isWhole && !isClosed(stretch, readTo)
      const told = activityOf(stretch, isCut)
      return told ? [{ ...told, beganBefore: began.has(stretch), wentOn: stretch.wentOn, isCut }] : []
    }),
    next,
    isPartial: next !== null && (page.length < limit || open === 0),
  }
}

/** Of its newest call. */
function positionOfLast({ calls }: Stretch): EventPosition | null {
  const position = parseEventId(calls[0]?.id ?? '')
  return position && { timeUs: position.timeUs, key: Buffer.from(position.key).toString('hex') }
}
