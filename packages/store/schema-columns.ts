// Columns of tables as drizzle-orm sees them, which several tables have.

import { bigint, customType, integer, timestamp, uuid } from 'drizzle-orm/pg-core'

/** Postgres' one-byte type, here always one ASCII letter (event-codes.ts). */
export const char = customType<{ data: string }>({ dataType: () => '"char"' })
export const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' })
/** Below 2^53: see the type parser in open-store.ts. */
export const int8 = (name: string) => bigint(name, { mode: 'number' })
export const id = () => integer('id').primaryKey().generatedAlwaysAsIdentity()
export const at = (name: string) => timestamp(name, { withTimezone: true })
export const digest = () => uuid('digest').notNull()
