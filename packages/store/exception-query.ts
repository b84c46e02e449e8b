// readExceptionMatch: which events an exception, or the end of an ignore, means: a query of what the rows of events say, so
// that it means the same whenever it is asked.

import { isEverything, type Query } from '@plaintrail/query/ast'
import { parseQuery } from '@plaintrail/query/parse-query'
import { QueryError } from '@plaintrail/query/query-error'
import { termsOf } from './weakened-query.ts'

/** What comes to be known later, or may be said anew: it could not be the same in any order. */
const laterKeys: ReadonlySet<string> = new Set([
  'changed',
  'to',
  'from_value',
  'image',
  'initiator',
  'rule',
  'vio',
  'severity',
  'control',
  'seen',
])

/** Late enough that no time span before it is too early to be read. */
const someTimeUs = Date.UTC(2100, 0, 1) * 1_000

/** Throws QueryError, whose parameter is `match`. */
export function readExceptionMatch(text: string): Query {
  // Times that depend on when it is asked give two queries.
  const [query, later] = [parsed(text, someTimeUs), parsed(text, someTimeUs + 86_400_000_000 * 400)]
  if (isEverything(query))
    throw fault('it means every event', 'Say which: `actor:sa:ci/*`. A rule is put off with state: off.')
  if (JSON.stringify(query) !== JSON.stringify(later))
    throw fault('it has a time that depends on when it is asked', 'Give the exception an end instead: expires_at.')
  for (const term of termsOf(query)) {
    if (term.kind === 'says') throw fault('it has a text without a qualifier', 'Name what the text is of: `name:api`.')
    if (laterKeys.has(term.key))
      throw fault(`it asks for ${term.key}, which may come to be known later`, 'Use what stands in the event itself.')
  }
  return query
}

function parsed(text: string, nowUs: number): Query {
  try {
    return parseQuery(text, nowUs)
  } catch (error) {
    if (error instanceof QueryError) throw fault(error.message.replace(/^could not read q: /, ''), error.hint)
    throw error
  }
}

function fault(says: string, hint: string): QueryError {
  return new QueryError({ message: `could not read match: ${says}`, parameter: 'match', hint })
}
