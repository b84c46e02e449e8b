// findNeighbors: what happened shortly before and after one event, with the same actor, object, session or cluster.

import type { StoredEvent } from '@plaintrail/event/event'
import { formatEventId } from '@plaintrail/event/identity'
import { everything } from '@plaintrail/query/ast'
import type { Order } from '@plaintrail/query/page'
import type { Scope } from '@plaintrail/query/scope'
import type { Window } from '@plaintrail/query/window'
import { sql, type SQL } from 'drizzle-orm'
import { budgetOf, type Budget } from './budget.ts'
import { findRecord } from './find-event.ts'
import { pageMsMax } from './find-events.ts'
import { positionOf, type EventRecord, type WhereIn } from './find-records.ts'
import { joinStages } from './join-stages.ts'
import type { Store } from './open-store.ts'
import { queryConditions, type QueryConditions } from './query-conditions.ts'
import { readRequests, type RequestsAsked } from './read-requests.ts'
import { readSiblings } from './read-siblings.ts'
import { storedEvents, type FoundEvent } from './stored-events.ts'
import { takeSnapshot } from './take-snapshot.ts'

export const neighborKeys = ['actor', 'object', 'session', 'cluster'] as const
/** `session`: of the same caller, client and address in the same cluster, for no event says more. */
export type NeighborKey = (typeof neighborKeys)[number]

/** To either side, in hours. */
export const neighborHoursMax = 24
/** Requests to either side. */
export const neighborsMax = 500

export interface NeighborQuestion {
  readonly by: NeighborKey
  /** To either side, in microseconds. */
  readonly spanUs: number
  /** To either side, from 1 to neighborsMax. */
  readonly limit: number
  readonly budget?: Budget
}

export interface Neighbors {
  readonly window: Window
  /** Oldest first. */
  readonly before: readonly StoredEvent[]
  /** The request of the event, as a list shows it. */
  readonly self: StoredEvent
  readonly after: readonly StoredEvent[]
  /** Whether there are more within the window than the limit let through, or the budget. */
  readonly hasMoreBefore: boolean
  readonly hasMoreAfter: boolean
}

/** Null where there is no such event in the scope. */
export async function findNeighbors(
  store: Store,
  scope: Scope,
  id: string,
  { by, spanUs, limit, budget = budgetOf(pageMsMax) }: NeighborQuestion,
): Promise<Neighbors | null> {
  const record = await findRecord(store, scope, id)
  const conditions = record && (await queryConditions(store, scope, everything))
  if (record === null || conditions === null) return null
  const [self, snapshot] = await Promise.all([requestOf(store, scope, record), takeSnapshot(store, scope)])
  const window = { sinceUs: Math.max(0, record.time - spanUs), untilUs: record.time + spanUs + 1 }
  // The last stage: of what is created the first ones may have no name yet.
  const where: WhereIn = (stretch) => sql`${conditions.where(stretch)} and ${isNeighborOf(self.record, by)}`
  const read = async (order: Order): Promise<readonly FoundEvent[]> => {
    const asked = { window, order, after: positionOf(record), snapshot, budget }
    return await readOthers(store, { ...conditions, where }, asked, { self, wanted: limit + 1 })
  }
  // One after the other: a question has one connection at a time.
  const [before, after] = [await read('desc'), await read('asc')]
  const shown = [...before.slice(0, limit).toReversed(), self, ...after.slice(0, limit)]
  const events = await storedEvents(store, shown)
  const at = Math.min(before.length, limit)
  const [selfEvent] = events.slice(at)
  if (selfEvent === undefined) return null
  return {
    window,
    before: events.slice(0, at),
    self: selfEvent,
    after: events.slice(at + 1),
    hasMoreBefore: before.length > limit || budget.leftMs() <= 0,
    hasMoreAfter: after.length > limit || budget.leftMs() <= 0,
  }
}

/** The last stage stands for the request. All of them have one time. */
async function requestOf(store: Store, scope: Scope, record: EventRecord): Promise<FoundEvent> {
  const [siblings] = await readSiblings(store, [record])
  const stages = joinStages(record, siblings?.stages ?? [])
  const conflict = siblings?.conflict ?? false
  const key = stages.at(-1)?.key ?? record.key
  const id = formatEventId(record.time, Buffer.from(key.replaceAll('-', ''), 'hex'))
  const last = key === record.key ? record : await findRecord(store, scope, id)
  return { record: last ?? record, stages, conflict }
}

/** A condition on `event e`. */
function isNeighborOf(record: EventRecord, by: NeighborKey): SQL {
  const inCluster = sql`e.cluster_id = ${record.clusterId}::int4`
  const ofActor = sql`e.actor_id = ${record.actorId}::int4`
  switch (by) {
    case 'cluster':
      return inCluster
    case 'actor':
      return ofActor
    case 'session':
      return sql`${inCluster} and ${ofActor} and e.client_id = ${record.clientId}::int4
        and e.source_id = ${record.sourceId}::int4
        and e.impersonated_id is not distinct from ${record.impersonatedId}::int4`
    case 'object':
      // The key is an int8 that no number holds, so it stays there; what it stands for is compared all the same.
      return sql`${inCluster} and e.name = ${record.name}
        and e.namespace_id is not distinct from ${record.namespaceId}::int4
        and e.object_key = (select o.object_key from event o
          where o.time = ${record.time}::int8 and o.key = ${record.key}::uuid)`
    default:
      return by satisfies never
  }
}

/** At most `wanted`, the nearest first, without the request itself. */
async function readOthers(
  store: Store,
  conditions: QueryConditions,
  asked: RequestsAsked,
  { self, wanted }: { readonly self: FoundEvent; readonly wanted: number },
): Promise<readonly FoundEvent[]> {
  const own = new Set(self.stages.map(({ key }) => key))
  // Its own stages are among what is read.
  const reader = await readRequests(store, conditions, asked, wanted + own.size)
  const found: FoundEvent[] = []
  while (found.length < wanted && !reader.isAtEnd() && !reader.isSpent())
    found.push(...(await reader.next()).filter(({ record }) => !own.has(record.key)))
  return found.slice(0, wanted)
}
