// The drift test: schema.ts and a migrated database say the same of every column.

import { getTableConfig, PgTable } from 'drizzle-orm/pg-core'
import { describe, expect, test } from 'vitest'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { migrate } from './migrate.ts'
import { openStore } from './open-store.ts'
import * as schema from './schema.ts'
import * as schemaOfBacktests from './schema-of-backtests.ts'
import * as schemaOfRules from './schema-of-rules.ts'

/** Made by migrate.ts itself, and read by nothing else. */
const runnersOwnTable = 'migration'

describe('schema.ts', () => {
  test('says the same of every table and column as the migrated database', async () => {
    await using database = await createTestDatabase()
    await migrate(database.connection)
    await using store = openStore(database.connection, { connectionsMax: 1, statementMs: 0, applicationName: 'test' })
    const { rows } = await store.pool.query<{ column: string }>(
      `select c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
         || case when a.attnotnull then ' not null' else '' end
         || case when a.atthasdef or a.attidentity <> '' then ' default' else '' end as column
       from pg_class c join pg_attribute a on a.attrelid = c.oid
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
         and c.relname <> $1 and a.attnum > 0 and not a.attisdropped`,
      [runnersOwnTable],
    )
    expect(columnsOfSchema().toSorted()).toEqual(rows.map((row) => row.column).toSorted())
  })
})

function columnsOfSchema(): readonly string[] {
  const tables = [schema, schemaOfBacktests, schemaOfRules].flatMap((one): readonly unknown[] => Object.values(one))
  return tables.flatMap((table) => {
    if (!(table instanceof PgTable)) return []
    const { name, columns } = getTableConfig(table)
    return columns.map((column) => {
      const hasDefault = column.hasDefault || column.generatedIdentity !== undefined
      return `${name}.${column.name} ${column.getSQLType()}${column.notNull ? ' not null' : ''}${hasDefault ? ' default' : ''}`
    })
  })
}
