// quarantineRows: what of a batch cannot be stored as events, with the reason. The bytes stay in the segment.

import { randomUUID } from 'node:crypto'
import type { Plan, UnreadItem } from './batch-plan.ts'
import type { EventRow } from './event-rows.ts'
import { findQuarantined } from './find-stored.ts'
import type { QuarantineRow } from './insert-batch.ts'
import type { Store } from './open-store.ts'
import { dayOf } from './segment-id.ts'

/** The batch's items that go to quarantine and are not there already. */
export async function freshQuarantine(
  store: Store,
  plans: readonly Plan[],
  rows: readonly EventRow[],
  refusedDays: ReadonlySet<number>,
): Promise<readonly QuarantineRow[]> {
  const found = plans.flatMap((plan) => plan.segment.quarantined.map((unread) => quarantineRow(plan, unread)))
  const unknown = plans.flatMap((plan) => (plan.lane ? [] : [ofUnknownCluster(plan)]))
  const planOfSegment = new Map(plans.map((plan) => [plan.segmentId, plan]))
  const refused = rows.flatMap((row) => {
    const plan = planOfSegment.get(row.segmentId)
    return plan && refusedDays.has(dayOf(row.event.time)) ? [ofRefusedDay(row, plan)] : []
  })
  const all = withoutRepeats([...found, ...unknown, ...refused])
  if (all.length === 0) return all
  const known = await findQuarantined(store, all)
  return all.filter((row) => !known.has(nameOf(row)))
}

/** A body that is posted again stands in the batch twice, and what is told of quarantine counts it once. */
function withoutRepeats(rows: readonly QuarantineRow[]): readonly QuarantineRow[] {
  const first = new Map<string, QuarantineRow>()
  for (const row of rows) if (!first.has(nameOf(row))) first.set(nameOf(row), row)
  return [...first.values()]
}

/** What the table's unique key compares. */
function nameOf({ clusterId, digest }: QuarantineRow): string {
  return `${clusterId}/${Buffer.from(digest).toString('hex')}`
}

function quarantineRow({ segment, segmentId, lane }: Plan, unread: UnreadItem): QuarantineRow {
  return {
    ...unread,
    id: Buffer.from(randomUUID().replaceAll('-', ''), 'hex'),
    clusterId: lane?.clusterId ?? null,
    segmentId,
    receivedUs: segment.receivedUs,
  }
}

/** The whole body is one item, numbered -1, since nothing of it can be stored. */
function ofUnknownCluster(plan: Plan): QuarantineRow {
  const digest = Buffer.alloc(16)
  digest.writeDoubleBE(plan.segmentId)
  const detail = `no cluster has the id ${plan.segment.clusterUid}`
  return quarantineRow(plan, { item: -1, reason: 'unknown_cluster', detail, bytes: 0, digest })
}

function ofRefusedDay(row: EventRow, plan: Plan): QuarantineRow {
  return quarantineRow(plan, {
    item: row.item,
    reason: 'too_many_days',
    detail: 'its day would need another partition and there are too many; delete old days or correct the clock',
    bytes: row.bytes,
    digest: row.key,
  })
}
