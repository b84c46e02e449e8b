// fieldTerms: the terms of a query that are about one changed field, and which of them belong to the same one.
import { asksForOneOf } from './asks-for-one-of.ts'
import type { Matches, Query } from './ast.ts'
import type { TextKey } from './qualifiers.ts'

/** `changed:`, `to:` or `from_value:`, or a negated one of the last two. */
export interface FieldTerm {
  readonly term: Matches
  readonly isNegated: boolean
}

/** Null for what is about the event itself. `-changed:` is: that no field of the event is such a one. */
export function fieldTermOf(query: Query): FieldTerm | null {
  if (query.kind === 'not') return isValue(query.part) ? { term: query.part, isNegated: true } : null
  return isValue(query) || isPath(query) ? { term: query, isNegated: false } : null
}

/**
 * Those of the parts of an `and` that are asked of the same changed field; none where nothing is said of it that is not
 * negated: `-to:0` alone is about every field.
 */
export function fieldTermsOf(parts: readonly Query[]): readonly FieldTerm[] {
  const terms = parts.map(fieldTermOf).filter((term) => term !== null)
  return terms.some(({ isNegated }) => !isNegated) ? terms : []
}

/** Whether it matters that they stand together: each alone would be met by more. */
export function isBinding(parts: readonly Query[]): boolean {
  const terms = fieldTermsOf(parts)
  return terms.length > 1 && terms.some(({ term }) => isValue(term))
}

/** Whether it asks what changed, which history knows and no event. */
export function asksHistory(query: Query): boolean {
  return asksForOneOf(query, historyKeys)
}

/** Whether it asks who is behind an event, which attribution knows and mostly no event. */
export function asksInitiator(query: Query): boolean {
  return asksForOneOf(query, initiatorKeys)
}

const initiatorKeys: ReadonlySet<TextKey> = new Set(['initiator'])

const historyKeys: ReadonlySet<TextKey> = new Set(['changed', 'to', 'from_value', 'image'])

const isPath = (query: Query): query is Matches => query.kind === 'matches' && query.key === 'changed'

const isValue = (query: Query): query is Matches =>
  query.kind === 'matches' && (query.key === 'to' || query.key === 'from_value')
