// nameMatches: the values of a filter, exact ones and globs, as a condition on a column.

import { globToLike, isGlob } from '@plaintrail/query/filter'
import { sql, type SQL } from 'drizzle-orm'
import { arrayOf } from './read-rows.ts'

/** The values as two parameters: what must be equal, and what LIKE compares. */
export function exactAndPatterns(values: readonly string[]): { readonly exact: SQL; readonly patterns: SQL } {
  const globs = values.filter(isGlob)
  const others = values.filter((value) => !isGlob(value))
  return { exact: arrayOf('text', others), patterns: arrayOf('text', globs.map(globToLike)) }
}

/** Whether the text is one of the values or matches one of the globs among them; null where the text is null. */
export function nameMatches(text: SQL, values: readonly string[]): SQL {
  const { exact, patterns } = exactAndPatterns(values)
  if (!values.some(isGlob)) return values.length === 1 ? sql`${text} = ${values[0]}` : sql`${text} = any(${exact})`
  return sql`(${text} = any(${exact}) or ${text} like any(${patterns}))`
}
