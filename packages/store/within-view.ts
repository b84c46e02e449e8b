// withinView: statements that see one moment of the database, and that Postgres gives up when they take too long.

import type pg from 'pg'
import { sqlState, type Store } from './open-store.ts'

/** What Postgres says of a statement that it gave up. */
export const queryCanceled = '57014'

/**
 * A transaction that reads. Null where Postgres gave up a statement after `msMax` milliseconds, or after what `setTimeLeft`
 * left of them for the next ones. Two round trips more than the statements.
 */
export async function withinView<T>(
  store: Store,
  msMax: number,
  read: (client: pg.PoolClient) => Promise<T>,
): Promise<T | null> {
  const client = await store.pool.connect()
  let isBroken = false
  try {
    await client.query(
      `begin isolation level repeatable read read only; set local statement_timeout = ${timeoutMs(msMax)}`,
    )
    const found = await read(client)
    await client.query('commit')
    return found
  } catch (error) {
    // A connection that cannot even roll back is no use to the next one.
    await client.query('rollback').catch(() => (isBroken = true))
    if (sqlState(error) === queryCanceled) return null
    throw error
  } finally {
    client.release(isBroken)
  }
}

/** In milliseconds. */
export async function setTimeLeft(client: pg.PoolClient, ms: number): Promise<void> {
  await client.query(`set local statement_timeout = ${timeoutMs(ms)}`)
}

/** Postgres takes 0 for no limit. */
const timeoutMs = (ms: number): number => Math.max(1, Math.ceil(ms))
