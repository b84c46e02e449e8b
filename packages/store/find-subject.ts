// findSubject: one stored event as rules judge it, with what is known around it by now.

import { parseEventId } from '@plaintrail/event/identity'
import type { Scope } from '@plaintrail/query/scope'
import type { CostlyPart, Known, Subject } from '@plaintrail/rules/subject'
import { subjectOf } from '@plaintrail/rules/subject-of-event'
import { sql } from 'drizzle-orm'
import type { Store } from './open-store.ts'
import { parsedOf } from './parsed-items.ts'
import { readRows } from './read-rows.ts'
import { createRevisionSources } from './revision-sources.ts'
import { ruleEvents, type RuleEvent } from './rule-events.ts'
import { ruleParts, type RuleParts } from './rule-parts.ts'
import type { SegmentItems } from './segment-items.ts'
import { inScope } from './visible-clusters.ts'

export type FoundSubject =
  | { readonly kind: 'found'; readonly subject: Subject }
  /** There is no such event, or it is not to be seen. */
  | { readonly kind: 'none' }
  /** Its bytes are past retention. */
  | { readonly kind: 'gone' }

/** `parts` is what the rule reads beside the event itself. */
export async function findSubject(
  store: Store,
  scope: Scope,
  id: string,
  { parts, items }: { readonly parts: ReadonlySet<CostlyPart>; readonly items: SegmentItems },
): Promise<FoundSubject> {
  const place = await placeOf(store, scope, id)
  if (place === null) return { kind: 'none' }
  const { laneId, seq, cluster } = place
  const [event] = await ruleEvents(store, { laneId, after: seq - 1, last: seq })
  const bytes = event && (await items.read(event.record.segmentId, event.record.item))
  if (event === undefined || !bytes) return { kind: 'gone' }
  const { event: whole = event.told, raw = {} } = parsedOf(bytes, event.record.flags) ?? {}
  const around = await partsOf(store, { event, parts, items }, place)
  const { receivedUs } = event
  return { kind: 'found', subject: subjectOf({ id, cluster, event: whole, raw, receivedUs, ...around }) }
}

interface Place {
  readonly laneId: number
  readonly seq: number
  readonly cluster: string
  readonly isFollowed: boolean
  readonly isAttributed: boolean
}

async function placeOf(store: Store, scope: Scope, id: string): Promise<Place | null> {
  const parsed = parseEventId(id)
  if (parsed === null) return null
  const [row] = await readRows<Place & Record<string, unknown>>(
    store,
    sql`select e.lane_id as "laneId", e.seq, c.name as cluster,
          coalesce(e.seq < (select h.next_seq from history_position h where h.lane_id = e.lane_id), false) as "isFollowed",
          coalesce(e.seq < (select a.next_seq from attribution_position a where a.lane_id = e.lane_id), false)
            as "isAttributed"
        from event e join cluster c on c.id = e.cluster_id and ${inScope(scope)}
        where e.time = ${parsed.timeUs}::int8 and e.key = ${parsed.key.toString('hex')}::uuid`,
  )
  return row ?? null
}

interface AskedParts {
  readonly event: RuleEvent
  readonly parts: ReadonlySet<CostlyPart>
  readonly items: SegmentItems
}

async function partsOf(
  store: Store,
  { event, parts, items }: AskedParts,
  { isFollowed, isAttributed }: Place,
): Promise<RuleParts> {
  const sources = createRevisionSources(items)
  const [found = {}] = await ruleParts(store, sources, [{ event, parts }], { isHistoryOn: true })
  const notYet: Known<never> = { isKnown: false, because: 'it was not looked for yet' }
  return {
    ...found,
    ...(!isFollowed && found.changes && { changes: notYet }),
    ...(!isFollowed && found.oldObject && { oldObject: notYet }),
    ...(!isAttributed && found.initiator && { initiator: notYet }),
  }
}
