// How Postgres reads what each question asks for, and that it reads no partition outside of the question's window.

import type { Connection } from '@plaintrail/store/open-store'
import { dayName, dayOf } from '@plaintrail/store/segment-id'
import { row } from '../report.ts'
import { createExplainer, type Explained } from './explain-questions.ts'
import { drawQuestion, questions, type Asked } from './questions.ts'
import type { Samples } from './samples.ts'

export interface PlansAsked {
  readonly connection: Connection
  readonly adminToken: string
  readonly samples: Samples
  readonly endUs: number
}

/** Of how many askings of each question the plans are looked at; the one that read most rows is shown. */
const askings = 5

/** Rejects where a partition was read that is not in the window. */
export async function reportPlans({ connection, adminToken, samples, endUs }: PlansAsked): Promise<void> {
  console.log('\nplans, each of the asking that read most\n')
  await using explainer = await createExplainer(connection, adminToken)
  const strays: string[] = []
  for (const question of questions) {
    const found: Explained[] = []
    while (found.length < askings) {
      const asked = drawQuestion(question, samples, endUs)
      const explained = await explainer.explain(asked)
      found.push(explained)
      strays.push(...scansOutside(asked, explained.scans).map((scan) => `${question.name}: ${scan}`))
    }
    const most = found.toSorted((a, b) => rowsOf(b.scans) - rowsOf(a.scans))[0]
    if (most) reportPlan(question.name, most)
  }
  if (strays.length > 0) throw new Error(`read outside the window: ${strays.join(', ')}`)
  console.log('no partition outside of its window was read')
}

function reportPlan(name: string, { statements, scans }: Explained): void {
  row(name, `${statements} statements`, `${rowsOf(scans)} rows of events`)
  for (const [by, own] of Map.groupBy(scans, (scan) => scan.by)) {
    const partitions = new Set(own.map(({ table }) => table)).size
    const blocks = own.reduce((sum, scan) => sum + scan.blocks, 0)
    row(`  ${by}`, `${rowsOf(own)} rows`, `${partitions} partitions, ${blocks} blocks`)
  }
}

function rowsOf(scans: Explained['scans']): number {
  return scans.reduce((sum, { rows }) => sum + rows, 0)
}

/** Other stages of a request and other claims to its auditID may stand a day away: they are looked up by the auditID. */
function scansOutside({ sinceUs, untilUs }: Asked, scans: Explained['scans']): readonly string[] {
  const stray = scans.filter(({ table, isByAuditID }) => {
    const margin = isByAuditID ? 1 : 0
    const first = `event_${dayName(dayOf(sinceUs) - margin)}`
    const last = `event_${dayName(dayOf(untilUs - 1) + margin)}`
    return table < first || table > last
  })
  return stray.map(({ table, by }) => `${table} by ${by}`)
}
