// transaction: several statements that all happen or none.

import type { PoolClient } from 'pg'
import type { Store } from './open-store.ts'

/** Commits what `run` did when it returns, and undoes it when it rejects. Holds one connection of the pool. */
export async function transaction<T>(store: Store, run: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await store.pool.connect()
  let isBroken = false
  try {
    await client.query('begin')
    const value = await run(client)
    await client.query('commit')
    return value
  } catch (error) {
    // A connection that cannot even roll back is no use to the next one; Postgres rolls back when it goes.
    await client.query('rollback').catch(() => (isBroken = true))
    throw error
  } finally {
    client.release(isBroken)
  }
}
