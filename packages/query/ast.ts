// Query: what is asked for, in the one form that all ways of saying it have. Made by the functions below alone.
import { fieldTermOf, isBinding } from './field-terms.ts'
import { astKeys, type NumberKey, type TextKey } from './qualifiers.ts'
import { queryText } from './normal-form.ts'

/**
 * `and` of nothing is every event, and stands only alone. Otherwise `and` and `or` have two parts or more, sorted, no
 * two of them equal, and none of their own kind; the part of a `not` is none itself. One exception: an `and` in an `and`
 * keeps together what is asked of one changed field (field-terms.ts), where the outer one asks about others too.
 */
export type Query = And | Or | Not | Matches | Within | Says

export interface And {
  readonly kind: 'and'
  readonly parts: readonly Query[]
}
export interface Or {
  readonly kind: 'or'
  readonly parts: readonly Query[]
}
/** Holds where its part does not, also where the event lacks what the part asks for. */
export interface Not {
  readonly kind: 'not'
  readonly part: Query
}
/** The event has one of the values under the key; sorted and without repeats, at least one. */
export interface Matches {
  readonly kind: 'matches'
  readonly key: TextKey
  readonly values: readonly Pattern[]
}
/** The event's number under the key is in one of the ranges; sorted and without repeats, at least one. */
export interface Within {
  readonly kind: 'within'
  readonly key: NumberKey
  readonly values: readonly Range[]
}
/** The event's sentence holds the text, letters A to Z being equal to a to z. */
export interface Says {
  readonly kind: 'says'
  readonly text: Pattern
}

/** Literal texts with any text between two neighbours: `['prod']` is exact, `['prod-', '']` is `prod-*`. */
export type Pattern = readonly [string, ...string[]]

/** Whole numbers, both in the range; null where it is open, never both. Times and durations are microseconds. */
export interface Range {
  readonly min: number | null
  readonly max: number | null
}

export const everything: And = { kind: 'and', parts: [] }

/** All hold. */
export function and(parts: readonly Query[]): Query {
  const { flat, fields } = flattened(parts)
  return joined('and', [...intersected(united(flat, unwanted)), ...fields])
}

/** One holds or more. `or` of nothing would be no event, which no question asks for. */
export function or(parts: readonly Query[]): Query {
  if (parts.length === 0) throw new RangeError('could not make an "or" of nothing: give at least one part')
  const flat = parts.flatMap((part) => (part.kind === 'or' ? part.parts : [part]))
  return flat.some(isEverything) ? everything : joined('or', united(flat, wanted))
}

export function not(part: Query): Query {
  if (isEverything(part)) throw new RangeError('could not negate the query that asks for every event')
  return part.kind === 'not' ? part.part : { kind: 'not', part }
}

export function matches(key: TextKey, values: readonly Pattern[]): Matches {
  return { kind: 'matches', key, values: sorted(values, (value) => value.join('\0')) }
}

export function within(key: NumberKey, values: readonly Range[]): Within {
  return { kind: 'within', key, values: distinct(values).toSorted(byNumbers) }
}

export const isEverything = (query: Query): boolean => query.kind === 'and' && query.parts.length === 0

/**
 * Groups in groups mean nothing, but for `(changed:a to:0) (changed:b to:1)`: each such group is about one changed field.
 * What several groups say of a field, each too little to belong together, is said of one.
 */
function flattened(parts: readonly Query[]): { readonly flat: readonly Query[]; readonly fields: readonly Query[] } {
  const levels = levelsOf(parts)
  const binding = levels.filter((level) => isBinding(fieldsOf(level)))
  const loose = levels.filter((level) => !binding.includes(level)).flat()
  const together = [...binding, ...(isBinding(fieldsOf(loose)) ? [loose] : [])].map(fieldsOf)
  const fields = distinct(together.map((own) => joined('and', own)))
  const isField = (part: Query): boolean => fieldTermOf(part) !== null
  const flat = [...binding.flatMap((level) => level.filter((part) => !isField(part))), ...loose]
  if (together.length > binding.length) return settled({ flat: flat.filter((part) => !isField(part)), fields })
  return flat.some(isField) ? { flat, fields } : settled({ flat, fields })
}

/** The only field that is asked about needs no group. */
function settled({ flat, fields }: { readonly flat: readonly Query[]; readonly fields: readonly Query[] }): {
  readonly flat: readonly Query[]
  readonly fields: readonly Query[]
} {
  const [only] = fields
  return only?.kind === 'and' && fields.length === 1 ? { flat: [...flat, ...only.parts], fields: [] } : { flat, fields }
}

/** The parts, and those of each `and` among them, without these. */
function levelsOf(parts: readonly Query[]): readonly (readonly Query[])[] {
  const own = parts.filter((part) => part.kind !== 'and')
  return [own, ...parts.flatMap((part) => (part.kind === 'and' ? levelsOf(part.parts) : []))]
}

