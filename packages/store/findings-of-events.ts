// findingsOfEvents: the findings in which events count, said beside them.

import type { StoredEvent } from '@plaintrail/event/event'
import type { Scope } from '@plaintrail/query/scope'
import { formatFindingId } from '@plaintrail/rules/finding-id'
import { sql } from 'drizzle-orm'
import { placeOfEvent } from './initiator-digests.ts'
import type { Store } from './open-store.ts'
import { arrayOf, readRows } from './read-rows.ts'
import { isShown } from './shadow-findings.ts'
import { inScope } from './visible-clusters.ts'

/** Of one event; the first by id. */
const findingsMax = 20

/**
 * Ids by the id of the event, in their order; of an event without any there is no entry. An event stands for its request:
 * what a stage of it counts in, it counts in. One statement, whose work is in the events and not in the findings.
 */
export async function findingsOfEvents(
  store: Store,
  scope: Scope,
  events: readonly Pick<StoredEvent, 'id' | 'stages'>[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const places = events.flatMap(({ id, stages }) =>
    [...new Set([id, ...stages.map((stage) => stage.id)])].map((of) => ({ id, ...placeOfEvent(of) })),
  )
  if (places.length === 0) return new Map()
  const times = places.map(({ time }) => time)
  const [from, to] = [Math.min(...times), Math.max(...times)]
  const rows = await readRows<{ at: number; finding: string }>(
    store,
    sql`select distinct p.at, h.finding_id::text as finding
        from unnest(${arrayOf('int8', times)}, ${arrayOf(
          'uuid',
          places.map(({ key }) => key),
        )}) with ordinality as p (time, key, at)
        join rule_hit h on h.counts and h.time = p.time and h.key = p.key
          and h.time >= ${from}::int8 and h.time <= ${to}::int8
        join finding f on f.id = h.finding_id and ${isShown}
        join cluster c on c.id = h.cluster_id and ${inScope(scope)}
        order by 1, 2`,
  )
  const ids = Map.groupBy(rows, ({ at }) => places[at - 1]?.id ?? '')
  return new Map(
    [...ids].map(([id, found]) => [
      id,
      [...new Set(found.map(({ finding }) => finding))].slice(0, findingsMax).map(idOf).toSorted(),
    ]),
  )
}

const idOf = (uuid: string): string => formatFindingId(Buffer.from(uuid.replaceAll('-', ''), 'hex'))
