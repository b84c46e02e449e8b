// compileQuery: a query as functions of a subject, in three values: the meaning of the SQL, and not known where what it
// asks was not recorded.

import type { Query } from '@plaintrail/query/ast'
import { fieldTermOf, fieldTermsOf, type FieldTerm } from '@plaintrail/query/field-terms'
import type { Missing } from './evaluation.ts'
import { changedField } from './judge-field.ts'
import { judgeTerm } from './judge-term.ts'
import type { Subject } from './subject.ts'

/** What a query is asked of. */
export type Judged = Pick<Subject, 'cluster' | 'event' | 'receivedUs' | 'sentence' | 'changes' | 'initiator'>

/** Null: it depends on what is not known. */
export type Truth = boolean | null

export type Judge = (subject: Judged) => Truth

export interface Asked {
  readonly judge: Judge
  /** What a `judge` that gave null would have to know. */
  readonly missing: (subject: Judged) => readonly Missing[]
  /** What it costs, about: the cheap parts of an `and` are asked first. */
  readonly cost: number
}

/** A term, or what is asked of one changed field. */
export type Leaf =
  | Exclude<Query, { readonly kind: 'and' | 'or' | 'not' }>
  | { readonly kind: 'field'; readonly terms: readonly FieldTerm[] }

export type AskLeaf = (leaf: Leaf) => Asked

/** Compiled once; a judgement allocates nothing but for texts and addresses. */
export function compileQuery(query: Query, ask: AskLeaf = askLeaf): Asked {
  switch (query.kind) {
    case 'and':
      return all(partsOf(query.parts, ask))
    case 'or':
      return any(query.parts.map((part) => compileQuery(part, ask)))
    case 'not':
      return not(compileQuery(query.part, ask))
    case 'matches': {
      const terms = fieldTermsOf([query])
      return ask(terms.length === 0 ? query : { kind: 'field', terms })
    }
    case 'within':
    case 'says':
      return ask(query)
    default:
      return query satisfies never
  }
}

const askLeaf: AskLeaf = (leaf) => (leaf.kind === 'field' ? changedField(leaf.terms) : judgeTerm(leaf))

/** What is asked of changed fields, one part for each `changed` that there is, is about one field together. */
function partsOf(parts: readonly Query[], ask: AskLeaf): readonly Asked[] {
  const terms = fieldTermsOf(parts)
  if (terms.length === 0) return parts.map((part) => compileQuery(part, ask))
  const [paths, values] = [terms.filter(({ term }) => isPath(term)), terms.filter(({ term }) => !isPath(term))]
  const fields = paths.length === 0 ? [values] : paths.map((path) => [path, ...values])
  return [
    ...fields.map((together) => ask({ kind: 'field', terms: together })),
    ...parts.filter((part) => fieldTermOf(part) === null).map((part) => compileQuery(part, ask)),
  ]
}

const isPath = ({ key }: FieldTerm['term']): boolean => key === 'changed'

function all(parts: readonly Asked[]): Asked {
  const inOrder = byCost(parts)
  const judges = inOrder.map(({ judge }) => judge)
  const [first, second] = judges
  if (first !== undefined && judges.length === 1) return { ...single(inOrder), judge: first }
  return {
    ...single(inOrder),
    judge:
      first !== undefined && second !== undefined && judges.length === 2
        ? (subject) => {
            const one = first(subject)
            if (one === false) return false
            const other = second(subject)
            return other === true ? one : other
          }
        : (subject) => decidedBy(judges, subject, false),
  }
}

function any(parts: readonly Asked[]): Asked {
  const inOrder = byCost(parts)
  const judges = inOrder.map(({ judge }) => judge)
  return { ...single(inOrder), judge: (subject) => decidedBy(judges, subject, true) }
}

/** `decides`: the answer that one part is enough for. */
function decidedBy(judges: readonly Judge[], subject: Judged, decides: boolean): Truth {
  let truth: Truth = !decides
  for (const judge of judges) {
    const own = judge(subject)
    if (own === decides) return decides
    if (own === null) truth = null
  }
  return truth
}

function not({ judge, missing, cost }: Asked): Asked {
  return {
    judge: (subject) => {
      const truth = judge(subject)
      return truth === null ? null : !truth
    },
    missing,
    cost,
  }
}

function single(parts: readonly Asked[]): Omit<Asked, 'judge'> {
  return {
    missing: (subject) =>
      parts.filter(({ judge }) => judge(subject) === null).flatMap(({ missing }) => missing(subject)),
    cost: parts.reduce((sum, { cost }) => sum + cost, 0),
  }
}

const byCost = (parts: readonly Asked[]): readonly Asked[] => parts.toSorted((a, b) => a.cost - b.cost)
