// findEvent: one event by its id, with the other stages of its request.

import type { StoredEvent } from '@plaintrail/event/event'
import { parseEventId } from '@plaintrail/event/identity'
import type { Scope } from '@plaintrail/query/scope'
import { sql } from 'drizzle-orm'
import { findRecords, type EventRecord } from './find-records.ts'
import { joinStages } from './join-stages.ts'
import type { Store } from './open-store.ts'
import { readSiblings } from './read-siblings.ts'
import { inScope } from './visible-clusters.ts'
import { storedEvents } from './stored-events.ts'

/** Null where there is no such event, or where the scope does not cover it, or where `id` is no event's id. */
export async function findEvent(store: Store, scope: Scope, id: string): Promise<StoredEvent | null> {
  const record = await findRecord(store, scope, id)
  if (!record) return null
  const [siblings] = await readSiblings(store, [record])
  const stages = joinStages(record, siblings?.stages ?? [])
  const [event] = await storedEvents(store, [{ record, stages, conflict: siblings?.conflict ?? false }])
  return event ?? null
}

export async function findRecord(store: Store, scope: Scope, id: string): Promise<EventRecord | null> {
  const parsed = parseEventId(id)
  if (!parsed) return null
  const key = Buffer.from(parsed.key).toString('hex')
  const where = sql`e.key = ${key}::uuid and exists (select from cluster c where c.id = e.cluster_id and ${inScope(scope)})`
  const stretch = { fromUs: parsed.timeUs, toUs: parsed.timeUs + 1 }
  const [record] = await findRecords(store, { ...stretch, where, order: 'desc', after: null, limit: 1 })
  return record ?? null
}
