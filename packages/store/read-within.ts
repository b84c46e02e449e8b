// readWithin: run a statement that Postgres gives up when it takes too long.

import type { SQL } from 'drizzle-orm'
import type pg from 'pg'
import type { Store } from './open-store.ts'
import { statementOf } from './read-rows.ts'
import { withinView } from './within-view.ts'

/** Null where it was given up after `msMax` milliseconds. Two round trips more than readRows. */
export async function readWithin<Row extends pg.QueryResultRow>(
  store: Store,
  query: SQL,
  msMax: number,
): Promise<readonly Row[] | null> {
  return await withinView(store, msMax, async (client) => (await client.query<Row>(statementOf(query))).rows)
}
