// weakenedQuery: what is left to ask of a query by those of its terms that somebody can answer.

import { and, isEverything, not, or, type Matches, type Query, type Says, type Within } from '@plaintrail/query/ast'

/** A part of a query that has no parts. */
export type Term = Matches | Within | Says

/** False where no event can match. */
export type Weakened = Query | false

/** Whether somebody can answer a term, or what is to be asked in its place: where it is wanted, of more events. */
type Kept = (term: Term, isWanted: boolean) => boolean | Query

/**
 * The strictest query of the `kept` terms alone that everything meets which meets `query`: of `ns:a "to 5"` it is `ns:a`
 * where text is not kept, and of `-(ns:a "to 5")` every event, for one in `a` may say something else. Of a term that
 * is wanted less may be asked than it says: where it is met by more events, so is the whole.
 */
export function weakenedQuery(query: Query, kept: Kept): Weakened {
  const weakened = bounded(query, kept, true)
  return weakened === true ? and([]) : weakened
}

/** `isWeaker`: what holds wherever `query` does; else what holds nowhere that `query` does not. */
function bounded(query: Query, kept: Kept, isWeaker: boolean): Query | boolean {
  switch (query.kind) {
    case 'and':
      return joined(
        query.parts.map((part) => bounded(part, kept, isWeaker)),
        and,
        false,
      )
    case 'or':
      return joined(
        query.parts.map((part) => bounded(part, kept, isWeaker)),
        or,
        true,
      )
    case 'not': {
      const part = bounded(query.part, kept, !isWeaker)
      if (typeof part === 'boolean') return !part
      return isEverything(part) ? false : not(part)
    }
    case 'matches':
    case 'within':
    case 'says': {
      const asked = kept(query, isWeaker)
      if (typeof asked !== 'boolean') return asked
      return asked ? query : isWeaker
    }
    default:
      return query satisfies never
  }
}

/** `decides` is the answer that one part is enough for. */
function joined(
  parts: readonly (Query | boolean)[],
  join: (parts: readonly Query[]) => Query,
  decides: boolean,
): Query | boolean {
  if (parts.includes(decides)) return decides
  const open = parts.filter((part) => typeof part !== 'boolean')
  return open.length === 0 ? !decides : join(open)
}

/** The terms of a query, each as often as it stands there. */
export function termsOf(query: Query): readonly Term[] {
  switch (query.kind) {
    case 'and':
    case 'or':
      return query.parts.flatMap(termsOf)
    case 'not':
      return termsOf(query.part)
    case 'matches':
    case 'within':
    case 'says':
      return [query]
    default:
      return query satisfies never
  }
}
