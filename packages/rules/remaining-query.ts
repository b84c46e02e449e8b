// remainingQuery: what is left to ask of a query where some of its terms are answered.

import type { Query } from '@plaintrail/query/ast'
import { fieldTermOf, fieldTermsOf } from '@plaintrail/query/field-terms'
import type { AskLeaf, Judged, Truth } from './judge-query.ts'

/** A truth where nothing is left. It is to be compiled and not written: it may be no normal form. */
export function remainingQuery(query: Query, ask: AskLeaf, judged: Judged): Query | boolean {
  switch (query.kind) {
    case 'and': {
      const terms = fieldTermsOf(query.parts)
      if (terms.length > 0 && ask({ kind: 'field', terms }).judge(judged) === false) return false
      const isKept = (part: Query): boolean => terms.length > 0 && fieldTermOf(part) !== null
      return joined(
        'and',
        query.parts.map((part) => (isKept(part) ? part : remainingQuery(part, ask, judged))),
      )
    }
    case 'or':
      return joined(
        'or',
        query.parts.map((part) => remainingQuery(part, ask, judged)),
      )
    case 'not': {
      const part = remainingQuery(query.part, ask, judged)
      return typeof part === 'boolean' ? !part : { kind: 'not', part }
    }
    case 'matches': {
      const terms = fieldTermsOf([query])
      return openOr(ask(terms.length === 0 ? query : { kind: 'field', terms }).judge(judged), query)
    }
    case 'within':
    case 'says':
      return openOr(ask(query).judge(judged), query)
    default:
      return query satisfies never
  }
}

const openOr = (truth: Truth, query: Query): Query | boolean => truth ?? query

function joined(kind: 'and' | 'or', parts: readonly (Query | boolean)[]): Query | boolean {
  const decides = kind === 'or'
  if (parts.includes(decides)) return decides
  const open = parts.filter((part) => typeof part !== 'boolean')
  const [only] = open
  if (only === undefined) return !decides
  return open.length === 1 ? only : { kind, parts: open }
}
