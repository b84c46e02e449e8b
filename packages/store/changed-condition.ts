// fieldsAsked: what a query says of changed fields, and of images, as a condition on `event e`: by the rows of
// changed_field in the stretch that is read, and in no other partitions.

import type { Matches, Query } from '@plaintrail/query/ast'
import { fieldTermOf, fieldTermsOf, type FieldTerm } from '@plaintrail/query/field-terms'
import { sql, type SQL } from 'drizzle-orm'
import type { Stretch } from './event-stretches.ts'
import { patternMatches } from './pattern-matches.ts'
import { opLetters } from './revision-fields.ts'
import { allOf, anyOf, isOneOf, type Condition } from './term-condition.ts'
import { namesIn, type Ids } from './term-ids.ts'

export interface FieldsAsked {
  /** Conditions on `changed_field c`, each of which some field of the event must meet. */
  readonly fields: readonly Condition[]
  /** The parts that ask for something else. */
  readonly others: readonly Query[]
}

type IdsOf = (term: Matches) => Ids

/** Of parts that must all hold. */
export function fieldsAsked(parts: readonly Query[], idsOf: IdsOf): FieldsAsked {
  const terms = fieldTermsOf(parts)
  const images = parts.filter(isImage)
  const isOfField = (part: Query): boolean => isImage(part) || (terms.length > 0 && fieldTermOf(part) !== null)
  return {
    fields: [
      ...(terms.length === 0 ? [] : changesMeeting(terms, idsOf)),
      ...images.map((one) => imageMeeting(one, idsOf)),
    ],
    others: parts.filter((part) => !isOfField(part)),
  }
}

/** Whether it holds wherever some field meets `fieldNeeded`. */
export function isOfOneField(query: Query, idsOf: IdsOf): boolean {
  if (query.kind === 'or') return query.parts.every((part) => isOfOneField(part, idsOf))
  const { fields, others } = fieldsAsked(query.kind === 'and' ? query.parts : [query], idsOf)
  return fields.length === 1 && others.length === 0
}

/**
 * What some field must meet wherever the query holds; null where it may hold without one. Of `(changed:a to:0) OR changed:b`
 * the index finds the events that could be meant, where each of the two alone would be looked up for every event.
 */
export function fieldNeeded(query: Query, idsOf: IdsOf): Condition | null {
  switch (query.kind) {
    case 'or': {
      const needed = query.parts.map((part) => fieldNeeded(part, idsOf))
      return needed.includes(null) ? null : anyOf(needed.filter((one) => one !== null))
    }
    case 'and':
    case 'matches': {
      const { fields, others } = fieldsAsked(query.kind === 'and' ? query.parts : [query], idsOf)
      const [first = null] = [
        ...fields,
        ...others.flatMap((part) => (isTerm(part) ? [] : (fieldNeeded(part, idsOf) ?? []))),
      ]
      return first
    }
    case 'not':
    case 'within':
    case 'says':
      return null
    default:
      return query satisfies never
  }
}

const isTerm = ({ kind }: Query): boolean => kind !== 'and' && kind !== 'or'

const isImage = (part: Query): part is Matches => part.kind === 'matches' && part.key === 'image'

/** One field is at the path and has the values; with several paths there is one for each. False where nothing changed there. */
function changesMeeting(terms: readonly FieldTerm[], idsOf: IdsOf): readonly Condition[] {
  const [paths, values] = [terms.filter(({ term }) => isPath(term)), terms.filter(({ term }) => !isPath(term))]
  const isMeant = [sql`c.op <> ${opLetters.came}::"char"`, ...values.map(hasValue)]
  if (paths.length === 0) return [allOf(isMeant)]
  return paths.map(({ term }) => allOf([isOneOf(sql`c.path_id`, idsOf(term)), ...isMeant]))
}

const isPath = ({ key }: Matches): boolean => key === 'changed'

/** One that changed, or that came with what is new. */
function imageMeeting(term: Matches, idsOf: IdsOf): Condition {
  return allOf([isOneOf(sql`c.path_id`, idsOf(term)), patternMatches(sql`c.to_text`, term.values)])
}

/** A condition on `event e`. The bounds follow from the first comparison, but partitions are left out by them alone. */
export function hasField(condition: Condition, { fromUs, toUs }: Stretch): Condition {
  return (
    condition !== false &&
    sql`exists (
      select from changed_field c
      where c.time = e.time and c.key = e.key and c.time >= ${fromUs}::int8 and c.time < ${toUs}::int8 and ${condition})`
  )
}

function hasValue({ term, isNegated }: FieldTerm): SQL {
  const text = term.key === 'to' ? sql`c.to_text` : sql`c.from_text`
  const named = namesIn(term)
  const isNamed = named.length > 0 ? patternMatches(text, named) : sql`false`
  const isNone = named.length < term.values.length ? sql`coalesce(${text}, '') = ''` : sql`false`
  // What is not there is none of the values that are not wanted.
  return isNegated ? sql`(${isNamed} or ${isNone}) is not true` : sql`(${isNamed} or ${isNone})`
}
