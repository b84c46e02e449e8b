// readWithin: run a statement that Postgres gives up when it takes too long.

import type { SQL } from 'drizzle-orm'
import type pg from 'pg'
import { sqlState, type Store } from './open-store.ts'
import { statementOf } from './read-rows.ts'

/** What Postgres says of a statement that it gave up. */
export const queryCanceled = '57014'

/** Null where it was given up after `msMax` milliseconds. Two round trips more than readRows. */
export async function readWithin<Row extends pg.QueryResultRow>(
  store: Store,
  query: SQL,
  msMax: number,
): Promise<readonly Row[] | null> {
  const client = await store.pool.connect()
  let isBroken = false
  try {
    await client.query(`begin read only; set local statement_timeout = ${Math.max(1, Math.ceil(msMax))}`)
    const { rows } = await client.query<Row>(statementOf(query))
    await client.query('commit')
    return rows
  } catch (error) {
    // A connection that cannot even roll back is no use to the next one.
    await client.query('rollback').catch(() => (isBroken = true))
    if (sqlState(error) === queryCanceled) return null
    throw error
  } finally {
    client.release(isBroken)
  }
}
