import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { and, matches, not, or, type Query, within } from './ast.ts'

// How a query is put together must not change what it asks for: here every question is asked twice, as it was said and
// as it was made, over all events of a small world.

interface World {
  readonly ns: string
  readonly group: readonly string[]
  readonly code: number | null
}

const namespaces = ['', 'a', 'b']
const codes = [null, 1, 2, 3, 4, 5]
const groups = [[], ['a'], ['b'], ['a', 'b']]
const world: readonly World[] = namespaces.flatMap((ns) =>
  codes.flatMap((code) => groups.map((group) => ({ ns, code, group }))),
)

function holds(query: Query, event: World): boolean {
  switch (query.kind) {
    case 'and':
      return query.parts.every((part) => holds(part, event))
    case 'or':
      return query.parts.some((part) => holds(part, event))
    case 'not':
      return !holds(query.part, event)
    case 'matches': {
      const has = query.key === 'ns' ? [event.ns] : event.group
      return query.values.some(([text]) => has.includes(text))
    }
    case 'within': {
      const { code } = event
      return code !== null && query.values.some(({ min, max }) => code >= (min ?? code) && code <= (max ?? code))
    }
    case 'says':
      return query.text[0] === event.ns
    default:
      return query satisfies never
  }
}

const some = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(one, { minLength: 1, maxLength: 2 })
const texts = some(fc.constantFrom(...namespaces).map((text): [string] => [text]))
const range = fc
  .tuple(fc.option(fc.integer({ min: 1, max: 5 })), fc.option(fc.nat(2)))
  .map(([min, length]) => ({ min: min ?? null, max: length === null ? null : (min ?? 2) + length }))
  .filter(({ min, max }) => min !== null || max !== null)
const leaf: fc.Arbitrary<Query> = fc.oneof(
  texts.map((values) => matches('ns', values)),
  texts.map((values) => matches('group', values)),
  some(range).map((ranges) => within('code', ranges)),
  fc.constantFrom('a', 'b').map((text): Query => ({ kind: 'says', text: [text] })),
)

/** A question as it was said, and the query made of it. */
interface Asked {
  readonly said: Query
  readonly made: Query
}

const anyAsked = fc.letrec<{ asked: Asked }>((tie) => {
  const parts = fc.array(tie('asked'), { minLength: 1, maxLength: 4 })
  const made = (all: readonly Asked[]): readonly Query[] => all.map((one) => one.made)
  const said = (all: readonly Asked[]): readonly Query[] => all.map((one) => one.said)
  return {
    asked: fc.oneof(
      { maxDepth: 4 },
      leaf.map((query) => ({ said: query, made: query })),
      parts.map((all): Asked => ({ said: { kind: 'and', parts: said(all) }, made: and(made(all)) })),
      parts.map((all): Asked => ({ said: { kind: 'or', parts: said(all) }, made: or(made(all)) })),
      tie('asked').map((one): Asked => ({ said: { kind: 'not', part: one.said }, made: not(one.made) })),
    ),
  }
}).asked

test('a query that is put together asks for what was said', () => {
  fc.assert(
    fc.property(anyAsked, ({ said, made }) => {
      const answers = (query: Query): readonly World[] => world.filter((event) => holds(query, event))
      expect(answers(made)).toEqual(answers(said))
    }),
    { numRuns: 2_000 },
  )
})

test('a query that is put together has no part of its own kind, no two equal ones and no not of a not', () => {
  const isFlat = (query: Query): boolean => {
    if (query.kind === 'not') return query.part.kind !== 'not' && isFlat(query.part)
    if (query.kind !== 'and' && query.kind !== 'or') return true
    const distinct = new Set(query.parts.map((part) => JSON.stringify(part)))
    return (
      query.parts.length > 1 &&
      distinct.size === query.parts.length &&
      query.parts.every((part) => part.kind !== query.kind && isFlat(part))
    )
  }
  fc.assert(
    fc.property(anyAsked, ({ made }) => {
      expect(isFlat(made)).toBe(true)
    }),
  )
})

test('a query that is put together is the same whatever the order of its parts', () => {
  const shuffled = fc
    .array(leaf, { minLength: 1, maxLength: 5 })
    .chain((parts) => fc.tuple(fc.constant(parts), fc.shuffledSubarray(parts, { minLength: parts.length })))
  fc.assert(
    fc.property(shuffled, ([one, other]) => {
      expect(and(other)).toEqual(and(one))
      expect(or(other)).toEqual(or(one))
    }),
    { numRuns: 1_000 },
  )
})

test('what is asked of one changed field stays what it is, however it is nested, ordered and put together again', () => {
  const key = fc.constantFrom('changed', 'to', 'from_value', 'ns')
  const term = fc.tuple(key, fc.constantFrom('a', 'b')).map(([of, text]): Query => matches(of, [[text]]))
  const terms = fc.array(fc.oneof(term, term.map(not)), { minLength: 1, maxLength: 4 })
  const groups = fc.array(terms, { minLength: 1, maxLength: 3 })
  fc.assert(
    fc.property(groups, terms, ([first = [], ...more], beside) => {
      const made = and([...beside, ...[first, ...more].map(and)])
      expect(and([made])).toEqual(made)
      expect(and([...[first, ...more].toReversed().map((group) => and(group.toReversed())), ...beside])).toEqual(made)
      expect(and([and([]), and([made, made])])).toEqual(made)
      if (made.kind === 'and') expect(and(made.parts)).toEqual(made)
    }),
    { numRuns: 3_000 },
  )
})
