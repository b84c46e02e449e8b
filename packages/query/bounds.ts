// The bounds of a query, and whether one that was put together keeps them, so that its text can be read again.
import type { Query } from './ast.ts'
import { queryText } from './normal-form.ts'
import { QueryError } from './query-error.ts'

/** Of the text of a query, in UTF-16 code units. */
export const queryLengthMax = 8 * 1024
/** Of a query's normal form as JSON: it always fits into a cursor (cursor.ts, cursorLengthMax). */
export const queryBytesMax = 5 * 1024
/** Groups within groups. */
export const depthMax = 32
/** Qualifiers and free texts of one query. */
export const termsMax = 200
/** Alternatives of one qualifier. */
export const valuesMax = 100
/** Of one value or one free text, in UTF-16 code units. */
export const valueLengthMax = 512

/** The query itself. Throws QueryError where its normal form is larger than a query may be. */
export function bounded(query: Query, parameter = 'q'): Query {
  const { terms, depth, values } = sizeOf(query)
  if (terms > termsMax) throw tooLarge(parameter, `it has more than ${termsMax} terms`)
  if (depth > depthMax) throw tooLarge(parameter, `its groups are nested more than ${depthMax} deep`)
  if (values > valuesMax) throw tooLarge(parameter, `one of its qualifiers has more than ${valuesMax} values`)
  const bytes = new TextEncoder().encode(JSON.stringify(queryText(query))).length
  if (bytes > queryBytesMax) throw tooLarge(parameter, `its normal form is longer than ${queryBytesMax} bytes`)
  return query
}

interface Size {
  readonly terms: number
  readonly depth: number
  /** Of the qualifier that has most. */
  readonly values: number
}

function sizeOf(query: Query): Size {
  switch (query.kind) {
    case 'and':
    case 'or': {
      const sizes = query.parts.map((part) => ({ ...sizeOf(part), isGroup: isGroup(part) }))
      return {
        terms: sizes.reduce((total, { terms }) => total + terms, 0),
        depth: Math.max(0, ...sizes.map(({ depth, isGroup }) => depth + (isGroup ? 1 : 0))),
        values: Math.max(0, ...sizes.map(({ values }) => values)),
      }
    }
    case 'not': {
      const size = sizeOf(query.part)
      return isGroup(query.part) ? { ...size, depth: size.depth + 1 } : size
    }
    case 'matches':
    case 'within':
      return { terms: 1, depth: 0, values: query.values.length }
    case 'says':
      return { terms: 1, depth: 0, values: 0 }
    default:
      return query satisfies never
  }
}

const isGroup = ({ kind }: Query): boolean => kind === 'and' || kind === 'or'

function tooLarge(parameter: string, what: string): QueryError {
  return new QueryError({
    message: `could not read the query: ${what}`,
    parameter,
    hint: 'Ask in several questions, or with globs such as prod-*.',
  })
}
