// The connection to Postgres: one pool, its types and its time limits. Every other file of the room is handed a Store.

import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import pg from 'pg'

/** Where Postgres is: a URL (`DATABASE_URL`), or the socket folder of the embedded one. */
export type Connection = string | { readonly host: string; readonly user: string; readonly database: string }

export interface StoreOptions {
  readonly connectionsMax: number
  /** A statement that runs longer is cancelled by Postgres, in milliseconds; 0 for no limit. */
  readonly statementMs: number
  readonly applicationName: string
  /** Told of a connection that broke while idle; the pool makes another. */
  readonly onIdleError?: (error: Error) => void
}

export interface Store extends AsyncDisposable {
  readonly pool: pg.Pool
  readonly db: NodePgDatabase
}

const int8Oid = 20
/** Postgres cancels what takes too long; after this much more, its answer does not come because the way to it is cut. */
const answerMarginMs = 5_000
const keepAliveMs = 10_000
/**
 * A new connection knows nothing of the partitions yet: its first page over 90 days takes 75 ms longer. Somebody who asks now
 * and then should not pay for that each time; a connection holds some 15 MiB meanwhile.
 */
const idleMs = 600_000

/** Opens no connection yet: the first statement does. */
export function openStore(connection: Connection, options: StoreOptions): Store {
  const pool = new pg.Pool({
    ...(typeof connection === 'string' ? { connectionString: connection } : connection),
    max: options.connectionsMax,
    statement_timeout: options.statementMs,
    ...(options.statementMs > 0 ? { query_timeout: options.statementMs + answerMarginMs } : {}),
    // A host that vanished while we wait for its answer says nothing: the system asks for it, and ends the connection.
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveMs,
    application_name: options.applicationName,
    // A 200 means on disk, whatever the default of a database that is not ours.
    options: '-c synchronous_commit=on',
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: idleMs,
    types: { getTypeParser },
  })
  pool.on('error', (error) => options.onIdleError?.(error))
  // One that breaks between two statements of a transaction has no other listener, and that would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined))
  return {
    pool,
    db: drizzle(pool),
    [Symbol.asyncDispose]: () => pool.end(),
  }
}

/**
 * Every bigint that is selected fits a number: times in microseconds stay below 2^53 until 2255, segment ids until the
 * year 7700. (object_key does not and is never selected.) The cast is pg's own overload, seen through one signature.
 */
const getTypeParser = ((oid: number, format?: 'text' | 'binary') =>
  oid === int8Oid && format !== 'binary'
    ? Number
    : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser

/** SQLSTATE of an error that Postgres sent, or null for any other. */
export function sqlState(error: unknown): string | null {
  return error instanceof pg.DatabaseError ? (error.code ?? null) : null
}
