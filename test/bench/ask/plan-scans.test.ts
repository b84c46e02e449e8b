import { expect, test } from 'vitest'
import { plansIn, scansOutside } from './plan-scans.ts'

const never = { 'Actual Rows': 0, 'Actual Loops': 0 }

test('scans of events are told with their index, all their rows and their blocks; those never executed are not', () => {
  const plan = {
    'Node Type': 'Append',
    'Actual Rows': 3,
    'Actual Loops': 1,
    Plans: [
      {
        'Node Type': 'Index Scan',
        'Relation Name': 'event_20261126',
        'Index Name': 'event_20261126_actor_id_time_idx1',
        'Actual Rows': 1.5,
        'Actual Loops': 2,
        'Rows Removed by Filter': 4,
        'Shared Hit Blocks': 5,
        'Shared Read Blocks': 6,
      },
      {
        'Node Type': 'Bitmap Heap Scan',
        'Relation Name': 'event_20261125',
        'Actual Rows': 7,
        'Actual Loops': 1,
        Plans: [{ 'Node Type': 'Bitmap Index Scan', 'Index Name': 'event_20261125_audit_idx', ...never }],
      },
      { 'Node Type': 'Seq Scan', 'Relation Name': 'event_20261124', ...never },
      { 'Node Type': 'Seq Scan', 'Relation Name': 'actor', 'Actual Rows': 9, 'Actual Loops': 1 },
    ],
  }
  expect(plansIn([{ Plan: plan }])).toEqual([
    { table: 'event_20261126', by: 'actor_id_time', isByAuditID: false, rows: 11, blocks: 11 },
    { table: 'event_20261125', by: 'bitmap of audit', isByAuditID: true, rows: 7, blocks: 0 },
  ])
})

test('a scan is outside a window by its day; one by the auditID only where it is more than a day away', () => {
  const window = { sinceUs: Date.UTC(2026, 10, 20) * 1_000, untilUs: Date.UTC(2026, 10, 22) * 1_000 }
  const scan = (day: number, isByAuditID: boolean) => ({
    table: `event_202611${day}`,
    by: isByAuditID ? 'audit' : 'time_key',
    isByAuditID,
    rows: 1,
    blocks: 1,
  })
  const scans = [18, 19, 20, 21, 22, 23].flatMap((day) => [scan(day, false), scan(day, true)])
  expect(scansOutside(window, scans)).toEqual([
    scan(18, false),
    scan(18, true),
    scan(19, false),
    scan(22, false),
    scan(23, false),
    scan(23, true),
  ])
  expect(scansOutside(window, [{ ...scan(23, false), blocks: 0 }])).toEqual([])
  const odd = { ...scan(20, false), table: 'event_odd' }
  expect(scansOutside(window, [odd])).toEqual([odd])
  expect(scansOutside({ ...window, sinceUs: 0 }, [odd])).toEqual([])
})
