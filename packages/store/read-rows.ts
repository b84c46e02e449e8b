// readRows: run a composed statement on the pool. Unnamed, so that Postgres plans it with the values of its parameters
// and leaves out at plan time the partitions that they exclude.

import { sql, type SQL } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'
import type pg from 'pg'
import type { Store } from './open-store.ts'

const dialect = new PgDialect()

/** `Row` is what the statement selects: int8 comes as a number (open-store.ts), uuid and "char" as text. */
export async function readRows<Row extends pg.QueryResultRow>(store: Store, query: SQL): Promise<readonly Row[]> {
  const { rows } = await store.pool.query<Row>(statementOf(query))
  return rows
}

export function statementOf(query: SQL): { readonly text: string; readonly values: unknown[] } {
  const { sql: text, params } = dialect.sqlToQuery(query)
  return { text, values: params }
}

/** One array as one parameter; drizzle would make a parameter of each element. */
export function arrayOf(type: 'int4' | 'int8' | 'text' | 'uuid' | '"char"', values: readonly unknown[]): SQL {
  return sql`${sql.param(values)}::${sql.raw(type)}[]`
}
