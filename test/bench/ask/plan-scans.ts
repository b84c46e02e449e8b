// plansIn: the scans of event partitions in what EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) says.

import { dayName, dayOf } from '@plaintrail/store/segment-id'

export interface TableScan {
  /** `event_20261126` */
  readonly table: string
  /** Of an index its name without that of the partition; of anything else the kind of scan. */
  readonly by: string
  readonly isByAuditID: boolean
  /** Rows found, and rows found in vain. */
  readonly rows: number
  /** Of 8 KiB, from Postgres' own cache or not. */
  readonly blocks: number
}

interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly Filter?: string
  readonly 'Rows Removed by Filter'?: number
  readonly 'Rows Removed by Index Recheck'?: number
  readonly 'Shared Hit Blocks'?: number
  readonly 'Shared Read Blocks'?: number
  readonly Plans?: readonly PlanNode[]
}

/** Scans that were never executed are left out. */
export function plansIn(plan: unknown): readonly TableScan[] {
  // The format is that of Postgres' EXPLAIN.
  const roots = plan as readonly { readonly Plan: PlanNode }[]
  return roots.flatMap(({ Plan }) => scansIn(Plan))
}

/**
 * Other stages of a request and other claims to its auditID may stand a day away: they are looked up by the auditID. What
 * has no usable time stands at the time 0. Days to come have partitions with no block in them, which no scan reads.
 */
export function scansOutside(
  { sinceUs, untilUs }: { readonly sinceUs: number; readonly untilUs: number },
  scans: readonly TableScan[],
): readonly TableScan[] {
  return scans.filter(({ table, isByAuditID, blocks }) => {
    if (blocks === 0) return false
    const margin = isByAuditID ? 1 : 0
    const first = `event_${dayName(dayOf(sinceUs) - margin)}`
    const last = `event_${dayName(dayOf(untilUs - 1) + margin)}`
    const day = table === 'event_odd' ? `event_${dayName(0)}` : table
    return day < first || day > last
  })
}

function scansIn(node: PlanNode): readonly TableScan[] {
  const below = (node.Plans ?? []).flatMap(scansIn)
  const table = node['Relation Name']
  const loops = node['Actual Loops']
  if (table === undefined || !table.startsWith('event_') || loops === 0) return below
  const each =
    node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0)
  const blocks = (node['Shared Hit Blocks'] ?? 0) + (node['Shared Read Blocks'] ?? 0)
  const by = indexOf(node) ?? node['Node Type']
  // A partition of few rows is read without its index.
  const isByAuditID = /\baudit$/.test(by) || (node['Filter']?.includes('audit = ') ?? false)
  const own = { table, by, isByAuditID, rows: Math.round(each * loops), blocks }
  return [own, ...below]
}

/** A bitmap names its indexes in the nodes below it. */
function indexOf(node: PlanNode): string | undefined {
  const index = node['Index Name']?.replace(/^event_(?:[0-9]{8}|odd)_/, '').replace(/_idx\d*$/, '')
  if (index !== undefined) return index
  const below = (node.Plans ?? []).map(indexOf).filter((name) => name !== undefined)
  return below.length === 0 ? undefined : `bitmap of ${[...new Set(below)].join(' and ')}`
}
