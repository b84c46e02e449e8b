// Dead jobs: rows of the outbox whose attempts are used up. They wait here, not in the queue, for a person to look.

import type { Scope } from '@plaintrail/query/scope'
import { sql } from 'drizzle-orm'
import { positionOf, type EventPosition } from './find-records.ts'
import type { Store } from './open-store.ts'
import { readRows } from './read-rows.ts'
import { isBefore, timeUs } from './time-position.ts'

export interface DeadJob {
  readonly id: string
  readonly kind: string
  /** Microseconds since 1970. */
  readonly createdUs: number
  readonly deadUs: number
  readonly attempts: number
  readonly error: string
}

export interface FoundDeadJobs {
  readonly items: readonly DeadJob[]
  readonly next: EventPosition | null
}

/** Last died first. A job may be about any cluster, so only those see them who may see everything. */
export async function listDeadJobs(
  store: Store,
  scope: Scope,
  { limit, after }: { readonly limit: number; readonly after: EventPosition | null },
): Promise<FoundDeadJobs> {
  if (scope.kind !== 'everything') return { items: [], next: null }
  const rows = await readRows<DeadJob>(
    store,
    sql`select o.id::text as id, o.kind, ${timeUs(sql`o.created_at`)} as "createdUs",
          ${timeUs(sql`o.dead_at`)} as "deadUs", o.attempts, coalesce(o.error, '') as error
        from outbox o where o.dead_at is not null and ${isBefore(sql`o.dead_at`, sql`o.id`, after)}
        order by o.dead_at desc, o.id desc limit ${limit + 1}`,
  )
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last ? positionOf({ time: last.deadUs, key: last.id }) : null }
}

export type Retried = 'again' | 'not dead' | 'unknown'

/** It is relayed again at once, as a new round of attempts. What is done or was never there is unknown. */
export async function retryJob(store: Store, scope: Scope, id: string): Promise<Retried> {
  if (scope.kind !== 'everything') return 'unknown'
  const rows = await readRows<{ wasDead: boolean }>(
    store,
    sql`with found as (
          select id, dead_at is not null as was_dead from outbox where id = ${id}::uuid for update
        ), again as (
          update outbox set dead_at = null, relayed_at = null where id in (select id from found where was_dead)
        )
        select was_dead as "wasDead" from found`,
  )
  const [row] = rows
  if (!row) return 'unknown'
  return row.wasDead ? 'again' : 'not dead'
}
