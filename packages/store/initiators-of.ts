// initiatorsOf: who is behind events that were read, with the evidence.

import type { StoredEvent } from '@plaintrail/event/event'
import type { Attribution } from '@plaintrail/history/initiator'
import { initiatorByItself } from '@plaintrail/history/initiator-by-itself'
import type { Scope } from '@plaintrail/query/scope'
import { sql } from 'drizzle-orm'
import { placeOfEvent } from './initiator-digests.ts'
import { initiatorColumns, keptOf, type InitiatorRow } from './initiator-rows.ts'
import type { Store } from './open-store.ts'
import { arrayOf, readRows } from './read-rows.ts'
import { inScope } from './visible-clusters.ts'

/** What is needed of an event as an answer has it. */
type Attributable = Pick<StoredEvent, 'id' | 'class' | 'outcome' | 'verb'> & {
  readonly actor: Pick<StoredEvent['actor'], 'name' | 'type' | 'as'>
  readonly object: Pick<NonNullable<StoredEvent['object']>, 'resource' | 'subresource'> | null
}

/**
 * By id; null where the event is not attributed yet, or not to be seen. Costs one statement for all of them. A person is
 * known before other events are looked at; a release that the write belongs to may be added to the chain.
 */
export async function initiatorsOf(
  store: Store,
  scope: Scope,
  events: readonly Attributable[],
): Promise<ReadonlyMap<string, Attribution | null>> {
  if (events.length === 0) return new Map()
  const rows = await rowsOf(
    store,
    scope,
    events.map(({ id }) => id),
  )
  const byEvent = new Map(rows.map((row) => [events[row.at - 1]?.id, row] as const))
  return new Map(
    events.map((event) => {
      const row = byEvent.get(event.id)
      return [event.id, row === undefined ? null : initiatorOf(event, row)] as const
    }),
  )
}

function initiatorOf(event: Attributable, row: FoundRow): Attribution | null {
  if (row.kind !== null) return keptOf({ ...row, kind: row.kind }).attribution
  const { actor, object } = event
  const impersonated = actor.as === null ? null : { name: actor.as }
  const alone = initiatorByItself({
    ...event,
    impersonated,
    object: object && { ...object, subresource: object.subresource ?? '' },
  })
  return row.isDone || alone?.initiator.kind !== 'service-account' ? alone : null
}

interface FoundRow extends Omit<InitiatorRow, 'kind'> {
  /** Counts from 1. */
  readonly at: number
  readonly isDone: boolean
  readonly kind: InitiatorRow['kind'] | null
}

async function rowsOf(store: Store, scope: Scope, ids: readonly string[]): Promise<readonly FoundRow[]> {
  const places = ids.map(placeOfEvent)
  const times = places.map(({ time }) => time)
  const keys = places.map(({ key }) => key)
  const [from, to] = [Math.min(...times), Math.max(...times)]
  return await readRows<FoundRow & Record<string, unknown>>(
    store,
    sql`select p.at, coalesce(e.seq < d.next_seq, false) as "isDone", ${sql.raw(initiatorColumns)}
        from unnest(${arrayOf('int8', times)}, ${arrayOf('uuid', keys)}) with ordinality as p (time, key, at)
        join event e on e.time = p.time and e.key = p.key and e.time >= ${from}::int8 and e.time <= ${to}::int8
        join cluster c on c.id = e.cluster_id and ${inScope(scope)}
        left join attribution_position d on d.lane_id = e.lane_id
        left join event_initiator i on i.time = p.time and i.key = p.key
          and i.time >= ${from}::int8 and i.time <= ${to}::int8`,
  )
}