const fieldsOf = (level: readonly Query[]): readonly Query[] =>
  distinct(
    united(
      level.filter((part) => fieldTermOf(part) !== null),
      unwanted,
    ),
  )

function joined(kind: 'and' | 'or', parts: readonly Query[]): Query {
  const inOrder = distinct(parts)
    .map((part) => ({ part, rank: rankOf(part), text: queryText(part) }))
    .toSorted((a, b) => a.rank - b.rank || compare(a.text, b.text))
    .map(({ part }) => part)
  const [only] = inOrder
  return only !== undefined && inOrder.length === 1 ? only : { kind, parts: inOrder }
}

/** By key, wanted before unwanted; then free text, then groups. */
function rankOf(query: Query): number {
  const inner = query.kind === 'not' ? query.part : query
  const negated = query.kind === 'not' ? 1 : 0
  switch (inner.kind) {
    case 'matches':
    case 'within':
      return 2 * astKeys.indexOf(inner.key) + negated
    case 'says':
      return 2 * astKeys.length + negated
    case 'and':
    case 'or':
    case 'not':
      return 2 * astKeys.length + 2 + negated
    default:
      return inner satisfies never
  }
}

type Valued = Matches | Within
const wanted = (query: Query): Valued | null => (query.kind === 'matches' || query.kind === 'within' ? query : null)
const unwanted = (query: Query): Valued | null => (query.kind === 'not' ? wanted(query.part) : null)

/** `ns:a OR ns:b` is `ns:a,b`, and `-ns:a -ns:b` is `-ns:a,b`: of the parts that `valuedIn` knows, one a key. */
function united(parts: readonly Query[], valuedIn: (part: Query) => Valued | null): readonly Query[] {
  const others = parts.filter((part) => valuedIn(part) === null)
  const valued = parts.map(valuedIn).filter((part) => part !== null)
  const found = [
    ...byKey(valued.filter((part) => part.kind === 'matches')).map(([key, all]) => matches(key, all)),
    ...byKey(valued.filter((part) => part.kind === 'within')).map(([key, all]) => within(key, all)),
  ]
  return [...others, ...(valuedIn === unwanted ? found.map(not) : found)]
}

function byKey<Key, Value>(
  parts: readonly { readonly key: Key; readonly values: readonly Value[] }[],
): readonly (readonly [Key, readonly Value[]])[] {
  return [...Map.groupBy(parts, ({ key }) => key)].map(([key, same]) => [key, same.flatMap(({ values }) => values)])
}

/** An event has one number a key, so `after:A before:B` is one range. Ranges that have nothing in common stay two. */
function intersected(parts: readonly Query[]): readonly Query[] {
  const kept: Query[] = []
  for (const part of sortedRanges(parts)) {
    const at = kept.findIndex((other) => commonOf(other, part) !== null)
    const common = at === -1 ? null : commonOf(kept[at], part)
    if (common === null) kept.push(part)
    else kept[at] = common
  }
  return kept
}

/** Which ranges are joined must not depend on the order in which they were said. */
function sortedRanges(parts: readonly Query[]): readonly Query[] {
  const ranges = parts.filter((part) => part.kind === 'within')
  const others = parts.filter((part) => part.kind !== 'within')
  return [...others, ...ranges.toSorted((a, b) => compare(queryText(a), queryText(b)))]
}

function commonOf(one: Query | undefined, other: Query): Within | null {
  if (one?.kind !== 'within' || other.kind !== 'within' || one.key !== other.key) return null
  const [a, b] = [one.values[0], other.values[0]]
  if (a === undefined || b === undefined || one.values.length > 1 || other.values.length > 1) return null
  const min = a.min === null || b.min === null ? (a.min ?? b.min) : Math.max(a.min, b.min)
  const max = a.max === null || b.max === null ? (a.max ?? b.max) : Math.min(a.max, b.max)
  return min !== null && max !== null && min > max ? null : within(one.key, [{ min, max }])
}

function distinct<T>(values: readonly T[]): readonly T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()]
}

function sorted<T>(values: readonly T[], text: (value: T) => string): readonly T[] {
  return distinct(values).toSorted((a, b) => compare(text(a), text(b)))
}

function byNumbers(a: Range, b: Range): number {
  const [minA, minB] = [a.min ?? Number.NEGATIVE_INFINITY, b.min ?? Number.NEGATIVE_INFINITY]
  if (minA !== minB) return minA - minB
  return compare(a.max ?? Number.MAX_SAFE_INTEGER, b.max ?? Number.MAX_SAFE_INTEGER)
}

const compare = <T extends string | number>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0)
