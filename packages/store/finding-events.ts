// findingEvents: the events and gaps that a finding was made of.

import type { StoredEvent } from '@plaintrail/event/event'
import { formatMicroTime } from '@plaintrail/event/time'
import { matches } from '@plaintrail/query/ast'
import type { Gap } from '@plaintrail/query/page'
import type { Scope } from '@plaintrail/query/scope'
import type { Snapshot } from '@plaintrail/query/snapshot'
import { parseFindingId } from '@plaintrail/rules/finding-id'
import { sql } from 'drizzle-orm'
import type { Finding } from './find-findings.ts'
import { positionOf, recordColumns, type EventPosition, type EventRecord } from './find-records.ts'
import { joinStages } from './join-stages.ts'
import type { Store } from './open-store.ts'
import { readRows } from './read-rows.ts'
import { readSiblings } from './read-siblings.ts'
import { storedEvents } from './stored-events.ts'
import { isInSnapshot, takeSnapshot } from './take-snapshot.ts'
import { inScope } from './visible-clusters.ts'

export interface FindingEventsQuestion {
  readonly finding: Finding
  readonly limit: number
  readonly after: EventPosition | null
  /** That of the first page; null to take one now. What was stored later is on no page. */
  readonly snapshot: Snapshot | null
}

export interface FindingEvents {
  /** Newest first, each once; those past retention are not among them. */
  readonly events: readonly StoredEvent[]
  readonly next: EventPosition | null
  readonly snapshot: Snapshot
}

/** `finding` is one that the scope covers. */
export async function findingEvents(
  store: Store,
  scope: Scope,
  { finding, limit, after, ...asked }: FindingEventsQuestion,
): Promise<FindingEvents> {
  const ofCluster = matches('cluster', [[finding.cluster]])
  const snapshot = asked.snapshot ?? (await takeSnapshot(store, scope, ofCluster))
  const toUs = Math.min(finding.lastUs, after?.timeUs ?? finding.lastUs)
  const bounds = sql`h.time >= ${finding.firstUs}::int8 and h.time <= ${toUs}::int8`
  const isNext = after === null ? sql`true` : sql`(h.time, h.key) < (${after.timeUs}::int8, ${after.key}::uuid)`
  // Both orders are by the hits, so that a page of millions ends with its last row.
  const records = await readRows<EventRecord & Record<string, unknown>>(
    store,
    sql`select ${recordColumns}
        from (
          select distinct h.time, h.key from rule_hit h
          where h.finding_id = ${uuidOf(finding)}::uuid and h.counts and h.key is not null and ${bounds} and ${isNext}
          order by h.time desc, h.key desc
        ) h
        join event e on e.time = h.time and e.key = h.key and e.time >= ${finding.firstUs}::int8 and e.time <= ${toUs}::int8
        join cluster c on c.id = e.cluster_id and ${inScope(scope)}
        where ${isInSnapshot(snapshot)}
        order by h.time desc, h.key desc limit ${limit + 1}`,
  )
  const page = records.slice(0, limit)
  const siblings = await readSiblings(store, page, snapshot)
  const events = await storedEvents(
    store,
    page.map((record, index) => {
      const { stages = [], conflict = false } = siblings[index] ?? {}
      return { record, stages: joinStages(record, stages), conflict }
    }),
  )
  const last = page.at(-1)
  return { events, next: records.length > limit && last ? positionOf(last) : null, snapshot }
}

/** Of one finding; the newest. */
const gapsMax = 100

/** Of a rule on gaps: those that it found. */
export async function findingGaps(store: Store, scope: Scope, finding: Finding): Promise<readonly Gap[]> {
  const rows = await readRows<{ cluster: string; fromUs: number; toUs: number; cause: string }>(
    store,
    sql`select c.name as cluster, g.from_us as "fromUs", g.to_us as "toUs", g.cause
        from rule_hit h join gap g on g.id = h.gap_id join cluster c on c.id = g.cluster_id and ${inScope(scope)}
        where h.finding_id = ${uuidOf(finding)}::uuid and h.counts and h.gap_id is not null
          and h.time >= ${finding.firstUs}::int8 and h.time <= ${finding.lastUs}::int8
        order by h.time desc, g.id desc limit ${gapsMax}`,
  )
  return rows.map(({ cluster, fromUs, toUs, cause }) => ({
    cluster,
    from: formatMicroTime(fromUs),
    to: formatMicroTime(toUs),
    cause,
  }))
}

const uuidOf = ({ id }: Finding): string => parseFindingId(id)?.toString('hex') ?? ''
