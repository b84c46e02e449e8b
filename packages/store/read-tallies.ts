// readTallies: what tallies give to a count, as stretches of its window that need not be counted from the events.

import type { Query } from '@plaintrail/query/ast'
import type { TextKey } from '@plaintrail/query/qualifiers'
import type { Scope } from '@plaintrail/query/scope'
import type { Window } from '@plaintrail/query/window'
import type { SQL } from 'drizzle-orm'
import type pg from 'pg'
import { budgetOf } from './budget.ts'
import { currentTallies } from './current-tallies.ts'
import type { Stretch } from './event-stretches.ts'
import type { Store } from './open-store.ts'
import { quarterOf, quarterStartUs } from './quarters.ts'
import { arrayOf, statementOf } from './read-rows.ts'
import { termsOf } from './weakened-query.ts'
import { setTimeLeft, withinView } from './within-view.ts'

/** How a count is made of tallies. */
export interface TallyCount {
  /** What a query may ask for: the tables of tallies have the columns of events that its conditions are about. */
  readonly keys: ReadonlySet<TextKey>
  /** What the tallies must have kept. */
  readonly needs: readonly string[]
  /**
   * A statement with the rows that the count of the events would have; `quarters` is an array, `where` a condition on a row
   * `e` of a tally.
   */
  readonly sum: (quarters: SQL, where: SQL) => SQL
}

export interface TalliedStretch<Row> extends Stretch {
  readonly rows: readonly Row[]
}

export interface TallyQuestion {
  readonly scope: Scope
  readonly query: Query
  /** The query's and the scope's condition on `event e`. */
  readonly where: SQL
  readonly lanes: ReadonlyMap<number, number>
  readonly window: Window
  /** None where it takes longer, in milliseconds. */
  readonly msMax: number
}

/** Statements of one question: where more stretches than this lie apart, older ones are counted from the events. */
const stretchesMax = 32

/** Those of five minutes of 256 lanes that each send every second are 77,000; as many are read in a tenth of a second. */
const sealsMax = 100_000

export function canTally(query: Query, { keys }: TallyCount): boolean {
  return termsOf(query).every((term) => term.kind === 'matches' && keys.has(term.key))
}

/** Newest first, none next to another. */
export async function readTallies<Row extends pg.QueryResultRow>(
  store: Store,
  { where, window, msMax, ...question }: TallyQuestion,
  { needs, sum }: TallyCount,
): Promise<readonly TalliedStretch<Row>[]> {
  // The first that begins in the window, and the one in which it ends.
  const [from, to] = [quarterOf(window.sinceUs - 1) + 1, quarterOf(window.untilUs)]
  if (from >= to) return []
  const budget = budgetOf(msMax)
  // A tally may be replaced at any time.
  const stretches = await withinView(store, msMax, async (client) => {
    const quarters = await currentTallies(client, { ...question, from, to, needs, sealsMax })
    const found: TalliedStretch<Row>[] = []
    for (const run of runsOf(quarters).toReversed().slice(0, stretchesMax)) {
      await setTimeLeft(client, budget.leftMs())
      const { rows } = await client.query<Row>(statementOf(sum(arrayOf('int4', run), where)))
      found.push({ fromUs: quarterStartUs(Math.min(...run)), toUs: quarterStartUs(Math.max(...run) + 1), rows })
    }
    return found
  })
  return stretches ?? []
}

/** Those that follow each other without one missing. */
function runsOf(quarters: readonly number[]): readonly (readonly number[])[] {
  const runs: number[][] = []
  for (const quarter of quarters) {
    const run = runs.at(-1)
    if (run?.at(-1) === quarter - 1) run.push(quarter)
    else runs.push([quarter])
  }
  return runs
}
