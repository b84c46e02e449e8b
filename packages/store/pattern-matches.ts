// patternMatches: the values of a query, exact ones and globs, as a condition on a text.

import type { Pattern } from '@plaintrail/query/ast'
import { sql, type SQL } from 'drizzle-orm'
import { arrayOf } from './read-rows.ts'

export const isExact = (pattern: Pattern): boolean => pattern.length === 1

/** The values as two parameters: what must be equal, and what LIKE compares. */
export function exactAndLike(values: readonly Pattern[]): { readonly exact: SQL; readonly like: SQL } {
  const [exact, globs] = [values.filter(isExact), values.filter((value) => !isExact(value))]
  return {
    exact: arrayOf(
      'text',
      exact.map(([text]) => text),
    ),
    like: arrayOf('text', globs.map(likeOf)),
  }
}

/** Whether the text is one of the values or matches one of the globs among them; null where the text is null. */
export function patternMatches(text: SQL, values: readonly Pattern[]): SQL {
  const { exact, like } = exactAndLike(values)
  if (!values.every(isExact)) return sql`(${text} = any(${exact}) or ${text} like any(${like}))`
  return values.length === 1 ? sql`${text} = ${values[0]?.[0]}` : sql`${text} = any(${exact})`
}

/** Whether one of the values, which are in small letters, occurs in the text; A to Z are a to z and nothing else is. */
export function patternOccurs(text: SQL, values: readonly Pattern[]): SQL {
  const anywhere = values.map((value) => `%${likeOf(value)}%`)
  return sql`${inSmallLetters(text)} like any(${arrayOf('text', anywhere)})`
}

/** By the collation C: any other one would fold more letters than the language says. */
export function inSmallLetters(text: SQL): SQL {
  return sql`lower(${text} collate "C")`
}

/** For LIKE with its usual escape character, the backslash. */
function likeOf(pattern: Pattern): string {
  return pattern.map((piece) => piece.replaceAll(/[\\%_]/g, String.raw`\$&`)).join('%')
}
