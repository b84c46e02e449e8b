// How Postgres reads what each question asks for, and that it reads no partition outside of the question's window.

import type { Connection } from '@plaintrail/store/open-store'
import { row } from '../report.ts'
import { createExplainer, type Explained } from './explain-questions.ts'
import { scansOutside } from './plan-scans.ts'
import { drawQuestion, questions } from './questions.ts'
import type { Samples } from './samples.ts'

export interface PlansAsked {
  readonly connection: Connection
  readonly adminToken: string
  readonly samples: Samples
  readonly endUs: number
}

/** Of how many askings of each question the plans are looked at; the one that read most rows is shown. */
const askings = 5
const shownMax = 10

/** Rejects where a partition was read that is not in the window. */
export async function reportPlans({ connection, adminToken, samples, endUs }: PlansAsked): Promise<void> {
  console.log('\nplans, each of the asking that read most\n')
  await using explainer = await createExplainer(connection, adminToken)
  const strays = new Set<string>()
  for (const question of questions) {
    const found: Explained[] = []
    while (found.length < askings) {
      const asked = drawQuestion(question, samples, endUs)
      const explained = await explainer.explain(asked)
      found.push(explained)
      for (const { table, by } of scansOutside(asked, explained.scans))
        strays.add(`${question.name}: ${table} by ${by}`)
    }
    const most = found.toSorted((a, b) => rowsOf(b.scans) - rowsOf(a.scans))[0]
    if (most) reportPlan(question.name, most)
  }
  if (strays.size > 0)
    throw new Error(`read ${strays.size} times outside the window: ${[...strays].slice(0, shownMax).join(', ')}`)
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
