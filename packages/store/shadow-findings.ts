// isShown: findings of rules that are tried out (`state: shadow`) are kept and counted as others, and not shown unless asked for.

import { sql, type SQL } from 'drizzle-orm'

/** A condition on `finding f`: whether the version that found its last event is in force for good. */
export const isShown: SQL = sql`not exists (
  select from rule_version w where w.rule_id = f.rule_id and w.number = f.version and w.told ->> 'state' = 'shadow')`
